import { createHash } from 'node:crypto'
import { joinAttributes } from './attribute-entries.ts'
import type { AttributeEntry, AttributeRegistration } from './attributes.ts'
import type { Catalog, FieldEntry, ResourceEntry } from './catalog.ts'
import { checkAuthorities } from './check-authorities.ts'
import { checkClasses } from './check-classes.ts'
import { checkEntries } from './check-entries.ts'
import { checkFederation } from './check-federation.ts'
import { checkFiltersSaid } from './check-filters.ts'
import { checkGatewayValues } from './check-gateway-values.ts'
import { checkItems } from './check-items.ts'
import { checkKeys } from './check-keys.ts'
import { checkLinksAlone } from './check-links-alone.ts'
import type { Built } from './compose-services.ts'
import { composeSupergraph } from './compose-services.ts'
import { checkStatistics } from './check-statistics.ts'
import { checkDeclassified } from './declassify.ts'
import type { Fault, Finding } from './fault.ts'
import { faultUnder, findingAt, isError, sortFaults } from './fault.ts'
import { checkCoordinates, checkFilters, mergeFields, spreadInterfaces } from './merge.ts'
import { readDepartment } from './read-department.ts'
import type { DepartmentReading } from './read-department.ts'
import { checkResources } from './read-resource.ts'
import type { DepartmentSdl } from './reader.ts'
import { addRequired } from './requires.ts'
import type { CatalogRules } from './rules.ts'
import { NO_RULES } from './rules.ts'
import { indexTypes } from './shape.ts'
import type { TypeIndex } from './shape.ts'
import { checkSurvival } from './survival.ts'

/** What composition yields: both results, or every fault of every department. */
export type Composition =
  | {
      readonly kind: 'composed'
      readonly supergraphSdl: string
      readonly catalog: Catalog
      readonly hints: readonly string[]
      /** What the authority must look at; it stopped nothing. */
      readonly warnings: readonly Fault[]
    }
  /** At least one of the faults is an error; the warnings are among them. */
  | { readonly kind: 'faulty'; readonly faults: readonly Fault[] }

/**
 * Composes the departments' SDL into one supergraph and one catalogue, tied together by a hash.
 * Apollo's composer picks one of two differing classes and only hints; so every annotation is read here, from
 * each department's own SDL, and differences are faults.
 *
 * @param departments their SDL without the definitions of the sharing directives
 * @param definitions `schema/sharing.graphql`, appended to each
 * @param rules what the regime asks; without it only what holds under every regime is judged
 * @param registrations schema/authorities.yaml, whose fields stand in the gateway's own SDL
 */
export function compose(
  departments: readonly DepartmentSdl[],
  definitions: string,
  rules: CatalogRules = NO_RULES,
  registrations: readonly AttributeRegistration[] = [],
): Composition {
  return judge(readCity(departments, definitions, registrations), rules)
}

/** Departments read and composed once, to be judged under as many regimes as asked. */
export interface CityReading {
  readonly readings: readonly DepartmentReading[]
  readonly types: TypeIndex
  readonly fields: readonly FieldEntry[]
  readonly attributes: readonly AttributeEntry[]
  readonly built: Built | null
  /** What is wrong under any regime. */
  readonly findings: readonly Finding[]
}

/** Reads every SDL and composes the supergraph; a fault never stops the reading. */
export function readCity(
  departments: readonly DepartmentSdl[],
  definitions: string,
  registrations: readonly AttributeRegistration[] = [],
): CityReading {
  const readings = departments.toSorted((a, b) => (a.department < b.department ? -1 : 1)).map(readDepartment)
  const types = indexTypes(readings.flatMap((reading) => reading.document ?? []))
  const merged = mergeFields(readings)
  const required = addRequired(spreadInterfaces(merged.fields, types), readings, types)
  const { fields: declassified, faults: alone } = checkDeclassified(required.fields, readings, types)
  const { fields, attributes, findings: unjoined } = joinAttributes(declassified, registrations, types)
  const built = readings.every((reading) => reading.document) ? composeSupergraph(readings, definitions) : null
  const findings = [
    ...checkNames(readings),
    ...readings.flatMap((reading) => reading.faults),
    ...merged.faults,
    ...required.faults,
    ...alone,
    ...readings.flatMap(checkFederation),
    ...checkKeys(readings, types),
    ...checkLinksAlone(readings),
    ...checkGatewayValues(readings, types),
    ...readings.flatMap(checkFiltersSaid),
    ...checkStatistics(readings),
    ...checkCoordinates(fields, readings),
    ...checkFilters(readings),
    ...checkResources(readings.flatMap((reading) => reading.resources)),
    ...checkAuthorities(readings),
    ...unjoined,
    ...(built?.kind === 'faulty' ? built.faults : []),
  ]
  return { readings, types, fields, attributes, built, findings }
}

