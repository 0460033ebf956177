import { CITY_OFFSET } from '../../vocabulary/city-time.ts'

/** Milliseconds. */
export const MINUTE = 60_000
/** Milliseconds. */
export const HOUR = 60 * MINUTE
/** Milliseconds. */
export const DAY = 24 * HOUR

/** The city's calendar day of an instant, `YYYY-MM-DD`. */
export function cityDay(at: number): string {
  return new Date(at + CITY_OFFSET).toISOString().slice(0, 10)
}

/** When a calendar day of the city begins. */
export function dayStart(day: string): number {
  return Date.parse(`${day}T00:00:00Z`) - CITY_OFFSET
}

/** Minutes since the city's midnight. */
export function minuteOfDay(at: number): number {
  const since = (at + CITY_OFFSET) % DAY
  return Math.floor((since < 0 ? since + DAY : since) / MINUTE)
}

/** Day of the week in the city, 0 for Sunday. */
export function weekday(at: number): number {
  return new Date(at + CITY_OFFSET).getUTCDay()
}

/** The middle of some numbers, of an even count the lower one of the two in it; 0 of none. */
export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b)
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0
}

/** Something that happened. */
export interface Timed {
  readonly at: number
}

/** What happened within so many milliseconds up to an instant: that long ago is too long, the instant itself is not. */
export interface Slice<T> {
  readonly rows: readonly T[]
  readonly until: number
}

/**
 * Every window that has a fresh row in it and ends with a row: of rows of whatever order, for clocks step back and
 * several replicas write, so that what is new need not be the latest.
 *
 * @param isFresh which rows are new; windows without them were looked at before
 */
export function* slices<T extends Timed>(
  rows: readonly T[],
  window: number,
  isFresh: (row: T) => boolean,
): Generator<Slice<T>> {
  const fresh = rows.filter(isFresh).map(({ at }) => at)
  const ends = [...new Set(rows.map(({ at }) => at))].filter((end) =>
    fresh.some((at) => at > end - window && at <= end),
  )
  // One after another: all of them at once would be the rows many times over.
  for (const until of ends.toSorted((a, b) => a - b))
    yield { rows: rows.filter(({ at }) => at > until - window && at <= until), until }
}

/** The fullest window, and how full it was; the later one of equally full ones; null where there is none. */
export function fullest<T extends Timed>(
  rows: readonly T[],
  window: number,
  isFresh: (row: T) => boolean,
  measure: (rows: readonly T[]) => number,
): { readonly count: number; readonly slice: Slice<T> } | null {
  let best: { readonly count: number; readonly slice: Slice<T> } | null = null
  for (const slice of slices(rows, window, isFresh)) {
    const count = measure(slice.rows)
    if (best === null || count >= best.count) best = { count, slice }
  }
  return best
}

/**
 * The same for how many different names there are, in one go over the rows: there may be thousands.
 *
 * @param nameOf null for a row that counts for nothing
 */
export function fullestDistinct<T extends Timed>(
  rows: readonly T[],
  window: number,
  isFresh: (row: T) => boolean,
  nameOf: (row: T) => string | null,
): { readonly count: number; readonly slice: Slice<T> } | null {
  const sorted = rows.toSorted((a, b) => a.at - b.at)
  const within = new Map<string, number>()
  let [first, fresh] = [0, 0]
  let best: { readonly count: number; readonly from: number; readonly to: number; readonly until: number } | null = null
  const add = (row: T, by: 1 | -1): void => {
    if (isFresh(row)) fresh += by
    const name = nameOf(row)
    if (name === null) return
    const left = (within.get(name) ?? 0) + by
    if (left === 0) within.delete(name)
    else within.set(name, left)
  }
  for (const [to, row] of sorted.entries()) {
    add(row, 1)
    for (let old = sorted[first]; old !== undefined && old.at <= row.at - window; old = sorted[first]) {
      add(old, -1)
      first += 1
    }
    if (fresh > 0 && within.size >= (best?.count ?? 0)) best = { count: within.size, from: first, to, until: row.at }
  }
  return best && { count: best.count, slice: { rows: sorted.slice(best.from, best.to + 1), until: best.until } }
}

/** How many different ones. */
export function distinct<T>(members: Iterable<T>): number {
  return new Set(members).size
}
