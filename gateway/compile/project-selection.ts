import type { ArgumentNode, FieldNode, GraphQLCompositeType, GraphQLNamedType, GraphQLSchema } from 'graphql'
import { Kind, getNamedType, isAbstractType, isCompositeType, isObjectType, print } from 'graphql'
import type { FieldEntry } from '../catalog/catalog.ts'
import type { View } from '../grants/view.ts'
import { coordinate } from '../vocabulary/coordinate.ts'
import type { Coordinate } from '../vocabulary/coordinate.ts'
import type { Decision } from '../vocabulary/decision.ts'
import type { CollectedField, Collector, Selected } from './collect.ts'
import type { ProjectedField, Projection, RootCall, Step, Use, When } from './compiled-operation.ts'

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

/** Walks the collected fields, expands abstract types to concrete ones and decides every coordinate. */
export function decideSelection(
  source: DecisionSource,
  collector: Collector,
  root: GraphQLCompositeType,
  selected: Selected,
): DecidedSelection {
  const uses: Use[] = []
  const calls: RootCall[] = []
  const aliases: Record<string, Coordinate> = Object.create(null)
  const sources = createSourceNames()

  const decide = (at: Coordinate): Decision => source.view.decisions.get(at) ?? unclassified()

  const project = (
    type: GraphQLCompositeType,
    selections: readonly Selected[],
    path: readonly string[],
  ): Projection => {
    const concrete = isAbstractType(type) ? source.schema.getPossibleTypes(type) : [type]
    const fields = concrete.map((one) => {
      // Introspection is answered from the view's schema, never from the supergraph.
      const collected = collector.collect(one.name, selections).filter((field) => !isIntrospection(field.node))
      return [one.name, collected.map((field) => projectField(one.name, field, path))] as const
    })
    return { abstract: isAbstractType(type), fields: new Map(fields) }
  }

  const projectField = (type: string, field: CollectedField, path: readonly string[]): ProjectedField => {
    const name = field.node.name.value
    const at = coordinate(type, name)
    const when = whenOf(field)
    const here = [...path, field.key]
    if (name === '__typename') return typename(field.key, at, when, source.schema)
    if (field.key !== name && !Object.hasOwn(aliases, field.key)) aliases[field.key] = at
    if (path.length === 0)
      calls.push({ key: field.key, coordinate: at, arguments: argumentVariables(field.node), when })
    const parent = source.schema.getType(type)
    const definition = isObjectType(parent) ? parent.getFields()[name] : undefined
    if (!definition) throw new Error(`${at} is not in the schema that the document was validated against`)
    const decision = decide(at)
    const leaf = !isCompositeType(getNamedType(definition.type))
    const step = leaf ? leafStep(decision) : objectStep(getNamedType(definition.type), field, at, decision, here)
    if (leaf) uses.push({ coordinate: at, path: here, decision, when })
    const provider = source.fields.get(at)?.provider ?? 'gateway'
    return {
      key: field.key,
      source: sources.nameOf(field.node),
      coordinate: at,
      provider,
      type: definition.type,
      when,
      step,
    }
  }

  const objectStep = (
    type: GraphQLNamedType,
    field: CollectedField,
    at: Coordinate,
    decision: Decision,
    path: readonly string[],
  ): Step => {
    if (!isCompositeType(type)) return { kind: 'null' }
    const before = uses.length
    const selections = field.uses.flatMap(({ node, conditions }) =>
      node.selectionSet ? [{ set: node.selectionSet, conditions }] : [],
    )
    const selection = project(type, selections, path)
    const entry = source.fields.get(at)
    const crossable = entry !== undefined && (entry.follows === null || decision.kind === 'ALLOW')
    // What lies behind a refused reference is not reported field by field: the reference is the reason.
    if (!crossable) uses.length = before
    if (uses.length === before) uses.push({ coordinate: at, path, decision, when: whenOf(field) })
    return crossable && (decision.kind === 'ALLOW' || discloses(selection))
      ? { kind: 'object', selection }
      : { kind: 'null' }
  }

  return { projection: project(root, [selected], []), uses, calls, aliases, arguments: sources.arguments }
}

/**
 * Whether anything below leaves the gateway, so that the existence of the object is told anyway. With nothing,
 * the object is a constant null unless its own existence is ALLOW (wall 6).
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

function leafStep(decision: Decision): Step {
  if (decision.kind === 'ALLOW') return { kind: 'copy' }
  return decision.kind === 'MASK' ? { kind: 'mask', rule: decision.rule } : { kind: 'null' }
}

function unclassified(): Decision {
  return { kind: 'DENY', code: 'CLASS_MISSING', clause: 'ZS-2.05', grant: null }
}

function typename(key: string, at: Coordinate, when: When, schema: GraphQLSchema): ProjectedField {
  const string = schema.getType('String')
  if (!string || !('serialize' in string)) throw new Error('the schema has no String')
  return {
    key,
    source: '__typename',
    coordinate: at,
    provider: 'gateway',
    type: string,
    when,
    step: { kind: 'typename' },
  }
}

/** Unconditional if any use is; conjunctions with fewer conditions make those with more redundant. */
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

/**
 * Canonical names for fetched data: the field's own, or one per distinct arguments. The caller's aliases never
 * reach plans, caches or departments, and a user's field with arguments cannot share a name with one that a
 * `@requires` asks for with other arguments (a known fault of the planner).
 */
function createSourceNames(): {
  nameOf(node: FieldNode): string
  arguments: ReadonlyMap<string, readonly ArgumentNode[]>
} {
  const names = new Map<string, string>()
  const given = new Map<string, readonly ArgumentNode[]>()
  return {
    arguments: given,
    nameOf(node) {
      if (!node.arguments || node.arguments.length === 0) return node.name.value
      const key = `${node.name.value}(${node.arguments.map((one) => print(one)).join()})`
      const name = names.get(key) ?? `${node.name.value}_gx${names.size}`
      names.set(key, name)
      given.set(name, node.arguments)
      return name
    },
  }
}
