import type { ConstDirectiveNode, SelectionNode, SelectionSetNode } from 'graphql'
import { Kind } from 'graphql'
import { coordinate, fieldOf, typeOf } from '../vocabulary/coordinate.ts'
import type { Coordinate } from '../vocabulary/coordinate.ts'
import type { Finding } from './fault.ts'
import { findingAt } from './fault.ts'
import { argument, text } from './links.ts'
import type { DepartmentReading } from './read-department.ts'
import { coordinatesIn } from './requires.ts'
import { fieldSet, placesOf } from './shape.ts'
import type { TypeIndex } from './shape.ts'

/** One `@key` of one department. */
interface Key {
  readonly type: string
  readonly node: ConstDirectiveNode
  readonly fields: string
  readonly set: SelectionSetNode
}

/**
 * Whatever stands in a `@key` is fetched from whoever serves it and sent to the department with every request, with no
 * decision asked (ZS-4.01(3)). So a key may name only what the department serves itself and what is the same key in
 * every department that serves it: then these have agreed that it travels.
 */
export function checkKeys(readings: readonly DepartmentReading[], types: TypeIndex): Finding[] {
  const keys = new Map(readings.map((reading) => [reading, keysOf(reading)] as const))
  const served = servingOf(readings, types)
  return readings.flatMap((reading) => {
    const outside = externalsOf(reading)
    return (keys.get(reading) ?? []).flatMap((key) =>
      [...coordinatesIn(key.set, key.type, types)].flatMap((at) => {
        const why = outside.has(at)
          ? `${at} is another department's: @external`
          : strangersTo(key, served(at), keys, types).map(
              ({ source }) => `${at} is served by ${source.department}, which has no such key`,
            )[0]
        if (why === undefined) return []
        const message = `${key.type}: its key "${key.fields}" would be sent to ${reading.source.department} undecided, and ${why}`
        return [findingAt(reading.source.file, key.node, 'KEY_UNFIT', message, 'MINIMUM')]
      }),
    )
  })
}

function keysOf({ document }: DepartmentReading): readonly Key[] {
  return [...(document ? placesOf(document) : [])].flatMap(({ at, directives }) =>
    directives
      .filter(({ name }) => name.value === 'key')
      .map((node) => {
        const fields = text(argument(node, 'fields')) ?? ''
        return { type: at, node, fields, set: fieldSet(fields) }
      }),
  )
}

/** Fields that a department only repeats. */
function externalsOf({ document }: DepartmentReading): ReadonlySet<string> {
  const places = [...(document ? placesOf(document) : [])]
  const external = new Set(
    places.flatMap(({ at, directives }) => (directives.some(({ name }) => name.value === 'external') ? [at] : [])),
  )
  return new Set(places.flatMap(({ at }) => (external.has(at) || external.has(at.split('.')[0] ?? '') ? [at] : [])))
}

/** Which departments serve a coordinate, be it by its own type or by an interface that they have extended. */
function servingOf(
  readings: readonly DepartmentReading[],
  types: TypeIndex,
): (at: Coordinate) => readonly DepartmentReading[] {
  const serving = new Map<Coordinate, Set<DepartmentReading>>()
  for (const reading of readings)
    for (const { value } of reading.fields)
      serving.set(value.coordinate, (serving.get(value.coordinate) ?? new Set()).add(reading))
  return (at) => {
    const twins = types.interfacesOf(typeOf(at)).map((one) => coordinate(one, fieldOf(at)))
    return [...new Set([at, ...twins].flatMap((one) => [...(serving.get(one) ?? [])]))]
  }
}

/** Of the departments that serve a part of the key, those that have not declared the same key. */
function strangersTo(
  { type, set }: Key,
  serving: readonly DepartmentReading[],
  keys: ReadonlyMap<DepartmentReading, readonly Key[]>,
  types: TypeIndex,
): readonly DepartmentReading[] {
  const family = new Set([type, ...types.interfacesOf(type), ...types.implementationsOf(type)])
  const wanted = canonical(set)
  return serving.filter(
    (one) => !keys.get(one)?.some((other) => family.has(other.type) && canonical(other.set) === wanted),
  )
}

/** The same text for the same set of fields, in whatever order. */
function canonical({ selections }: SelectionSetNode): string {
  return `{${[...new Set(selections.map(named))].toSorted().join(' ')}}`
}

function named(one: SelectionNode): string {
  switch (one.kind) {
    case Kind.FIELD:
      return one.name.value + (one.selectionSet ? canonical(one.selectionSet) : '')
    case Kind.INLINE_FRAGMENT:
      return `... ${one.typeCondition?.name.value ?? ''}${canonical(one.selectionSet)}`
    case Kind.FRAGMENT_SPREAD:
      return `...${one.name.value}`
  }
}
