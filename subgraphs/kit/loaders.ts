import { channel } from 'node:diagnostics_channel'
import DataLoader from 'dataloader'
import type { GraphQLResolveInfo } from 'graphql'
import { Failure } from '../../gateway/vocabulary/failure.ts'
import type { SourceFact } from './contract.ts'
import { canHold, keyColumns, keyText, rowsByPerson } from './keys.ts'
import type { Batch, Department, Lookup, PersonKey, Register, Row, Source } from './register.ts'
import { fieldsBelowRoot, namesBelow } from './selection.ts'

/** More persons than this in one `_entities` call make more than one query: SQL Server takes 2,100 parameters. */
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
  readonly persons: number
  /** Why it failed, for operators; null where it did not. */
  readonly failure: string | null
}

/** What one request has asked of the sources; made anew for each request, so that nothing is shared between callers. */
export interface RequestState {
  readonly department: Department
  readonly source: Source
  readonly signal: AbortSignal | undefined
  /** One loader for each root field and register. */
  readonly loaders: Map<string, DataLoader<PersonKey, readonly Row[], string>>
  /** The oldest source time of each record type that was read. */
  readonly sources: Map<string, SourceFact>
}

/** The state of a new request. */
export function requestState(department: Department, source: Source, signal?: AbortSignal): RequestState {
  return { department, source, signal, loaders: new Map(), sources: new Map() }
}

/**
 * The rows of one person in one register. All persons of one `_entities` call, and all fields that this call selects
 * from the register, make one query.
 */
export function loadRows(state: RequestState, register: Register, key: PersonKey, info: GraphQLResolveInfo) {
  const root = rootKey(info)
  const name = `${root} ${register.type}`
  let loader = state.loaders.get(name)
  if (loader === undefined) {
    const columns = neededColumns(state.department, register, info, root)
    loader = new DataLoader((keys) => fetchBatch(state, register, columns, keys), {
      cacheKeyFn: keyText,
      maxBatchSize: MAX_BATCH,
    })
    state.loaders.set(name, loader)
  }
  return loader.load(key)
}

/** The columns for the fields that are really selected, after the key columns. */
function neededColumns(department: Department, register: Register, info: GraphQLResolveInfo, root: string) {
  const onPerson = fieldsBelowRoot(info, root, 'Person')
  const links = onPerson.filter((field) => department.links[field.name.value] === register)
  const names = new Set(namesBelow(info, register.type, links))
  for (const field of onPerson) {
    const taken = department.person[field.name.value]
    if (taken?.register === register) names.add(taken.field)
  }
  const columns = [...names].flatMap((name) => register.fields[name]?.column ?? [])
  return [...new Set([...keyColumns(register), ...columns])]
}

async function fetchBatch(
  state: RequestState,
  register: Register,
  columns: readonly string[],
  keys: readonly PersonKey[],
): Promise<readonly (readonly Row[])[]> {
  const askable = keys.filter((key) => canHold(register, key))
  const batch =
    askable.length === 0
      ? { rows: [], asOf: await state.source.asOf(register) }
      : await fetchNoted(state, { register, columns, keys: askable, signal: state.signal })
  noteSource(state, register.type, batch.asOf)
  const found = rowsByPerson(register, batch.rows)
  return keys.map((key) => found.get(keyText(key)) ?? [])
}

async function fetchNoted(state: RequestState, lookup: Lookup): Promise<Batch> {
  const note = (failure: string | null): void => {
    const call: SourceCall = {
      department: state.department.name,
      type: lookup.register.type,
      columns: lookup.columns,
      persons: lookup.keys.length,
      failure,
    }
    sourceCalls.publish(call)
  }
  try {
    const batch = await state.source.fetch(lookup)
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

function rootKey(info: GraphQLResolveInfo): string {
  let path = info.path
  while (path.prev !== undefined) path = path.prev
  return String(path.key)
}
