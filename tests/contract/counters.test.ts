import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createMemoryCounters } from '../../gateway/adapters/counters-memory.ts'
import { createRedisCounters } from '../../gateway/adapters/counters-redis.ts'
import type { Counters } from '../../gateway/limits/counters.ts'
import { systemClock } from '../../gateway/vocabulary/ports.ts'
import { MARKET, MARKET_MATTER, startTestGateway } from '../kit/gateway.ts'
import { startRedis } from '../kit/redis.ts'
import type { TestRedis } from '../kit/redis.ts'

const redis: TestRedis | null = await startRedis()
afterAll(async () => redis?.stop())

/** A clock that stands still, so that no window ends in the middle of a test. */
function standing(at = Date.parse('2026-06-01T08:00:00Z')): {
  now(): number
  monotonic(): number
  move(seconds: number): void
} {
  let now = at
  return { now: () => now, monotonic: () => performance.now(), move: (seconds) => void (now += seconds * 1_000) }
}

const kinds: readonly (readonly [string, boolean, (clock: ReturnType<typeof standing>) => Counters])[] = [
  ['memory', true, (clock) => createMemoryCounters(clock)],
  ['redis', redis !== null, (clock) => createRedisCounters(redis?.url ?? '', clock)],
]

describe.each(kinds.filter(([, there]) => there))('counters in %s', (name, _there, create) => {
  let counters: Counters
  const clock = standing()
  beforeAll(async () => {
    counters = create(clock)
    // ioredis connects in the background.
    for (let tries = 0; name === 'redis' && tries < 100; tries += 1) {
      await counters.add('connect', 60)
      if (counters.health().ok) break
      await delay(20)
    }
  })
  afterAll(() => counters.close())

  test('count each event of a key, and keys apart', async () => {
    expect(await counters.add('a', 60)).toBe(1)
    expect(await counters.add('a', 60)).toBe(2)
    expect(await counters.add('b', 60)).toBe(1)
  })

  test('count before the act: parallel events all get different numbers', async () => {
    const seen = await Promise.all(Array.from({ length: 50 }, () => counters.add('parallel', 60)))
    expect(new Set(seen).size).toBe(50)
    expect(Math.max(...seen)).toBe(50)
  })

  test('begin anew with the next window', async () => {
    await counters.add('window', 60)
    expect(await counters.add('window', 60)).toBe(2)
    clock.move(60)
    expect(await counters.add('window', 60)).toBe(1)
  })

  test('say that they are healthy', () => {
    expect(counters.health().ok).toBe(true)
  })
})

describe.skipIf(redis === null)('counters of two replicas in one Redis', () => {
  test('add up', async () => {
    const clock = standing(Date.parse('2026-06-01T09:00:00Z'))
    const [one, two] = [createRedisCounters(redis?.url ?? '', clock), createRedisCounters(redis?.url ?? '', clock)]
    for (const counters of [one, two]) while (!(await connected(counters))) await delay(20)
    await one.add('officer', 60)
    await two.add('officer', 60)
    expect(await one.add('officer', 60)).toBe(3)
    await Promise.all([one.close(), two.close()])
  })
})

async function connected(counters: Counters): Promise<boolean> {
  await counters.add('connect', 60)
  return counters.health().ok
}

describe.skipIf(redis === null)('a Redis that goes away', () => {
  test('is bypassed: this process goes on counting, says so, and comes back', async () => {
    const own = await startRedis()
    if (!own) throw new Error('Redis was there a moment ago')
    const counters = createRedisCounters(own.url, systemClock)
    while (!(await connected(counters))) await delay(20)
    const before = await counters.add('x', 3_600)
    own.pause()
    const during = await Promise.all([counters.add('x', 3_600), counters.add('x', 3_600)])
    expect(during.toSorted()).toEqual([before + 1, before + 2])
    expect(counters.health().ok).toBe(false)
    own.resume()
    for (let tries = 0; tries < 200 && !counters.health().ok; tries += 1) {
      await delay(50)
      await counters.add('y', 3_600)
    }
    expect(counters.health().ok).toBe(true)
    await own.stop()
    expect(await counters.add('x', 3_600)).toBeGreaterThan(before)
    await counters.close()
  })
})

describe.skipIf(redis === null)('a gateway whose Redis goes away', () => {
  test('answers on, limits by itself, and says so in the record and in its readiness', async () => {
    const own = await startRedis()
    if (!own) throw new Error('Redis was there a moment ago')
    const gateway = await startTestGateway({ settings: { redis: { url: own.url } } })
    const ask = () => gateway.ask({ as: MARKET, ...MARKET_MATTER, query: '{ __typename }' })
    for (let tries = 0; tries < 50; tries += 1) {
      if ((await gateway.recordOf((await ask()).receipt)).degraded.length === 0) break
      await delay(50)
    }
    expect((await gateway.recordOf((await ask()).receipt)).degraded).toEqual([])
    await own.stop()
    const reply = await ask()
    expect(reply.status).toBe(200)
    expect((await gateway.recordOf(reply.receipt)).degraded).toEqual(['counters'])
    const ready = await gateway.send({ method: 'GET', path: '/health/ready' })
    expect([ready.status, ready.text]).toEqual([200, expect.stringContaining('each process counts alone') as unknown])
    await gateway.stop()
  })
})
