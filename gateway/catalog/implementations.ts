import { buildASTSchema, isInterfaceType, parse } from 'graphql'
import type { GraphQLSchema } from 'graphql'

/** Interface name → names of the types that implement it: what a decision about an interface's field is judged over. */
export type Implementations = ReadonlyMap<string, readonly string[]>

/** The implementations of every interface of a schema. */
export function implementationsOf(schema: GraphQLSchema): Implementations {
  const interfaces = Object.values(schema.getTypeMap()).filter(isInterfaceType)
  return new Map(interfaces.map((one) => [one.name, schema.getPossibleTypes(one).map(({ name }) => name)]))
}

/** The same of a supergraph as it is written; composition has validated it. */
export function implementationsIn(supergraphSdl: string): Implementations {
  return implementationsOf(buildASTSchema(parse(supergraphSdl), { assumeValid: true, assumeValidSDL: true }))
}
