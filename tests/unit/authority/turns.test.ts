import { createSecretKey } from 'node:crypto'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, test, vi } from 'vitest'
import { createAuthority } from '../../../gateway/authority/subgraph.ts'
import { createSeats, oneByOne } from '../../../gateway/authority/turns.ts'
import { openTestStore } from '../../kit/governance.ts'
import { ZHONGSHAN, callerOf } from '../grants/world.ts'

describe('questions to the record', () => {
  test('are answered one at a time, in their order, whatever becomes of one', async () => {
    const inTurn = oneByOne()
    const steps: string[] = []
    const work = (name: string, fails = false) =>
      inTurn(async () => {
        steps.push(`${name} begins`)
        await Promise.resolve()
        steps.push(`${name} ends`)
        if (fails) throw new Error(name)
        return name
      })
    const all = await Promise.allSettled([work('a'), work('b', true), work('c')])
    expect(all.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(steps).toEqual(['a', 'b', 'c'].flatMap((name) => [`${name} begins`, `${name} ends`]))
  })

  test('wait in a short row, of which one officer has a part', () => {
    const seats = createSeats({ all: 3, each: 2 })
    const leave = [seats.enter('a'), seats.enter('a')]
    expect(() => seats.assertRoom('a')).toThrow(expect.objectContaining({ code: 'LIMIT_EXCEEDED' }))
    seats.assertRoom('b')
    const last = seats.enter('b')
    expect(() => seats.enter('c')).toThrow(expect.objectContaining({ code: 'LIMIT_EXCEEDED' }))
    leave[0]?.()
    seats.enter('c')
    expect(() => seats.enter('b')).toThrow(expect.objectContaining({ code: 'LIMIT_EXCEEDED' }))
    last()
    seats.enter('a')
  })

  test('of many at once the store is asked one, and who has too many is refused before anything is read', async () => {
    const store = await openTestStore()
    const { promise: gate, resolve: open } = Promise.withResolvers<void>()
    let asked = 0
    const db = store.db.withPlugin({
      transformQuery: ({ node }) => node,
      transformResult: async ({ result }) => {
        asked += 1
        await gate
        return result
      },
    })
    const key = { id: 'k', development: false, key: createSecretKey(Buffer.alloc(32, 1)) }
    const keys = { secret: () => key, secrets: () => [key] }
    const authority = createAuthority({ db: () => db, keys, now: () => 0, regime: () => ZHONGSHAN })
    const one = callerOf({ roles: ['AUDITOR'], officer: 'AO-1' })
    const query = '{ a: auditChains { lag } b: auditChains { lag } }'
    const ask = (signal = new AbortController().signal) => authority.fetch({ query, variables: {} }, one, signal)
    const gone = new AbortController()
    const all = Promise.allSettled([ask(), ask(), ask(), ask(gone.signal)])
    gone.abort()
    await vi.waitFor(() => expect(asked).toBe(1))
    await nextTurn()
    expect(asked).toBe(1)
    const isFull: unknown = expect.objectContaining({ code: 'LIMIT_EXCEEDED' })
    expect(() => authority.check('Query.auditChains', {}, { ...one, officer: 'ao-1' })).toThrow(isFull)
    await expect(ask()).rejects.toEqual(isFull)
    authority.check('Query.auditChains', {}, callerOf({ roles: ['AUDITOR'], officer: 'AO-2' }))
    open()
    expect((await all).map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'rejected'])
    // Each of the three asked for two lists in two statements; nobody waited for the fourth.
    expect(asked).toBe(12)
    authority.check('Query.auditChains', {}, one)
    await store.close()
  })
})
