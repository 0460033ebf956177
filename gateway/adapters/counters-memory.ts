import { LRUCache } from 'lru-cache'
import { windowAt } from '../limits/counters.ts'
import type { Counters } from '../limits/counters.ts'
import { refused, taken } from '../limits/taken.ts'
import type { Clock } from '../vocabulary/ports.ts'

/** Keys that are counted at once; the least recently used is forgotten, so that strangers cannot fill the memory. */
const CAPACITY = 100_000

/** Members of all keys together, of about 100 bytes each. */
const MEMBERS = 1_000_000

interface Count {
  readonly window: number
  events: number
}

/** How often a place was taken for each member. */
interface Members {
  readonly window: number
  readonly holders: Map<string, number>
}

/** Counters of this process alone. */
export function createMemoryCounters(clock: Pick<Clock, 'now'>): Counters {
  const counts = new LRUCache<string, Count>({ max: CAPACITY })
  const sets = new LRUCache<string, Members>({ max: CAPACITY, maxSize: MEMBERS })
  const countOf = (key: string, window: number): Count => {
    const known = counts.get(key)
    return known?.window === window ? known : { window, events: 0 }
  }
  const count = (key: string, of: Count, events: number): number => {
    of.events += events
    counts.set(key, of)
    return of.events
  }
  return {
    async add(key, window) {
      return count(key, countOf(key, windowAt(clock.now(), window)), 1)
    },
    async take(key, events, window, most) {
      const present = countOf(key, windowAt(clock.now(), window))
      const total = present.events + events
      if (total > most) return refused(total)
      count(key, present, events)
      // By now a new window may have begun: nothing is taken from that one's count.
      return taken(total, () => void (present.events -= events))
    },
    async takeDistinct(key, members, window, most) {
      const present = windowAt(clock.now(), window)
      const found = sets.get(key)
      const known = found?.window === present ? found : { window: present, holders: new Map<string, number>() }
      const { holders } = known
      const total = holders.size + members.filter((one) => !holders.has(one)).length
      if (total > most) return refused(total)
      for (const one of members) holders.set(one, (holders.get(one) ?? 0) + 1)
      if (members.length > 0) sets.set(key, known, { size: holders.size })
      return taken(total, () => release(holders, members))
    },
    isExact: () => true,
    health: () => ({ ok: true, detail: 'in this process' }),
    close: async () => {},
  }
}

function release(holders: Map<string, number>, members: readonly string[]): void {
  for (const one of members) {
    const left = (holders.get(one) ?? 0) - 1
    if (left > 0) holders.set(one, left)
    else holders.delete(one)
  }
}
