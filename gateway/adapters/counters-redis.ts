import { Redis } from 'ioredis'
import { windowAt } from '../limits/counters.ts'
import type { Counters } from '../limits/counters.ts'
import { publishLifecycle } from '../observe/channels.ts'
import type { Clock } from '../vocabulary/ports.ts'
import { createMemoryCounters } from './counters-memory.ts'

/** Milliseconds that a count may take; a request must not wait for a slow Redis. */
const TIMEOUT = 100

/** Milliseconds during which Redis is left alone after a failure. */
const COOL_DOWN = 1_000

/**
 * Adds members to a set unless they would make it larger than ARGV[1]; gives the size that it has, or would have. The
 * set goes after ARGV[2] seconds. In one script, so that two replicas cannot both take the last place.
 */
const ADD_DISTINCT = `
local fresh = {}
for at = 3, #ARGV do
  if redis.call('SISMEMBER', KEYS[1], ARGV[at]) == 0 then fresh[#fresh + 1] = ARGV[at] end
end
local total = redis.call('SCARD', KEYS[1]) + #fresh
if total <= tonumber(ARGV[1]) and #fresh > 0 then
  redis.call('SADD', KEYS[1], unpack(fresh))
  redis.call('EXPIRE', KEYS[1], ARGV[2])
end
return total`

/** What is counted in Redis; each rejects where Redis does not answer. */
function sharedCounts(redis: Redis, clock: Pick<Clock, 'now'>): Pick<Counters, 'add' | 'addDistinct'> {
  const nameOf = (key: string, window: number): string => `${key}:${window}:${windowAt(clock.now(), window)}`
  return {
    async add(key, window, events = 1) {
      const name = nameOf(key, window)
      const [counted] =
        (await redis
          .multi()
          .incrby(name, events)
          .expire(name, window * 2)
          .exec()) ?? []
      const [error, total] = counted ?? []
      if (error || typeof total !== 'number') throw error ?? new Error('Redis did not count')
      return total
    },
    async addDistinct(key, members, window, most) {
      const name = nameOf(`distinct:${key}`, window)
      const total = await redis.eval(ADD_DISTINCT, 1, name, most, window * 2, ...members)
      if (typeof total !== 'number') throw new Error('Redis did not count')
      return total
    },
  }
}

/** Leaves Redis alone for a moment after a failure, and says once that it is gone, and once that it is back. */
function createCircuit(clock: Pick<Clock, 'monotonic'>) {
  let failedAt: number | null = null
  const mark = (failed: boolean): void => {
    if ((failedAt !== null) !== failed)
      publishLifecycle(() => ({ step: failed ? 'degraded' : 'recovered', subject: 'counters' }))
    failedAt = failed ? clock.monotonic() : null
  }
  return {
    mark,
    isClosed: () => failedAt === null,
    /** Null where Redis does not answer, or did not a moment ago. */
    async ask(count: () => Promise<number>): Promise<number | null> {
      if (failedAt !== null && clock.monotonic() - failedAt < COOL_DOWN) return null
      try {
        const total = await count()
        mark(false)
        return total
      } catch {
        mark(true)
        return null
      }
    },
  }
}

/**
 * Counters that all replicas share, in Redis (each count is of one key, so that a cluster serves them too). Redis slow or gone: this process counts alone, which allows less than no limit and more than one, and
 * health says so (S19).
 */
export function createRedisCounters(url: string, clock: Clock): Counters {
  const local = createMemoryCounters(clock)
  const redis = connect(url)
  const shared = sharedCounts(redis, clock)
  const circuit = createCircuit(clock)
  // Without a listener ioredis writes its errors to the console.
  redis.on('error', () => circuit.mark(true))
  redis.connect().catch(() => circuit.mark(true))
  return {
    async add(key, window, events) {
      // Counted here too, so that nothing is forgotten in the moment Redis goes away.
      const alone = await local.add(key, window, events)
      const total = await circuit.ask(() => shared.add(key, window, events))
      return Math.max(total ?? alone, alone)
    },
    async addDistinct(key, members, window, most) {
      const total = await circuit.ask(() => shared.addDistinct(key, members, window, most))
      // What the others' members leave no place for takes none here.
      if (total !== null && total > most) return total
      const alone = await local.addDistinct(key, members, window, most)
      return total ?? alone
    },
    health: () =>
      circuit.isClosed()
        ? { ok: true, detail: 'shared in Redis' }
        : { ok: false, detail: 'Redis does not answer; each process counts alone' },
    async close() {
      redis.disconnect()
      await local.close()
    },
  }
}

function connect(url: string): Redis {
  return new Redis(url, {
    lazyConnect: true,
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    connectTimeout: 2_000,
    commandTimeout: TIMEOUT,
    keyPrefix: 'gongxiang:count:',
    retryStrategy: (attempt) => Math.min(attempt * 200, 5_000),
  })
}
