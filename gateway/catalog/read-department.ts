import type { DocumentNode } from 'graphql'
import { GraphQLError, Kind, Source, parse } from 'graphql'
import type { Coordinate } from '../vocabulary/coordinate.ts'
import type { FieldEntry, ResourceEntry } from './catalog.ts'
import { checkLiterals } from './check-literals.ts'
import type { Finding } from './fault.ts'
import { findingAt } from './fault.ts'
import { argument, flag, intended, readLinks, text } from './links.ts'
import type { Links } from './links.ts'
import { readField } from './read-annotations.ts'
import { readResource } from './read-resource.ts'
import type { DepartmentSdl, Located, Reader } from './reader.ts'
import { contentOf, fieldSet, isObject, namedType, placesOf } from './shape.ts'
import type { ObjectNode } from './shape.ts'

/** What an argument, an input member or an enum value filters by. */
export interface FilterEntry {
  readonly at: string
  readonly field: Coordinate
  /** Keeps the answer within its values. */
  readonly exact: boolean
}

/** A field that counts records in groups. */
export interface StatisticsEntry {
  readonly at: Coordinate
  /** Record type that is counted. */
  readonly of: string
}

/** What one department's SDL says. */
export interface DepartmentReading {
  readonly source: DepartmentSdl
  readonly document: DocumentNode | null
  readonly links: Links | null
  readonly resources: readonly Located<ResourceEntry>[]
  readonly fields: readonly Located<FieldEntry>[]
  readonly filters: readonly Located<FilterEntry>[]
  readonly statistics: readonly Located<StatisticsEntry>[]
  readonly faults: readonly Finding[]
}

/** Reads every annotation of one SDL; a fault never stops the reading. */
export function readDepartment(source: DepartmentSdl): DepartmentReading {
  let document: DocumentNode
  try {
    document = parse(new Source(source.sdl, source.file))
  } catch (error) {
    const faults = [syntaxFault(source, error)]
    return { source, document: null, links: null, resources: [], fields: [], filters: [], statistics: [], faults }
  }
  const faults: Finding[] = []
  const links = readLinks(document)
  const reader = createReader(source, links, faults)
  for (const { node, message } of links.problems)
    faults.push(findingAt(source.file, node, 'LINK_UNFIT', message, 'CLASS_DECLARED'))
  checkRoots(document, reader)
  checkUse(document, reader)
  const types = document.definitions.filter(isObject)
  const facts = factsOf(types, reader)
  return {
    source,
    document,
    links,
    resources: types.flatMap((type) => readResource(reader, type)),
    fields: types.flatMap((type) => readType(reader, type, facts, document)),
    filters: readFilters(document, reader),
    statistics: readStatistics(document, reader),
    faults,
  }
}

function createReader(source: DepartmentSdl, links: Links, faults: Finding[]): Reader {
  return {
    source,
    links,
    faults,
    annotation: (node, name) => node.directives?.find((one) => intended(links, one.name.value) === name),
  }
}

function syntaxFault(source: DepartmentSdl, error: unknown): Finding {
  const place = error instanceof GraphQLError ? error.locations?.[0] : undefined
  const message = error instanceof Error ? error.message : 'unreadable'
  const { line, column } = place ?? { line: 1, column: 1 }
  return { code: 'SYNTAX', file: source.file, line, column, message, topic: null }
}

/** The supergraph calls its root types Query and Mutation; a coordinate must be the same in both. */
function checkRoots(document: DocumentNode, reader: Reader): void {
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.SCHEMA_DEFINITION && definition.kind !== Kind.SCHEMA_EXTENSION) continue
    for (const { operation, type } of definition.operationTypes ?? []) {
      const usual = operation[0]?.toUpperCase() + operation.slice(1)
      if (type.name.value === usual) continue
      const message = `the root type ${type.name.value} must be called ${usual}`
      reader.faults.push(findingAt(reader.source.file, type, 'ROOT_RENAMED', message, null))
    }
  }
}

