import { channel } from 'node:diagnostics_channel'
import DataLoader from 'dataloader'
import type { FieldNode, GraphQLResolveInfo } from 'graphql'
import { Failure } from '../../gateway/vocabulary/failure.ts'
import type { SourceFact } from './contract.ts'
import { canHold, keyColumns, keyText, rowsBySubject } from './keys.ts'
import { fieldsOf } from './subjects.ts'
import type {
  CountedGroup,
  CountLookup,
  Department,
  PageLookup,
  RecordKey,
  Register,
  Row,
  Source,
  SubjectKey,
} from './register.ts'
import { fieldsBeside, namesBelow, placeOf } from './selection.ts'

/** More subjects than this in one `_entities` call make more than one query: SQL Server takes 2,100 parameters. */
const MAX_BATCH = 1000

/**
 * Each query of a source, as a `SourceCall`, for logs and metrics: column names and counts, no value. Subscribers must
 * not throw.
 */
export const sourceCalls = channel('gongxiang:source')

/** One query of a source. */
export interface SourceCall {
  readonly department: string
  /** GraphQL type of the record. */
  readonly type: string
  readonly columns: readonly string[]
  /** Persons, organisations or records asked for by their keys; none in a page of a list, nor where rows are only counted. */
  readonly persons: number
  /** Why it failed, for operators; null where it did not. */
  readonly failure: string | null
}

type RowLoader = DataLoader<SubjectKey, readonly Row[], string>

/** What one request has asked of the sources; made anew for each request, so that nothing is shared between callers. */
export interface RequestState {
  readonly department: Department
  readonly source: Source
  readonly signal: AbortSignal | undefined
  /** One loader for each register at each place of the document. */
  readonly loaders: Map<Register, Map<string, RowLoader>>
  /** The oldest source time of each record type that was read. */
  readonly sources: Map<string, SourceFact>
}

/** The state of a new request. */
export function requestState(department: Department, source: Source, signal?: AbortSignal): RequestState {
  return { department, source, signal, loaders: new Map(), sources: new Map() }
}

/**
 * The rows of one subject in one register. All subjects at one place of the document (those of one `_entities` call,
 * say), and all fields that are selected there from the register, make one query.
 */
export function loadRows(state: RequestState, register: Register, key: SubjectKey, info: GraphQLResolveInfo) {
  return loaderAt(state, register, placeOf(info), () => neededColumns(state.department, register, info)).load(key)
}

/** The row of a record with a key of its own, as `_entities` asks for it: one query for all of one call. */
export async function loadRecord(
  state: RequestState,
  register: Register,
  key: RecordKey,
  info: GraphQLResolveInfo,
): Promise<Row | null> {
  // Each call of a document has its own selection; no text of `placeOf` is without a blank.
  const columns = (): readonly string[] => recordColumns(register, info, info.fieldNodes)
  const [row] = await loaderAt(state, register, String(info.path.key), columns).load(key)
  return row ?? null
}

/** The key columns of a register, and those of the fields that are really selected on its type below some fields. */
export function recordColumns(
  register: Register,
  info: GraphQLResolveInfo,
  fields: readonly FieldNode[],
): readonly string[] {
  return columnsOf(register, namesBelow(info, register.type, fields))
}

function loaderAt(state: RequestState, register: Register, place: string, columns: () => readonly string[]): RowLoader {
  const loaders = state.loaders.get(register) ?? new Map<string, RowLoader>()
  state.loaders.set(register, loaders)
  const loader = loaders.get(place) ?? newLoader(state, register, columns())
  loaders.set(place, loader)
  return loader
}

function newLoader(state: RequestState, register: Register, columns: readonly string[]): RowLoader {
  return new DataLoader((keys: readonly SubjectKey[]) => fetchBatch(state, register, columns, keys), {
    cacheKeyFn: keyText,
    maxBatchSize: MAX_BATCH,
  })
}

/** The columns for the fields that are really selected, after the key columns. */
function neededColumns(department: Department, register: Register, info: GraphQLResolveInfo): readonly string[] {
  const { links, taken } = fieldsOf(department, info.parentType.name)
  const beside = fieldsBeside(info)
  const names = new Set(
    namesBelow(
      info,
      register.type,
      beside.filter((field) => links[field.name.value] === register),
    ),
  )
  for (const field of beside) {
    const one = taken[field.name.value]
    if (one?.register === register) names.add(one.field)
  }
  return columnsOf(register, names)
}

function columnsOf(register: Register, names: ReadonlySet<string>): readonly string[] {
  const columns = [...names].flatMap((name) => register.fields[name]?.column ?? [])
  return [...new Set([...keyColumns(register), ...columns])]
}

async function fetchBatch(
  state: RequestState,
  register: Register,
  columns: readonly string[],
  keys: readonly SubjectKey[],
): Promise<readonly (readonly Row[])[]> {
  const askable = keys.filter((key) => canHold(register, key))
  const lookup = { register, columns, keys: askable, signal: state.signal }
  const batch =
    askable.length === 0
      ? { rows: [], asOf: await state.source.asOf(register) }
      : await noted(state, { register, columns, persons: askable.length }, () => state.source.fetch(lookup))
  noteSource(state, register.type, batch.asOf)
  const found = rowsBySubject(register, batch.rows)
  return keys.map((key) => found.get(keyText(key)) ?? [])
}

/** One page of a list: one query. */
export async function loadPage(state: RequestState, page: PageLookup): Promise<readonly Row[]> {
  const { source } = state
  if (source.list === undefined) throw new Failure('INTERNAL', { detail: 'The source of a list cannot list' })
  const list = source.list.bind(source)
  const batch = await noted(state, { ...page, persons: 0 }, () => list({ ...page, signal: state.signal }))
  noteSource(state, page.register.type, batch.asOf)
  return batch.rows
}

/**
 * Rows of one register counted in groups: one query.
 *
 * @param type GraphQL type of the answer, whose time the source's is
 */
export async function loadCounts(
  state: RequestState,
  lookup: CountLookup,
  type: string,
): Promise<readonly CountedGroup[]> {
  const { source } = state
  if (source.count === undefined) throw new Failure('INTERNAL', { detail: 'The source of a statistic cannot count' })
  const count = source.count.bind(source)
  const counts = await noted(state, { ...lookup, persons: 0 }, () => count(lookup))
  noteSource(state, type, counts.asOf)
  return counts.groups
}

interface Asked {
  readonly register: Register
  readonly columns: readonly string[]
  readonly persons: number
}

async function noted<T>(state: RequestState, asked: Asked, work: () => Promise<T>): Promise<T> {
  const note = (failure: string | null): void => {
    const { register, columns, persons } = asked
    const call: SourceCall = { department: state.department.name, type: register.type, columns, persons, failure }
    sourceCalls.publish(call)
  }
  try {
    const batch = await work()
    note(null)
    return batch
  } catch (error) {
    note(error instanceof Failure ? error.message : 'unexpected')
    throw error
  }
}

/** Of several reads of one record type in a request the oldest time is the honest one. */
function noteSource(state: RequestState, type: string, asOf: string): void {
  const noted = state.sources.get(type)
  if (noted === undefined || Date.parse(asOf) < Date.parse(noted.asOf)) state.sources.set(type, { type, asOf })
}