/** The city's catalogue under one regime, or every fault that it has there. */
export function judge(city: CityReading, rules: CatalogRules): Composition {
  const { readings, types, fields, attributes, built } = city
  const findings = [...city.findings, ...checkClasses(readings, rules), ...checkItems(readings, types, rules.items)]
  const faults = [...findings.map((finding) => faultUnder(rules, finding)), ...checkEntries(readings, fields, rules)]
  // Where something else is wrong, an annotation may well be missing: that would be told twice.
  if (built?.kind === 'built' && !faults.some(isError))
    faults.push(...checkSurvival(built.supergraphSdl, readings).map((finding) => faultUnder(rules, finding)))
  if (built?.kind !== 'built' || faults.some(isError)) return { kind: 'faulty', faults: sortFaults(faults) }
  const { supergraphSdl, hints } = built
  const catalog = sealCatalog(supergraphSdl, {
    resources: entriesOf(readings),
    fields,
    filters: filtersOf(readings),
    exactFilters: exactOf(readings),
    statistics: statisticsOf(readings),
    ...(attributes.length > 0 ? { attributes } : {}),
  })
  return { kind: 'composed', supergraphSdl, catalog, hints, warnings: sortFaults(faults) }
}

function entriesOf(readings: readonly DepartmentReading[]): readonly ResourceEntry[] {
  return readings.flatMap((reading) => reading.resources.map((one) => one.value))
}

function filtersOf(readings: readonly DepartmentReading[]): Catalog['filters'] {
  const filters = readings.flatMap((reading) => reading.filters.map((one) => [one.value.at, one.value.field] as const))
  return Object.fromEntries(filters.toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

function exactOf(readings: readonly DepartmentReading[]): readonly string[] {
  const exact = readings.flatMap((reading) => reading.filters.flatMap(({ value }) => (value.exact ? [value.at] : [])))
  return [...new Set(exact)].toSorted()
}

function statisticsOf(readings: readonly DepartmentReading[]): NonNullable<Catalog['statistics']> {
  const counted = readings.flatMap(({ statistics }) => statistics.map(({ value }) => [value.at, value.of] as const))
  return Object.fromEntries(counted.toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

/** A department is asked under its name: two of one name would be one. */
function checkNames(readings: readonly DepartmentReading[]): Finding[] {
  const seen = new Set<string>()
  return readings.flatMap(({ source }) => {
    if (!seen.has(source.department)) {
      seen.add(source.department)
      return []
    }
    return [
      findingAt(source.file, undefined, 'COMPOSITION', `a second department is called ${source.department}`, null),
    ]
  })
}

/** The version is a hash over supergraph and catalogue together: neither can be exchanged alone. */
export function sealCatalog(supergraphSdl: string, content: Omit<Catalog, 'version' | 'supergraph'>): Catalog {
  const { resources, fields, filters, exactFilters, statistics, attributes } = content
  const supergraph = createHash('sha256').update(supergraphSdl).digest('hex')
  const sealed = JSON.stringify({ supergraph, resources, fields, filters, exactFilters, statistics, attributes })
  const version = createHash('sha256').update(sealed).digest('hex').slice(0, 16)
  const counting = statistics === undefined ? {} : { statistics }
  const checked = attributes === undefined ? {} : { attributes }
  return { version, supergraph, resources, fields, filters, exactFilters, ...counting, ...checked }
}

/** Whether a catalogue read from disk is whole and belongs to this supergraph. */
export function belongsTogether(catalog: Catalog, supergraphSdl: string): boolean {
  const again = sealCatalog(supergraphSdl, catalog)
  return again.version === catalog.version && again.supergraph === catalog.supergraph
}
