import { createHash } from 'node:crypto'
import { composeServices } from '@apollo/composition'
import { Supergraph } from '@apollo/federation-internals'
import type { DocumentNode, GraphQLError, GraphQLSchema } from 'graphql'
import { Source, parse } from 'graphql'
import type { Catalog, FieldEntry, ResourceEntry } from './catalog.ts'
import { checkCoordinates, mergeFields } from './merge.ts'
import type { Fault } from './fault.ts'
import { faultAt, sortFaults } from './fault.ts'
import { readDepartment } from './read-department.ts'
import type { DepartmentReading } from './read-department.ts'
import type { DepartmentSdl } from './reader.ts'
import { requiredCoordinates } from './requires.ts'
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
  const sorted = departments.toSorted((a, b) => (a.department < b.department ? -1 : 1))
  const readings = sorted.map(readDepartment)
  const merged = mergeFields(readings)
  const faults = [...readings.flatMap((reading) => reading.faults), ...merged.faults, ...checkCoordinates(readings)]
  const built = readings.every((reading) => reading.document) ? composeSupergraph(readings, definitions) : null
  if (built?.kind === 'faulty') faults.push(...built.faults)
  if (!built || built.kind === 'faulty' || faults.length > 0) return { kind: 'faulty', faults: sortFaults(faults) }
  const required = requiredCoordinates(readings, built.schema)
  const fields = merged.fields.map((field) => ({ ...field, requires: required.get(field.coordinate) ?? [] }))
  const lost = checkSurvival(built.supergraphSdl, readings)
  if (lost.length > 0) return { kind: 'faulty', faults: sortFaults(lost) }
  const resources = readings.flatMap((reading) => reading.resources.map((one) => one.value))
  const filters = Object.fromEntries(
    readings.flatMap((reading) => reading.filters.map((one) => [one.value.at, one.value.field])),
  )
  const catalog = sealCatalog(built.supergraphSdl, resources, fields, filters)
  return { kind: 'composed', supergraphSdl: built.supergraphSdl, catalog, hints: built.hints }
}

/** The version is a hash over supergraph and catalogue together: neither can be exchanged alone. */
export function sealCatalog(
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

type Built =
  | { kind: 'built'; supergraphSdl: string; schema: GraphQLSchema; hints: string[] }
  | { kind: 'faulty'; faults: Fault[] }

function composeSupergraph(readings: readonly DepartmentReading[], definitions: string): Built {
  const services = readings.map(({ source }) => ({
    name: source.department,
    typeDefs: withDefinitions(source, definitions),
  }))
  const result = composeServices(services)
  if (result.errors) return { kind: 'faulty', faults: result.errors.map((error) => compositionFault(error, readings)) }
  const schema = Supergraph.build(result.supergraphSdl).apiSchema().toGraphQLJSSchema()
  return { kind: 'built', supergraphSdl: result.supergraphSdl, schema, hints: result.hints.map((hint) => hint.message) }
}

/** The SDL and the definitions that it uses, as two sources, so that positions stay those of the department's file. */
export function withDefinitions(source: DepartmentSdl, definitions: string): DocumentNode {
  const own = parse(new Source(source.sdl, source.file))
  const added = parse(new Source(definitions, 'schema/sharing.graphql'))
  const imported = new Set([...source.sdl.matchAll(/@(\w+)/g)].map((match) => match[1]))
  const used = added.definitions.filter((one) => 'name' in one && one.name && imported.has(one.name.value))
  return { ...own, definitions: [...own.definitions, ...used] }
}

function compositionFault(error: GraphQLError, readings: readonly DepartmentReading[]): Fault {
  const node = error.nodes?.find((one) => one.loc)
  const known = node?.loc && readings.some(({ source }) => source.file === node.loc?.source.name)
  const file = known && node.loc ? node.loc.source.name : (readings[0]?.source.file ?? 'schema')
  const code = typeof error.extensions['code'] === 'string' ? `${error.extensions['code']}: ` : ''
  return faultAt(file, known ? node : undefined, 'COMPOSITION', `${code}${error.message}`, null)
}
