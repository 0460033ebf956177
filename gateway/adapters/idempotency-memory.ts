import { LRUCache } from 'lru-cache'
import { begunAgain, HOLD_SECONDS } from '../verify/idempotency.ts'
import type { Begun, Idempotency, Kept } from '../verify/idempotency.ts'
import type { Clock } from '../vocabulary/ports.ts'

/** Keys that are remembered at once, of a few kilobytes each at most; the oldest is forgotten first. */
const CAPACITY = 10_000

interface Entry extends Kept {
  /** Milliseconds since the epoch. */
  readonly until: number
}

/** Remembers calls in this process alone. */
export function createMemoryIdempotency(clock: Pick<Clock, 'now'>): Idempotency {
  const entries = new LRUCache<string, Entry>({ max: CAPACITY })

  const present = (key: string): Entry | null => {
    const found = entries.peek(key)
    return found !== undefined && found.until > clock.now() ? found : null
  }
  const fresh = (key: string, fingerprint: string, ttlSeconds: number): Begun => {
    const mine: Entry = { fingerprint, text: null, until: clock.now() + HOLD_SECONDS * 1_000 }
    entries.set(key, mine)
    // Somebody else may hold the key by now; what that one does is not ours to end.
    const isFree = (): boolean => (present(key) ?? mine) === mine
    return {
      kind: 'FRESH',
      async complete(text) {
        if (isFree()) entries.set(key, { fingerprint, text, until: clock.now() + ttlSeconds * 1_000 })
      },
      async abandon() {
        if (isFree()) entries.delete(key)
      },
    }
  }
  return {
    async begin(key, fingerprint, ttlSeconds) {
      const kept = present(key)
      return kept === null ? fresh(key, fingerprint, ttlSeconds) : begunAgain(kept, fingerprint)
    },
    close: async () => {},
  }
}
