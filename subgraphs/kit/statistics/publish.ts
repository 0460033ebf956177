import { axesOf } from './axes.ts'
import { everyLevel, marginAt } from './margin.ts'
import type { Margin } from './margin.ts'
import { protect } from './protect.ts'
import type { Cell, Published, Table } from './table.ts'
import { atOnce, isTurn, spend, workOf } from './work.ts'

/** Combinations of the values of all dimensions; a table with more is withheld whole. */
export const MOST_COMBINATIONS = 20_000

/** Steps in which a table must be judged: looks at a group. One that takes more is withheld whole. */
const MOST_STEPS = 20_000_000

const NOTHING: Published = { cells: [], suppressed: true }

/**
 * Withholds what is small, and so much beside it that sums and differences do not bring it back (complementary
 * suppression). Margins are processed from the coarsest to the finest, each judged by coarser ones alone: so a table
 * comes out the same whether it is asked for, or is a margin of one that is, and all tables of one register fit each
 * other. For that the dimensions of a register must always stand in the same order, and a dimension never without the
 * one that it lies within.
 *
 * @param minimum fewest of a published group
 * @yields where others should have a turn
 * @throws Error where dimensions within each other make no chains
 */
export function* publishing(table: Table, minimum: number, mostSteps: number = MOST_STEPS): Generator<void, Published> {
  const { cells } = table
  const total = cells.reduce((sum, { count }) => sum + count, 0)
  // Nobody at all is a small group too.
  if (total < minimum) return NOTHING
  const axes = axesOf(table)
  if (axes.reduce((product, { levels }) => product * (levels.at(-1)?.size ?? 1), 1) > MOST_COMBINATIONS) return NOTHING
  const work = workOf(mostSteps)
  spend(work, cells.length * axes.length)
  const margins = new Map<string, Margin>()
  let finest: Margin | undefined
  for (const levels of everyLevel(axes)) {
    spend(work, cells.length * (1 + axes.length))
    if (isTurn(work)) yield
    finest = marginAt(cells, axes, levels, (coarser) => margins.get(coarser.join()))
    yield* protect(finest, minimum, work)
    if (work.left < 0) return NOTHING
    margins.set(levels.join(), finest)
  }
  return finest === undefined
    ? NOTHING
    : toldOf(
        cells,
        axes.map(({ codes }) => codes),
        finest,
      )
}

/** As `publishing` does, without a turn for anybody. */
export function publish(table: Table, minimum: number): Published {
  return atOnce(publishing(table, minimum))
}

/** The groups of the finest margin that are told, in the order of their values. */
function toldOf(cells: readonly Cell[], codes: readonly Int32Array[], { counts, told, strides }: Margin): Published {
  const named = new Map<number, Cell['values']>()
  for (const [index, { values }] of cells.entries()) {
    let position = 0
    for (const [at, own] of codes.entries()) position += (own[index] ?? 0) * (strides[at] ?? 0)
    named.set(position, values)
  }
  const found: Cell[] = []
  let groups = 0
  for (const [position, count] of counts.entries()) {
    if (count > 0) groups += 1
    const values = told[position] === 1 ? named.get(position) : undefined
    if (values) found.push({ values, count })
  }
  return { cells: found, suppressed: found.length < groups }
}
