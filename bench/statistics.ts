/** The value below which a share of sorted values lies; NaN of none. */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN
}

/** Least, middle and greatest. */
export interface Spread {
  readonly min: number
  readonly median: number
  readonly max: number
}

/** The spread of some values; of an even number the mean of the middle two. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b)
  const half = sorted.length / 2
  const low = sorted[Math.ceil(half) - 1] ?? Number.NaN
  const high = sorted[Math.floor(half)] ?? Number.NaN
  return { min: sorted[0] ?? Number.NaN, median: (low + high) / 2, max: sorted.at(-1) ?? Number.NaN }
}

/** Values of one row over those of another, round by round: rounds that ran beside each other are compared. */
export function ratios(over: readonly number[], under: readonly number[]): Spread {
  const rounds = Math.min(over.length, under.length)
  return spreadOf(Array.from({ length: rounds }, (_, at) => (over[at] ?? Number.NaN) / (under[at] ?? Number.NaN)))
}
