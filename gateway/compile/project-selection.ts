import type {
  ArgumentNode,
  FieldNode,
  GraphQLCompositeType,
  GraphQLField,
  GraphQLNamedType,
  GraphQLSchema,
} from 'graphql'
import {
  getNamedType,
  isAbstractType,
  isCompositeType,
  isInterfaceType,
  isLeafType,
  isObjectType,
  isScalarType,
} from 'graphql'
import type { AttributeEntry } from '../catalog/attributes.ts'
import type { FieldEntry } from '../catalog/catalog.ts'
import type { View } from '../grants/view.ts'
import { bareRecord } from '../vocabulary/bare-record.ts'
import { coordinate, typeOf } from '../vocabulary/coordinate.ts'
import type { Coordinate } from '../vocabulary/coordinate.ts'
import { disclosesValue, emergencyBehind } from '../vocabulary/decision.ts'
import type { Decision, MaskRule } from '../vocabulary/decision.ts'
import { isSubjectType } from '../vocabulary/subject-types.ts'
import { callOf } from './calls.ts'
import type { CollectedField, Collector, Selected } from './collect.ts'
import type {
  Call,
  Concern,
  Conjunction,
  ControlledUse,
  ProjectedField,
  Projection,
  Step,
  Use,
  UseWhen,
  When,
} from './compiled-operation.ts'
import { alternativesOf, anyOf } from './conditions.ts'
import { isOwnAnswer } from './own-answers.ts'
import { reconcileStep, sourceSelection, sourcesRead, withValuesBeside } from './reconcile.ts'
import { createSourceNames } from './source-names.ts'
import type { SourceNames } from './source-names.ts'
import { holdersOf, isPersonal } from './subject-keys.ts'

/** What decisions are read from. */
export interface DecisionSource {
  readonly schema: GraphQLSchema
  readonly fields: ReadonlyMap<Coordinate, FieldEntry>
  readonly view: View
  /** Attributes that several sources hold; without them what is made of their sources is null. */
  readonly attributes?: ReadonlyMap<string, AttributeEntry>
}

/** The shape of the answer with the decision of every place. */
export interface DecidedSelection {
  readonly projection: Projection
  readonly uses: readonly Use[]
  readonly calls: readonly Call[]
  readonly controlled: readonly ControlledUse[]
  readonly aliases: Readonly<Record<string, readonly Coordinate[]>>
  /** Arguments by the canonical name of their field. */
  readonly arguments: ReadonlyMap<string, readonly ArgumentNode[]>
}

/** The walk over one operation. */
interface Walk extends DecisionSource {
  readonly collector: Collector
  readonly names: SourceNames
  readonly uses: Use[]
  readonly calls: Call[]
  readonly controlled: ControlledUse[]
  readonly aliases: Record<string, Coordinate[]>
}

/** Walks the collected fields, expands abstract types to concrete ones and decides every coordinate. */
export function decideSelection(
  source: DecisionSource,
  collector: Collector,
  root: GraphQLCompositeType,
  selected: Selected,
): DecidedSelection {
  const aliases = bareRecord<Coordinate[]>()
  const names = createSourceNames(source.schema)
  const walk: Walk = { ...source, collector, names, uses: [], calls: [], controlled: [], aliases }
  const projection = projectSelection(walk, root, [selected], ROOT)
  const { uses, calls, controlled } = walk
  return { projection, uses, calls, controlled, aliases, arguments: names.arguments }
}

/** What encloses a selection. */
interface Above {
  readonly path: readonly string[]
  /** Types of the objects on the way, the root's first. */
  readonly parents: readonly string[]
  /** Calls with arguments on the way, the outermost first. */
  readonly calls: readonly CallAbove[]
}

/** A call, and how many objects stand above its answer. */
interface CallAbove {
  readonly call: Call
  readonly depth: number
}

const ROOT: Above = { path: [], parents: [], calls: [] }

