import { setTimeout as pause } from 'node:timers/promises'
import { expect, vi } from 'vitest'
import { openRedisCache } from '../../gateway/adapters/cache-redis.ts'
import type { RedisCache } from '../../gateway/adapters/cache-redis.ts'
import type { RedisPlace } from '../../gateway/adapters/redis-connection.ts'
import { systemClock } from '../../gateway/vocabulary/ports.ts'
import { cacheKey, entitiesOf, names, person, testCache } from './cache.ts'
import type { Representation } from './cache.ts'
import { startRedisServer } from './redis-server.ts'
import type { RedisServer } from './redis-server.ts'

/** The key that all replicas have. */
export const key = cacheKey()

/** What tests have opened, to be closed after each. */
export const opened: (() => unknown)[] = []
export async function closeOpened(): Promise<void> {
  for (const close of opened.splice(0).toReversed()) await close()
}

/** A Redis of its own for one test. */
export async function redis(...settings: readonly string[]): Promise<RedisServer> {
  const server = await startRedisServer(...settings)
  opened.push(() => server.remove())
  return server
}

/** A replica of the gateway's cache over a Redis. */
export function replica(place: RedisPlace) {
  let gaps = 0
  const redisCache: RedisCache = openRedisCache({
    place,
    timeout: 250,
    life: 660_000,
    clock: systemClock,
    onGap() {
      gaps += 1
      cache.memory.clear()
    },
  })
  opened.push(() => redisCache.close())
  const cache = testCache({ store: redisCache.store, epochs: redisCache.epochs, key })
  // Entries end by the clock of the machine.
  cache.clock.now = () => Date.now()
  return Object.assign(cache, { redis: redisCache, gaps: () => gaps })
}
export type Replica = ReturnType<typeof replica>

/** Until each can be relied on. */
export const isOk = (...all: readonly Replica[]) =>
  vi.waitFor(() => expect(all.map(({ redis: one }) => one.health().ok)).toEqual(all.map(() => true)), {
    timeout: 20_000,
    interval: 20,
  })
export const isDegraded = (one: Replica) =>
  vi.waitFor(() => expect(one.redis.health().ok).toBe(false), { timeout: 10_000, interval: 20 })
/** Until it is known that invalidations might not be heard of: at most a second after Redis ceased to answer. */
export const isInGap = (...all: readonly Replica[]) =>
  vi.waitFor(() => expect(all.some(({ epochs }) => epochs.current().keeping)).toBe(false), {
    timeout: 10_000,
    interval: 20,
  })

let next = 0
/** Somebody who was never asked about. */
export const anybody = () => person(`1101011990${String((next += 1)).padStart(8, '0')}`)
/** What the department answers of somebody. */
export const nameOf = (one: Representation) => names(one)

/** Asks until the other replica has kept it where both find it. */
export async function sharedBy(one: Replica, other: Replica): Promise<void> {
  await vi.waitFor(
    async () => {
      const who = anybody()
      await one.ask([who])
      await pause(30)
      expect((await other.ask([who])).kept).toBe(1)
    },
    { timeout: 20_000, interval: 50 },
  )
}

/** Goes on asking about new people and the same one: each is answered rightly, at once, by the department itself. */
export async function goesOn(one: Replica): Promise<void> {
  const same = anybody()
  const asked = one.asked.length
  for (let at = 0; at < 20; at += 1) {
    const who = at % 2 === 0 ? same : anybody()
    const reply = await one.ask([who])
    expect(entitiesOf(reply)).toEqual(nameOf(who))
    expect(reply.errors).toBeUndefined()
  }
  expect(one.asked.length - asked).toBe(20)
}
