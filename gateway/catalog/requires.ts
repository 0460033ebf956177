import type { GraphQLSchema, SelectionSetNode } from 'graphql'
import { Kind, getNamedType, isInterfaceType, isObjectType, parse } from 'graphql'
import { coordinate } from '../vocabulary/coordinate.ts'
import type { Coordinate } from '../vocabulary/coordinate.ts'
import { argument, text } from './links.ts'
import type { DepartmentReading } from './read-department.ts'

/**
 * Every coordinate, at any depth, that a field's `@requires(fields:)` reads: a value computed from a refused
 * field tells of it, so it is refused too (design, wall 7).
 */
export function requiredCoordinates(
  readings: readonly DepartmentReading[],
  schema: GraphQLSchema,
): ReadonlyMap<Coordinate, readonly Coordinate[]> {
  const found = new Map<Coordinate, readonly Coordinate[]>()
  for (const { value, node } of readings.flatMap((reading) => reading.fields)) {
    const directive = node.directives?.find((one) => one.name.value === 'requires')
    const fields = directive ? text(argument(directive, 'fields')) : null
    if (!fields) continue
    const type = value.coordinate.slice(0, value.coordinate.indexOf('.'))
    found.set(value.coordinate, [...walk(fieldSet(fields), type, schema)])
  }
  return found
}

/** Parses a federation FieldSet, e.g. `price { amount }`. */
function fieldSet(fields: string): SelectionSetNode {
  const [operation] = parse(`{ ${fields} }`).definitions
  if (operation?.kind !== Kind.OPERATION_DEFINITION) return { kind: Kind.SELECTION_SET, selections: [] }
  return operation.selectionSet
}

function* walk(set: SelectionSetNode, typeName: string, schema: GraphQLSchema): Iterable<Coordinate> {
  const type = schema.getType(typeName)
  for (const one of set.selections) {
    if (one.kind === Kind.INLINE_FRAGMENT) {
      yield* walk(one.selectionSet, one.typeCondition?.name.value ?? typeName, schema)
    } else if (one.kind === Kind.FIELD && one.name.value !== '__typename') {
      yield coordinate(typeName, one.name.value)
      const field = isObjectType(type) || isInterfaceType(type) ? type.getFields()[one.name.value] : undefined
      if (one.selectionSet && field) yield* walk(one.selectionSet, getNamedType(field.type).name, schema)
    }
  }
}
