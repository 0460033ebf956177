import type {
  ConstDirectiveNode,
  DocumentNode,
  InputValueDefinitionNode,
  ObjectTypeDefinitionNode,
  ObjectTypeExtensionNode,
  TypeNode,
} from 'graphql'
import { GraphQLError, Kind, Source, parse } from 'graphql'
import { coordinate } from '../vocabulary/coordinate.ts'
import type { Coordinate } from '../vocabulary/coordinate.ts'
import type { FieldEntry, ResourceEntry } from './catalog.ts'
import type { Fault } from './fault.ts'
import { faultAt } from './fault.ts'
import { argument, readLinks, text } from './links.ts'
import type { Links } from './links.ts'
import { readField, readResource } from './read-annotations.ts'
import type { DepartmentSdl, Located, Reader } from './reader.ts'

/** What one department's SDL says. */
export interface DepartmentReading {
  readonly source: DepartmentSdl
  readonly document: DocumentNode | null
  readonly resources: readonly Located<ResourceEntry>[]
  readonly fields: readonly Located<FieldEntry>[]
  readonly filters: readonly Located<{ readonly at: string; readonly field: Coordinate }>[]
  readonly faults: readonly Fault[]
}

type TypeDefinition = ObjectTypeDefinitionNode | ObjectTypeExtensionNode

/** Reads every annotation of one SDL; a fault never stops the reading. */
export function readDepartment(source: DepartmentSdl): DepartmentReading {
  let document: DocumentNode
  try {
    document = parse(new Source(source.sdl, source.file))
  } catch (error) {
    return { source, document: null, resources: [], fields: [], filters: [], faults: [syntaxFault(source, error)] }
  }
  const faults: Fault[] = []
  const reader = createReader(source, readLinks(document), faults)
  checkUse(document, reader)
  const types = document.definitions.filter(isObject)
  const recordTypes = new Set(
    types.filter((type) => reader.annotation(type, 'resource')).map((type) => type.name.value),
  )
  return {
    source,
    document,
    resources: types.flatMap((type) => readResource(reader, type)),
    fields: types.flatMap((type) => readType(reader, type, recordTypes, document)),
    filters: readFilters(document, reader),
    faults,
  }
}

function createReader(source: DepartmentSdl, links: Links, faults: Fault[]): Reader {
  return {
    source,
    links,
    faults,
    annotation: (node, name) =>
      node.directives?.find((one) => (links.names.get(one.name.value) ?? one.name.value) === name),
  }
}

function syntaxFault(source: DepartmentSdl, error: unknown): Fault {
  const place = error instanceof GraphQLError ? error.locations?.[0] : undefined
  const message = error instanceof Error ? error.message : 'unreadable'
  return {
    code: 'SYNTAX',
    file: source.file,
    line: place?.line ?? 1,
    column: place?.column ?? 1,
    message,
    clause: null,
  }
}

function isObject(node: { kind: string }): node is TypeDefinition {
  return node.kind === Kind.OBJECT_TYPE_DEFINITION || node.kind === Kind.OBJECT_TYPE_EXTENSION
}

/** The composer drops an annotation that is not imported and composed, and says nothing. */
function checkUse(document: DocumentNode, reader: Reader): void {
  const seen = new Set<string>()
  for (const directive of directivesOf(document)) {
    const local = directive.name.value
    const ours = reader.links.names.has(local) || (!reader.links.linked && isOurs(local))
    if (!ours || seen.has(local) || reader.links.composed.has(local)) continue
    seen.add(local)
    const missing = reader.links.linked
      ? `@composeDirective(name: "@${local}")`
      : 'the @link to the sharing specification'
    const message = `@${local} would be lost in composition: ${missing} is missing`
    reader.faults.push(faultAt(reader.source.file, directive, 'ANNOTATION_LOST', message, 'ZS-2.05'))
  }
}

function isOurs(name: string): boolean {
  return name === 'share' || name === 'resource' || name === 'masking' || name === 'filters' || name === 'reference'
}

function* directivesOf(document: DocumentNode): Iterable<ConstDirectiveNode> {
  for (const definition of document.definitions) {
    if (!('fields' in definition)) continue
    yield* definition.directives ?? []
    for (const field of definition.fields ?? []) {
      yield* field.directives ?? []
      if ('arguments' in field) for (const one of field.arguments ?? []) yield* one.directives ?? []
    }
  }
}

function readType(
  reader: Reader,
  type: TypeDefinition,
  records: ReadonlySet<string>,
  document: DocumentNode,
): Located<FieldEntry>[] {
  const keys = keyFields(type)
  const onInterface = type.directives?.some((one) => one.name.value === 'interfaceObject') ?? false
  return (type.fields ?? []).flatMap((field) => {
    if (field.directives?.some((one) => one.name.value === 'external')) return []
    const named = namedType(field.type)
    const owner = records.has(type.name.value) ? type.name.value : records.has(named) ? named : type.name.value
    const kind = leadsToObject(named, document) ? ('object' as const) : ('leaf' as const)
    const context = {
      type: type.name.value,
      field,
      kind,
      resource: owner,
      isKey: keys.has(field.name.value),
      onInterface,
    }
    const entry = readField(reader, context)
    return entry ? [{ value: entry, file: reader.source.file, node: field }] : []
  })
}

/** Names in the outermost level of every `@key`, e.g. `idDocumentType idDocumentNumber`. */
function keyFields(type: TypeDefinition): ReadonlySet<string> {
  const texts = (type.directives ?? [])
    .filter((one) => one.name.value === 'key')
    .map((one) => text(argument(one, 'fields')) ?? '')
  return new Set(texts.flatMap((fields) => fields.replace(/\{[^}]*\}/g, ' ').split(/[\s,]+/)).filter(Boolean))
}

/** The type's name below lists and non-nulls. */
export function namedType(type: TypeNode): string {
  return type.kind === Kind.NAMED_TYPE ? type.name.value : namedType(type.type)
}

const LEAF_KINDS: ReadonlySet<string> = new Set([
  Kind.SCALAR_TYPE_DEFINITION,
  Kind.SCALAR_TYPE_EXTENSION,
  Kind.ENUM_TYPE_DEFINITION,
  Kind.ENUM_TYPE_EXTENSION,
])
const BUILT_IN = new Set(['String', 'Int', 'Float', 'Boolean', 'ID'])

function leadsToObject(name: string, document: DocumentNode): boolean {
  if (BUILT_IN.has(name)) return false
  return !document.definitions.some((one) => LEAF_KINDS.has(one.kind) && 'name' in one && one.name?.value === name)
}

function readFilters(document: DocumentNode, reader: Reader): DepartmentReading['filters'] {
  const found: Located<{ at: string; field: Coordinate }>[] = []
  const add = (at: string, node: InputValueDefinitionNode): void => {
    const directive = reader.annotation(node, 'filters')
    const field = directive ? text(argument(directive, 'field')) : null
    if (field) found.push({ value: { at, field: field as Coordinate }, file: reader.source.file, node })
  }
  for (const definition of document.definitions) {
    if (definition.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION) {
      for (const field of definition.fields ?? []) add(coordinate(definition.name.value, field.name.value), field)
    } else if (isObject(definition)) {
      for (const field of definition.fields ?? [])
        for (const one of field.arguments ?? [])
          add(`${definition.name.value}.${field.name.value}(${one.name.value}:)`, one)
    }
  }
  return found
}
