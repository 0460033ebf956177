import type { GraphQLSchema } from 'graphql'
import { isAbstractType } from 'graphql'

/** Names of the types that a type stands for, itself included, by schema: asked for each object of an answer. */
const known = new WeakMap<GraphQLSchema, Map<string, ReadonlySet<string>>>()

/** Names of the concrete types of an abstract one, and its own name. */
export function possibleTypes(schema: GraphQLSchema, name: string): ReadonlySet<string> {
  const types = known.get(schema) ?? new Map<string, ReadonlySet<string>>()
  known.set(schema, types)
  const found = types.get(name)
  if (found) return found
  const type = schema.getType(name)
  const concrete = isAbstractType(type) ? schema.getPossibleTypes(type).map((one) => one.name) : []
  const set = new Set([name, ...concrete])
  types.set(name, set)
  return set
}

/** Whether the named concrete type is the wanted one or one of its implementations. */
export function isOfType(schema: GraphQLSchema, name: unknown, wanted: string): boolean {
  return name === wanted || (typeof name === 'string' && possibleTypes(schema, wanted).has(name))
}
