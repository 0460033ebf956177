import { setTimeout as pause } from 'node:timers/promises'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { LifecycleEvent } from '../../gateway/observe/channels.ts'
import { entitiesOf } from '../kit/cache.ts'
import {
  anybody,
  closeOpened,
  goesOn,
  isDegraded,
  isInGap,
  isOk,
  nameOf,
  opened,
  redis,
  replica,
  sharedBy,
} from '../kit/redis-cache.ts'
import { placeOf } from '../kit/redis-server.ts'
import type { RedisServer } from '../kit/redis-server.ts'

/* A real Redis that is stopped, paused, filled, made read-only, given another password: requests go on (S19). */

afterEach(closeOpened)

/** Steps of the cache in the life of the process. */
function watchSteps(): readonly string[] {
  const steps: string[] = []
  const listener = (event: unknown): void => {
    const { step, subject } = event as LifecycleEvent
    if (subject === 'cache') steps.push(step)
  }
  subscribe('gongxiang:lifecycle', listener)
  opened.push(() => unsubscribe('gongxiang:lifecycle', listener))
  return steps
}

describe('a Redis that fails (S19)', () => {
  test.each<[string, (server: RedisServer) => unknown, (server: RedisServer) => unknown]>([
    ['is gone', (server) => server.kill(), (server) => server.restart()],
    ['answers nothing', (server) => server.pause(), (server) => server.resume()],
    ['answers nothing to clients', (server) => server.command('CLIENT', 'PAUSE', '4000', 'ALL'), () => pause(4_100)],
    [
      'has another password',
      async (server) => {
        await server.command('CONFIG', 'SET', 'requirepass', 'another')
        await server.command('CLIENT', 'KILL', 'TYPE', 'normal')
        await server.command('CLIENT', 'KILL', 'TYPE', 'pubsub')
      },
      (server) => server.command('CONFIG', 'SET', 'requirepass', ''),
    ],
  ])(
    '%s: requests go on, health and the log say so once, and it is used again when it is back',
    async (_, fail, mend) => {
      const server = await redis()
      const [one, other] = [replica(placeOf(server.url)), replica(placeOf(server.url))]
      await isOk(one, other)
      await sharedBy(one, other)
      const kept = anybody()
      await one.ask([kept])
      const steps = watchSteps()
      await fail(server)
      await isInGap(one, other)
      // What others invalidate now would not be heard of: nothing that is kept is used.
      await goesOn(one)
      expect((await one.ask([kept])).kept).toBeUndefined()
      await vi.waitFor(() => expect(steps.filter((step) => step === 'degraded')).toHaveLength(2), 5_000)
      await mend(server)
      await isOk(one, other)
      await sharedBy(one, other)
      await vi.waitFor(() => expect(steps.filter((step) => step === 'recovered')).toHaveLength(2), 5_000)
      expect(steps).toHaveLength(4)
    },
  )

  test('an invalidation while it is gone holds here at once, and for all when it is back', async () => {
    const server = await redis('--appendonly', 'yes', '--appendfsync', 'always')
    const [one, other] = [replica(placeOf(server.url)), replica(placeOf(server.url))]
    await isOk(one, other)
    const who = anybody()
    await one.ask([who])
    await pause(50)
    expect((await other.ask([who])).kept).toBe(1)
    await server.kill()
    await isInGap(one, other)
    expect(await one.epochs.move([{ kind: 'department', code: 'public-security' }])).toBe(false)
    await server.restart()
    await isOk(one, other)
    // The entries are on disk and there again: nobody finds them.
    expect(Number(await server.command('DBSIZE'))).toBeGreaterThan(1)
    await vi.waitFor(() => expect(one.redis.epochs.current().values.has('department:public-security')).toBe(true))
    await pause(600)
    expect((await one.ask([who])).kept).toBeUndefined()
    const late = replica(placeOf(server.url))
    await isOk(late)
    expect(entitiesOf(await late.ask([who]))).toEqual(nameOf(who))
  })

  test('is full: what is there is used, nothing new is shared', async () => {
    const server = await redis('--maxmemory-policy', 'noeviction')
    const [one, other] = [replica(placeOf(server.url)), replica(placeOf(server.url))]
    await isOk(one, other)
    const who = anybody()
    await one.ask([who])
    await pause(50)
    await server.command('CONFIG', 'SET', 'maxmemory', '1')
    const fresh = anybody()
    await one.ask([fresh])
    await isDegraded(one)
    expect((await other.ask([who])).kept).toBe(1)
    expect((await other.ask([fresh])).kept).toBeUndefined()
    expect((await one.ask([fresh])).kept).toBe(1)
    await server.command('CONFIG', 'SET', 'maxmemory', '0')
    await isOk(one, other)
    await sharedBy(one, other)
  })

  test('throws out what it must: misses, and no errors', async () => {
    const server = await redis('--maxmemory', '3mb', '--maxmemory-policy', 'volatile-lru')
    const one = replica(placeOf(server.url))
    await isOk(one)
    const long = 'x'.repeat(20_000)
    one.answerBy(({ representations }) => ({
      data: { _entities: representations.map(() => ({ name: long })) },
      sources: [],
    }))
    for (let at = 0; at < 300; at += 1) {
      await one.ask([anybody()])
      if (at % 20 === 0) await pause(10)
    }
    await pause(100)
    expect(one.redis.health().ok).toBe(true)
    expect(Number(await server.command('DBSIZE'))).toBeLessThan(300)
    expect(await server.command('EXISTS', 'gongxiang:cache:{epochs}')).toBe(1)
  })

  test('is a read-only replica: what is there is used, nothing is written', async () => {
    const server = await redis()
    const readOnly = await redis('--replicaof', '127.0.0.1', String(server.port))
    const one = replica(placeOf(server.url))
    await isOk(one)
    const who = anybody()
    await one.ask([who])
    await vi.waitFor(async () => expect(Number(await readOnly.command('DBSIZE'))).toBeGreaterThan(1), 10_000)
    const other = replica(placeOf(readOnly.url))
    await isOk(other)
    expect((await other.ask([who])).kept).toBe(1)
    const fresh = anybody()
    expect(entitiesOf(await other.ask([fresh]))).toEqual(nameOf(fresh))
    await isDegraded(other)
  })

  test('is not there from the start: it is used when it comes', async () => {
    const server = await redis()
    await server.kill()
    const one = replica(placeOf(server.url))
    await pause(700)
    expect(one.redis.health().ok).toBe(false)
    await goesOn(one)
    await server.restart()
    await isOk(one)
  })

  test('is slow for a while: it is bypassed at once, and tried again', async () => {
    const server = await redis()
    const one = replica(placeOf(server.url))
    await isOk(one)
    await server.command('CLIENT', 'PAUSE', '400', 'ALL')
    const who = anybody()
    expect(entitiesOf(await one.ask([who]))).toEqual(nameOf(who))
    expect(one.redis.health()).toMatchObject({ ok: false, detail: 'Redis is slow or does not give what it has' })
    await isOk(one)
  })
})
