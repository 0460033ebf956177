import { getNamedType } from 'graphql'
import type { GraphQLResolveInfo } from 'graphql'
import { Failure } from '../../gateway/vocabulary/failure.ts'
import { MINIMUM_GROUP, MOST_DIMENSIONS } from '../../gateway/vocabulary/statistics.ts'
import { read } from './decode.ts'
import { loadCounts } from './loaders.ts'
import type { RequestState } from './loaders.ts'
import type { CountedGroup, FieldSource, RegisterStatistics } from './register.ts'
import { choose } from './statistics-answer.ts'
import { MOST_COMBINATIONS, publish } from './statistics-publish.ts'
import { keyOf } from './statistics-table.ts'
import type { Cell, Published } from './statistics-table.ts'

type Given = Readonly<Record<string, unknown>>
type Group = Readonly<Record<string, string | number | null>>

/** The answer, as the statistics types of the SDL have it; nothing is counted before one of the fields is asked for. */
export interface StatisticsAnswer {
  groups(): Promise<readonly Group[]>
  suppressed(): Promise<boolean>
}

/** The field of the groups, and where its value comes from. */
interface Dimension {
  readonly field: string
  readonly source: FieldSource
}

/**
 * Resolves a field of `Query` that counts a register in groups: one query of the source, grouped there, of which only
 * groups of the minimum and more are told (statistics-publish.ts). No row is read.
 *
 * @throws Error where the register has no such field, or may have several rows for a subject and states no minimum
 */
export function statisticsResolver(
  statistics: RegisterStatistics,
): (given: Given, state: RequestState, info: GraphQLResolveInfo) => StatisticsAnswer {
  const minimum = minimumOf(statistics)
  const known = new Map(
    Object.entries(statistics.dimensions).map(([name, field]) => [name, sourceOf(statistics, field)]),
  )
  const byField = new Map(Array.from(known.values(), (dimension) => [dimension.field, dimension]))
  const inOrder = distinct([...byField.values()])
  return (given, state, info) => {
    const grouped = distinct(list(given['groupBy']).flatMap((name) => known.get(String(name)) ?? []))
    const filter = filterOf(given['filter'], byField)
    const all = inOrder.filter((one) => grouped.includes(one) || filter.has(one))
    if (all.length > MOST_DIMENSIONS) throw bad(`a table has at most ${MOST_DIMENSIONS} dimensions`)
    const type = getNamedType(info.returnType).name
    let asked: Promise<Published> | null = null
    const published = (): Promise<Published> => (asked ??= count(state, { ...statistics, minimum }, all, type))
    const placed = new Map([...filter].map(([of, values]) => [all.indexOf(of), values]))
    const choice = { grouped: grouped.map((one) => all.indexOf(one)), filter: placed }
    return {
      groups: async () => choose(await published(), choice).map((cell) => shown(cell, grouped)),
      suppressed: async () => (await published()).suppressed,
    }
  }
}

/** A department may ask for larger groups. Where a subject has several rows, ten rows may be one person's. */
function minimumOf({ register, minimum }: RegisterStatistics): number {
  if (register.rows === 'MANY' && minimum === undefined)
    throw new Error(`${register.type} has several rows for a subject: its statistics must state their minimum`)
  return Math.max(MINIMUM_GROUP, minimum ?? 0)
}

function sourceOf({ register }: RegisterStatistics, field: string): Dimension {
  const source = register.fields[field]
  if (source === undefined) throw new Error(`${register.type} has no field ${field}`)
  return { field, source }
}

/** Members are called as the fields of a group; null filters nothing. */
function filterOf(given: unknown, byField: ReadonlyMap<string, Dimension>): ReadonlyMap<Dimension, readonly string[]> {
  const members = typeof given === 'object' && given !== null ? Object.entries<unknown>({ ...given }) : []
  return new Map(
    members.flatMap(([name, value]) => {
      const dimension = byField.get(name)
      return dimension === undefined || value === null ? [] : [[dimension, distinct(list(value).map(String))] as const]
    }),
  )
}

async function count(
  state: RequestState,
  { register, only, minimum }: RegisterStatistics & { readonly minimum: number },
  dimensions: readonly Dimension[],
  type: string,
): Promise<Published> {
  const columns = distinct(dimensions.map(({ source }) => source.column))
  const lookup = { register, columns, conditions: only ?? [], most: MOST_COMBINATIONS + 1, signal: state.signal }
  const groups = await loadCounts(state, lookup, type)
  // A table cut short would have margins that are none.
  if (groups.length > MOST_COMBINATIONS) return { cells: [], suppressed: true }
  return publish({ width: dimensions.length, cells: cellsOf(groups, dimensions) }, minimum)
}

/** Several codes of a source may mean one value: they are one group. */
function cellsOf(groups: readonly CountedGroup[], dimensions: readonly Dimension[]): readonly Cell[] {
  const cells = new Map<string, Cell>()
  for (const { row, count: counted } of groups) {
    const values = dimensions.map(({ source }) => valueOf(source, row))
    const key = keyOf(values)
    cells.set(key, { values, count: counted + (cells.get(key)?.count ?? 0) })
  }
  return [...cells.values()]
}

/** What cannot be read is unknown: one wrong code must not keep a whole city from being counted. */
function valueOf(source: FieldSource, row: Given): string | null {
  try {
    const value = read(source, row)
    return typeof value === 'string' ? value : null
  } catch (error) {
    if (error instanceof Failure) return null
    throw error
  }
}

function shown({ values, count: counted }: Cell, dimensions: readonly Dimension[]): Group {
  return { ...Object.fromEntries(dimensions.map(({ field }, at) => [field, values[at] ?? null])), count: counted }
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function distinct<T>(values: readonly T[]): readonly T[] {
  return [...new Set(values)]
}

function bad(detail: string): Failure {
  return new Failure('BAD_USER_INPUT', { detail })
}
