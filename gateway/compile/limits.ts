import type { FragmentDefinitionNode, OperationDefinitionNode, SelectionSetNode } from 'graphql'
import { Kind } from 'graphql'
import type { Text } from '../vocabulary/codes.ts'
import { Failure } from '../vocabulary/failure.ts'

/** Bounds of one document. */
export interface DocumentLimits {
  readonly depth: number
  readonly aliases: number
  readonly rootFields: number
}

interface Measure {
  readonly depth: number
  readonly aliases: number
  readonly fields: number
}

/**
 * Refuses documents that are too deep, too wide at the root or full of aliases, before anything is compiled.
 *
 * @throws Failure LIMIT_EXCEEDED
 */
export function checkLimits(
  operation: OperationDefinitionNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  limits: DocumentLimits,
): void {
  const measured = measureDocument(operation, fragments)
  refuseOver({ zh: '嵌套层数', en: 'depth' }, measured.depth, limits.depth)
  refuseOver({ zh: '别名', en: 'aliases' }, measured.aliases, limits.aliases)
  refuseOver({ zh: '根字段', en: 'root fields' }, measured.rootFields, limits.rootFields)
}

/**
 * How deep an operation is, how many aliases it has, how wide it is at the root. Each fragment is measured once, so
 * measuring cannot be made expensive by nesting them.
 */
export function measureDocument(
  operation: OperationDefinitionNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): DocumentLimits {
  const measured = new Map<string, Measure>()
  const none: Measure = { depth: 0, aliases: 0, fields: 0 }

  const ofFragment = (name: string): Measure => {
    const known = measured.get(name)
    if (known) return known
    measured.set(name, none)
    const fragment = fragments.get(name)
    const measure = fragment ? ofSet(fragment.selectionSet) : none
    measured.set(name, measure)
    return measure
  }
  const ofSet = (set: SelectionSetNode): Measure => set.selections.map(ofSelection).reduce(add, none)
  const ofSelection = (one: SelectionSetNode['selections'][number]): Measure => {
    if (one.kind === Kind.FRAGMENT_SPREAD) return ofFragment(one.name.value)
    if (one.kind === Kind.INLINE_FRAGMENT) return ofSet(one.selectionSet)
    const below = one.selectionSet ? ofSet(one.selectionSet) : none
    return { depth: below.depth + 1, aliases: below.aliases + (one.alias ? 1 : 0), fields: 1 }
  }
  const { depth, aliases, fields } = ofSet(operation.selectionSet)
  return { depth, aliases, rootFields: fields }
}

function add(a: Measure, b: Measure): Measure {
  return { depth: Math.max(a.depth, b.depth), aliases: a.aliases + b.aliases, fields: a.fields + b.fields }
}

function refuseOver(what: Text, found: number, limit: number): void {
  if (found > limit)
    throw new Failure('LIMIT_EXCEEDED', {
      detail: { zh: `${what.zh} ${found},上限 ${limit}`, en: `${what.en} ${found}, allowed ${limit}` },
    })
}
