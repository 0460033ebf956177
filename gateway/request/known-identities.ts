import { LRUCache } from 'lru-cache'

/** What is remembered of registration numbers: the code that each became, or null where there is none yet. */
export interface KnownIdentities {
  find(number: string, now: number): string | null | undefined
  note(number: string, code: string | null, now: number): void
}

const REMEMBERED = 20_000
/** A code stays; that there is none is looked at again before long. */
const HELD_MS = { code: 24 * 3_600_000, none: 10 * 60_000 } as const

/**
 * What is remembered lives as long as the process; numbers of firms alone, which are no secret.
 *
 * @param keeping false where nothing that departments said is to be kept: then nothing is remembered
 */
export function createKnownIdentities(keeping = true): KnownIdentities {
  if (!keeping) return { find: () => undefined, note: () => undefined }
  const known = new LRUCache<string, { readonly code: string | null; readonly until: number }>({ max: REMEMBERED })
  return {
    find(number, now) {
      const found = known.get(number)
      return found && now < found.until ? found.code : undefined
    },
    note(number, code, now) {
      known.set(number, { code, until: now + (code === null ? HELD_MS.none : HELD_MS.code) })
    },
  }
}
