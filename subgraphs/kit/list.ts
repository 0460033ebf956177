import { createHash } from 'node:crypto'
import { getNamedType } from 'graphql'
import type { GraphQLResolveInfo } from 'graphql'
import { Failure } from '../../gateway/vocabulary/failure.ts'
import { createCursors } from './cursor.ts'
import type { Cursors } from './cursor.ts'
import { keyColumns, legalEntityOf, ownersOf } from './keys.ts'
import { loadPage, recordColumns } from './loaders.ts'
import type { RequestState } from './loaders.ts'
import type { Condition, FilterSource, LegalEntityKey, RegisterList, Row } from './register.ts'
import { fieldsBelow } from './selection.ts'

/** Values of one `In` filter at most: enough for the divisions of a city, no list of all there is. */
const MOST_VALUES = 100

/** A page, as the connection types of the SDL have it. */
export interface Page {
  readonly nodes: readonly (LegalEntityKey | Row)[]
  readonly endCursor: string | null
  readonly hasNextPage: boolean
}

/**
 * Resolves a field of `Query` that lists subjects, references only, whose records are then loaded in one query each; or
 * that lists records with keys of their own, of which the page reads what is selected and no more.
 * Throws `BAD_USER_INPUT` for a page that is too large or no page, for a filter that filters nothing, and for a
 * cursor that is not of this list.
 */
export function listResolver(
  list: RegisterList,
  cursors: Cursors = createCursors(),
): (given: Readonly<Record<string, unknown>>, state: RequestState, info: GraphQLResolveInfo) => Promise<Page> {
  return async (given, state, info) => {
    const first = pageSize(given['first'], list.most)
    const conditions = conditionsOf(list, given['filter'])
    const place = digestOf(list, conditions)
    const after = given['after'] ?? null
    if (after !== null && typeof after !== 'string') throw bad('A cursor is a text')
    const rows = await loadPage(state, {
      register: list.register,
      columns: [...new Set([...pageColumns(list, info), list.order])],
      conditions,
      order: list.order,
      after: after === null ? null : cursors.open(after, place),
      // One more tells whether there is another page.
      limit: first + 1,
    })
    return pageOf(list, rows, first, (value) => cursors.seal(value, place))
  }
}

function pageColumns({ register, subject }: RegisterList, info: GraphQLResolveInfo): readonly string[] {
  if (subject !== register.type) return keyColumns(register)
  const fields = fieldsBelow(info, getNamedType(info.returnType).name, info.fieldNodes)
  return recordColumns(
    register,
    info,
    fields.filter(({ name }) => name.value === 'nodes'),
  )
}

function pageOf(list: RegisterList, rows: readonly Row[], first: number, seal: (place: string) => string): Page {
  const shown = rows.slice(0, first)
  const last = shown.at(-1)?.[list.order]
  if (last !== undefined && typeof last !== 'string') {
    throw new Failure('SOURCE_INVALID', { detail: 'The serial column of a list holds no text' })
  }
  return {
    nodes: shown.flatMap((row) => nodesOf(list, row)),
    endCursor: last === undefined ? null : seal(last),
    hasNextPage: rows.length > first,
  }
}

/** A record without its key is no record that anybody could refer to. */
function nodesOf({ register, subject }: RegisterList, row: Row): readonly (LegalEntityKey | Row)[] {
  if (subject === register.type) return ownersOf(register, row).length === 0 ? [] : [row]
  const key = legalEntityOf(register, row)
  return key === null ? [] : [key]
}

/** A page beyond the limit is refused: a shorter one than asked would look like the end of the list. */
function pageSize(first: unknown, most: number): number {
  const size = first ?? most
  if (typeof size === 'number' && Number.isInteger(size) && size >= 1 && size <= most) return size
  throw bad(`first must be from 1 to ${most}`)
}

function conditionsOf(list: RegisterList, filter: unknown): readonly Condition[] {
  const given = typeof filter === 'object' && filter !== null ? Object.entries(filter) : []
  const conditions = given.flatMap(([name, value]): Condition[] => {
    const source = list.filters[name]
    if (source === undefined || value === null || value === undefined) return []
    const values: readonly unknown[] = Array.isArray(value) ? value : [value]
    if (values.length < 1 || values.length > MOST_VALUES) throw bad(`a filter has 1 to ${MOST_VALUES} values`)
    return [{ column: source.column, values: values.flatMap((one) => stored(source, filterText(one))) }]
  })
  // The whole register, page by page, is a copy and no query (ZS-2.04, NT-7.1).
  if (conditions.length === 0) throw bad('the filter needs a value')
  return conditions
}

function filterText(value: unknown): string {
  if (typeof value === 'string' && value.length <= 64) return value
  throw bad('a value of the filter is no code')
}

/** The source's own codes for a value; a code that it does not have is kept, and found in no row. */
function stored({ codes }: FilterSource, value: string): readonly string[] {
  if (codes === undefined) return [value]
  const own = Object.entries(codes).flatMap(([code, meaning]) => (meaning === value ? [code] : []))
  return own.length > 0 ? own : [`unknown:${value}`]
}

/** A cursor goes on with the list that it was given for, not with another filter. */
function digestOf({ register, order }: RegisterList, conditions: readonly Condition[]): string {
  const content = JSON.stringify([register.type, order, conditions])
  return createHash('sha256').update(content).digest('base64url')
}

function bad(detail: string): Failure {
  return new Failure('BAD_USER_INPUT', { detail })
}
