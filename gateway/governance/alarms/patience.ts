import { MINUTE } from './windows.ts'

/**
 * Which counts need not be looked at yet. A count that stood at 12 of 100 cannot reach 100 with 3 more. What this process
 * adds never reaches a limit unseen; what other replicas add to it meanwhile is seen within a minute, or as soon as an
 * eighth of what was missing came by way of this process.
 */
export interface Patience {
  /**
   * Whether a count must be looked at.
   *
   * @param added by how many it can have grown since the last call
   * @param first when the first of these happened: windows that end before the last look were never looked at
   */
  isDue(key: string, added: number, first: number): boolean
  /**
   * Notes what a look has shown. A count beyond its limit is looked at again when it has grown by an eighth: its alarm
   * is raised, and nobody needs to know of each further one at once.
   *
   * @param missing how much there was left to the limit; 0 or less where it is reached
   * @param until when it was looked
   */
  looked(key: string, count: number, missing: number, until: number): void
  /** Forgets everything, after the limits have changed. */
  forget(): void
}

const REPLICAS = 8

interface Known {
  readonly missing: number
  readonly until: number
  added: number
}

/** @param most counts that are remembered; the one that was not looked at longest is forgotten, and looked at again */
export function createPatience(most = 50_000): Patience {
  const counts = new Map<string, Known>()
  return {
    isDue(key, added, first) {
      const known = counts.get(key)
      if (known === undefined || first < known.until || first >= known.until + MINUTE) return true
      known.added += added
      return known.added * REPLICAS >= known.missing
    },
    looked(key, count, missing, until) {
      counts.delete(key)
      counts.set(key, { missing: missing > 0 ? missing : count, until, added: 0 })
      const oldest = counts.keys().next().value
      if (counts.size > most && oldest !== undefined) counts.delete(oldest)
    },
    forget: () => counts.clear(),
  }
}
