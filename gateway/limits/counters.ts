import { CITY_OFFSET } from '../vocabulary/city-time.ts'

/**
 * Counts events, and different members, per key in fixed windows. A port: in this process, or shared by all replicas.
 * The count comes before the act, so that parallel requests cannot all pass the last free place (wall 16).
 *
 * A window has a length in seconds; a new one begins at each multiple of it after midnight in the city, so that
 * windows of `DAY` seconds are its calendar days.
 */
export interface Counters {
  /** Counts an event; gives the number of events of this key in the present window, this one included. */
  add(key: string, window: number): Promise<number>
  /**
   * Takes places for a number of events, for all of them or, where they would make more than `most`, for none: what
   * is refused takes no place.
   */
  take(key: string, events: number, window: number, most: number): Promise<Taken>
  /**
   * Takes places for different members, for all of them or, where they would make more than `most`, for none: whoever
   * was counted before may be asked about again.
   *
   * @param members without repetition; keyed pseudonyms, never a number
   */
  takeDistinct(key: string, members: readonly string[], window: number, most: number): Promise<Taken>
  /**
   * Takes places for several at once: for all of them, or, where one that holds has too few, for none. Not there where
   * they have to be taken one after another; null where that is so at this moment.
   */
  takeTogether?(wanted: readonly Wanted[]): TakenTogether | null
  /** Whether counts of windows of a length are exact now: made by all who keep them, and none of them lost. */
  isExact(window: number): boolean
  /** Whether all counts are as exact as configured; `detail` is for operators. */
  health(): { readonly ok: boolean; readonly detail: string }
  close(): Promise<void>
}

/** One bound, and what is counted against it. */
export interface Wanted {
  readonly key: string
  /** Seconds. */
  readonly window: number
  /** So many events, or these different members. */
  readonly places: number | readonly string[]
  readonly most: number
  /** Whether it is counted without holding. */
  readonly waived?: boolean
}

/** What came of several. */
export interface TakenTogether {
  /** Of each in their order, up to the one that stood in the way: how many are taken, or would be. */
  readonly totals: readonly number[]
  /** Whether each of these totals is exact. */
  readonly exact: readonly boolean[]
  /** The place of the one that stood in the way; then nothing was taken. */
  readonly broken: number | null
  giveBack(this: void): Promise<void>
}

/** Places that were taken, or were not to be had. */
export interface Taken {
  /** How many are taken in the window with these, or would be: above `most`, none was taken. */
  readonly total: number
  /**
   * Whether the total is of all that was counted in the window, by whomever: what must not pass a bound unseen goes by
   * this, for `isExact` tells of another moment than that of the count (wall 16).
   */
  readonly exact: boolean
  /**
   * Gives back what was taken, once, in the window that it was taken in, even if that has ended. A member leaves only
   * with the last who took a place for it: what others were let through with stays counted.
   */
  giveBack(this: void): Promise<void>
}

/** Seconds of an hour. */
export const HOUR = 3_600

/** Seconds of a calendar day. */
export const DAY = 86_400

/**
 * Seconds of the longest window: what is asked in one case, which is about as long as one is worked on. Each other window
 * of members divides it, for the key that members are hashed with changes at its end alone.
 */
export const LONGEST_WINDOW = 90 * DAY

/** Number of the window that an instant falls into. */
export function windowAt(now: number, window: number): number {
  return Math.floor((now + CITY_OFFSET) / (window * 1_000))
}

/** The first instant after the window that an instant falls into, in milliseconds since the Unix epoch. */
export function windowEnd(now: number, window: number): number {
  return (windowAt(now, window) + 1) * window * 1_000 - CITY_OFFSET
}
