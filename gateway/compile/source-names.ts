import type { ArgumentNode, FieldNode, GraphQLCompositeType, GraphQLField, GraphQLSchema } from 'graphql'
import { isAbstractType, print } from 'graphql'

/**
 * Canonical names for fetched data: the field's own, or one per distinct arguments. The caller's aliases never reach
 * plans, caches or departments. A field that takes arguments never goes by its own name, given or not: it could
 * share it with one that a `@requires` asks for with other arguments (a known fault of the planner).
 *
 * Where objects of several types stand at one place and call fields of different types by one name, each goes by a
 * name of its own type: a department could not answer both under one, and the planner, which would rename them,
 * loses track below what it has renamed.
 */
export interface SourceNames {
  /** @param place the type that the document has there; abstract where objects of several types can stand */
  nameOf(node: FieldNode, definition: GraphQLField<unknown, unknown>, type: string, place: GraphQLCompositeType): string
  /** Arguments by canonical name. */
  readonly arguments: ReadonlyMap<string, readonly ArgumentNode[]>
}

/** Names for one operation. */
export function createSourceNames(schema: GraphQLSchema): SourceNames {
  const names = new Map<string, string>()
  const given = new Map<string, readonly ArgumentNode[]>()
  const clashing = new Map<string, boolean>()
  const clashes = (place: GraphQLCompositeType, field: string): boolean => {
    const key = `${place.name}.${field}`
    const known = clashing.get(key) ?? hasSeveralTypes(schema, place, field)
    clashing.set(key, known)
    return known
  }
  return {
    arguments: given,
    nameOf(node, definition, type, place) {
      const plain = node.name.value
      const own = clashes(place, plain) ? nameOn(plain, type) : plain
      if (definition.args.length === 0) return own
      const values = node.arguments ?? []
      const key = `${own}(${values.map((one) => print(one)).join()})`
      const name = names.get(key) ?? `${own}_gx${names.size}`
      names.set(key, name)
      given.set(name, values)
      return name
    },
  }
}

/** Name of a field that takes no arguments; the same as `nameOf` gives it. */
export function plainSourceName(
  schema: GraphQLSchema,
  place: GraphQLCompositeType,
  type: string,
  field: string,
): string {
  return hasSeveralTypes(schema, place, field) ? nameOn(field, type) : field
}

function nameOn(field: string, type: string): string {
  return `${field}_gx_${type}`
}

function hasSeveralTypes(schema: GraphQLSchema, place: GraphQLCompositeType, field: string): boolean {
  if (!isAbstractType(place)) return false
  const types = schema.getPossibleTypes(place).flatMap((one) => one.getFields()[field]?.type ?? [])
  return new Set(types.map(String)).size > 1
}
