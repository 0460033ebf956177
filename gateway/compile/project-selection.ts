import type { ArgumentNode, FieldNode, GraphQLCompositeType, GraphQLField, GraphQLSchema } from 'graphql'
import { Kind, getNamedType, isAbstractType, isCompositeType, isLeafType, isObjectType } from 'graphql'
import type { FieldEntry } from '../catalog/catalog.ts'
import type { View } from '../grants/view.ts'
import { bareRecord } from '../vocabulary/bare-record.ts'
import { coordinate } from '../vocabulary/coordinate.ts'
import type { Coordinate } from '../vocabulary/coordinate.ts'
import type { Decision } from '../vocabulary/decision.ts'
import type { CollectedField, Collector, Selected } from './collect.ts'
import type { ProjectedField, Projection, RootCall, Step, Use, When } from './compiled-operation.ts'
import { createSourceNames } from './source-names.ts'
import type { SourceNames } from './source-names.ts'

/** What decisions are read from. */
export interface DecisionSource {
  readonly schema: GraphQLSchema
  readonly fields: ReadonlyMap<Coordinate, FieldEntry>
  readonly view: View
}

/** The shape of the answer with the decision of every place. */
export interface DecidedSelection {
  readonly projection: Projection
  readonly uses: readonly Use[]
  readonly calls: readonly RootCall[]
  readonly aliases: Readonly<Record<string, Coordinate>>
  /** Arguments by the canonical name of their field. */
  readonly arguments: ReadonlyMap<string, readonly ArgumentNode[]>
}

/** The walk over one operation. */
interface Walk extends DecisionSource {
  readonly collector: Collector
  readonly names: SourceNames
  readonly uses: Use[]
  readonly calls: RootCall[]
  readonly aliases: Record<string, Coordinate>
}

/** Walks the collected fields, expands abstract types to concrete ones and decides every coordinate. */
export function decideSelection(
  source: DecisionSource,
  collector: Collector,
  root: GraphQLCompositeType,
  selected: Selected,
): DecidedSelection {
  const aliases = bareRecord<Coordinate>()
  const walk: Walk = { ...source, collector, names: createSourceNames(), uses: [], calls: [], aliases }
  const projection = projectSelection(walk, root, [selected], [])
  return { projection, uses: walk.uses, calls: walk.calls, aliases, arguments: walk.names.arguments }
}

function projectSelection(
  walk: Walk,
  type: GraphQLCompositeType,
  selections: readonly Selected[],
  path: readonly string[],
): Projection {
  const concrete = isAbstractType(type) ? walk.schema.getPossibleTypes(type) : [type]
  const fields = concrete.map(({ name }) => {
    // Introspection is answered from the view's schema, never from the supergraph.
    const collected = walk.collector.collect(name, selections).filter((field) => !isIntrospection(field.node))
    return [name, collected.map((field) => projectField(walk, name, field, path))] as const
  })
  return { abstract: isAbstractType(type), fields: new Map(fields) }
}

function projectField(walk: Walk, type: string, field: CollectedField, above: readonly string[]): ProjectedField {
  const name = field.node.name.value
  const at = coordinate(type, name)
  const when = whenOf(field)
  if (name === '__typename') return typename(walk.schema, field.key, at, when)
  const path = [...above, field.key]
  if (field.key !== name) walk.aliases[field.key] ??= at
  if (above.length === 0) {
    walk.calls.push({ key: field.key, coordinate: at, arguments: argumentVariables(field.node), when })
  }
  const definition = definitionOf(walk.schema, type, name)
  const step = stepOf(walk, definition, field, at, path)
  const provider = walk.fields.get(at)?.provider ?? 'gateway'
  const source = walk.names.nameOf(field.node)
  return { key: field.key, source, coordinate: at, provider, type: definition.type, when, step }
}

function stepOf(
  walk: Walk,
  definition: GraphQLField<unknown, unknown>,
  field: CollectedField,
  at: Coordinate,
  path: readonly string[],
): Step {
  const decision = walk.view.decisions.get(at) ?? UNCLASSIFIED
  const type = getNamedType(definition.type)
  if (isCompositeType(type)) return objectStep(walk, type, field, decision, path, at)
  walk.uses.push({ coordinate: at, path, decision, when: whenOf(field) })
  if (decision.kind === 'ALLOW') return { kind: 'copy' }
  return decision.kind === 'MASK' ? { kind: 'mask', rule: decision.rule } : { kind: 'null' }
}

/** An object is crossed for what it discloses below, or for its own existence; a reference only with its identifier. */
function objectStep(
  walk: Walk,
  type: GraphQLCompositeType,
  field: CollectedField,
  decision: Decision,
  path: readonly string[],
  at: Coordinate,
): Step {
  const before = walk.uses.length
  const selections = field.uses.flatMap(({ node, conditions }) =>
    node.selectionSet ? [{ set: node.selectionSet, conditions }] : [],
  )
  const selection = projectSelection(walk, type, selections, path)
  const entry = walk.fields.get(at)
  const crossable = entry !== undefined && (entry.follows === null || decision.kind === 'ALLOW')
  // What lies behind a refused reference is not reported field by field: the reference is the reason.
  if (!crossable) walk.uses.length = before
  if (walk.uses.length === before) walk.uses.push({ coordinate: at, path, decision, when: whenOf(field) })
  const crossed = crossable && (decision.kind === 'ALLOW' || discloses(selection))
  return crossed ? { kind: 'object', selection } : { kind: 'null' }
}

/**
 * Whether anything below leaves the gateway, so that the existence of the object is told anyway. With nothing, the
 * object is a constant null unless its own existence is ALLOW (wall 6).
 */
function discloses(selection: Projection): boolean {
  return [...selection.fields.values()].some((fields) =>
    fields.some(({ step }) => step.kind !== 'null' && step.kind !== 'typename'),
  )
}

/** `__schema` and `__type`; `__typename` is an ordinary part of the answer. */
export function isIntrospection(node: FieldNode): boolean {
  return node.name.value === '__schema' || node.name.value === '__type'
}

const UNCLASSIFIED: Decision = { kind: 'DENY', code: 'CLASS_MISSING', clause: 'ZS-2.05', grant: null }

function definitionOf(schema: GraphQLSchema, type: string, name: string): GraphQLField<unknown, unknown> {
  const parent = schema.getType(type)
  const definition = isObjectType(parent) ? parent.getFields()[name] : undefined
  if (!definition) throw new Error(`${type}.${name} is not in the schema that the document was validated against`)
  return definition
}

function typename(schema: GraphQLSchema, key: string, at: Coordinate, when: When): ProjectedField {
  const type = schema.getType('String')
  if (!isLeafType(type)) throw new Error('the schema has no String')
  return { key, source: '__typename', coordinate: at, provider: 'gateway', type, when, step: { kind: 'typename' } }
}

/** Unconditional if any use is. */
function whenOf(field: CollectedField): When {
  const all = field.uses.map((use) => use.conditions)
  return all.some((conditions) => conditions.length === 0) ? null : all
}

function argumentVariables(node: FieldNode): RootCall['arguments'] {
  const pairs = (node.arguments ?? []).map(
    ({ name, value }) => [name.value, value.kind === Kind.VARIABLE ? value.name.value : null] as const,
  )
  return Object.fromEntries(pairs)
}
