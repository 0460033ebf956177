import type { FieldNode, GraphQLCompositeType, GraphQLOutputType, GraphQLSchema, SelectionSetNode } from 'graphql'
import {
  Kind,
  getNamedType,
  getNullableType,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isListType,
  isObjectType,
  parse,
} from 'graphql'
import { coordinate } from '../vocabulary/coordinate.ts'
import type { Coordinate } from '../vocabulary/coordinate.ts'
import type { ObjectShape, ValueShape } from './plan.ts'

/** What an operation asks of entities. */
export interface EntityShape {
  readonly shape: ObjectShape
  /** Every coordinate asked for, on the concrete types and on the interfaces that they were asked through. */
  readonly coordinates: ReadonlySet<Coordinate>
  /** Types of the entities, and of the objects below them. */
  readonly top: ReadonlySet<string>
  readonly below: ReadonlySet<string>
}

/** A selection with the type that it is written for, and whether a condition may leave it out. */
interface Part {
  readonly set: SelectionSetNode
  readonly type: GraphQLCompositeType
  readonly optional: boolean
}

/** What is gathered on the way. */
interface Gathered {
  readonly schema: GraphQLSchema
  readonly coordinates: Set<Coordinate>
  readonly below: Set<string>
}

/** Why a shape cannot be told: the schema that is served does not have what is asked. */
class Unknown extends Error {}

/**
 * What an operation of the planner asks of `_entities`, type by type; null where that cannot be told from the schema: a
 * field or type that is not served, a place of several types without `__typename`.
 */
export function entityShape(schema: GraphQLSchema, operation: string): EntityShape | null {
  const gathered: Gathered = { schema, coordinates: new Set(), below: new Set() }
  try {
    const parts = entityParts(schema, operation)
    const top = new Set(parts.flatMap(({ type }) => concreteOf(schema, type)))
    const shape = new Map([...top].map((name) => [name, fieldsOf(gathered, name, parts)] as const))
    return { shape, coordinates: gathered.coordinates, top, below: gathered.below }
  } catch (error) {
    if (error instanceof Unknown) return null
    throw error
  }
}

function entityParts(schema: GraphQLSchema, operation: string): readonly Part[] {
  const parts: Part[] = []
  for (const definition of parse(operation).definitions) {
    // Fragments are written out by the planner; one that is not is not understood here.
    if (definition.kind !== Kind.OPERATION_DEFINITION) throw new Unknown()
    for (const root of definition.selectionSet.selections) {
      if (root.kind !== Kind.FIELD || root.name.value !== '_entities' || !root.selectionSet) throw new Unknown()
      for (const one of root.selectionSet.selections) {
        if (one.kind === Kind.FIELD && one.name.value === '__typename') continue
        if (one.kind !== Kind.INLINE_FRAGMENT || !one.typeCondition) throw new Unknown()
        const type = typeNamed(schema, one.typeCondition.name.value)
        parts.push({ set: one.selectionSet, type, optional: isConditional(one) })
      }
    }
  }
  return parts
}

/** The fields of one concrete type, each once, with all that is selected of it. */
function fieldsOf(gathered: Gathered, type: string, parts: readonly Part[]): ReadonlyMap<string, ValueShape> {
  const found = new Map<string, { readonly field: FieldNode; readonly uses: Use[] }>()
  for (const part of parts) collect(gathered, type, part, found)
  return new Map([...found].map(([key, { field, uses }]) => [key, valueShape(gathered, type, field, uses)]))
}

/** One use of a field, on the type that it is written for. */
interface Use {
  readonly parent: GraphQLCompositeType
  readonly field: FieldNode
  readonly optional: boolean
}

function collect(
  gathered: Gathered,
  type: string,
  { set, type: parent, optional }: Part,
  found: Map<string, { readonly field: FieldNode; readonly uses: Use[] }>,
): void {
  if (!concreteOf(gathered.schema, parent).includes(type)) return
  for (const one of set.selections) {
    if (one.kind === Kind.FRAGMENT_SPREAD) throw new Unknown()
    const left = optional || isConditional(one)
    if (one.kind === Kind.INLINE_FRAGMENT) {
      const inner = one.typeCondition ? typeNamed(gathered.schema, one.typeCondition.name.value) : parent
      collect(gathered, type, { set: one.selectionSet, type: inner, optional: left }, found)
      continue
    }
    const key = one.alias?.value ?? one.name.value
    const known = found.get(key) ?? { field: one, uses: [] }
    known.uses.push({ parent, field: one, optional: left })
    found.set(key, known)
  }
}

function valueShape(gathered: Gathered, type: string, { name }: FieldNode, uses: readonly Use[]): ValueShape {
  const optional = uses.every((use) => use.optional)
  if (name.value === '__typename') return { lists: 0, of: 'string', optional }
  for (const at of new Set([type, ...uses.map(({ parent }) => parent.name)])) {
    gathered.coordinates.add(coordinate(at, name.value))
  }
  const owner = gathered.schema.getType(type)
  const field = isObjectType(owner) ? owner.getFields()[name.value] : undefined
  if (!field) throw new Unknown()
  const named = getNamedType(field.type)
  if (!isCompositeType(named))
    return { lists: listsOf(field.type), of: leafOf(named.name, isEnumType(named)), optional }
  const parts = uses.flatMap(({ field: { selectionSet: set }, optional: left }): readonly Part[] =>
    set ? [{ set, type: named, optional: left && !optional }] : [],
  )
  return { lists: listsOf(field.type), of: objectShape(gathered, named, parts), optional }
}

function objectShape(gathered: Gathered, type: GraphQLCompositeType, parts: readonly Part[]): ObjectShape {
  const types = concreteOf(gathered.schema, type)
  for (const one of types) gathered.below.add(one)
  const shape = new Map(types.map((one) => [one, fieldsOf(gathered, one, parts)] as const))
  // Of what type an object is must be told by the object itself.
  if (isAbstractType(type) && [...shape.values()].some((one) => one.get('__typename')?.optional !== false))
    throw new Unknown()
  return shape
}

function concreteOf(schema: GraphQLSchema, type: GraphQLCompositeType): readonly string[] {
  return isAbstractType(type) ? schema.getPossibleTypes(type).map(({ name }) => name) : [type.name]
}

function typeNamed(schema: GraphQLSchema, name: string): GraphQLCompositeType {
  const type = schema.getType(name)
  if (!type || !isCompositeType(type)) throw new Unknown()
  return type
}

function isConditional({ directives = [] }: { readonly directives?: readonly unknown[] | undefined }): boolean {
  return directives.length > 0
}

function listsOf(type: GraphQLOutputType): number {
  const nullable = getNullableType(type)
  return isListType(nullable) ? 1 + listsOf(nullable.ofType) : 0
}

function leafOf(name: string, isEnum: boolean): Exclude<ValueShape['of'], ObjectShape> {
  if (isEnum || name === 'String') return 'string'
  if (name === 'Int') return 'integer'
  if (name === 'Float') return 'number'
  return name === 'Boolean' ? 'boolean' : 'any'
}
