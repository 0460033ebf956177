import type { FieldNode, InlineFragmentNode, OperationDefinitionNode, SelectionNode, SelectionSetNode } from 'graphql'
import { Kind, print } from 'graphql'
import { namedType } from './supergraph-types.ts'
import type { SupergraphTypes } from './supergraph-types.ts'

/**
 * Selections are decided, and so written, type by type. What comes out the same for every type of an interface is
 * given back to the interface before it is planned: the planner knows a department's promises (`@provides`,
 * `@interfaceObject`) only there, and would ask for each type apart. Nothing more is asked for by it: every type that
 * can stand there, hidden ones included, must have asked for the same.
 */
export function hoist(
  types: SupergraphTypes,
  operation: OperationDefinitionNode,
  root: string,
): OperationDefinitionNode {
  return { ...operation, selectionSet: hoistSet(types, operation.selectionSet, root) }
}

function hoistSet(types: SupergraphTypes, set: SelectionSetNode, type: string): SelectionSetNode {
  const selections = set.selections.flatMap((one): readonly SelectionNode[] => {
    if (one.kind === Kind.FRAGMENT_SPREAD || !one.selectionSet) return [one]
    const selectionSet = hoistSet(types, one.selectionSet, typeBelow(types, one, type))
    return isPlainFragment(one, type) ? selectionSet.selections : [{ ...one, selectionSet }]
  })
  return { ...set, selections: types.isInterface(type) ? shared(types, selections, type) : selections }
}

function typeBelow(types: SupergraphTypes, one: FieldNode | InlineFragmentNode, type: string): string {
  if (one.kind === Kind.INLINE_FRAGMENT) return one.typeCondition?.name.value ?? type
  const definition = types.field(type, one.name.value)
  return definition ? namedType(definition.type) : ''
}

/** The selections of an interface, with what all of its types ask for moved up. */
function shared(types: SupergraphTypes, selections: readonly SelectionNode[], type: string): readonly SelectionNode[] {
  const possible = types.possible(type)
  const [first, ...others] = possible.map((one) => fieldsOn(selections, one))
  if (!first) return selections
  const moved = new Map(
    [...first].filter(
      ([text, field]) => others.every((one) => one.has(text)) && isSame(types, field, [type, ...possible]),
    ),
  )
  if (moved.size === 0) return selections
  return [...selections.flatMap((one) => without(one, possible, moved)), ...moved.values()]
}

/** Fields of a type by their text; what is wrapped in further conditions stays where it is. */
function fieldsOn(selections: readonly SelectionNode[], type: string): ReadonlyMap<string, FieldNode> {
  const fields = selections.flatMap((one) => (isPlainFragment(one, type) ? one.selectionSet.selections : []))
  return new Map(fields.filter((one) => one.kind === Kind.FIELD).map((one) => [print(one), one]))
}

function isPlainFragment(one: SelectionNode, type: string): one is InlineFragmentNode {
  const plain = one.kind === Kind.INLINE_FRAGMENT && (one.directives ?? []).length === 0
  return plain && one.typeCondition?.name.value === type
}

/** Whether a field leads to the same type wherever it is selected: what stands below it is written for that type. */
function isSame(types: SupergraphTypes, { name, selectionSet }: FieldNode, places: readonly string[]): boolean {
  const found = places.map((one) => types.field(one, name.value)?.type)
  if (found.includes(undefined)) return name.value === '__typename'
  return !selectionSet || new Set(found.map((one) => (one ? namedType(one) : ''))).size === 1
}

function without(
  one: SelectionNode,
  possible: readonly string[],
  moved: ReadonlyMap<string, FieldNode>,
): readonly SelectionNode[] {
  if (!possible.some((type) => isPlainFragment(one, type)) || one.kind !== Kind.INLINE_FRAGMENT) return [one]
  const left = one.selectionSet.selections.filter((field) => field.kind !== Kind.FIELD || !moved.has(print(field)))
  return left.length === 0 ? [] : [{ ...one, selectionSet: { ...one.selectionSet, selections: left } }]
}
