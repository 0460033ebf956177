/**
 * Counts events, and different members, per key in fixed windows. A port: in this process, or shared by all replicas.
 * The count comes before the act, so that parallel requests cannot all pass the last free place (wall 16).
 *
 * A window has a length in seconds; a new one begins at each multiple of it after midnight in the city, so that
 * windows of `DAY` seconds are its calendar days.
 */
export interface Counters {
  /**
   * Counts events.
   *
   * @param events how many; below 0 they are given back
   * @returns the number of events of this key in the present window, these included
   */
  add(key: string, window: number, events?: number): Promise<number>
  /**
   * Counts different members, all of them or, where they would make more than `most`, none: what is refused takes no
   * place, and whoever was counted before may be asked about again.
   *
   * @param members without repetition; keyed pseudonyms, never a number
   * @returns how many different members this key has in the present window, or would have with these
   */
  addDistinct(key: string, members: readonly string[], window: number, most: number): Promise<number>
  /** Whether counts are as exact as configured; `detail` is for operators. */
  health(): { readonly ok: boolean; readonly detail: string }
  close(): Promise<void>
}

/** Seconds of a calendar day. */
export const DAY = 86_400

/** Milliseconds by which the city's clock is ahead of UTC: +08:00, without summer time. */
const OFFSET = 8 * 3_600_000

/** Number of the window that an instant falls into. */
export function windowAt(now: number, window: number): number {
  return Math.floor((now + OFFSET) / (window * 1_000))
}
