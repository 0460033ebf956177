/** Two samples compared without any assumption about their distribution; pure functions, for `verify-timing.ts`. */

/** Two-sample test of Kolmogorov and Smirnov. */
export interface KolmogorovSmirnov {
  /** The greatest distance between the two empirical distributions, from 0 to 1. */
  readonly d: number
  /** Chance of such a distance, or a greater one, between samples of one continuous distribution; asymptotic. */
  readonly p: number
}

/** Rank test of Mann, Whitney and Wilcoxon. */
export interface MannWhitney {
  /** How often a value of the first sample is greater than one of the second; ties count half. */
  readonly u: number
  /** Its distance from the expected number in standard deviations, corrected for ties; positive: the first is greater. */
  readonly z: number
  /** Two-sided; normal approximation. */
  readonly p: number
}

/** @throws RangeError for an empty sample or a value that is not finite */
export function kolmogorovSmirnov(first: readonly number[], second: readonly number[]): KolmogorovSmirnov {
  const [a, b] = [sorted(first), sorted(second)]
  let [i, j, d] = [0, 0, 0]
  while (i < a.length && j < b.length) {
    const value = Math.min(a[i] ?? Infinity, b[j] ?? Infinity)
    // Equal values are passed together: the distributions are compared between values, not within a tie.
    while (a[i] === value) i += 1
    while (b[j] === value) j += 1
    d = Math.max(d, Math.abs(i / a.length - j / b.length))
  }
  const size = Math.sqrt((a.length * b.length) / (a.length + b.length))
  return { d, p: kolmogorovTail((size + 0.12 + 0.11 / size) * d) }
}

/** Chance that the limiting distribution of Kolmogorov exceeds a value. */
export function kolmogorovTail(value: number): number {
  // Below, the alternating series converges slowly, and the chance is 1 in all digits shown.
  if (value < 0.2) return 1
  let sum = 0
  for (let term = 1; term <= 100; term += 1) sum += (term % 2 === 1 ? 2 : -2) * Math.exp(-2 * (term * value) ** 2)
  return Math.min(1, Math.max(0, sum))
}

/** @throws RangeError for an empty sample or a value that is not finite */
export function mannWhitney(first: readonly number[], second: readonly number[]): MannWhitney {
  const [m, n] = [first.length, second.length]
  const { rankSum, ties } = ranked(sorted(first), sorted(second))
  const u = rankSum - (m * (m + 1)) / 2
  const total = m + n
  const variance = ((m * n) / 12) * (total + 1 - ties / (total * (total - 1)))
  const z = variance > 0 ? (u - (m * n) / 2) / Math.sqrt(variance) : 0
  return { u, z, p: normalTail(Math.abs(z)) * 2 }
}

/** The sum of the first sample's ranks among all values, ties sharing their mean rank; and the sum of t³ − t over ties. */
function ranked(a: readonly number[], b: readonly number[]): { readonly rankSum: number; readonly ties: number } {
  let [i, j, rankSum, ties] = [0, 0, 0, 0]
  while (i < a.length || j < b.length) {
    const value = Math.min(a[i] ?? Infinity, b[j] ?? Infinity)
    const [fromA, fromB] = [i, j]
    while (a[i] === value) i += 1
    while (b[j] === value) j += 1
    const tied = i - fromA + (j - fromB)
    rankSum += (i - fromA) * (fromA + fromB + (tied + 1) / 2)
    ties += tied ** 3 - tied
  }
  return { rankSum, ties }
}

/** Chance that a standard normal variable exceeds a value of 0 or more. */
export function normalTail(value: number): number {
  // Marsaglia's series near the middle, the continued fraction in the tail: about 12 digits each.
  if (value < 3) {
    let [term, sum] = [value, value]
    for (let odd = 3; Math.abs(term) > 1e-17; odd += 2) {
      term *= (value * value) / odd
      sum += term
    }
    return 0.5 - sum * density(value)
  }
  let fraction = value
  for (let step = 200; step > 0; step -= 1) fraction = value + step / fraction
  return density(value) / fraction
}

function density(value: number): number {
  return Math.exp(-(value * value) / 2) / Math.sqrt(2 * Math.PI)
}

/** The value that a share of a sample does not exceed. */
export function quantile(sample: readonly number[], share: number): number {
  const values = sorted(sample)
  return values[Math.min(values.length - 1, Math.floor(share * values.length))] ?? Number.NaN
}

function sorted(sample: readonly number[]): readonly number[] {
  if (sample.length === 0 || !sample.every(Number.isFinite)) throw new RangeError('a sample needs finite values')
  return [...Float64Array.from(sample).sort()]
}
