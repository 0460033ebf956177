import { cubeFinder } from './cube.ts'
import { bySize, lineOf, totalTold } from './margin.ts'
import type { Direction, Margin } from './margin.ts'
import { isTurn, spend } from './work.ts'
import type { Work } from './work.ts'

/**
 * Marks what of one margin may be told. Withheld is
 *
 * - what counts fewer than the minimum, and what stands under a withheld cell of a coarser margin;
 * - per line whose total is told, so many of the smallest cells that two at least are withheld, and the minimum between
 *   them;
 * - the corners of a cube around each withheld cell whose totals are all told: adding one at every second corner and
 *   taking one away at the others changes no total that anybody is told, so that no sum of them gives the cell. Lines
 *   alone leave a cell between two groups of withheld ones to be found.
 *
 * Lines and cells are looked at in the order in which something was withheld in them, lines before cells. Withheld cells
 * only become more: no line and no cell is looked at twice. Ends early where no work is left, with a margin that is
 * good for nothing.
 */
export function* protect(margin: Margin, minimum: number, work: Work): Generator<void, void> {
  const { counts, told, directions } = margin
  const withheld = ledger(margin)
  for (const [position, count] of counts.entries()) {
    if (count === 0) continue
    if (count >= minimum && directions.every((one) => totalTold(one, position))) told[position] = 1
    else withheld.note(position)
  }
  spend(work, counts.length * (1 + directions.length))
  const cubeAround = cubeFinder(margin, withheld.inLine, work)
  const guarded = new Uint8Array(counts.length)
  for (let [line, cell] = [0, 0]; work.left >= 0;) {
    if (isTurn(work)) yield
    spend(work, 1)
    const next = withheld.lines[line]
    if (next !== undefined) {
      line += 1
      closeLine(next, margin, minimum, work).forEach(withheld.note)
      continue
    }
    const position = withheld.cells[cell]
    if (position === undefined) return
    cell += 1
    if (guarded[position] === 1 || !directions.every((one) => totalTold(one, position))) continue
    const cube = cubeAround(position)
    if (cube === null) return void told.fill(0)
    // The cube of one corner is one of every other corner as well.
    for (const corner of cube) guarded[corner] = 1
    hide(cube, margin).forEach(withheld.note)
  }
}

/** A line of which something is withheld, and whose total is told. */
interface OpenLine {
  readonly direction: Direction
  /** What is withheld, in the order in which it was. */
  readonly withheld: readonly number[]
}

/** What is withheld of a margin, and the lines that it lies in, in the order in which it was; each once. */
interface Ledger {
  readonly cells: readonly number[]
  readonly lines: readonly OpenLine[]
  readonly note: (position: number) => void
  readonly inLine: (direction: Direction, position: number) => readonly number[]
}

function ledger({ directions }: Margin): Ledger {
  const [cells, lines]: [number[], OpenLine[]] = [[], []]
  const open = new Map(directions.map((direction) => [direction, new Map<number, number[]>()]))
  const note = (position: number): void => {
    cells.push(position)
    for (const [direction, byTotal] of open) {
      if (!totalTold(direction, position)) continue
      const total = direction.totals[position] ?? 0
      const withheld = byTotal.get(total)
      if (withheld) withheld.push(position)
      else {
        const line = [position]
        byTotal.set(total, line)
        lines.push({ direction, withheld: line })
      }
    }
  }
  return { cells, lines, note, inLine: (direction, at) => open.get(direction)?.get(direction.totals[at] ?? 0) ?? [] }
}

function hide(positions: readonly number[], { told }: Margin): readonly number[] {
  const more = positions.filter((position) => told[position] === 1)
  for (const position of more) told[position] = 0
  return more
}

/** Withholds more of a line of which too little is withheld; what. */
function closeLine({ direction, withheld }: OpenLine, margin: Margin, minimum: number, work: Work): readonly number[] {
  const { counts, told } = margin
  let hidden = withheld.length
  let sum = withheld.reduce((all, one) => all + (counts[one] ?? 0), 0)
  spend(work, hidden)
  if (hidden >= 2 && sum >= minimum) return []
  const line = lineOf(direction, withheld[0] ?? 0)
  spend(work, line.length)
  const more: number[] = []
  // Equal counts in the order of their values: the same table is withheld in the same way each time.
  for (const one of bySize(margin, line)) {
    if (hidden >= 2 && sum >= minimum) break
    if (told[one] === 0) continue
    more.push(one)
    hidden += 1
    sum += counts[one] ?? 0
  }
  return hide(more, margin)
}
