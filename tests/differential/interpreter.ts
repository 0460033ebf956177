import type {
  FieldNode,
  GraphQLCompositeType,
  GraphQLOutputType,
  OperationDefinitionNode,
  SelectionSetNode,
} from 'graphql'
import { getArgumentValues, getNamedType, isAbstractType, isCompositeType, isListType, isNonNullType } from 'graphql'
import { coordinate } from '../../gateway/vocabulary/coordinate.ts'
import type { Coordinate } from '../../gateway/vocabulary/coordinate.ts'
import { below, collect, concreteTypes } from './collect.ts'
import { decisionOn, definitionOf, disclosed, entered, tellsOf } from './disclosure.ts'
import type { Deciding, Told } from './disclosure.ts'
import { hidesPresence, masked } from './law/masks.ts'

/** An object of the monolith: its type and its number. */
export interface Ref {
  readonly type: string
  readonly id: string
}

/** What the plain interpreter works on: one system that has everything. */
export interface Plain extends Deciding {
  readonly operation: OperationDefinitionNode
  /** What else a department has to be asked for where a coordinate is. */
  alsoNeeded(at: Coordinate): readonly Coordinate[]
  resolve(of: Ref, field: string, given: Readonly<Record<string, unknown>>): unknown
}

export interface PlainAnswer {
  readonly data: Readonly<Record<string, unknown>>
  readonly refused: ReadonlySet<Coordinate>
  /** Everything that a department may have been asked for, keys aside. */
  readonly needed: ReadonlySet<Coordinate>
}

/** Answers as a reader of the design would with pencil and paper: field by field, no plan, no cache, nothing shared. */
export function interpret(plain: Plain): PlainAnswer {
  const root = plain.schema.getRootType(plain.operation.operation)
  if (!root) throw new Error('no root type')
  const sets = [plain.operation.selectionSet]
  const refused = new Set<Coordinate>()
  const needed = new Set<Coordinate>()
  report(plain, root, sets, refused, needed)
  for (const at of needed) for (const other of plain.alsoNeeded(at)) needed.add(other)
  return { data: objectAnswer(plain, { type: root.name, id: 'root' }, sets), refused, needed }
}

/** Walks the document over all possible types: which coordinates are refused, and which are needed. */
function report(
  plain: Plain,
  type: GraphQLCompositeType,
  sets: readonly SelectionSetNode[],
  refused: Set<Coordinate>,
  needed: Set<Coordinate> | null,
): void {
  for (const one of concreteTypes(plain.schema, type.name)) {
    for (const nodes of collect(plain, one, sets).values()) {
      const name = nodes[0]?.name.value ?? ''
      if (name !== '__typename') reportField(plain, one, name, below(nodes), refused, needed)
    }
  }
}

function reportField(
  plain: Plain,
  type: string,
  name: string,
  sets: readonly SelectionSetNode[],
  refused: Set<Coordinate>,
  needed: Set<Coordinate> | null,
): void {
  const at = coordinate(type, name)
  const { kind } = decisionOn(plain, at)
  const inner = getNamedType(definitionOf(plain, type, name).type)
  if (!isCompositeType(inner)) {
    if (disclosed(plain, at, inner.name)) needed?.add(at)
    else if (kind !== 'MASK') refused.add(at)
    return
  }
  const enters = entered(plain, at, inner, sets)
  if (enters) needed?.add(at)
  const behindRefusal = plain.references.has(at) && kind !== 'ALLOW'
  if (behindRefusal || !selectsAnything(plain, inner, sets)) {
    if (kind !== 'ALLOW') refused.add(at)
  } else report(plain, inner, sets, refused, enters ? needed : null)
}

function selectsAnything(plain: Plain, type: GraphQLCompositeType, sets: readonly SelectionSetNode[]): boolean {
  return concreteTypes(plain.schema, type.name).some((one) =>
    [...collect(plain, one, sets).values()].some((nodes) => nodes[0]?.name.value !== '__typename'),
  )
}

function objectAnswer(plain: Plain, object: Ref, sets: readonly SelectionSetNode[]): Record<string, unknown> {
  const answer = Object.create(null) as Record<string, unknown>
  for (const [key, nodes] of collect(plain, object.type, sets)) answer[key] = fieldAnswer(plain, object, nodes)
  return answer
}

function fieldAnswer(plain: Plain, object: Ref, nodes: readonly FieldNode[]): unknown {
  const [node] = nodes
  if (!node) return null
  if (node.name.value === '__typename') return object.type
  const definition = definitionOf(plain, object.type, node.name.value)
  const at = coordinate(object.type, node.name.value)
  const value = plain.resolve(object, node.name.value, getArgumentValues(definition, node, plain.variables))
  const inner = getNamedType(definition.type)
  const open = isCompositeType(inner) ? entered(plain, at, inner, below(nodes)) : disclosed(plain, at, inner.name)
  if (!open) return null
  const written = complete(plain, definition.type, value, decisionOn(plain, at), below(nodes))
  return written === LEFT_OUT ? null : written
}

function complete(
  plain: Plain,
  type: GraphQLOutputType,
  value: unknown,
  decision: Told,
  sets: readonly SelectionSetNode[],
): unknown {
  if (isNonNullType(type)) return complete(plain, type.ofType, value, decision, sets)
  if (isListType(type)) {
    const leaf = !isCompositeType(getNamedType(type))
    if (leaf && decision.kind === 'MASK' && decision.rule && hidesPresence(decision.rule))
      return [complete(plain, type.ofType, null, decision, sets)]
    if (!Array.isArray(value)) return null
    const list = value.map((one) => complete(plain, type.ofType, one, decision, sets)).filter((one) => one !== LEFT_OUT)
    return isNonNullType(type.ofType) && list.includes(null) ? null : list
  }
  if (isCompositeType(type)) {
    if (value === null) return null
    const object = value as Ref
    // Among objects of several types, one of which nothing is told is not told of.
    const hidden = isAbstractType(type) && decision.kind !== 'ALLOW' && !tellsOf(plain, object.type, sets)
    return hidden ? LEFT_OUT : objectAnswer(plain, object, sets)
  }
  return decision.kind === 'MASK' ? masked(decision.rule ?? 'M-NULL', value) : value
}

const LEFT_OUT = Symbol('left out')