function projectSelection(
  walk: Walk,
  type: GraphQLCompositeType,
  selections: readonly Selected[],
  above: Above,
): Projection {
  const fields = concreteTypes(walk.schema, type).map((name) => {
    // Introspection is answered from the view's schema, an explanation from the compile step: never from the supergraph.
    const collected = walk.collector
      .collect(name, selections)
      .filter(({ node }) => !isIntrospection(node) && !isOwnAnswer(name, node.name.value))
    const projected = collected.map((field) => projectField(walk, { type: name, place: type, above }, field))
    return [name, withValuesBeside(projected)] as const
  })
  const concerns = above.parents.some(isSubjectType) ? [] : fields.flatMap((one) => concernsOf(walk, type, one))
  return Object.freeze({
    abstract: isAbstractType(type) && fields.some(([name]) => name !== type.name),
    fields: new Map(fields),
    ...(concerns.length > 0 ? { concerns: new Map(concerns) } : {}),
  })
}

/** Whom a record of a type tells of, where something personal of it leaves the gateway. */
function concernsOf(
  walk: Walk,
  place: GraphQLCompositeType,
  [type, fields]: readonly [string, readonly ProjectedField[]],
): readonly (readonly [string, readonly Concern[]])[] {
  const personal = disclosuresOf(fields.filter(({ coordinate: at }) => isPersonal(walk.fields.get(at))))
  if (personal.length === 0) return []
  const when = anyOf(personal)
  const holders = holdersOf(walk, type, place)
  return holders.length === 0
    ? []
    : [[type, holders.map(({ source, type: leadsTo, subject }) => ({ source, type: leadsTo, subject, when }))]]
}

/**
 * An interface that no type implements stands for itself: departments that know it as `@interfaceObject` answer with
 * its own name.
 */
function concreteTypes(schema: GraphQLSchema, type: GraphQLCompositeType): readonly string[] {
  const possible = isAbstractType(type) ? schema.getPossibleTypes(type).map(({ name }) => name) : []
  return possible.length > 0 ? possible : [type.name]
}

/** The object that a field is selected on: its concrete type, and the type that the document has there. */
interface Parent {
  readonly type: string
  readonly place: GraphQLCompositeType
  readonly above: Above
}

function projectField(walk: Walk, { type, place, above }: Parent, field: CollectedField): ProjectedField {
  const name = field.node.name.value
  const at = coordinate(type, name)
  const when = anyOf(field.uses.map(({ conditions }) => conditions))
  if (name === '__typename') return typename(walk.schema, field.key, at, when)
  const definition = definitionOf(walk.schema, type, name)
  if (field.key !== name) noteAlias(walk.aliases, field.key, at)
  const root = above.path.length === 0
  const types = [type, ...interfacesOf(walk.schema, type)]
  const call = callOf(definition, field.node, { coordinate: at, key: field.key, root, when, types })
  if (root || call.arguments.length > 0) walk.calls.push(call)
  const parents = [...above.parents, type]
  const calls = call.arguments.length > 0 ? [...above.calls, { call, depth: parents.length }] : above.calls
  const source = walk.names.nameOf(field.node, definition, type, place)
  const standing = { at, path: [...above.path, field.key], parents, calls, when, type, place }
  const step = stepOf(walk, definition, field, standing)
  const provider = walk.fields.get(at)?.provider ?? 'gateway'
  return { key: field.key, source, coordinate: at, provider, type: definition.type, when, step }
}

/** Where a field stands, and the calls that lead to it. */
interface Place extends Above {
  readonly at: Coordinate
  readonly when: When
  /** The object's type, and the type that the document has there. */
  readonly type: string
  readonly place: GraphQLCompositeType
}

function stepOf(walk: Walk, definition: GraphQLField<unknown, unknown>, field: CollectedField, place: Place): Step {
  const decision = walk.view.decisions.get(place.at) ?? UNCLASSIFIED
  const type = getNamedType(definition.type)
  if (walk.fields.get(place.at)?.reconciled) return reconciledStep(walk, type, field, decision, place)
  if (isCompositeType(type)) return objectStep(walk, type, field, existence(decision), place)
  walk.uses.push({ coordinate: place.at, path: place.path, decision, when: place.when })
  noteControlled(walk, decision, place, place.parents)
  if (decision.kind === 'ALLOW') return { kind: 'copy' }
  return decision.kind === 'MASK' ? maskStep(decision.rule, type) : { kind: 'null' }
}

