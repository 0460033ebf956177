import { keyOf } from './table.ts'
import type { Cell, Published } from './table.ts'

/** How a table is answered: dimensions by their place in it. */
export interface Choice {
  /** Dimensions that are grouped by. */
  readonly grouped: readonly number[]
  /** Dimension → the values that are asked for, without repetition. */
  readonly filter: ReadonlyMap<number, readonly string[]>
}

/**
 * Chooses among the published groups of a table, and adds up published ones where it is filtered by more than it is
 * grouped by. What comes out depends on what is published and on nothing else, so that no filter tells more than the
 * whole table does: what is withheld and what is empty are one as long as anything is withheld.
 *
 * @returns groups in the order of their values, with the values of the dimensions that are grouped by alone
 */
export function choose({ cells, suppressed }: Published, { grouped, filter }: Choice): readonly Cell[] {
  const chosen = cells.filter(({ values }) =>
    [...filter].every(([at, wanted]) => wanted.some((one) => one === values[at])),
  )
  const parts = [...filter].reduce(
    (product, [at, wanted]) => (grouped.includes(at) ? product : product * wanted.length),
    1,
  )
  // A sum over a group that is not published would tell by what it lacks.
  const whole = [...sums(chosen, grouped)].filter(([, sum]) => !suppressed || sum.parts === parts)
  return whole.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, { values, count }]) => ({ values, count }))
}

/**
 * The table over some of its dimensions, of published groups alone: a dimension that lies within another one is
 * published together with it (publish.ts), also where it is asked for alone.
 *
 * @param cells the whole table, published or not
 * @param kept dimensions that were asked for, by their place in the table
 */
export function narrow(
  { cells: told, suppressed }: Published,
  cells: readonly Cell[],
  kept: readonly number[],
): Published {
  const all = sums(cells, kept)
  // A code that the source has in two of the wider groups: a part of it would be told as the whole.
  const whole = [...sums(told, kept)].filter(([key, { parts }]) => parts === all.get(key)?.parts)
  return { cells: whole.map(([, { values, count }]) => ({ values, count })), suppressed }
}

interface Sum extends Cell {
  /** Groups that were added up. */
  readonly parts: number
}

function sums(cells: readonly Cell[], kept: readonly number[]): ReadonlyMap<string, Sum> {
  const found = new Map<string, Sum>()
  for (const { values, count } of cells) {
    const own = kept.map((at) => values[at] ?? null)
    const key = keyOf(own)
    const known = found.get(key)
    found.set(key, { values: own, count: count + (known?.count ?? 0), parts: 1 + (known?.parts ?? 0) })
  }
  return found
}
