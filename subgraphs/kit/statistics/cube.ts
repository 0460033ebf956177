import { bySize, lineOf } from './margin.ts'
import type { Direction, Margin } from './margin.ts'
import { spend } from './work.ts'
import type { Work } from './work.ts'

/** Corners of both kinds, by whether they are moved in an odd number of directions, count nobody. */
const BOTH_KINDS = 3

/** Positions to move to, in each direction; the group itself may be among them. */
type Steps = readonly (readonly number[])[]

/** A cube by the corners that count somebody, and how many are told there. */
interface Cube {
  readonly corners: readonly number[]
  readonly cost: number
}

/**
 * Finds the cube around a withheld group that costs least, or null where there is none: its corners differ from the
 * group in some of the directions, the opposite one in all, each within the line of the group. Every second corner must
 * count somebody, so that one can be taken away there: counts are never negative, and whoever computes knows it.
 *
 * Of equal ones it is the first: those whose neighbours of the group are withheld before all others, and smaller
 * neighbours before larger ones, empty ones last.
 *
 * @param withheldIn what is withheld in the line of a group along a direction, the group too
 */
export function cubeFinder(
  margin: Margin,
  withheldIn: (direction: Direction, position: number) => readonly number[],
  work: Work,
): (position: number) => readonly number[] | null {
  const sorted = lineSorter(margin, work)
  return (position) => {
    const { directions } = margin
    // Nearly always there is one among what is withheld, which is little: the whole lines are long.
    const near = directions.map((one) => withheldIn(one, position))
    const first = cheapest(margin, position, near, null, work)
    if (first?.cost === 0) return first.corners
    const far = directions.map((one, at) => byCost(margin, sorted(one, at, position)))
    return cheapest(margin, position, far, first, work)?.corners ?? null
  }
}

/** Lines by size: that stays while groups are withheld. */
function lineSorter(margin: Margin, work: Work): (direction: Direction, at: number, position: number) => Int32Array {
  const lines = margin.directions.map(() => new Map<number, Int32Array>())
  return (direction, at, position) => {
    const total = direction.totals[position] ?? 0
    const known = lines[at]?.get(total)
    const line = known ?? bySize(margin, lineOf(direction, position))
    spend(work, line.length)
    if (known === undefined) lines[at]?.set(total, line)
    return line
  }
}

/** What is withheld costs nothing, what is told its count; what is empty costs nothing and is worth little. */
function byCost({ counts, told }: Margin, line: Int32Array): readonly number[] {
  const [withheld, shown, empty]: [number[], number[], number[]] = [[], [], []]
  for (const one of line) {
    if (told[one] === 1) shown.push(one)
    else if ((counts[one] ?? 0) > 0) withheld.push(one)
    else empty.push(one)
  }
  return [...withheld, ...shown, ...empty]
}

/** The cheapest of all cubes by these steps, where one is cheaper than the one that is known. */
function cheapest(
  { counts, told }: Margin,
  position: number,
  steps: Steps,
  known: Cube | null,
  work: Work,
): Cube | null {
  let best = known
  let least = known?.cost ?? Infinity
  // The corners by the directions they are moved in, as bits: each direction doubles those that are there.
  const corners = new Int32Array(1 << steps.length).fill(position)
  const costOf = (one: number): number => (told[one] === 1 ? (counts[one] ?? 0) : 0)
  const extend = (depth: number, cost: number, empty: number): void => {
    const moves = steps[depth]
    if (moves === undefined) {
      least = cost
      best = { corners: Array.from(corners).filter((one) => (counts[one] ?? 0) > 0), cost }
      return
    }
    const size = 1 << depth
    for (const move of moves) {
      if (least === 0) return
      spend(work, 1)
      if (move === position || cost + costOf(move) >= least) continue
      let [sum, gaps] = [cost, empty]
      for (let at = 0; at < size; at += 1) {
        const corner = (corners[at] ?? 0) + move - position
        corners[size + at] = corner
        sum += costOf(corner)
        if ((counts[corner] ?? 0) === 0) gaps |= isOdd(size + at) ? 2 : 1
      }
      spend(work, size)
      if (gaps !== BOTH_KINDS && sum < least) extend(depth + 1, sum, gaps)
    }
  }
  extend(0, 0, 0)
  return best
}

/** Whether a corner is moved in an odd number of directions. */
function isOdd(corner: number): boolean {
  let odd = false
  for (let left = corner; left > 0; left >>= 1) if ((left & 1) === 1) odd = !odd
  return odd
}
