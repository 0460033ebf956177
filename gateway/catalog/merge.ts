import type { Coordinate } from '../vocabulary/coordinate.ts'
import { coordinate, fieldOf, typeOf } from '../vocabulary/coordinate.ts'
import type { FieldEntry } from './catalog.ts'
import type { Finding } from './fault.ts'
import { findingAt } from './fault.ts'
import type { DepartmentReading, FilterEntry } from './read-department.ts'
import type { Located } from './reader.ts'
import type { TypeIndex } from './shape.ts'

/** One entry per coordinate; departments that annotate one coordinate differently are a fault (never the laxer wins). */
export function mergeFields(readings: readonly DepartmentReading[]): { fields: FieldEntry[]; faults: Finding[] } {
  const groups = Map.groupBy(
    readings.flatMap((reading) => reading.fields),
    (located) => located.value.coordinate,
  )
  const faults: Finding[] = []
  const fields = [...groups.values()].map((group) => mergeGroup(group, faults))
  return { fields: sorted(fields), faults }
}

function sorted(fields: readonly FieldEntry[]): FieldEntry[] {
  return fields.toSorted((a, b) => (a.coordinate < b.coordinate ? -1 : 1))
}

function mergeGroup(group: readonly Located<FieldEntry>[], faults: Finding[]): FieldEntry {
  const [first, ...others] = group as [Located<FieldEntry>, ...Located<FieldEntry>[]]
  for (const other of others) {
    const differing = differences(first.value, other.value)
    if (differing.length === 0) continue
    const message = `${other.value.coordinate}: ${differing.join(', ')} differ from ${first.file}`
    faults.push(findingAt(other.file, other.node, 'CLASS_CONFLICT', message, 'CLASS_DECLARED'))
  }
  const providers = [...new Set(group.map((one) => one.value.provider))].toSorted()
  // One of them may be the authority; whether two claim it is checked over all coordinates.
  const authoritativeFor = group.find((one) => one.value.authoritativeFor !== null)?.value.authoritativeFor ?? null
  const onInterface = group.some((one) => one.value.onInterface)
  return { ...first.value, providers, authoritativeFor, onInterface }
}

const COMPARED = [
  'class',
  'level',
  'mask',
  'verifyOnly',
  'verify',
  'embeds',
  'quasiIdentifier',
  'follows',
  'declassified',
  'basis',
  'grounds',
  'reasons',
  'conditions',
  'subMode',
  'scope',
  'maskApproval',
  'maskProhibited',
  'emergencyExcluded',
  'item',
  'title',
] as const

function differences(a: FieldEntry, b: FieldEntry): string[] {
  return COMPARED.filter((key) => JSON.stringify(a[key]) !== JSON.stringify(b[key]))
}

/**
 * A field that a department adds to an interface (`@interfaceObject`) is a field of every type that implements it,
 * and is asked for under those types' names: each gets the entry, unless it has one.
 */
export function spreadInterfaces(fields: readonly FieldEntry[], types: TypeIndex): FieldEntry[] {
  const known = new Set(fields.map((field) => field.coordinate))
  const added = fields
    .filter((field) => field.onInterface)
    .flatMap((field) =>
      types
        .implementationsOf(typeOf(field.coordinate))
        .map((type): FieldEntry => ({ ...field, coordinate: coordinate(type, fieldOf(field.coordinate)) })),
    )
    .filter((field) => !known.has(field.coordinate))
  const unique = new Map(added.map((field) => [field.coordinate, field]))
  return sorted([...fields, ...unique.values()])
}

/** Every coordinate that an annotation names must exist in some department. */
export function checkCoordinates(fields: readonly FieldEntry[], readings: readonly DepartmentReading[]): Finding[] {
  const known = new Set<Coordinate>(fields.map((field) => field.coordinate))
  const faults: Finding[] = []
  const check = (file: string, node: Located<FieldEntry>['node'], at: string, named: Coordinate): void => {
    if (known.has(named)) return
    faults.push(findingAt(file, node, 'COORDINATE_UNKNOWN', `${at} names ${named}, which no department has`, null))
  }
  for (const reading of readings) {
    for (const { value, file, node } of reading.fields) {
      for (const named of value.embeds) check(file, node, value.coordinate, named)
      if (value.follows) check(file, node, value.coordinate, value.follows)
    }
    for (const { value, file, node } of reading.filters) check(file, node, value.at, value.field)
  }
  return faults
}

function wordsOf({ field, exact }: FilterEntry): string {
  return exact ? `${field}, exactly` : field
}

/** An argument filters by one coordinate, whichever department serves it; one that does not say so filters in silence. */
export function checkFilters(readings: readonly DepartmentReading[]): Finding[] {
  const faults: Finding[] = []
  const first = new Map<string, Located<FilterEntry>>()
  for (const one of readings.flatMap((reading) => reading.filters)) {
    const other = first.get(one.value.at)
    first.set(one.value.at, other ?? one)
    if (!other) continue
    const { at, field, exact } = one.value
    if (other.value.field === field && other.value.exact === exact) continue
    const [here, there] = [wordsOf(one.value), wordsOf(other.value)]
    const message = `${at} filters by ${here}, but by ${there} in ${other.file}`
    faults.push(findingAt(one.file, one.node, 'CLASS_CONFLICT', message, 'CLASS_DECLARED'))
  }
  return faults
}
