import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createMemoryCounters } from '../../gateway/adapters/counters-memory.ts'
import { createRedisCounters } from '../../gateway/adapters/counters-redis.ts'
import { DAY } from '../../gateway/limits/counters.ts'
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
  set(instant: string): void
} {
  let now = at
  return {
    now: () => now,
    monotonic: () => performance.now(),
    move: (seconds) => void (now += seconds * 1_000),
    set: (instant) => void (now = Date.parse(instant)),
  }
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

  test('count several events at once, and give them back', async () => {
    expect(await counters.add('rows', 60, 40)).toBe(40)
    expect(await counters.add('rows', 60, 7)).toBe(47)
    expect(await counters.add('rows', 60, -7)).toBe(40)
  })

  test('count different members once each', async () => {
    expect(await counters.addDistinct('people', ['p', 'q'], 60, 5)).toBe(2)
    expect(await counters.addDistinct('people', ['q', 'r'], 60, 5)).toBe(3)
    expect(await counters.addDistinct('people', ['p', 'q', 'r'], 60, 5)).toBe(3)
    expect(await counters.addDistinct('others', ['p'], 60, 5)).toBe(1)
  })

  test('take all members or none: what is refused takes no place', async () => {
    expect(await counters.addDistinct('full', ['a', 'b'], 60, 3)).toBe(2)
    expect(await counters.addDistinct('full', ['c', 'd'], 60, 3)).toBe(4)
    expect(await counters.addDistinct('full', ['a', 'b'], 60, 3)).toBe(2)
    expect(await counters.addDistinct('full', ['c'], 60, 3)).toBe(3)
    expect(await counters.addDistinct('full', ['a', 'c'], 60, 3)).toBe(3)
  })

  test('let only as many parallel members in as there are places', async () => {
    const totals = await Promise.all(
      Array.from({ length: 40 }, (_, at) => counters.addDistinct('crowd', [`m${at}`], 60, 10)),
    )
    expect(totals.filter((total) => total <= 10)).toHaveLength(10)
    expect(await counters.addDistinct('crowd', [], 60, 10)).toBe(10)
  })

  test('begin a day at midnight in the city, +08:00, and forget the members of the day before', async () => {
    clock.set('2026-06-02T23:59:59.999+08:00')
    expect(await counters.add('day', DAY)).toBe(1)
    expect(await counters.addDistinct('day', ['a', 'b'], DAY, 2)).toBe(2)
    expect(await counters.addDistinct('day', ['c'], DAY, 2)).toBe(3)
    clock.set('2026-06-03T00:00:00+08:00')
    expect(await counters.add('day', DAY)).toBe(1)
    expect(await counters.addDistinct('day', ['c'], DAY, 2)).toBe(1)
    // Midnight in Greenwich is a morning like any other.
    clock.set('2026-06-03T08:00:00+08:00')
    expect(await counters.add('day', DAY)).toBe(2)
    expect(await counters.addDistinct('day', ['d'], DAY, 2)).toBe(2)
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
    expect(await one.addDistinct('officer', ['a', 'b'], 60, 3)).toBe(2)
    expect(await two.addDistinct('officer', ['b', 'c'], 60, 3)).toBe(3)
    expect(await one.addDistinct('officer', ['d'], 60, 3)).toBe(4)
    expect(await two.addDistinct('officer', ['a', 'b', 'c'], 60, 3)).toBe(3)
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
    await counters.addDistinct('people', ['a', 'b'], 3_600, 3)
    own.pause()
    const during = await Promise.all([counters.add('x', 3_600), counters.add('x', 3_600)])
    expect(during.toSorted()).toEqual([before + 1, before + 2])
    expect(counters.health().ok).toBe(false)
    expect(await counters.addDistinct('people', ['b', 'c', 'd'], 3_600, 3)).toBe(4)
    expect(await counters.addDistinct('people', ['c'], 3_600, 3)).toBe(3)
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
