import { readFileSync } from 'node:fs'
import { buildSubgraphSchema } from '@apollo/subgraph'
import { parse } from 'graphql'
import type { GraphQLFieldResolver, GraphQLSchema } from 'graphql'
import { read } from './decode.ts'
import { personKey } from './keys.ts'
import { loadRows } from './loaders.ts'
import type { RequestState } from './loaders.ts'
import type { Department, FieldSource, Register, Row } from './register.ts'

type Reference = Readonly<Record<string, unknown>>
type PersonResolver = GraphQLFieldResolver<Reference, RequestState>
type RowResolver = GraphQLFieldResolver<Row, RequestState>
type Resolvers = Record<string, PersonResolver | RowResolver>

const SHARING = new URL('../../schema/sharing.graphql', import.meta.url)

/** A department's SDL with the definitions of the sharing specification behind it, as composition needs it. */
export function departmentSdl(department: Department): string {
  return `${readFileSync(department.schema, 'utf8')}\n${readFileSync(SHARING, 'utf8')}`
}

/** The executable schema of a department: its SDL, with resolvers made from its registers. */
export function executableSchema(department: Department): GraphQLSchema {
  const resolvers: Record<string, Resolvers> = { Person: personResolvers(department) }
  for (const register of Object.values(department.links))
    resolvers[register.type] = mapped(register.fields, rowResolver)
  return buildSubgraphSchema([{ typeDefs: parse(departmentSdl(department)), resolvers }])
}

function personResolvers(department: Department): Resolvers {
  return {
    __resolveReference: (reference: Reference) => reference,
    ...mapped(department.links, linkResolver),
    ...mapped(department.person, takenResolver),
  }
}

function mapped<From, To>(record: Readonly<Record<string, From>>, change: (value: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([name, value]): [string, To] => [name, change(value)]))
}

/** A record, a list of records, or null where the source has none of this person. */
function linkResolver(register: Register): PersonResolver {
  return async (person, _arguments, state, info) => {
    const rows = await loadRows(state, register, personKey(person), info)
    if (rows.length === 0) return null
    return register.rows === 'ONE' ? rows[0] : rows
  }
}

function takenResolver({ register, field }: { readonly register: Register; readonly field: string }): PersonResolver {
  const source = register.fields[field]
  if (source === undefined) throw new Error(`${register.type} has no field ${field}`)
  return async (person, _arguments, state, info) => {
    const [row] = await loadRows(state, register, personKey(person), info)
    return row === undefined ? null : read(source, row)
  }
}

function rowResolver(source: FieldSource): RowResolver {
  return (row) => read(source, row)
}
