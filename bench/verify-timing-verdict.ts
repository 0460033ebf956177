import { kolmogorovSmirnov, kolmogorovTail, mannWhitney } from './verify-timing-statistics.ts'
import type { KolmogorovSmirnov, MannWhitney } from './verify-timing-statistics.ts'
import { KINDS } from './verify-timing-plan.ts'
import type { Kind } from './verify-timing-plan.ts'

/** Milliseconds of each answer, by kind. */
export type Times = Readonly<Record<Kind, readonly number[]>>

/** Whether answers were held back until the next step of the grid. */
export type Half = 'no-grid' | 'grid'
export const HALVES: readonly Half[] = ['no-grid', 'grid']

/** Two kinds of answers, compared by their times alone. */
export interface Compared {
  readonly one: Kind
  readonly other: Kind
  readonly ks: KolmogorovSmirnov
  readonly rank: MannWhitney
  /** Whether the times tell one from the other. */
  readonly differs: boolean
}

const PAIRS = KINDS.flatMap((one, at) => KINDS.slice(at + 1).map((other) => [one, other] as const))

/** One run in a hundred finds a difference where there is none. */
export const FAMILY_LEVEL = 0.01
/** Of each test: there are two of each pair (Bonferroni). */
export const LEVEL = FAMILY_LEVEL / (2 * PAIRS.length)

/** Every pair of kinds. @throws RangeError for a kind without times */
export function comparePairs(times: Times): readonly Compared[] {
  return PAIRS.map(([one, other]) => {
    const ks = kolmogorovSmirnov(times[one], times[other])
    const rank = mannWhitney(times[one], times[other])
    return { one, other, ks, rank, differs: ks.p < LEVEL || rank.p < LEVEL }
  })
}

/**
 * What is wrong with a half, or null. With the grid no pair may differ. Without it some pair must: a measurement that
 * cannot tell a number that nobody is asked about from one that a department looks up proves nothing by finding nothing.
 */
export function complaintOf(half: Half, compared: readonly Compared[]): string | null {
  const differing = compared.filter(({ differs }) => differs).map(({ one, other }) => `${one} – ${other}`)
  switch (half) {
    case 'grid':
      return differing.length > 0 ? `with the grid, time tells what was found: ${differing.join(', ')}` : null
    case 'no-grid':
      return differing.length === 0
        ? 'without the grid nothing differs: this measurement would not notice a difference'
        : null
  }
}

/** The least distance D of two samples of a size that counts as a difference: how fine the measurement is. */
export function leastDistance(size: number): number {
  const scale = Math.sqrt(size / 2)
  let [low, high] = [0, 1]
  for (let step = 0; step < 40; step += 1) {
    const middle = (low + high) / 2
    if (kolmogorovTail((scale + 0.12 + 0.11 / scale) * middle) < LEVEL) high = middle
    else low = middle
  }
  return high
}
