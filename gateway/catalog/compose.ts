import { createHash } from 'node:crypto'
import type { Catalog, FieldEntry, ResourceEntry } from './catalog.ts'
import { composeSupergraph } from './compose-services.ts'
import type { Fault } from './fault.ts'
import { faultAt, sortFaults } from './fault.ts'
import { checkCoordinates, checkFilters, mergeFields, spreadInterfaces } from './merge.ts'
import { readDepartment } from './read-department.ts'
import type { DepartmentReading } from './read-department.ts'
import { checkResources } from './read-resource.ts'
import type { DepartmentSdl } from './reader.ts'
import { addRequired } from './requires.ts'
import { indexTypes } from './shape.ts'
import { checkSurvival } from './survival.ts'

/** What composition yields: both results, or every fault of every department. */
export type Composition =
  | {
      readonly kind: 'composed'
      readonly supergraphSdl: string
      readonly catalog: Catalog
      readonly hints: readonly string[]
    }
  | { readonly kind: 'faulty'; readonly faults: readonly Fault[] }

/**
 * Composes the departments' SDL into one supergraph and one catalogue, tied together by a hash.
 * Apollo's composer picks one of two differing classes and only hints; so every annotation is read here, from
 * each department's own SDL, and differences are faults.
 *
 * @param departments their SDL without the definitions of the sharing directives
 * @param definitions `schema/sharing.graphql`, appended to each
 */
export function compose(departments: readonly DepartmentSdl[], definitions: string): Composition {
  const readings = departments.toSorted((a, b) => (a.department < b.department ? -1 : 1)).map(readDepartment)
  const types = indexTypes(readings.flatMap((reading) => reading.document ?? []))
  const merged = mergeFields(readings)
  const { fields, faults: unclassified } = addRequired(spreadInterfaces(merged.fields, types), readings, types)
  const resources = readings.flatMap((reading) => reading.resources)
  const faults = [
    ...checkNames(readings),
    ...readings.flatMap((reading) => reading.faults),
    ...merged.faults,
    ...unclassified,
    ...checkCoordinates(fields, readings),
    ...checkFilters(readings),
    ...checkResources(resources),
  ]
  const built = readings.every((reading) => reading.document) ? composeSupergraph(readings, definitions) : null
  if (built?.kind === 'faulty') faults.push(...built.faults)
  if (built?.kind === 'built' && faults.length === 0) faults.push(...checkSurvival(built.supergraphSdl, readings))
  if (built?.kind !== 'built' || faults.length > 0) return { kind: 'faulty', faults: sortFaults(faults) }
  const filters = readings
    .flatMap((reading) => reading.filters.map((one) => [one.value.at, one.value.field] as const))
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
  const entries = resources.map((one) => one.value)
  const catalog = sealCatalog(built.supergraphSdl, entries, fields, Object.fromEntries(filters))
  return { kind: 'composed', supergraphSdl: built.supergraphSdl, catalog, hints: built.hints }
}

/** A department is asked under its name: two of one name would be one. */
function checkNames(readings: readonly DepartmentReading[]): Fault[] {
  const seen = new Set<string>()
  return readings.flatMap(({ source }) => {
    if (!seen.has(source.department)) {
      seen.add(source.department)
      return []
    }
    return [faultAt(source.file, undefined, 'COMPOSITION', `a second department is called ${source.department}`, null)]
  })
}

/** The version is a hash over supergraph and catalogue together: neither can be exchanged alone. */
function sealCatalog(
  supergraphSdl: string,
  resources: readonly ResourceEntry[],
  fields: readonly FieldEntry[],
  filters: Catalog['filters'],
): Catalog {
  const supergraph = createHash('sha256').update(supergraphSdl).digest('hex')
  const content = JSON.stringify({ supergraph, resources, fields, filters })
  const version = createHash('sha256').update(content).digest('hex').slice(0, 16)
  return { version, supergraph, resources, fields, filters }
}

/** Whether a catalogue read from disk is whole and belongs to this supergraph. */
export function belongsTogether(catalog: Catalog, supergraphSdl: string): boolean {
  const again = sealCatalog(supergraphSdl, catalog.resources, catalog.fields, catalog.filters)
  return again.version === catalog.version && again.supergraph === catalog.supergraph
}
