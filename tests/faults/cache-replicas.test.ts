import { setTimeout as pause } from 'node:timers/promises'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { createCacheKeys } from '../../gateway/cache/names.ts'
import { entitiesOf } from '../kit/cache.ts'
import {
  anybody,
  closeOpened,
  goesOn,
  isInGap,
  isOk,
  key,
  nameOf,
  opened,
  redis,
  replica,
  sharedBy,
} from '../kit/redis-cache.ts'
import { placeOf, startRedisCluster, startRedisSentinel } from '../kit/redis-server.ts'
import type { RedisServer } from '../kit/redis-server.ts'

/* Replicas over one real Redis, single, in a cluster, behind Sentinels: what one keeps all find, what one invalidates none does. */

afterEach(closeOpened)

describe('a Redis that all replicas share', () => {
  test('gives each what another kept, and hears of every invalidation at once', async () => {
    const server = await redis()
    const [one, other] = [replica(placeOf(server.url)), replica(placeOf(server.url))]
    await isOk(one, other)
    await sharedBy(one, other)
    const who = anybody()
    await one.ask([who])
    await pause(30)
    expect((await other.ask([who])).kept).toBe(1)
    const before = other.epochs.current()
    expect(await one.epochs.move([{ kind: 'resource', code: 'GA-18-01' }])).toBe(true)
    await vi.waitFor(() => expect(other.epochs.current().values).not.toEqual(before.values), { interval: 5 })
    other.answerBy(() => ({ data: { _entities: [{ name: 'corrected' }] }, sources: [] }))
    expect(entitiesOf(await other.ask([who]))).toEqual([{ name: 'corrected' }])
  })

  test('is found by an invalidation of a subject: of that one alone, and by whoever comes later', async () => {
    const server = await redis()
    const [one, other] = [replica(placeOf(server.url)), replica(placeOf(server.url))]
    await isOk(one, other)
    const [who, somebody] = [anybody(), anybody()]
    await one.ask([who, somebody])
    await pause(50)
    const pseudonym = createCacheKeys(key).subject('RESIDENT_ID', String(who['idDocumentNumber']))
    expect(await other.epochs.move([{ kind: 'subject', pseudonyms: [pseudonym] }])).toBe(true)
    await pause(100)
    await isOk(one, other)
    const late = replica(placeOf(server.url))
    await isOk(late)
    for (const each of [other, late]) {
      const asked = each.asked.length
      expect((await each.ask([who, somebody])).kept).toBe(asked === each.asked.length ? 2 : 1)
    }
    expect(other.numbers).toEqual([[who['idDocumentNumber']]])
  })

  test('that lost its epochs finds nothing of before, though the entries are still there', async () => {
    const server = await redis()
    const one = replica(placeOf(server.url))
    await isOk(one)
    const who = anybody()
    await one.ask([who])
    await pause(50)
    await server.command('DEL', 'gongxiang:cache:{epochs}')
    await pause(1_200)
    await isOk(one)
    expect((await one.ask([who])).kept).toBeUndefined()
    const late = replica(placeOf(server.url))
    await isOk(late)
    await pause(50)
    expect((await late.ask([who])).kept).toBe(1)
  })

  test('that comes back with older epochs does not bring back what was invalidated', async () => {
    const server = await redis()
    const one = replica(placeOf(server.url))
    await isOk(one)
    const who = anybody()
    await one.ask([who])
    await pause(50)
    await one.epochs.move([{ kind: 'resource', code: 'GA-18-01' }])
    const then = await server.command('HGET', 'gongxiang:cache:{epochs}', 'resource:GA-18-01')
    await one.ask([who])
    await pause(50)
    await one.epochs.move([{ kind: 'resource', code: 'GA-18-01' }])
    // As a replica that became the master before it was told of the last invalidation.
    await server.command('HSET', 'gongxiang:cache:{epochs}', 'resource:GA-18-01', String(then))
    await pause(1_200)
    await isOk(one)
    expect((await one.ask([who])).kept).toBeUndefined()
  })
})

