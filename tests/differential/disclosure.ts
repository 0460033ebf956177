import type { GraphQLCompositeType, SelectionSetNode } from 'graphql'
import { getNamedType, isCompositeType, isObjectType, isScalarType } from 'graphql'
import { coordinate } from '../../gateway/vocabulary/coordinate.ts'
import type { Coordinate } from '../../gateway/vocabulary/coordinate.ts'
import type { DecisionKind, MaskRule } from '../../gateway/vocabulary/decision.ts'
import { below, collect, concreteTypes } from './collect.ts'
import type { Reading } from './collect.ts'

/** What is decided of a coordinate, as far as an answer shows it. */
export interface Told {
  readonly kind: DecisionKind
  /** With `MASK`. */
  readonly rule?: MaskRule | null
}

/** A document read under decisions. */
export interface Deciding extends Reading {
  readonly decisions: ReadonlyMap<Coordinate, Told>
  /** Coordinates that follow an identifier: crossed with ALLOW alone. */
  readonly references: ReadonlySet<Coordinate>
}

export function definitionOf({ schema }: Deciding, type: string, name: string) {
  const parent = schema.getType(type)
  const definition = isObjectType(parent) ? parent.getFields()[name] : undefined
  if (!definition) throw new Error(`no ${type}.${name}`)
  return definition
}

export function decisionOn(plain: Deciding, at: Coordinate): Told {
  const found = plain.decisions.get(at)
  if (!found) throw new Error(`no decision on ${at}`)
  return found
}

/** May the value, or the object's own existence, be told? */
function tells(plain: Deciding, at: Coordinate): boolean {
  return decisionOn(plain, at).kind === 'ALLOW'
}

/** Does a value leave, clear or masked? A mask that is null whatever the value tells nothing. */
export function disclosed(plain: Deciding, at: Coordinate, type: string): boolean {
  const decision = decisionOn(plain, at)
  if (decision.kind === 'MASK') return decision.rule !== 'M-NULL' && isText(plain, type)
  return decision.kind === 'ALLOW'
}

/** Numbers, truth values and enums can be masked by nothing but null. */
function isText({ schema }: Deciding, type: string): boolean {
  return isScalarType(schema.getType(type)) && !['Int', 'Float', 'Boolean'].includes(type)
}

/** May the object be entered for this selection? */
export function entered(
  plain: Deciding,
  at: Coordinate,
  type: GraphQLCompositeType,
  sets: readonly SelectionSetNode[],
): boolean {
  if (tells(plain, at)) return true
  if (plain.references.has(at)) return false
  return concreteTypes(plain.schema, type.name).some((one) => tellsOf(plain, one, sets))
}

/** Does this selection tell anything of an object of this type? */
export function tellsOf(plain: Deciding, type: string, sets: readonly SelectionSetNode[]): boolean {
  return [...collect(plain, type, sets).values()].some((nodes) => {
    const name = nodes[0]?.name.value ?? ''
    if (name === '__typename') return false
    const inner = getNamedType(definitionOf(plain, type, name).type)
    const place = coordinate(type, name)
    if (isCompositeType(inner)) return entered(plain, place, inner, below(nodes))
    return disclosed(plain, place, inner.name)
  })
}
