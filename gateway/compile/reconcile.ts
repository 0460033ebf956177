import type { GraphQLCompositeType, GraphQLSchema } from 'graphql'
import { Kind, getNamedType, isObjectType } from 'graphql'
import { SOURCE_TYPE } from '../catalog/attributes.ts'
import type { AttributeEntry, AttributeRole, AttributeSource } from '../catalog/attributes.ts'
import type { FieldEntry } from '../catalog/catalog.ts'
import { coordinate } from '../vocabulary/coordinate.ts'
import type { Coordinate } from '../vocabulary/coordinate.ts'
import type { CollectedField } from './collect.ts'
import type { Collector } from './collect.ts'
import type { ProjectedField, Projection, ReconcileStep, When } from './compiled-operation.ts'
import { anyOf } from './conditions.ts'
import type { SourceNames } from './source-names.ts'

/** What reading the sources of an attribute takes from the walk over an operation. */
interface Reading {
  readonly schema: GraphQLSchema
  readonly fields: ReadonlyMap<Coordinate, FieldEntry>
  readonly names: SourceNames
}

/** Sources that a role reads: the value is its authorities' alone, and no more is fetched than it needs. */
export function sourcesRead({ sources }: AttributeEntry, role: AttributeRole): readonly AttributeSource[] {
  return role === 'VALUE' ? sources.filter(({ authority }) => authority) : sources
}

/**
 * The step of a field that the gateway makes of the sources of an attribute: what is fetched for it stands beside it in
 * the plan, and not in the answer.
 *
 * @param place the type that the document has there
 */
export function reconcileStep(
  reading: Reading,
  attribute: AttributeEntry,
  role: AttributeRole,
  at: {
    readonly type: string
    readonly place: GraphQLCompositeType
    readonly when: When
    readonly selection: Projection | null
    /** Sources that are clear, and not only open to verification. */
    readonly open: ReadonlySet<Coordinate>
  },
): ReconcileStep {
  const read = sourcesRead(attribute, role).map((source) => readOf(reading, source.path, at.type, at.place, at.when))
  return { kind: 'reconcile', role, attribute, read, open: at.open, selection: at.selection, mask: null, beside: [] }
}

/** One source's value as a field that is fetched: a chain of records down to it. */
function readOf(
  reading: Reading,
  [name = '', ...below]: readonly string[],
  type: string,
  place: GraphQLCompositeType,
  when: When,
): ProjectedField {
  const parent = reading.schema.getType(type)
  const definition = isObjectType(parent) ? parent.getFields()[name] : undefined
  if (!definition) throw new Error(`${type}.${name} is a source of an attribute and not in the schema`)
  const at = coordinate(type, name)
  const node = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: name } } as const
  const source = reading.names.nameOf(node, definition, type, place)
  const provider = reading.fields.get(at)?.provider ?? 'gateway'
  const field = { key: name, source, coordinate: at, provider, type: definition.type, when }
  if (below.length === 0) return { ...field, step: { kind: 'copy' } }
  const record = getNamedType(definition.type)
  if (!isObjectType(record)) throw new Error(`${at} leads to no record`)
  const leaf = readOf(reading, below, record.name, record, when)
  const selection: Projection = { abstract: false, fields: new Map([[record.name, [leaf]]]) }
  return { ...field, step: { kind: 'object', selection, shown: when, shownTypes: null } }
}

/** What is selected of each source: facts of the gateway's own, which no department decides. */
export function sourceSelection(schema: GraphQLSchema, collector: Collector, field: CollectedField): Projection {
  const type = schema.getType(SOURCE_TYPE)
  if (!isObjectType(type)) throw new Error(`the schema has no ${SOURCE_TYPE}`)
  const selected = field.uses.flatMap(({ node, conditions }) =>
    node.selectionSet ? [{ set: node.selectionSet, conditions }] : [],
  )
  const text = schema.getType('String')
  const fields = collector.collect(SOURCE_TYPE, selected).flatMap(({ key, node, uses }): readonly ProjectedField[] => {
    const name = node.name.value
    const when = anyOf(uses.map(({ conditions }) => conditions))
    const facts = { key, source: name, coordinate: coordinate(SOURCE_TYPE, name), provider: 'gateway', when }
    if (name === '__typename' && text && 'serialize' in text)
      return [{ ...facts, type: text, step: { kind: 'typename' } }]
    const definition = type.getFields()[name]
    return definition ? [{ ...facts, type: definition.type, step: { kind: 'copy' } }] : []
  })
  return { abstract: false, fields: new Map([[SOURCE_TYPE, fields]]) }
}

/**
 * Joins what is said of one attribute at one place: where its sources are compared and its value stands beside, the value
 * is where a difference is noted.
 */
export function withValuesBeside(fields: readonly ProjectedField[]): readonly ProjectedField[] {
  if (!fields.some(({ step }) => step.kind === 'reconcile' && step.role !== 'VALUE')) return fields
  return fields.map((field) => {
    const { step } = field
    if (step.kind !== 'reconcile' || step.role === 'VALUE') return field
    const beside = fields.filter(
      (one) => one.coordinate === step.attribute.consolidated && one.step.kind !== 'null' && one.step.kind !== 'object',
    )
    return { ...field, step: { ...step, beside } }
  })
}
