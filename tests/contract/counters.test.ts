import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { demoPeople } from '../../city/demo-people.ts'
import { createLeasedCounters, createLeases } from '../../gateway/adapters/counters-leased.ts'
import { createMemoryCounters } from '../../gateway/adapters/counters-memory.ts'
import { createRedisCounters } from '../../gateway/adapters/counters-redis.ts'
import { createEmbeddedCounters, createSqliteCounters } from '../../gateway/adapters/counters-sqlite.ts'
import { DAY } from '../../gateway/limits/counters.ts'
import { takeAll } from '../../gateway/limits/taken.ts'
import type { Counters } from '../../gateway/limits/counters.ts'
import { systemClock } from '../../gateway/vocabulary/ports.ts'
import { codesOf } from '../kit/gateway-http.ts'
import { departmentsSeen } from '../kit/gateway-departments.ts'
import { DESK, DESK_MATTER, MARKET, MARKET_MATTER, startTestGateway } from '../kit/gateway.ts'
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

const folders: string[] = []
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })))
function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'gx-counters-'))
  folders.push(folder)
  return join(folder, 'state')
}

/** The only one of several processes: with more, what another one was handed is missing here. */
function leased(clock: ReturnType<typeof standing>): Counters {
  const lease = createLeases(1, clock)
  return createLeasedCounters(newFolder(), async (ask) => lease(ask), clock)
}

