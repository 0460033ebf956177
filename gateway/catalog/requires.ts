import type { SelectionSetNode } from 'graphql'
import { Kind } from 'graphql'
import { coordinate, fieldOf, typeOf } from '../vocabulary/coordinate.ts'
import type { Coordinate } from '../vocabulary/coordinate.ts'
import type { FieldEntry } from './catalog.ts'
import type { Finding } from './fault.ts'
import { findingAt } from './fault.ts'
import { argument, text } from './links.ts'
import type { DepartmentReading } from './read-department.ts'
import { fieldSet } from './shape.ts'
import type { TypeIndex } from './shape.ts'

const NONE: ReadonlySet<Coordinate> = new Set()

/**
 * Adds to every field the coordinates, at any depth, that its `@requires(fields:)` reads in any department: a value
 * computed from a refused field tells of it, so it is refused too (design, wall 7). Fields of an interface stand for
 * those of every type that implements it.
 */
export function addRequired(
  fields: readonly FieldEntry[],
  readings: readonly DepartmentReading[],
  types: TypeIndex,
): { fields: readonly FieldEntry[]; faults: readonly Finding[] } {
  const known = new Set(fields.map((field) => field.coordinate))
  const found = new Map<Coordinate, Set<Coordinate>>()
  const faults: Finding[] = []
  for (const { value, node, file } of readings.flatMap((reading) => reading.fields)) {
    const directive = node.directives?.find((one) => one.name.value === 'requires')
    const read = directive ? text(argument(directive, 'fields')) : null
    if (!directive || read === null) continue
    const all = found.get(value.coordinate) ?? new Set()
    found.set(value.coordinate, all)
    for (const at of coordinatesIn(fieldSet(read), typeOf(value.coordinate), types, known)) {
      all.add(at)
      if (known.has(at)) continue
      const message = `${value.coordinate} is computed from ${at}, which no department has classified`
      faults.push(findingAt(file, directive, 'COORDINATE_UNKNOWN', message, null))
    }
  }
  spreadToImplementations(found, known, types)
  const complete = fields.map((field) => ({
    ...field,
    requires: [...(found.get(field.coordinate) ?? [])].toSorted(),
  }))
  return { fields: complete, faults }
}

/** What an interface's field is computed from, the same field of every type that implements it is computed from. */
function spreadToImplementations(
  found: Map<Coordinate, Set<Coordinate>>,
  known: ReadonlySet<Coordinate>,
  types: TypeIndex,
): void {
  for (const [at, reads] of Array.from(found)) {
    for (const type of types.implementationsOf(typeOf(at))) {
      const twin = coordinate(type, fieldOf(at))
      if (known.has(twin)) found.set(twin, new Set([...(found.get(twin) ?? []), ...reads]))
    }
  }
}

/** Coordinates of a field set at any depth; those of an interface are those of every type that implements it. */
export function* coordinatesIn(
  set: SelectionSetNode,
  typeName: string,
  types: TypeIndex,
  known: ReadonlySet<Coordinate> = NONE,
): Iterable<Coordinate> {
  for (const one of set.selections) {
    if (one.kind === Kind.INLINE_FRAGMENT) {
      yield* coordinatesIn(one.selectionSet, one.typeCondition?.name.value ?? typeName, types, known)
    } else if (one.kind === Kind.FIELD && one.name.value !== '__typename') {
      yield* concrete(typeName, one.name.value, types, known)
      const below = types.fieldType(typeName, one.name.value)
      if (one.selectionSet && below !== null) yield* coordinatesIn(one.selectionSet, below, types, known)
    }
  }
}

/** Classes stand on object types, and on the interface itself where a department extends it as an object. */
function concrete(
  type: string,
  field: string,
  types: TypeIndex,
  known: ReadonlySet<Coordinate>,
): readonly Coordinate[] {
  const own = coordinate(type, field)
  const implementing = types.implementationsOf(type)
  if (implementing.length === 0) return [own]
  return [...(known.has(own) ? [own] : []), ...implementing.map((one) => coordinate(one, field))]
}
