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
  readonly reading: DepartmentReading
  readonly type: string
  readonly node: ConstDirectiveNode
  readonly fields: string
  /** The same text for the same set of fields, in whatever order. */
  readonly canonical: string
  readonly coordinates: readonly Coordinate[]
  /** The type, its interfaces and its implementations: a key of one is sent for all. */
  readonly family: ReadonlySet<string>
}

/**
 * Whatever stands in a `@key` is fetched from whoever serves it and sent to the department with every request, with no
 * decision asked (ZS-4.01(3)). So a key may name only what the department serves itself and what is the same key in
 * every department that serves it: then these have agreed that it travels.
 */
export function checkKeys(readings: readonly DepartmentReading[], types: TypeIndex): Finding[] {
  const keys = readings.flatMap((reading) => keysOf(reading, types))
  const served = servingOf(readings, types)
  const grasping = keys.map((key) => ({ key, why: takenBy(key, keys, served) })).filter(({ why }) => why.length > 0)
  // Beside a key that takes too much the fit ones differ from it: that would be told twice.
  const judged = keys.filter(({ family }) => !grasping.some(({ key }) => family.has(key.type)))
  const differing = judged.map((key) => ({ key, why: differingFrom(key, keys, served) }))
  return [...grasping, ...differing].flatMap(({ key, why }) => why.map((one) => finding(key, one)))
}

function finding({ reading: { source }, type, fields, node }: Key, why: string): Finding {
  const message = `${type}: its key "${fields}" is sent to ${source.department} with every request, undecided, and ${why}`
  return findingAt(source.file, node, 'KEY_UNFIT', message, 'MINIMUM')
}

type Served = (at: Coordinate) => readonly DepartmentReading[]

/** What the key takes that another department serves, and never in a key. */
function takenBy({ reading, coordinates }: Key, keys: readonly Key[], served: Served): readonly string[] {
  const outside = externalsOf(reading)
  return coordinates.flatMap((at) => {
    if (outside.has(at)) return [`${at} is another department's: @external`]
    const strangers = served(at).filter(
      (one) => one !== reading && !keys.some((key) => key.reading === one && key.coordinates.includes(at)),
    )
    return strangers.slice(0, 1).map(({ source }) => `${at} is in no key of ${source.department}, which serves it too`)
  })
}

/** Who serves a part of the key and has no key of the same fields. */
function differingFrom(
  { canonical, family, coordinates }: Key,
  keys: readonly Key[],
  served: Served,
): readonly string[] {
  const same = new Set(
    keys.filter((key) => key.canonical === canonical && family.has(key.type)).map(({ reading }) => reading),
  )
  const others = new Set(coordinates.flatMap(served).filter((one) => !same.has(one)))
  return [...others].map(({ source }) => `${source.department}, which serves a part of it, has no such key`)
}

function keysOf(reading: DepartmentReading, types: TypeIndex): readonly Key[] {
  return [...(reading.document ? placesOf(reading.document) : [])].flatMap(({ at: type, directives }) => {
    const family = new Set([type, ...types.interfacesOf(type), ...types.implementationsOf(type)])
    return directives
      .filter(({ name }) => name.value === 'key')
      .map((node) => {
        const fields = text(argument(node, 'fields')) ?? ''
        const set = fieldSet(fields)
        const coordinates = [...coordinatesIn(set, type, types)]
        return { reading, type, node, fields, canonical: canonicalText(set), coordinates, family }
      })
  })
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
function servingOf(readings: readonly DepartmentReading[], types: TypeIndex): Served {
  const serving = new Map<Coordinate, Set<DepartmentReading>>()
  for (const reading of readings)
    for (const { value } of reading.fields)
      serving.set(value.coordinate, (serving.get(value.coordinate) ?? new Set()).add(reading))
  return (at) => {
    const twins = types.interfacesOf(typeOf(at)).map((one) => coordinate(one, fieldOf(at)))
    return [...new Set([at, ...twins].flatMap((one) => [...(serving.get(one) ?? [])]))]
  }
}

function canonicalText({ selections }: SelectionSetNode): string {
  return `{${[...new Set(selections.map(named))].toSorted().join(' ')}}`
}

function named(one: SelectionNode): string {
  switch (one.kind) {
    case Kind.FIELD:
      return one.name.value + (one.selectionSet ? canonicalText(one.selectionSet) : '')
    case Kind.INLINE_FRAGMENT:
      return `... ${one.typeCondition?.name.value ?? ''}${canonicalText(one.selectionSet)}`
    case Kind.FRAGMENT_SPREAD:
      return `...${one.name.value}`
  }
}
