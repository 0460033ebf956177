import type { GraphQLInputObjectType, GraphQLInputType, GraphQLSchema, ValueNode } from 'graphql'
import { Kind, getNamedType, getNullableType, isEnumType, isInputObjectType, isListType } from 'graphql'
import type { Catalog, FieldEntry } from '../catalog/catalog.ts'
import { createCollector } from '../compile/collect.ts'
import type { Call, Projection } from '../compile/compiled-operation.ts'
import { decideSelection } from '../compile/project-selection.ts'
import type { View } from '../grants/view.ts'
import { coordinate, typeOf } from '../vocabulary/coordinate.ts'
import type { Coordinate } from '../vocabulary/coordinate.ts'
import type { Decision } from '../vocabulary/decision.ts'
import type { CheckedDocument } from './explain-document.ts'

/** The served schema and its catalogue. */
export interface ServedGround {
  readonly schema: GraphQLSchema
  readonly fields: ReadonlyMap<Coordinate, FieldEntry>
  readonly filters: Catalog['filters']
}

/** Field uses that are looked at, fragments expanded; a request may have no more. */
const MAX_USES = 5_000

/**
 * Every coordinate that an operation tells of, whatever its variables hold: values, objects of which nothing but their
 * existence is asked, the identifiers that references follow, and what its arguments filter, order or group by.
 * Fragments and abstract types are expanded to concrete ones, by the walk that decides requests. Lookups are not among
 * them: they belong to every matter.
 *
 * @throws Failure LIMIT_EXCEEDED
 */
export function usedCoordinates(checked: CheckedDocument, ground: ServedGround): ReadonlySet<Coordinate> {
  const { schema, fields, filters } = ground
  const root = schema.getRootType(checked.operation.operation)
  if (!root) throw new Error('the document was not checked')
  const collector = createCollector(schema, checked.fragments, MAX_USES)
  const source = { schema, fields, view: allOpen(fields) }
  const { projection, uses, calls } = decideSelection(source, collector, root, {
    set: checked.operation.selectionSet,
    conditions: [],
  })
  const used = new Set<Coordinate>()
  for (const use of uses) used.add(use.coordinate)
  for (const at of followed(projection, fields)) used.add(at)
  for (const call of calls) for (const by of possibleFilters(filters, call)) used.add(by)
  return new Set([...used].filter((at) => !isLookup(at, fields)))
}

function isLookup(at: Coordinate, fields: ServedGround['fields']): boolean {
  return typeOf(at) === 'Query' && fields.get(at)?.kind !== 'leaf'
}

/** As if everything could be learned: then whatever is selected is a use. */
function allOpen(fields: ServedGround['fields']): View {
  const open: Decision = { kind: 'ALLOW', clause: 'ZS-4.01(3)', grant: null }
  const decisions = new Map([...fields.keys()].map((at) => [at, open] as const))
  return { id: '', decisions, parameters: new Map(), validUntil: Infinity }
}

/** The identifiers of the references that are crossed: to cross one is to use it (wall 7). */
function* followed(of: Projection, fields: ReadonlyMap<Coordinate, FieldEntry>): Iterable<Coordinate> {
  for (const { coordinate: at, step } of [...of.fields.values()].flat()) {
    if (step.kind !== 'object') continue
    const identifier = fields.get(at)?.follows
    if (identifier) yield identifier
    yield* followed(step.selection, fields)
  }
}

type Filters = Catalog['filters']

/** What a call filters by, or could: a variable in the place of an object may give any of its members. */
function* possibleFilters(filters: Filters, { arguments: given }: Call): Iterable<Coordinate> {
  for (const { places, type, node, fallback } of given) {
    for (const place of places) yield* named(filters, place)
    if (node === null) yield* ofFallback(filters, type, fallback)
    else yield* ofValue(filters, type, node)
  }
}

function* named(filters: Filters, place: string): Iterable<Coordinate> {
  const by = Object.hasOwn(filters, place) ? filters[place] : undefined
  if (by !== undefined) yield by
}

function* ofValue(filters: Filters, type: GraphQLInputType, node: ValueNode): Iterable<Coordinate> {
  const nullable = getNullableType(type)
  if (node.kind === Kind.NULL) return
  if (node.kind === Kind.VARIABLE) yield* anything(filters, nullable, new Set())
  else if (isListType(nullable)) {
    const items = node.kind === Kind.LIST ? node.values : [node]
    for (const item of items) yield* ofValue(filters, nullable.ofType, item)
  } else if (isEnumType(nullable) && node.kind === Kind.ENUM) yield* named(filters, `${nullable.name}.${node.value}`)
  else if (isInputObjectType(nullable) && node.kind === Kind.OBJECT) {
    const members = new Map(node.fields.map((one) => [one.name.value, one.value]))
    yield* ofMembers(filters, nullable, (name) => members.get(name))
  }
}

function* ofMembers(
  filters: Filters,
  type: GraphQLInputObjectType,
  valueOf: (name: string) => ValueNode | undefined,
): Iterable<Coordinate> {
  for (const field of Object.values(type.getFields())) {
    const value = valueOf(field.name)
    // A member with a default of the schema's own is there even where nobody wrote it.
    if (value === undefined && field.defaultValue === undefined) continue
    yield* named(filters, coordinate(type.name, field.name))
    if (value === undefined) yield* ofFallback(filters, field.type, field.defaultValue)
    else yield* ofValue(filters, field.type, value)
  }
}

/** What the schema's own default gives: of an enum its value, of anything made of members all that it could hold. */
function* ofFallback(filters: Filters, type: GraphQLInputType, value: unknown): Iterable<Coordinate> {
  const inner = getNamedType(type)
  if (isInputObjectType(inner)) yield* anything(filters, inner, new Set())
  for (const one of Array.isArray(value) ? value.flat(Infinity) : [value])
    if (isEnumType(inner) && typeof one === 'string') yield* named(filters, `${inner.name}.${one}`)
}

function* anything(filters: Filters, type: GraphQLInputType, seen: Set<string>): Iterable<Coordinate> {
  const inner = getNamedType(type)
  if (seen.has(inner.name)) return
  seen.add(inner.name)
  if (isEnumType(inner)) for (const { name } of inner.getValues()) yield* named(filters, `${inner.name}.${name}`)
  if (!isInputObjectType(inner)) return
  for (const field of Object.values(inner.getFields())) {
    yield* named(filters, coordinate(inner.name, field.name))
    yield* anything(filters, field.type, seen)
  }
}
