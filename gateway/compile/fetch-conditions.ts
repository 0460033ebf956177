import type { FragmentDefinitionNode, SelectionSetNode } from 'graphql'
import { Kind, parse } from 'graphql'
import { withConditions } from './collect.ts'
import type { Conjunction, When } from './compiled-operation.ts'

/**
 * When a fetch asks for anything at all. A fetch of which every field is excluded would tell a department for whom it
 * is asked, and bring nothing.
 *
 * @param entities whether the operation asks for `_entities`: then their fields count, not the root's
 */
export function asksWhen(operation: string, entities: boolean): When {
  const document = parse(operation)
  const fragments = new Map(
    document.definitions.flatMap((one) =>
      one.kind === Kind.FRAGMENT_DEFINITION ? [[one.name.value, one] as const] : [],
    ),
  )
  const found: Conjunction[] = []
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue
    gather(definition.selectionSet, [], fragments, entities, found)
  }
  return found.some((all) => all.length === 0) ? null : found
}

function gather(
  set: SelectionSetNode,
  held: Conjunction,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  below: boolean,
  found: Conjunction[],
): void {
  for (const one of set.selections) {
    const all = withConditions(held, one.directives ?? [])
    if (all === null) continue
    const inner = one.kind === Kind.FRAGMENT_SPREAD ? fragments.get(one.name.value)?.selectionSet : one.selectionSet
    if (one.kind === Kind.FIELD && !below) found.push(all)
    else if (inner) gather(inner, all, fragments, below && one.kind !== Kind.FIELD, found)
  }
}