/** The composer drops an annotation that is not linked, imported and composed, and says nothing; nor does it check literals. */
function checkUse(document: DocumentNode, reader: Reader): void {
  const { links } = reader
  const seen = new Set<string>()
  for (const directive of [...placesOf(document)].flatMap((place) => place.directives)) {
    const local = directive.name.value
    if (intended(links, local) === null) continue
    reader.faults.push(...checkLiterals(reader.source.file, directive))
    if (seen.has(local)) continue
    if (links.names.has(local) && links.composed.has(local)) continue
    seen.add(local)
    const message = `@${local} would be lost in composition: ${missingStep(links, local)} is missing`
    reader.faults.push(findingAt(reader.source.file, directive, 'ANNOTATION_LOST', message, 'CLASS_DECLARED'))
  }
}

function missingStep(links: Links, local: string): string {
  if (!links.linked) return 'the @link to the sharing specification'
  if (!links.names.has(local))
    return `its import from the sharing specification (import: ["@${intended(links, local)}"])`
  return `@composeDirective(name: "@${local}")`
}

/** What holds for a type in all its definitions and extensions. */
interface TypeFacts {
  readonly records: ReadonlySet<string>
  /** `Type.field` of every `@key`, outermost level. */
  readonly keys: ReadonlySet<string>
  readonly interfaceObjects: ReadonlySet<string>
}

function factsOf(types: readonly ObjectNode[], reader: Reader): TypeFacts {
  const named = (nodes: readonly ObjectNode[]): ReadonlySet<string> => new Set(nodes.map((type) => type.name.value))
  return {
    records: named(types.filter((type) => reader.annotation(type, 'resource'))),
    keys: new Set(types.flatMap((type) => keyFields(type).map((field) => `${type.name.value}.${field}`))),
    interfaceObjects: named(types.filter((type) => has(type, 'interfaceObject'))),
  }
}

function has(node: Pick<ObjectNode, 'directives'>, name: string): boolean {
  return node.directives?.some((one) => one.name.value === name) ?? false
}

function keyFields(type: ObjectNode): readonly string[] {
  return (type.directives ?? [])
    .filter((one) => one.name.value === 'key')
    .flatMap((one) => fieldSet(text(argument(one, 'fields')) ?? '').selections)
    .flatMap((one) => (one.kind === Kind.FIELD ? [one.name.value] : []))
}

function readType(reader: Reader, type: ObjectNode, facts: TypeFacts, document: DocumentNode): Located<FieldEntry>[] {
  // Another department's fields, repeated here: theirs is the class.
  if (has(type, 'external')) return []
  const name = type.name.value
  return (type.fields ?? []).flatMap((field) => {
    if (has(field, 'external')) return []
    const leadsTo = namedType(field.type)
    const entry = readField(reader, {
      type: name,
      field,
      content: contentOf(leadsTo, document),
      resource: !facts.records.has(name) && facts.records.has(leadsTo) ? leadsTo : name,
      isKey: facts.keys.has(`${name}.${field.name.value}`),
      onInterface: facts.interfaceObjects.has(name),
    })
    const annotation = reader.annotation(field, 'share')
    return entry && annotation ? [{ value: entry, file: reader.source.file, node: field, annotation }] : []
  })
}

/** Where it stands, and what its type holds, is checked with all that is read (check-statistics.ts). */
function readStatistics(document: DocumentNode, reader: Reader): DepartmentReading['statistics'] {
  return [...placesOf(document)].flatMap(({ at, node }) => {
    const directive = reader.annotation(node, 'statistics')
    const of = directive ? text(argument(directive, 'of')) : null
    if (!directive || of === null) return []
    return [{ value: { at: at as Coordinate, of }, file: reader.source.file, node, annotation: directive }]
  })
}

function readFilters(document: DocumentNode, reader: Reader): DepartmentReading['filters'] {
  return [...placesOf(document)].flatMap(({ at, node }) => {
    const directive = reader.annotation(node, 'filters')
    const field = directive ? text(argument(directive, 'field')) : null
    if (!directive || field === null) return []
    // Whether it is a coordinate is checked against all departments.
    const value = { at, field: field as Coordinate, exact: flag(argument(directive, 'exact')) }
    return [{ value, file: reader.source.file, node, annotation: directive }]
  })
}
