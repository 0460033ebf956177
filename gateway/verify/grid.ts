/** Time and sleep, as ports: tests own them. */
export interface Grid {
  /** Milliseconds of a monotonic clock. */
  readonly monotonic: () => number
  /** Resolves after about so many milliseconds; it may be early. */
  readonly sleep: (milliseconds: number) => Promise<void>
  /** When the request began, on that clock. */
  readonly started: number
  /** Milliseconds of a step; 0 switches the grid off. */
  readonly grid: number
}

/**
 * Waits for the first step of a grid, counted from the start of the request, that is not past: one step later at least.
 * What is told of a verification then leaves at the same moments whatever was found (wall 17).
 */
export async function waitForGrid({ monotonic, sleep, started, grid }: Grid): Promise<void> {
  if (grid <= 0) return
  const until = started + Math.max(1, Math.ceil((monotonic() - started) / grid)) * grid
  for (let left = until - monotonic(); left > 0; left = until - monotonic()) await sleep(left)
}
