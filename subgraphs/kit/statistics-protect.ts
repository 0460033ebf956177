import { bits, keyOf, within } from './statistics-table.ts'
import type { Margin, MarginCell } from './statistics-table.ts'

/** The margin without one of the dimensions, already judged. */
export interface Parent {
  readonly bit: number
  readonly margin: Margin
}

/**
 * Marks what of one margin may be told. Withheld is
 *
 * - what counts fewer than the minimum, and what stands under a withheld cell of a coarser margin;
 * - per line whose total is told, so many of the smallest cells that two at least are withheld, and the minimum between
 *   them;
 * - the corners of a cube around each withheld cell whose totals are all told: adding one at every second corner and
 *   taking one away at the others changes no total that anybody is told, so that no sum of them gives the cell. Lines
 *   alone leave a cell between two groups of withheld ones to be found.
 */
export function protect(margin: Margin, parents: readonly Parent[], mask: number, minimum: number): void {
  for (const cell of margin.values())
    cell.told = cell.count >= minimum && parents.every((parent) => totalOf(cell, parent, mask)?.told === true)
  const found = lines(margin, parents, mask)
  const guarded = new Set<string>()
  for (let changed = true; changed;) {
    changed = found.some((line) => closeLine(line, minimum))
    for (const cell of margin.values()) {
      if (cell.told || guarded.has(cell.key) || parents.some((parent) => totalOf(cell, parent, mask)?.told !== true))
        continue
      guarded.add(cell.key)
      if (hide(cubeAround(cell, margin, mask) ?? [...margin.values()])) changed = true
    }
  }
}

function totalOf(cell: MarginCell, { bit, margin }: Parent, mask: number): MarginCell | undefined {
  return margin.get(keyOf(within(cell.values, mask & ~(1 << bit))))
}

function hide(cells: readonly MarginCell[]): boolean {
  const told = cells.filter((cell) => cell.told)
  for (const cell of told) cell.told = false
  return told.length > 0
}

/** Cells that differ in one dimension alone, the smallest first, where their total is told. */
function lines(margin: Margin, parents: readonly Parent[], mask: number): readonly (readonly MarginCell[])[] {
  return parents.flatMap((parent) => {
    const own = [...margin.values()].filter((cell) => totalOf(cell, parent, mask)?.told === true)
    const grouped = Map.groupBy(own, (cell) => totalOf(cell, parent, mask)?.key)
    // Equal counts in the order of their values: the same table is withheld in the same way each time.
    return [...grouped.values()].map((line) => line.toSorted((a, b) => a.count - b.count || (a.key < b.key ? -1 : 1)))
  })
}

/** Withholds more of a line of which too little is withheld; whether there was anything to do. */
function closeLine(line: readonly MarginCell[], minimum: number): boolean {
  let [hidden, sum] = [0, 0]
  for (const { told, count } of line) if (!told) [hidden, sum] = [hidden + 1, sum + count]
  if (hidden === 0) return false
  const more: MarginCell[] = []
  for (const cell of line) {
    if (hidden >= 2 && sum >= minimum) break
    if (!cell.told) continue
    more.push(cell)
    hidden += 1
    sum += cell.count
  }
  return hide(more)
}

/**
 * The cube around a cell that costs least, or null where there is none: its corners differ from the cell in some of the
 * dimensions, the opposite one in all. Every second corner must count somebody, so that one can be taken away there:
 * counts are never negative, and whoever computes knows it.
 */
function cubeAround(cell: MarginCell, margin: Margin, mask: number): readonly MarginCell[] | null {
  const dimensions = bits(mask)
  const others = dimensions.map((at) =>
    [...new Set(Array.from(margin.values(), ({ values }) => values[at] ?? null))].filter(
      (one) => one !== cell.values[at],
    ),
  )
  let best: { readonly corners: readonly MarginCell[]; readonly cost: number } | null = null
  for (const opposite of product(others)) {
    const corners = cornersOf(cell, dimensions, opposite, margin)
    if (corners === null) continue
    const cost = corners.reduce((sum, one) => sum + (one.told ? one.count : 0), 0)
    if (best === null || cost < best.cost) best = { corners, cost }
    if (cost === 0) break
  }
  return best?.corners ?? null
}

/** The corners that count somebody; null where neither every second one nor all the others do. */
function cornersOf(
  cell: MarginCell,
  dimensions: readonly number[],
  opposite: readonly (string | null)[],
  margin: Margin,
): readonly MarginCell[] | null {
  const found: MarginCell[] = []
  const empty = { even: false, odd: false }
  for (let corner = 0; corner < 1 << dimensions.length; corner += 1) {
    const moved = bits(corner)
    const values = [...cell.values]
    for (const index of moved) values[dimensions[index] ?? 0] = opposite[index] ?? null
    const there = margin.get(keyOf(values))
    if (there) found.push(there)
    else empty[moved.length % 2 === 0 ? 'even' : 'odd'] = true
    if (empty.even && empty.odd) return null
  }
  return found
}

function* product(lists: readonly (readonly (string | null)[])[]): Iterable<readonly (string | null)[]> {
  const [first, ...rest] = lists
  if (first === undefined) yield []
  else for (const one of first) for (const others of product(rest)) yield [one, ...others]
}
