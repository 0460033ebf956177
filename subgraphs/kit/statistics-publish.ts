import { protect } from './statistics-protect.ts'
import { bits, keyOf, within } from './statistics-table.ts'
import type { Cell, Margin, MarginCell, Published, Table } from './statistics-table.ts'

/** Combinations of the values of all dimensions; a table with more is withheld whole. */
export const MOST_COMBINATIONS = 20_000

/**
 * Withholds what is small, and so much beside it that sums and differences do not bring it back (complementary
 * suppression). Margins are processed from the coarsest to the finest, each judged by coarser ones alone: so a table
 * comes out the same whether it is asked for, or is a margin of one that is, and all tables of one register fit each
 * other. For that the dimensions of a register must always stand in the same order.
 *
 * @param minimum fewest of a published group
 */
export function publish({ width, cells }: Table, minimum: number): Published {
  const nothing: Published = { cells: [], suppressed: true }
  if (combinations(cells, width) > MOST_COMBINATIONS) return nothing
  const margins = new Map<number, Margin>()
  for (const mask of masks(width)) {
    const margin = marginOf(cells, mask)
    const parents = bits(mask).map((bit) => ({ bit, margin: margins.get(mask & ~(1 << bit)) ?? new Map() }))
    protect(margin, parents, mask, minimum)
    margins.set(mask, margin)
  }
  const finest = [...(margins.get((1 << width) - 1)?.values() ?? [])]
  const total = cells.reduce((sum, { count }) => sum + count, 0)
  // Nobody at all is a small group too.
  if (total < minimum) return nothing
  const told = finest.filter((cell) => cell.told).map(({ values, count }) => ({ values, count }))
  return { cells: told, suppressed: told.length < finest.length }
}

function combinations(cells: readonly Cell[], width: number): number {
  let product = 1
  for (let at = 0; at < width; at += 1) product *= new Set(cells.map(({ values }) => values[at])).size
  return product
}

/** Every set of dimensions, as bits, the smaller ones first. */
function masks(width: number): readonly number[] {
  return Array.from({ length: 1 << width }, (_, mask) => mask).toSorted((a, b) => bits(a).length - bits(b).length)
}

function marginOf(cells: readonly Cell[], mask: number): Margin {
  const sums = new Map<string, MarginCell>()
  for (const { values, count } of cells) {
    const kept = within(values, mask)
    const key = keyOf(kept)
    sums.set(key, { key, values: kept, count: count + (sums.get(key)?.count ?? 0), told: false })
  }
  // In one order, whatever that of the source: of two equal groups always the same one is withheld.
  return new Map([...sums].toSorted(([a], [b]) => (a < b ? -1 : 1)))
}
