import type { Coordinate } from '../vocabulary/coordinate.ts'
import type { FieldEntry } from './catalog.ts'
import type { Fault } from './fault.ts'
import { faultAt } from './fault.ts'
import type { DepartmentReading } from './read-department.ts'
import type { Located } from './reader.ts'

/** One entry per coordinate; departments that annotate one coordinate differently are a fault (never the laxer wins). */
export function mergeFields(readings: readonly DepartmentReading[]): { fields: FieldEntry[]; faults: Fault[] } {
  const groups = Map.groupBy(
    readings.flatMap((reading) => reading.fields),
    (located) => located.value.coordinate,
  )
  const faults: Fault[] = []
  const fields = [...groups.values()].map((group) => mergeGroup(group, faults))
  return { fields: fields.toSorted((a, b) => (a.coordinate < b.coordinate ? -1 : 1)), faults }
}

function mergeGroup(group: readonly Located<FieldEntry>[], faults: Fault[]): FieldEntry {
  const [first, ...others] = group as [Located<FieldEntry>, ...Located<FieldEntry>[]]
  for (const other of others) {
    const differing = differences(first.value, other.value)
    if (differing.length === 0) continue
    const message = `${other.value.coordinate}: ${differing.join(', ')} differ from ${first.file}`
    faults.push(faultAt(other.file, other.node, 'CLASS_CONFLICT', message, 'ZS-2.05'))
  }
  const providers = group.map((one) => one.value.provider).toSorted()
  return { ...first.value, providers, onInterface: group.some((one) => one.value.onInterface) }
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
  'basis',
  'item',
] as const

function differences(a: FieldEntry, b: FieldEntry): string[] {
  return COMPARED.filter((key) => JSON.stringify(a[key]) !== JSON.stringify(b[key]))
}

/** Every coordinate that an annotation names must exist in some department. */
export function checkCoordinates(readings: readonly DepartmentReading[]): Fault[] {
  const known = new Set<Coordinate>(readings.flatMap((reading) => reading.fields.map((one) => one.value.coordinate)))
  const faults: Fault[] = []
  const check = (file: string, node: Located<FieldEntry>['node'], at: string, named: Coordinate): void => {
    if (known.has(named)) return
    faults.push(faultAt(file, node, 'COORDINATE_UNKNOWN', `${at} names ${named}, which no department has`, null))
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
