import { getNamedType } from 'graphql'
import type { GraphQLResolveInfo } from 'graphql'
import { Failure } from '../../../gateway/vocabulary/failure.ts'
import { MINIMUM_GROUP, MOST_DIMENSIONS } from '../../../gateway/vocabulary/statistics.ts'
import { loadCounts } from '../loaders.ts'
import type { RequestState } from '../loaders.ts'
import type { FieldSource, RegisterStatistics } from '../register.ts'
import { choose, narrow } from './answer.ts'
import { axesOf } from './axes.ts'
import { counted } from './count.ts'
import { keptTables } from './kept.ts'
import type { KeptTables } from './kept.ts'
import { MOST_COMBINATIONS, publishing } from './publish.ts'
import type { Cell, Published, Table } from './table.ts'
import { inTurns } from './work.ts'

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

/** A dimension → the one that its values lie within. */
type Within = ReadonlyMap<Dimension, Dimension>

/** What is counted, and how. */
interface Plan {
  readonly statistics: RegisterStatistics
  readonly minimum: number
  /** Every dimension of the register, in the order of its tables. */
  readonly inOrder: readonly Dimension[]
  readonly within: Within
  readonly kept: KeptTables
}

/**
 * Resolves a field of `Query` that counts a register in groups: one query of the source, grouped there, of which only
 * groups of the minimum and more are told (publish.ts). No row is read.
 *
 * @throws Error where the register has no such field, may have several rows for a subject and states no minimum, or has
 *   dimensions within each other that make no chains
 */
export function statisticsResolver(
  statistics: RegisterStatistics,
): (given: Given, state: RequestState, info: GraphQLResolveInfo) => StatisticsAnswer {
  const known = new Map(
    Object.entries(statistics.dimensions).map(([name, field]) => [name, sourceOf(statistics, field)]),
  )
  const byField = new Map(Array.from(known.values(), (dimension) => [dimension.field, dimension]))
  const inOrder = distinct([...byField.values()])
  const within = withinOf(statistics, known, inOrder)
  const plan = { statistics, minimum: minimumOf(statistics), inOrder, within, kept: keptTables() }
  return (given, state, info) => {
    const grouped = distinct(list(given['groupBy']).flatMap((name) => known.get(String(name)) ?? []))
    const filter = filterOf(given['filter'], byField)
    const all = inOrder.filter((one) => grouped.includes(one) || filter.has(one))
    if (all.length > MOST_DIMENSIONS) throw bad(`a table has at most ${MOST_DIMENSIONS} dimensions`)
    const type = getNamedType(info.returnType).name
    let asked: Promise<Published> | null = null
    const published = (): Promise<Published> => (asked ??= count(state, plan, all, type))
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

/** @throws Error where a dimension is none, or two lie within one */
function withinOf(
  { register, within = {} }: RegisterStatistics,
  known: ReadonlyMap<string, Dimension>,
  inOrder: readonly Dimension[],
): Within {
  const found = new Map(
    Object.entries(within).map(([name, wider]) => {
      const [inner, outer] = [known.get(name), known.get(wider)]
      if (inner === undefined || outer === undefined) throw new Error(`${register.type} has no ${name} within ${wider}`)
      return [inner, outer]
    }),
  )
  axesOf({ width: inOrder.length, cells: [], within: placed(inOrder, found) })
  return found
}

function placed(dimensions: readonly Dimension[], within: Within): readonly (number | null)[] {
  return dimensions.map((one) => {
    const outer = within.get(one)
    return outer === undefined ? null : dimensions.indexOf(outer)
  })
}

async function count(
  state: RequestState,
  { statistics: { register, only }, minimum, inOrder, within, kept }: Plan,
  asked: readonly Dimension[],
  type: string,
): Promise<Published> {
  const whole = new Set(asked)
  // A set takes what is added to it while it is gone through: the dimension that is around the one around.
  for (const one of whole) {
    const outer = within.get(one)
    if (outer) whole.add(outer)
  }
  const dimensions = inOrder.filter((one) => whole.has(one))
  const columns = distinct(dimensions.map(({ source }) => source.column))
  const lookup = { register, columns, conditions: only ?? [], most: MOST_COMBINATIONS + 1, signal: state.signal }
  const groups = await loadCounts(state, lookup, type)
  // A table cut short would have margins that are none.
  if (groups.length > MOST_COMBINATIONS) return { cells: [], suppressed: true }
  const sources = dimensions.map(({ source }) => source)
  const { cells, digest } = await inTurns(counted(groups, sources), state.signal)
  const table: Table = { width: dimensions.length, cells, within: placed(dimensions, within) }
  // Without the signal of the one who asked first: others may be waiting, and its steps are counted.
  const published = await kept(dimensions.map(({ field }) => field).join(), digest, () =>
    inTurns(publishing(table, minimum)),
  )
  if (dimensions.length === asked.length) return published
  return narrow(
    published,
    cells,
    asked.map((one) => dimensions.indexOf(one)),
  )
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
