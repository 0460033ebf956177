/** What a cache has done since the start, counted in entities. */
export interface CacheCounts {
  /** Found in this process. */
  memory: number
  /** Found in the shared store. */
  shared: number
  /** Asked for by a request that was under way already. */
  joined: number
  /** Found neither in this process nor under way: looked for in the shared store, then asked for. */
  missed: number
  /** Newly kept. */
  stored: number
  /** Found in the shared store and not what was put there. */
  altered: number
}

export function createCounts(): CacheCounts {
  return { memory: 0, shared: 0, joined: 0, missed: 0, stored: 0, altered: 0 }
}
