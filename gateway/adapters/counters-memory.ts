import { LRUCache } from 'lru-cache'
import type { Counters } from '../limits/counters.ts'
import type { Clock } from '../vocabulary/ports.ts'

/** Keys that are counted at once; the least recently used is forgotten, so that strangers cannot fill the memory. */
const CAPACITY = 100_000

interface Count {
  readonly window: number
  events: number
}

/** Counters of this process alone. */
export function createMemoryCounters(clock: Pick<Clock, 'now'>): Counters {
  const counts = new LRUCache<string, Count>({ max: CAPACITY })
  return {
    async add(key, window) {
      const present = Math.floor(clock.now() / (window * 1_000))
      const known = counts.get(key)
      const count = known?.window === present ? known : { window: present, events: 0 }
      count.events += 1
      counts.set(key, count)
      return count.events
    },
    health: () => ({ ok: true, detail: 'in this process' }),
    close: async () => {},
  }
}