const kinds: readonly (readonly [string, boolean, (clock: ReturnType<typeof standing>) => Counters])[] = [
  ['memory', true, (clock) => createMemoryCounters(clock)],
  ['a file', true, (clock) => createSqliteCounters(newFolder(), clock)],
  ['memory and a file', true, (clock) => createEmbeddedCounters(newFolder(), clock)],
  ['leases and a file', true, leased],
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

  const taking = async (key: string, events: number, most: number): Promise<number> =>
    (await counters.take(key, events, 60, most)).total
  const distinct = async (key: string, members: string[], most: number, window = 60): Promise<number> =>
    (await counters.takeDistinct(key, members, window, most)).total

  test('take several as if one after another: all of them, or none', async () => {
    const alone = createMemoryCounters(clock)
    const pick = <T>(list: readonly T[], at: number): T | undefined => list[at % list.length]
    for (let round = 0; round < 60; round += 1) {
      const bounds = Array.from({ length: 1 + (round % 5) }, (_, at) => ({
        key: `together-${(round * 7 + at * 3) % 6}`,
        window: DAY,
        places: at % 2 === 0 ? 1 + (round % 3) : [`m${round % 9}`, `n${(round + at) % 4}`],
        most: pick([2, 5, 30], round + at) ?? 0,
        waived: (round + at) % 4 === 0,
      })).map((one) => ({ ...one, key: `${one.key}-${typeof one.places}` }))
      const [mine, theirs] = [await takeAll(counters, bounds, false), await takeAll(alone, bounds, false)]
      const told = ({ kind, ...rest }: typeof mine) => [kind, 'bound' in rest ? [rest.bound, rest.total] : null]
      expect(told(mine), `round ${round}`).toEqual(told(theirs))
      if (round % 3 === 0 && mine.kind === 'TAKEN' && theirs.kind === 'TAKEN')
        await Promise.all([mine.giveBack(), theirs.giveBack()])
    }
  })

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

  test('take places for several events at once: all of them or none', async () => {
    expect(await taking('rows', 40, 50)).toBe(40)
    expect(await taking('rows', 11, 50)).toBe(51)
    expect(await taking('rows', 10, 50)).toBe(50)
    expect(await taking('rows', 1, 50)).toBe(51)
    expect(await taking('other rows', 1, 50)).toBe(1)
  })

  test('give back what was taken, once', async () => {
    const [first, second] = [await counters.take('back', 3, 60, 5), await counters.take('back', 2, 60, 5)]
    await first.giveBack()
    await first.giveBack()
    expect(await taking('back', 4, 5)).toBe(6)
    expect(await taking('back', 3, 5)).toBe(5)
    await second.giveBack()
    expect(await taking('back', 2, 5)).toBe(5)
  })

  test('give nothing back of what was refused', async () => {
    await counters.take('none', 5, 60, 5)
    await (await counters.take('none', 1, 60, 5)).giveBack()
    expect(await taking('none', 1, 5)).toBe(6)
    await counters.takeDistinct('nobody', ['a'], 60, 1)
    await (await counters.takeDistinct('nobody', ['a', 'b'], 60, 1)).giveBack()
    expect(await distinct('nobody', ['b'], 1)).toBe(2)
  })

  test('count different members once each', async () => {
    expect(await distinct('people', ['p', 'q'], 5)).toBe(2)
    expect(await distinct('people', ['q', 'r'], 5)).toBe(3)
    expect(await distinct('people', ['p', 'q', 'r'], 5)).toBe(3)
    expect(await distinct('others', ['p'], 5)).toBe(1)
  })

  test('take all members or none: what is refused takes no place', async () => {
    expect(await distinct('full', ['a', 'b'], 3)).toBe(2)
    expect(await distinct('full', ['c', 'd'], 3)).toBe(4)
    expect(await distinct('full', ['a', 'b'], 3)).toBe(2)
    expect(await distinct('full', ['c'], 3)).toBe(3)
    expect(await distinct('full', ['a', 'c'], 3)).toBe(3)
  })

  test('give a member back with the last who took a place for it', async () => {
    const first = await counters.takeDistinct('shared', ['a', 'b'], 60, 2)
    const second = await counters.takeDistinct('shared', ['b'], 60, 2)
    await first.giveBack()
    await first.giveBack()
    expect(await distinct('shared', ['c', 'd'], 2)).toBe(3)
    expect(await distinct('shared', ['c'], 2)).toBe(2)
    await second.giveBack()
    expect(await distinct('shared', ['d'], 2)).toBe(2)
  })

  test('let only as many parallel members in as there are places', async () => {
    const totals = await Promise.all(Array.from({ length: 40 }, (_, at) => distinct('crowd', [`m${at}`], 10)))
    expect(totals.filter((total) => total <= 10)).toHaveLength(10)
    expect(await distinct('crowd', [], 10)).toBe(10)
  })

  test('never let the last place be taken twice, while others give theirs back', async () => {
    const held = new Set<number>()
    let most = 0
    const one = async (at: number): Promise<void> => {
      const got = await counters.takeDistinct('door', [`m${at}`], 60, 3)
      if (got.total > 3) return
      held.add(at)
      most = Math.max(most, held.size)
      await counters.add('meanwhile', 60)
      held.delete(at)
      await got.giveBack()
    }
    for (let round = 0; round < 4; round += 1)
      await Promise.all(Array.from({ length: 20 }, (_, at) => one(20 * round + at)))
    expect(most).toBe(3)
    expect(await distinct('door', ['x', 'y', 'z'], 3)).toBe(3)
  })

  test('let parallel events in for as many places as there are, whatever each wants', async () => {
    const wanted = Array.from({ length: 20 }, (_, at) => 1 + (at % 2))
    const totals = await Promise.all(wanted.map((events) => taking('gate', events, 7)))
    expect(wanted.filter((_, at) => (totals[at] ?? 8) <= 7).reduce((sum, events) => sum + events, 0)).toBe(7)
  })

  test('give back in the window that it was taken in', async () => {
    const [calls, people] = [await counters.take('night', 2, 60, 2), await counters.takeDistinct('night', ['a'], 60, 1)]
    clock.move(60)
    expect([await taking('night', 2, 2), await distinct('night', ['a'], 1)]).toEqual([2, 1])
    await calls.giveBack()
    await people.giveBack()
    expect([await taking('night', 1, 2), await distinct('night', ['b'], 1)]).toEqual([3, 2])
  })

  test('begin a day at midnight in the city, +08:00, and forget the members of the day before', async () => {
    clock.set('2026-06-02T23:59:59.999+08:00')
    expect(await counters.add('day', DAY)).toBe(1)
    expect(await distinct('day', ['a', 'b'], 2, DAY)).toBe(2)
    expect(await distinct('day', ['c'], 2, DAY)).toBe(3)
    clock.set('2026-06-03T00:00:00+08:00')
    expect(await counters.add('day', DAY)).toBe(1)
    expect(await distinct('day', ['c'], 2, DAY)).toBe(1)
    // Midnight in Greenwich is a morning like any other.
    clock.set('2026-06-03T08:00:00+08:00')
    expect(await counters.add('day', DAY)).toBe(2)
    expect(await distinct('day', ['d'], 2, DAY)).toBe(2)
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
    const distinct = async (of: Counters, members: string[]): Promise<number> =>
      (await of.takeDistinct('officer', members, 60, 3)).total
    const first = await one.takeDistinct('officer', ['a', 'b'], 60, 3)
    expect(first.total).toBe(2)
    expect(await distinct(two, ['b', 'c'])).toBe(3)
    expect(await distinct(one, ['d'])).toBe(4)
    expect(await distinct(two, ['a', 'b', 'c'])).toBe(3)
    await first.giveBack()
    expect(await distinct(two, ['d'])).toBe(4)
    expect((await two.take('calls', 2, 60, 3)).total).toBe(2)
    const calls = await one.take('calls', 1, 60, 3)
    expect(calls.total).toBe(3)
    expect((await two.take('calls', 1, 60, 3)).total).toBe(4)
    await calls.giveBack()
    expect((await two.take('calls', 1, 60, 3)).total).toBe(3)
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
    const people = await counters.takeDistinct('people', ['a', 'b'], 3_600, 3)
    const taken = async (...members: string[]) => (await counters.takeDistinct('people', members, 3_600, 3)).total
    own.pause()
    const during = await Promise.all([counters.add('x', 3_600), counters.add('x', 3_600)])
    expect(during.toSorted()).toEqual([before + 1, before + 2])
    expect(counters.health().ok).toBe(false)
    expect([counters.isExact(60), (await counters.take('calls', 1, 3_600, 3)).exact]).toEqual([false, false])
    expect(await taken('b', 'c', 'd')).toBe(4)
    expect(await taken('c')).toBe(3)
    await people.giveBack()
    expect(await taken('d', 'e')).toBe(3)
    own.resume()
    for (let tries = 0; tries < 200 && !counters.health().ok; tries += 1) {
      await delay(50)
      await counters.add('y', 3_600)
    }
    expect([counters.health().ok, (await counters.take('calls', 1, 3_600, 3)).exact]).toEqual([true, true])
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

describe.skipIf(redis === null)('what needs exact counts, where Redis is configured (wall 16)', () => {
  const registers = {
    matters: {
      matters: [
        {
          code: DESK_MATTER.matter,
          title: '公共租赁住房申请',
          department: DESK.department,
          caseRequired: true,
          fields: ['Person.name', 'HouseholdRegistration.photo'],
        },
      ],
    },
    cases: {
      cases: [{ number: DESK_MATTER.case, matter: DESK_MATTER.matter, department: DESK.department }],
    },
    grants: {
      grants: [
        {
          id: 'G-L4',
          consumer: DESK.department,
          matters: [DESK_MATTER.matter],
          clear: ['HouseholdRegistration.photo'],
          validFrom: '2026-01-01T00:00:00+08:00',
          validUntil: '2031-01-01T00:00:00+08:00',
          approver: 'PS-0001',
          agreement: 'XY-1',
        },
      ],
    },
  }
  const person = (selection: string) =>
    `query ($n: IdNumber!) { person(idDocumentType: RESIDENT_ID, idDocumentNumber: $n) { ${selection} } }`

  test.each(['stopped', 'paused'])('is refused whole while Redis is %s; other data is given', async (how) => {
    const own = await startRedis()
    if (!own) throw new Error('Redis was there a moment ago')
    const gateway = await startTestGateway({ settings: { redis: { url: own.url } }, registers })
    const ask = (selection: string) =>
      gateway.ask({
        ...DESK_MATTER,
        query: person(selection),
        variables: { n: demoPeople.movedOut.document.idDocumentNumber },
        headers: { 'accept-language': 'en' },
      })
    const sensitive = () => ask('name household { photo }')
    const first = await vi.waitUntil(
      async () => {
        const reply = await sensitive()
        return reply.status === 200 && reply
      },
      { timeout: 10_000, interval: 50 },
    )
    expect(first.body.data?.['person']).toMatchObject({ household: {} })
    if (how === 'stopped') await own.stop()
    else own.pause()
    // The first count that Redis does not answer tells; the bound of the minute is one.
    await ask('name')
    gateway.forget()
    const refused = await sensitive()
    expect([refused.status, codesOf(refused), refused.body.data]).toEqual([503, ['COUNTERS_UNAVAILABLE'], undefined])
    expect(refused.body.errors?.[0]?.extensions.clause).toBe('ZS-6.03')
    expect(departmentsSeen(gateway.seen)).toEqual([])
    const record = await gateway.recordOf(refused.receipt)
    expect(record).toMatchObject({ method: 'refused', degraded: ['counters'], outcome: { status: 503 } })
    expect(record.subjects).toHaveLength(1)
    const given = await ask('name')
    expect([given.status, (await gateway.recordOf(given.receipt)).degraded]).toEqual([200, ['counters']])
    if (how === 'paused') {
      own.resume()
      await vi.waitUntil(async () => (await sensitive()).status === 200, { timeout: 10_000, interval: 50 })
      await own.stop()
    }
    await gateway.stop()
  })
})
