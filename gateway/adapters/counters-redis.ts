import type { Redis } from 'ioredis'
import { windowAt } from '../limits/counters.ts'
import type { Counters, Taken } from '../limits/counters.ts'
import { refused, taken } from '../limits/taken.ts'
import { publishLifecycle } from '../observe/channels.ts'
import { redisConnection } from './redis-connection.ts'
import type { Clock } from '../vocabulary/ports.ts'
import { createMemoryCounters } from './counters-memory.ts'

/** Milliseconds that a count may take; a request must not wait for a slow Redis. */
const TIMEOUT = 100

/** Milliseconds during which Redis is left alone after a failure. */
const COOL_DOWN = 1_000

/** Adds ARGV[2] events unless they would make more than ARGV[1]; gives the total that there is, or would be. */
const TAKE = `
local total = tonumber(redis.call('GET', KEYS[1]) or '0') + tonumber(ARGV[2])
if total <= tonumber(ARGV[1]) then
  redis.call('SET', KEYS[1], total, 'EX', ARGV[3])
end
return total`

/** A count that is no longer there has ended with its window. */
const GIVE_BACK = `
if redis.call('EXISTS', KEYS[1]) == 1 then redis.call('DECRBY', KEYS[1], ARGV[1]) end
return 0`

/**
 * Notes one more holder for each member of a hash unless there would be more members than ARGV[1]; gives how many
 * there are, or would be. The hash goes after ARGV[2] seconds. In one script, so that two replicas cannot both take
 * the last place.
 */
const TAKE_DISTINCT = `
local fresh = 0
for at = 3, #ARGV do
  if redis.call('HEXISTS', KEYS[1], ARGV[at]) == 0 then fresh = fresh + 1 end
end
local total = redis.call('HLEN', KEYS[1]) + fresh
if total <= tonumber(ARGV[1]) and #ARGV > 2 then
  for at = 3, #ARGV do redis.call('HINCRBY', KEYS[1], ARGV[at], 1) end
  redis.call('EXPIRE', KEYS[1], ARGV[2])
end
return total`

/** A member goes with its last holder. */
const GIVE_BACK_DISTINCT = `
for at = 1, #ARGV do
  if redis.call('HEXISTS', KEYS[1], ARGV[at]) == 1 and redis.call('HINCRBY', KEYS[1], ARGV[at], -1) <= 0 then
    redis.call('HDEL', KEYS[1], ARGV[at])
  end
end
return 0`

/** What is counted in Redis; each rejects where Redis does not answer. */
function sharedCounts(redis: Redis, clock: Pick<Clock, 'now'>): Pick<Counters, 'add' | 'take' | 'takeDistinct'> {
  const nameOf = (key: string, window: number): string => `${key}:${window}:${windowAt(clock.now(), window)}`
  const run = async (script: string, name: string, ...given: readonly (string | number)[]): Promise<number> => {
    const total = await redis.eval(script, 1, name, ...given)
    if (typeof total !== 'number') throw new Error('Redis did not count')
    return total
  }
  return {
    async add(key, window) {
      const name = nameOf(key, window)
      const [counted] =
        (await redis
          .multi()
          .incr(name)
          .expire(name, window * 2)
          .exec()) ?? []
      const [error, total] = counted ?? []
      if (error || typeof total !== 'number') throw error ?? new Error('Redis did not count')
      return total
    },
    async take(key, events, window, most) {
      const name = nameOf(key, window)
      const total = await run(TAKE, name, most, events, window * 2)
      return total > most ? refused(total) : taken(total, async () => void (await run(GIVE_BACK, name, events)))
    },
    async takeDistinct(key, members, window, most) {
      const name = nameOf(`holders:${key}`, window)
      const total = await run(TAKE_DISTINCT, name, most, window * 2, ...members)
      return total > most
        ? refused(total)
        : taken(total, async () => void (await run(GIVE_BACK_DISTINCT, name, ...members)))
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
    async ask<T>(count: () => Promise<T>): Promise<T | null> {
      if (failedAt !== null && clock.monotonic() - failedAt < COOL_DOWN) return null
      try {
        const answer = await count()
        mark(false)
        return answer
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
  const redis = redisConnection(url, 'gongxiang:count:', TIMEOUT)
  const shared = sharedCounts(redis, clock)
  const circuit = createCircuit(clock)
  // Without a listener ioredis writes its errors to the console.
  redis.on('error', () => circuit.mark(true))
  redis.connect().catch(() => circuit.mark(true))
  const takeBoth = async (take: (from: Pick<Counters, 'take' | 'takeDistinct'>) => Promise<Taken>, most: number) => {
    const all = await circuit.ask(() => take(shared))
    // What the others have left no place for takes none here.
    if (all !== null && all.total > most) return all
    // Taken here too, so that nothing is forgotten in the moment Redis goes away.
    const alone = await take(local)
    const giveBack = async (): Promise<void> => {
      await alone.giveBack()
      // Where Redis does not answer, they stay taken there until their window ends: too few are left, never too many.
      if (all !== null) await circuit.ask(() => all.giveBack())
    }
    const both = taken(Math.max(all?.total ?? 0, alone.total), giveBack, all !== null)
    if (alone.total > most) await both.giveBack()
    return both
  }
  return {
    async add(key, window) {
      const alone = await local.add(key, window)
      const total = await circuit.ask(() => shared.add(key, window))
      return Math.max(total ?? alone, alone)
    },
    take: (key, events, window, most) => takeBoth((from) => from.take(key, events, window, most), most),
    takeDistinct: (key, members, window, most) =>
      takeBoth((from) => from.takeDistinct(key, members, window, most), most),
    isExact: () => circuit.isClosed(),
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
