import { Redis } from 'ioredis'
import type { Counters } from '../limits/counters.ts'
import { publishLifecycle } from '../observe/channels.ts'
import type { Clock } from '../vocabulary/ports.ts'
import { createMemoryCounters } from './counters-memory.ts'

/** Milliseconds that a count may take; a request must not wait for a slow Redis. */
const TIMEOUT = 100

/** Milliseconds during which Redis is left alone after a failure. */
const COOL_DOWN = 1_000

/**
 * Counters that all replicas share, in Redis (one INCR and EXPIRE per event, of one key, so that a cluster serves
 * them too). Redis slow or gone: this process counts alone, which allows less than no limit and more than one, and
 * health says so (S19).
 */
export function createRedisCounters(url: string, clock: Clock): Counters {
  const local = createMemoryCounters(clock)
  const redis = new Redis(url, {
    lazyConnect: true,
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    connectTimeout: 2_000,
    commandTimeout: TIMEOUT,
    keyPrefix: 'gongxiang:count:',
    retryStrategy: (attempt) => Math.min(attempt * 200, 5_000),
  })
  let failedAt: number | null = null
  const mark = (failed: boolean): void => {
    if ((failedAt !== null) !== failed)
      publishLifecycle(() => ({ step: failed ? 'degraded' : 'recovered', subject: 'counters' }))
    failedAt = failed ? clock.monotonic() : null
  }
  // Without a listener ioredis writes its errors to the console.
  redis.on('error', () => mark(true))
  redis.connect().catch(() => mark(true))

  const shared = async (key: string, window: number): Promise<number> => {
    const name = `${key}:${window}:${Math.floor(clock.now() / (window * 1_000))}`
    const [count] =
      (await redis
        .multi()
        .incr(name)
        .expire(name, window * 2)
        .exec()) ?? []
    const [error, events] = count ?? []
    if (error || typeof events !== 'number') throw error ?? new Error('Redis did not count')
    return events
  }
  return {
    async add(key, window) {
      // Counted here too, so that nothing is forgotten in the moment Redis goes away.
      const alone = await local.add(key, window)
      if (failedAt !== null && clock.monotonic() - failedAt < COOL_DOWN) return alone
      try {
        const events = await shared(key, window)
        mark(false)
        return Math.max(events, alone)
      } catch {
        mark(true)
        return alone
      }
    },
    health: () =>
      failedAt === null
        ? { ok: true, detail: 'shared in Redis' }
        : { ok: false, detail: 'Redis does not answer; each process counts alone' },
    async close() {
      redis.disconnect()
      await local.close()
    },
  }
}