/** What the gateway makes of several sources is decided by its own coordinate, which owes its decision to theirs. */
function reconciledStep(
  walk: Walk,
  type: GraphQLNamedType,
  field: CollectedField,
  decision: Decision,
  place: Place,
): Step {
  const { at, path, when } = place
  const { attribute: name = '', role = 'VALUE' } = walk.fields.get(at)?.reconciled ?? {}
  const attribute = walk.attributes?.get(name)
  walk.uses.push({ coordinate: at, path, decision, when, reconciled: true })
  noteControlled(walk, decision, place, place.parents)
  const masked = decision.kind === 'MASK' ? maskStep(decision.rule, type) : null
  const told = decision.kind === 'ALLOW' || (role === 'VALUE' && masked?.kind === 'mask')
  if (!told || !attribute) return { kind: 'null' }
  const open = new Set<Coordinate>()
  for (const source of sourcesRead(attribute, role)) {
    const own = walk.view.decisions.get(source.coordinate) ?? decision
    if (own.kind === 'ALLOW') open.add(source.coordinate)
    walk.uses.push({ coordinate: source.coordinate, path, decision: own, when, compared: true })
  }
  const selection = role === 'SOURCES' ? sourceSelection(walk.schema, walk.collector, field) : null
  const step = reconcileStep(walk, attribute, role, { ...place, selection, open })
  return masked?.kind === 'mask' ? { ...step, mask: masked.rule } : step
}

/**
 * A mask that is null whatever the value says nothing, and asks for nothing: the value is not fetched, and the record
 * that it stands in is not told to exist. An enum, a number or a Boolean can be masked in no other way.
 */
function maskStep(rule: MaskRule, type: GraphQLNamedType): Step {
  const text = isScalarType(type) && !['Int', 'Float', 'Boolean'].includes(type.name)
  return text && rule !== 'M-NULL' ? { kind: 'mask', rule } : { kind: 'null' }
}

/**
 * What a grant opens for permitted argument values only is held against those of each request (NT-18.1).
 *
 * @param records types of the objects down to the one that is disclosed, or in which a value is
 */
function noteControlled(walk: Walk, decision: Decision, place: Place, records: readonly string[]): void {
  if (!disclosesValue(decision)) return
  const { at, when } = place
  const calls = place.calls.map(({ call }) => call)
  for (const rule of walk.view.parameters.get(at) ?? []) {
    const limiting = new Map([...rule.values.keys()].map((by) => [by, limitingCalls(place.calls, records, typeOf(by))]))
    walk.controlled.push({ coordinate: at, rule, calls, limiting, when })
  }
}

/**
 * The calls whose arguments speak of this very record: none of its type stands between. The branches of a firm that
 * was asked for by its division are other firms.
 */
function limitingCalls(calls: readonly CallAbove[], records: readonly string[], type: string): readonly Call[] {
  const speaksOf = ({ depth }: CallAbove): boolean => records.indexOf(type, depth) === records.length - 1
  return records.at(-1) === type ? calls.filter(speaksOf).map(({ call }) => call) : []
}

function noteAlias(aliases: Record<string, Coordinate[]>, alias: string, at: Coordinate): void {
  const known = (aliases[alias] ??= [])
  if (!known.includes(at)) known.push(at)
}

/** Existence cannot be masked: what a mask would hide is not told. */
function existence(decision: Decision): Decision {
  if (decision.kind !== 'MASK') return decision
  return { kind: 'DENY', code: 'NO_GRANT', clause: decision.clause, grant: decision.grant }
}

