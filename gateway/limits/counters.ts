/**
 * Counts events per key in fixed windows. A port: in this process, or shared by all replicas. The count comes before
 * the act, so that parallel requests cannot all pass the last free place (wall 16).
 */
export interface Counters {
  /**
   * Counts one event.
   *
   * @param window length in seconds; a new window begins at each multiple of it
   * @returns the number of events of this key in the present window, this one included
   */
  add(key: string, window: number): Promise<number>
  /** Whether counts are as exact as configured; `detail` is for operators. */
  health(): { readonly ok: boolean; readonly detail: string }
  close(): Promise<void>
}