describe('a Redis whose messages are lost', () => {
  test('leaves nothing in use that was kept before', async () => {
    const server = await redis()
    const one = replica(placeOf(server.url))
    await isOk(one)
    await one.ask([anybody()])
    const gaps = one.gaps()
    expect(one.memory.size.entries).toBe(1)
    await server.command('CLIENT', 'KILL', 'TYPE', 'pubsub')
    await vi.waitFor(() => expect(one.gaps()).toBeGreaterThan(gaps))
    expect(one.memory.size.entries).toBe(0)
    await isOk(one)
  })

  test('still tells of every invalidation, half a second later', async () => {
    const server = await redis()
    const one = replica(placeOf(server.url))
    await isOk(one)
    const who = anybody()
    await one.ask([who])
    expect((await one.ask([who])).kept).toBe(1)
    // As another replica would, without a message.
    await server.command('HSET', 'gongxiang:cache:{epochs}', 'department:public-security', 'moved')
    await vi.waitFor(async () => expect((await one.ask([who])).kept).toBeUndefined(), { timeout: 5_000, interval: 100 })
  })
})

describe('a Redis that somebody writes to', () => {
  test.each<[string, (server: RedisServer, keys: readonly [string, string]) => Promise<unknown>]>([
    [
      'puts one entry in the place of another',
      async (server, [first, second]) => {
        await server.command('RENAME', first, 'aside')
        await server.command('RENAME', second, first)
        await server.command('RENAME', 'aside', second)
      },
    ],
    [
      'alters a byte of each',
      async (server, keys) => {
        for (const one of keys) await server.command('SETRANGE', one, '40', '!!!!')
      },
    ],
    [
      'cuts each short',
      async (server, keys) => {
        for (const one of keys) await server.command('SET', one, '!', 'KEEPTTL')
      },
    ],
  ])('%s: it is noticed, told, and asked for anew', async (_, alter) => {
    const server = await redis()
    const [one, other] = [replica(placeOf(server.url)), replica(placeOf(server.url))]
    await isOk(one, other)
    const both = [anybody(), anybody()]
    await one.ask(both)
    const keys = await vi.waitFor(async () => {
      const all = (await server.command('KEYS', 'gongxiang:cache:*')) as string[]
      const [first, second, ...more] = all.filter((key) => !key.includes('{epochs}'))
      if (first === undefined || second === undefined || more.length > 0) throw new Error('not yet')
      return [first, second] as const
    })
    await alter(server, keys)
    const failures: unknown[] = []
    const listener = (event: unknown): void => void failures.push(event)
    subscribe('gongxiang:failure', listener)
    opened.push(() => unsubscribe('gongxiang:failure', listener))
    expect(entitiesOf(await other.ask(both))).toEqual(both.flatMap(nameOf))
    expect([other.counts.altered, other.numbers]).toEqual([2, [both.map((who) => who['idDocumentNumber'])]])
    expect(failures).toMatchObject([{ where: 'cache public-security' }, { where: 'cache public-security' }])
  })
})

describe('other layouts', () => {
  test('a cluster of three: every key is found, by commands of one slot each', async () => {
    const cluster = await startRedisCluster()
    opened.push(() => cluster.remove())
    const [one, other] = [replica(cluster.place), replica(cluster.place)]
    await isOk(one, other)
    const many = Array.from({ length: 60 }, anybody)
    await one.ask(many)
    await pause(200)
    expect((await other.ask(many)).kept).toBe(60)
    const sizes = await Promise.all(cluster.servers.map((server) => server.command('DBSIZE')))
    for (const size of sizes) expect(Number(size)).toBeGreaterThan(5)
    expect(await one.epochs.move([{ kind: 'all' }])).toBe(true)
    await pause(100)
    expect((await other.ask(many)).kept).toBeUndefined()
    // One node is gone: with it a third of the entries, and no request.
    await isOk(one, other)
    await cluster.servers[2]?.kill()
    const fresh = anybody()
    expect(entitiesOf(await other.ask([fresh]))).toEqual(nameOf(fresh))
  })

  test('Sentinels: when the master is gone its replica is found, and used', async () => {
    const watched = await startRedisSentinel()
    opened.push(() => watched.remove())
    const [one, other] = [replica(watched.place), replica(watched.place)]
    await isOk(one, other)
    await sharedBy(one, other)
    await watched.servers[0]?.kill()
    await isInGap(one)
    await goesOn(one)
    await isOk(one, other)
    await sharedBy(one, other)
    expect(await watched.servers[1]?.command('EXISTS', 'gongxiang:cache:{epochs}')).toBe(1)
  })
})
