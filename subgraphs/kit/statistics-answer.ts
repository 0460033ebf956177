import { keyOf } from './statistics-table.ts'
import type { Cell, Published } from './statistics-table.ts'

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
  const sums = new Map<string, Cell & { readonly parts: number }>()
  for (const { values, count } of chosen) {
    const own = grouped.map((at) => values[at] ?? null)
    const known = sums.get(keyOf(own))
    sums.set(keyOf(own), { values: own, count: count + (known?.count ?? 0), parts: 1 + (known?.parts ?? 0) })
  }
  const parts = [...filter].reduce(
    (product, [at, wanted]) => (grouped.includes(at) ? product : product * wanted.length),
    1,
  )
  // A sum over a group that is not published would tell by what it lacks.
  const whole = [...sums.entries()].filter(([, sum]) => !suppressed || sum.parts === parts)
  return whole.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, { values, count }]) => ({ values, count }))
}
