/** How many events of two kinds there were lately. */
export interface SlidingCounts {
  /** Counts one event: a marked one, or a plain one. */
  note(marked: boolean): void
  plain(): number
  marked(): number
  /** Begins anew. */
  clear(): void
}

/**
 * Counts over the last `slots * slotMs` milliseconds, exact to one slot: an event goes with its slot. Bounded memory,
 * however many events there are.
 *
 * @param monotonic milliseconds of a monotonic clock
 */
export function createSlidingCounts(slots: number, slotMs: number, monotonic: () => number): SlidingCounts {
  const empty = (): number[] => Array.from({ length: slots }, () => 0)
  const counted = { plain: empty(), marked: empty() }
  const sums = { plain: 0, marked: 0 }
  let newest = Math.floor(monotonic() / slotMs)

  /** Gives the place of the present slot, after those that it takes the place of are emptied. */
  const present = (): number => {
    const now = Math.floor(monotonic() / slotMs)
    for (let slot = Math.max(newest + 1, now - slots + 1); slot <= now; slot += 1) {
      const place = slot % slots
      for (const kind of ['plain', 'marked'] as const) {
        sums[kind] -= counted[kind][place] ?? 0
        counted[kind][place] = 0
      }
    }
    newest = Math.max(newest, now)
    return newest % slots
  }
  const sum = (kind: 'plain' | 'marked'): number => {
    present()
    return sums[kind]
  }
  return {
    note(marked) {
      const place = present()
      const kind = marked ? 'marked' : 'plain'
      counted[kind][place] = (counted[kind][place] ?? 0) + 1
      sums[kind] += 1
    },
    plain: () => sum('plain'),
    marked: () => sum('marked'),
    clear() {
      for (const kind of ['plain', 'marked'] as const) {
        counted[kind].fill(0)
        sums[kind] = 0
      }
    },
  }
}
