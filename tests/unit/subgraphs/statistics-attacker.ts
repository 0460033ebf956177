import { narrow } from '../../../subgraphs/kit/statistics/answer.ts'
import { publish } from '../../../subgraphs/kit/statistics/publish.ts'
import type { Cell, Published } from '../../../subgraphs/kit/statistics/table.ts'

export type Values = readonly (string | null)[]

/** The whole that a table is over some of the dimensions of. */
export interface Whole {
  readonly cells: readonly Cell[]
  readonly kept: readonly number[]
}

/** How tables are published: that of the kit, or one that the attacker is tried on. */
export type Publisher = (cells: readonly Cell[], width: number, whole: Whole) => Published

export const MINIMUM = 10

export const asPublished: Publisher = (cells, width) => publish({ width, cells }, MINIMUM)

/** As the kit publishes where the second of the dimensions lies within the first: never without it. */
export const asNested: Publisher = (own, _width, { cells, kept }) => {
  if (!kept.includes(1)) return asPublished(own, kept.length, { cells, kept })
  const both = [0, ...kept.filter((at) => at !== 0)]
  const table = marginal(cells, both)
  const within = both.map((at) => (at === 1 ? 0 : null))
  const told = publish({ width: both.length, cells: table, within }, MINIMUM)
  return narrow(
    told,
    table,
    kept.map((at) => both.indexOf(at)),
  )
}

/** Withholds what is small and nothing beside it. */
export const smallOnly: Publisher = (cells) => {
  const told = cells.filter(({ count }) => count >= MINIMUM)
  return { cells: told, suppressed: told.length < cells.length }
}

/** The table over some of the dimensions. */
export function marginal(cells: readonly Cell[], kept: readonly number[]): readonly Cell[] {
  const sums = new Map<string, Cell>()
  for (const { values, count } of cells) {
    const own = kept.map((at) => values[at] ?? null)
    const key = JSON.stringify(own)
    sums.set(key, { values: own, count: count + (sums.get(key)?.count ?? 0) })
  }
  return [...sums.values()]
}

/** Every set of dimensions. */
export function subsets(width: number): readonly (readonly number[])[] {
  return Array.from({ length: 1 << width }, (_, mask) =>
    Array.from({ length: width }, (_none, at) => at).filter((at) => (mask & (1 << at)) !== 0),
  )
}

const PRIME = 1_000_003

function inverse(value: number): number {
  let [result, base, exponent] = [1, value, PRIME - 2]
  for (; exponent > 0; exponent = Math.floor(exponent / 2)) {
    if (exponent % 2 === 1) result = (result * base) % PRIME
    base = (base * base) % PRIME
  }
  return result
}

/** Rows in echelon form, by the place of their first one. */
type Echelon = Map<number, readonly number[]>

function reduce(row: readonly number[], rows: Echelon): number[] {
  const left = [...row]
  for (const [at, known] of [...rows].toSorted(([a], [b]) => a - b)) {
    const factor = left[at] ?? 0
    if (factor === 0) continue
    for (const [index, value] of known.entries())
      left[index] = ((((left[index] ?? 0) - factor * value) % PRIME) + PRIME) % PRIME
  }
  return left
}

function add(row: readonly number[], rows: Echelon): void {
  const left = reduce(row, rows)
  const at = left.findIndex((value) => value !== 0)
  if (at < 0) return
  const by = inverse(left[at] ?? 1)
  rows.set(
    at,
    left.map((value) => (value * by) % PRIME),
  )
}

/**
 * The small groups that somebody finds who has every table over every set of the dimensions, knows all values that occur,
 * and sums and takes away as often as they like: groups whose count is a combination of published counts.
 *
 * @param canBe what is known of the values: which of them occur together
 */
export function derived(
  cells: readonly Cell[],
  width: number,
  publisher: Publisher,
  canBe: (values: Values) => boolean = () => true,
): readonly string[] {
  const codes = Array.from({ length: width }, (_, at) => [...new Set(cells.map(({ values }) => values[at] ?? null))])
  const domain = codes
    .reduce<Values[]>((rows, list) => rows.flatMap((row) => list.map((one) => [...row, one])), [[]])
    .filter(canBe)
  const rowOf = (kept: readonly number[], values: Values): number[] =>
    domain.map((point) => (kept.every((at, index) => point[at] === values[index]) ? 1 : 0))
  const rows: Echelon = new Map()
  const tables = subsets(width).map((kept) => {
    const own = marginal(cells, kept)
    const { cells: told } = publisher(own, kept.length, { cells, kept })
    for (const { values } of told) add(rowOf(kept, values), rows)
    return { kept, own, told: new Set(told.map(({ values }) => JSON.stringify(values))) }
  })
  return tables.flatMap(({ kept, own, told }) =>
    own
      .filter(({ count, values }) => count < MINIMUM || !told.has(JSON.stringify(values)))
      .filter(({ values }) => reduce(rowOf(kept, values), rows).every((value) => value === 0))
      .map(({ values, count }) => `${kept.join()} ${values.join()} = ${count}`),
  )
}