/** An object is crossed for what it discloses below, or for its own existence; a reference only with its identifier. */
function objectStep(
  walk: Walk,
  type: GraphQLCompositeType,
  field: CollectedField,
  decision: Decision,
  place: Place,
): Step {
  const { at, path, when } = place
  const before = { uses: walk.uses.length, controlled: walk.controlled.length }
  const selections = field.uses.flatMap(({ node, conditions }) =>
    node.selectionSet ? [{ set: node.selectionSet, conditions }] : [],
  )
  const selection = projectSelection(walk, type, selections, place)
  const entry = walk.fields.get(at)
  const crossable = entry !== undefined && (entry.follows === null || decision.kind === 'ALLOW')
  // What lies behind a refused reference is not reported field by field: the reference is the reason.
  if (!crossable) {
    walk.uses.length = before.uses
    walk.controlled.length = before.controlled
  }
  for (const one of concreteTypes(walk.schema, type)) noteControlled(walk, decision, place, [...place.parents, one])
  const disclosed = anyOf(disclosures(selection))
  // An object is a use of its own where nothing below it is: told of for its own sake, or refused; and a reference that a
  // grant lets be crossed always is, or the record would not have the grant.
  const granted = (entry?.follows ?? null) !== null && (decision.grant ?? emergencyBehind(decision)) !== null
  const alone = decision.kind === 'ALLOW' ? granted : !crossable
  const spoken = alone ? [] : decision.kind === 'ALLOW' ? disclosed : anyOf(selected(selection))
  if (spoken !== null) walk.uses.push({ coordinate: at, path, decision, when: unless(when, spoken) })
  const shown = decision.kind === 'ALLOW' ? when : disclosed
  if (!crossable || shown?.length === 0) return { kind: 'null' }
  return { kind: 'object', selection, shown, shownTypes: decision.kind === 'ALLOW' ? null : shownTypes(selection) }
}

/** When anything but `__typename` is selected: each such field is a use of its own. */
function selected(selection: Projection): readonly Conjunction[] {
  const fields = [...selection.fields.values()].flat()
  return fields.filter(({ step }) => step.kind !== 'typename').flatMap(({ when }) => alternativesOf(when))
}

/** At a place of several types: when an object of each may be told to exist, which the others' values do not tell. */
function shownTypes(selection: Projection): ReadonlyMap<string, When> | null {
  if (!selection.abstract) return null
  return new Map([...selection.fields].map(([type, fields]) => [type, anyOf(disclosuresOf(fields))]))
}

function unless(when: When, spoken: readonly Conjunction[]): UseWhen {
  if (spoken.length === 0) return when
  return alternativesOf(when).map((all) => [...all, { unless: spoken }])
}

/**
 * When anything below leaves the gateway, so that the existence of the object is told anyway. With nothing, the
 * object is null unless its own existence is ALLOW (wall 6).
 */
function disclosures(selection: Projection): readonly Conjunction[] {
  return disclosuresOf([...selection.fields.values()].flat())
}

function disclosuresOf(fields: readonly ProjectedField[]): readonly Conjunction[] {
  return fields.flatMap(({ step, when }) => {
    if (step.kind === 'null' || step.kind === 'typename') return []
    return alternativesOf(step.kind === 'object' ? step.shown : when)
  })
}

/** `__schema` and `__type`; `__typename` is an ordinary part of the answer. */
export function isIntrospection(node: FieldNode): boolean {
  return node.name.value === '__schema' || node.name.value === '__type'
}

const UNCLASSIFIED: Decision = { kind: 'DENY', code: 'CLASS_MISSING', clause: 'ZS-2.05', grant: null }

function definitionOf(schema: GraphQLSchema, type: string, name: string): GraphQLField<unknown, unknown> {
  const parent = schema.getType(type)
  const definition = isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[name] : undefined
  if (!definition) throw new Error(`${type}.${name} is not in the schema that the document was validated against`)
  return definition
}

function typename(schema: GraphQLSchema, key: string, at: Coordinate, when: When): ProjectedField {
  const type = schema.getType('String')
  if (!isLeafType(type)) throw new Error('the schema has no String')
  return { key, source: '__typename', coordinate: at, provider: 'gateway', type, when, step: { kind: 'typename' } }
}

function interfacesOf(schema: GraphQLSchema, type: string): readonly string[] {
  const found = schema.getType(type)
  return isObjectType(found) ? found.getInterfaces().map(({ name }) => name) : []
}
