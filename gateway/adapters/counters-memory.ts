import { LRUCache } from 'lru-cache'
import { windowAt } from '../limits/counters.ts'
import type { Counters } from '../limits/counters.ts'
import type { Clock } from '../vocabulary/ports.ts'

/** Keys that are counted at once; the least recently used is forgotten, so that strangers cannot fill the memory. */
const CAPACITY = 100_000

/** Members of all keys together, of about 100 bytes each. */
const MEMBERS = 1_000_000

interface Count {
  readonly window: number
  events: number
}

interface Members {
  readonly window: number
  readonly known: Set<string>
}

/** Counters of this process alone. */
export function createMemoryCounters(clock: Pick<Clock, 'now'>): Counters {
  const counts = new LRUCache<string, Count>({ max: CAPACITY })
  const sets = new LRUCache<string, Members>({ max: CAPACITY, maxSize: MEMBERS })
  return {
    async add(key, window, events = 1) {
      const present = windowAt(clock.now(), window)
      const known = counts.get(key)
      const count = known?.window === present ? known : { window: present, events: 0 }
      count.events += events
      counts.set(key, count)
      return count.events
    },
    async addDistinct(key, members, window, most) {
      const present = windowAt(clock.now(), window)
      const found = sets.get(key)
      const known = found?.window === present ? found.known : new Set<string>()
      const added = members.filter((one) => !known.has(one))
      const total = known.size + added.length
      if (total > most || added.length === 0) return total
      for (const one of added) known.add(one)
      sets.set(key, { window: present, known }, { size: known.size })
      return total
    },
    health: () => ({ ok: true, detail: 'in this process' }),
    close: async () => {},
  }
}
