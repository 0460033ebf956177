import { readFileSync } from 'node:fs'
import { buildSubgraphSchema } from '@apollo/subgraph'
import { parse } from 'graphql'
import type { DocumentNode, GraphQLFieldResolver, GraphQLResolveInfo, GraphQLSchema } from 'graphql'
import { SUBJECT_TYPES } from '../../gateway/vocabulary/subject-types.ts'
import type { SubjectType } from '../../gateway/vocabulary/subject-types.ts'
import { createCursors } from './cursor.ts'
import type { CursorKeys } from './cursor.ts'
import { read } from './decode.ts'
import { listResolver } from './list.ts'
import { recordKeyOf } from './keys.ts'
import { loadRecord, loadRows } from './loaders.ts'
import type { RequestState } from './loaders.ts'
import type {
  Department,
  FieldSource,
  Register,
  RegisterList,
  RegisterStatistics,
  Row,
  TakenField,
} from './register.ts'
import { statisticsResolver } from './statistics/statistics.ts'
import { fieldsOf, registersOf, subjectKey } from './subjects.ts'

type Reference = Readonly<Record<string, unknown>>
type SubjectResolver = GraphQLFieldResolver<Reference, RequestState>
type RowResolver = GraphQLFieldResolver<Row, RequestState>
type ListResolver = GraphQLFieldResolver<unknown, RequestState, Reference>
type Resolvers = Record<string, SubjectResolver | RowResolver | ListResolver | RecordResolver>

const SHARING = new URL('../../schema/sharing.graphql', import.meta.url)

/** A department's SDL with the definitions of the sharing specification behind it, as composition needs it. */
export function departmentSdl(department: Department): string {
  return `${readFileSync(department.schema, 'utf8')}\n${readFileSync(SHARING, 'utf8')}`
}

/** The executable schema of a department: its SDL, with resolvers made from its registers. */
export function executableSchema(department: Department, cursorKeys?: CursorKeys): GraphQLSchema {
  const typeDefs = parse(departmentSdl(department))
  const resolvers: Record<string, Resolvers> = {}
  for (const subject of SUBJECT_TYPES.filter((name) => defines(typeDefs, name)))
    resolvers[subject] = subjectResolvers(department, subject)
  for (const register of registersOf(department)) resolvers[register.type] = mapped(register.fields, rowResolver)
  const { records = [], lookups = {}, lists = {}, statistics = {} } = department
  for (const register of records)
    resolvers[register.type] = { ...resolvers[register.type], __resolveReference: recordResolver(register) }
  const queries = {
    ...mapped(lookups, lookupResolver),
    ...mapped(lists, (list) => queryResolver(list, cursorKeys)),
    ...mapped(statistics, countResolver),
  }
  if (Object.keys(queries).length > 0) resolvers['Query'] = queries
  return buildSubgraphSchema([{ typeDefs, resolvers }])
}

/** Whether the SDL has the type: a department that knows no organisation has no `LegalEntity`. */
function defines(document: DocumentNode, name: string): boolean {
  return document.definitions.some((one) => 'name' in one && one.name?.value === name)
}

function subjectResolvers(department: Department, subject: SubjectType): Resolvers {
  const { links, taken } = fieldsOf(department, subject)
  return {
    __resolveReference: (reference: Reference) => reference,
    ...mapped(links, (register) => linkResolver(subject, register)),
    ...mapped(taken, (one) => takenResolver(subject, one)),
  }
}

function mapped<From, To>(record: Readonly<Record<string, From>>, change: (value: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([name, value]): [string, To] => [name, change(value)]))
}

/** A record, a list of records, or null where the source has none of this subject. */
function linkResolver(subject: SubjectType, register: Register): SubjectResolver {
  return async (reference, _arguments, state, info) => {
    const rows = await loadRows(state, register, subjectKey(subject, reference), info)
    if (rows.length === 0) return null
    return register.rows === 'ONE' ? rows[0] : rows
  }
}

function takenResolver(subject: SubjectType, { register, field }: TakenField): SubjectResolver {
  const source = register.fields[field]
  if (source === undefined) throw new Error(`${register.type} has no field ${field}`)
  return async (reference, _arguments, state, info) => {
    const [row] = await loadRows(state, register, subjectKey(subject, reference), info)
    return row === undefined ? null : read(source, row)
  }
}

type RecordResolver = (reference: Reference, state: RequestState, info: GraphQLResolveInfo) => Promise<Row | null>

/** A record that another department, or the gateway, refers to by its key; null where there is none. */
function recordResolver(register: Register): RecordResolver {
  return async (reference, state, info) => {
    const row = await loadRecord(state, register, recordKeyOf(register, reference), info)
    // A copy: the type is written into it, and rows are the source's.
    return row === null ? null : { ...row }
  }
}

/** The record with the key in the arguments, or all of them where the register has several for one. */
function lookupResolver(register: Register): ListResolver {
  return async (_root, given, state, info) => {
    const rows = await loadRows(state, register, recordKeyOf(register, given), info)
    return register.rows === 'ONE' ? (rows[0] ?? null) : rows
  }
}

function rowResolver(source: FieldSource): RowResolver {
  return (row) => read(source, row)
}

function queryResolver(list: RegisterList, cursorKeys?: CursorKeys): ListResolver {
  const resolve = listResolver(list, createCursors(cursorKeys))
  return (_root, given, state, info) => resolve(given, state, info)
}

function countResolver(statistics: RegisterStatistics): ListResolver {
  const resolve = statisticsResolver(statistics)
  return (_root, given, state, info) => resolve(given, state, info)
}
