import type { DocumentNode, FieldDefinitionNode, OperationDefinitionNode, SelectionSetNode } from 'graphql'
import { Kind, TypeInfo, parse, print, visit, visitWithTypeInfo } from 'graphql'
import type { GraphQLSchema } from 'graphql'
import { coordinate } from '../vocabulary/coordinate.ts'
import type { Coordinate } from '../vocabulary/coordinate.ts'

/**
 * Finds fields of one type that are computed from one field with different arguments, e.g. `price(currency: "CNY")`
 * and `price(currency: "HKD")`. The planner asks for only one of them and gives it to both, in silence: an operation
 * that selects both must be refused rather than answered wrongly.
 */
export function createRequiresCheck(
  supergraphSdl: string,
  schema: GraphQLSchema,
): (operation: OperationDefinitionNode) => readonly [Coordinate, Coordinate] | null {
  const pairs = conflictingPairs(parse(supergraphSdl))
  return (operation) => {
    if (pairs.length === 0) return null
    const selected = selectedCoordinates(schema, operation)
    return pairs.find(([a, b]) => selected.has(a) && selected.has(b)) ?? null
  }
}

function conflictingPairs(supergraph: DocumentNode): readonly (readonly [Coordinate, Coordinate])[] {
  return supergraph.definitions.flatMap((type) => {
    if (type.kind !== Kind.OBJECT_TYPE_DEFINITION) return []
    const computed = (type.fields ?? []).flatMap((field) => {
      const given = requiredArguments(field)
      return given.size === 0 ? [] : [{ at: coordinate(type.name.value, field.name.value), given }]
    })
    return computed.flatMap((one, index) =>
      computed
        .slice(index + 1)
        .filter((other) => [...one.given].some(([path, text]) => (other.given.get(path) ?? text) !== text))
        .map((other) => [one.at, other.at] as const),
    )
  })
}

/** Path of each field that a `@requires` reads → its arguments as text. */
function requiredArguments(field: FieldDefinitionNode): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const directive of field.directives ?? []) {
    const value = directive.arguments?.find(({ name }) => name.value === 'requires')?.value
    if (directive.name.value !== 'join__field' || value?.kind !== Kind.STRING) continue
    const [definition] = parse(`{ ${value.value} }`).definitions
    if (definition?.kind === Kind.OPERATION_DEFINITION) gather(definition.selectionSet, '', found)
  }
  return found
}

function gather(set: SelectionSetNode, above: string, found: Map<string, string>): void {
  for (const one of set.selections) {
    if (one.kind === Kind.INLINE_FRAGMENT) gather(one.selectionSet, above, found)
    if (one.kind !== Kind.FIELD) continue
    const path = `${above}.${one.name.value}`
    found.set(
      path,
      (one.arguments ?? [])
        .map((given) => print(given))
        .toSorted()
        .join(),
    )
    if (one.selectionSet) gather(one.selectionSet, path, found)
  }
}

function selectedCoordinates(schema: GraphQLSchema, operation: OperationDefinitionNode): ReadonlySet<Coordinate> {
  const selected = new Set<Coordinate>()
  const types = new TypeInfo(schema)
  const collect = visitWithTypeInfo(types, {
    Field: (node) => {
      const parent = types.getParentType()
      if (parent) selected.add(coordinate(parent.name, node.name.value))
    },
  })
  visit(operation, collect)
  return selected
}
