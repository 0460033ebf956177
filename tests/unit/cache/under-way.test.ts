import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { A, B, C, entitiesOf, named, names, numbers, openStore, person, testCache } from '../../kit/cache.ts'
import type { Answering } from '../../kit/cache.ts'

describe('what is under way', () => {
  const slow = (store = openStore()) => {
    const coming = Promise.withResolvers<void>()
    const answer: Answering = async (asked) => {
      await Promise.race([coming.promise, new Promise((_, reject) => asked.signal.addEventListener('abort', reject))])
      return named(asked)
    }
    return { coming, cache: testCache({ answer, store }) }
  }

  test('is asked once, however many ask; each is given a copy', async () => {
    const { coming, cache } = slow()
    const replies = Array.from({ length: 20 }, () => cache.ask([A, B]))
    await turn()
    coming.resolve()
    const all = await Promise.all(replies)
    expect(all.map(entitiesOf)).toEqual(all.map(() => names(A, B)))
    expect(all.map(({ kept }) => kept)).toEqual([undefined, ...Array.from({ length: 19 }, () => 2)])
    expect(new Set(all.map((one) => (entitiesOf(one) as unknown[])[0])).size).toBe(20)
    expect(cache.numbers).toEqual([numbers(A, B)])
  })

  test('is joined in part', async () => {
    const { coming, cache } = slow()
    const both = [cache.ask([A, B]), cache.ask([B, C])]
    await turn()
    coming.resolve()
    expect((await Promise.all(both)).map(entitiesOf)).toEqual([names(A, B), names(B, C)])
    expect(cache.numbers).toEqual([numbers(A, B), numbers(C)])
  })

  test('is not shared between departments where it is about persons, nor where nothing may be kept', async () => {
    const { coming, cache } = slow()
    const all = [
      cache.ask([A]),
      cache.ask([A], { consumer: 'market' }),
      cache.ask([B], { keep: null }),
      cache.ask([B], { keep: null }),
    ]
    await turn()
    coming.resolve()
    await Promise.all(all)
    expect(cache.asked.map(({ consumer }) => consumer)).toEqual(expect.arrayContaining(['housing', 'market']))
    expect(cache.asked).toHaveLength(4)
  })

  test('goes on for the others when the first one goes, and ends when all have gone', async () => {
    const { coming, cache } = slow()
    const [first, second] = [new AbortController(), new AbortController()]
    const one = cache.ask([A], { signal: first.signal })
    const other = cache.ask([A], { signal: second.signal })
    await turn()
    first.abort()
    await expect(one).rejects.toThrow('nobody waits')
    expect(cache.asked[0]?.signal.aborted).toBe(false)
    coming.resolve()
    expect(entitiesOf(await other)).toEqual(names(A))

    const lonely = slow()
    const gone = new AbortController()
    const both = [lonely.cache.ask([A], { signal: gone.signal }), lonely.cache.ask([A], { signal: gone.signal })]
    await turn()
    gone.abort()
    expect((await Promise.allSettled(both)).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect(lonely.cache.asked[0]?.signal.aborted).toBe(true)
    // Nobody joins what was given up.
    lonely.coming.resolve()
    expect(entitiesOf(await lonely.cache.ask([A]))).toEqual(names(A))
    expect(lonely.cache.asked).toHaveLength(2)
  })

  test('is joined until its answer is taken apart, and by nobody after who would find nothing', async () => {
    // What comes with an error is kept for nobody: there is a copy for those alone who are known to wait.
    const spoilt: Answering = (asked) => ({
      ...(named(asked) as object),
      errors: [{ message: 'x', path: ['_entities', 1] }],
      sources: [],
    })
    for (let later = 0; later < 30; later += 1) {
      const coming = Promise.withResolvers<void>()
      const cache = testCache({ answer: async (asked) => (await coming.promise, spoilt(asked)) })
      const first = cache.ask([A, B])
      coming.resolve()
      for (let passed = 0; passed < later; passed += 1) await Promise.resolve()
      expect(entitiesOf(await cache.ask([A]))).toEqual(names(A))
      await first
    }
  })

  test('is left by each at its own time, whatever time the others have', async () => {
    const { coming, cache } = slow()
    const short = new AbortController()
    const [first, second] = [cache.ask([A], { signal: short.signal }), cache.ask([A])]
    short.abort()
    await expect(first).rejects.toThrow('nobody waits')
    coming.resolve()
    expect(entitiesOf(await second)).toEqual(names(A))
    expect(cache.asked).toHaveLength(1)
  })

  test('fails for all who wait, and is asked anew by the next', async () => {
    const coming = Promise.withResolvers<void>()
    const cache = testCache({ answer: async () => (await coming.promise, Promise.reject(new Error('down'))) })
    const all = [cache.ask([A]), cache.ask([A, B])]
    coming.resolve()
    expect((await Promise.allSettled(all)).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    cache.answerBy(named)
    expect(entitiesOf(await cache.ask([A]))).toEqual(names(A))
  })
})

describe('a department that answers in part', () => {
  test('leaves out its own places: what was kept stands', async () => {
    const cache = testCache()
    await cache.ask([A, C])
    cache.answerBy(() => Promise.reject(new Error('down')))
    const reply = await cache.ask([A, B, C])
    expect(entitiesOf(reply)).toEqual([...names(A), null, ...names(C)])
    expect([reply.errors, reply.kept]).toEqual([[{ message: 'not answered', path: ['_entities', 1] }], 2])
  })

  test('has its errors at the places of whoever waits', async () => {
    const cache = testCache()
    await cache.ask([A])
    cache.answerBy(() => ({
      data: { _entities: [{ name: null }, { name: 'c' }] },
      errors: [{ message: 'ORA-00942', path: ['_entities', 0, 'name'] }],
      sources: [],
    }))
    const reply = await cache.ask([A, B, C])
    expect(entitiesOf(reply)).toEqual([...names(A), { name: null }, { name: 'c' }])
    expect(reply.errors).toEqual([{ message: 'not answered', path: ['_entities', 1, 'name'] }])
    expect(cache.memory.size.entries).toBe(1)
  })
})

describe('the layer of the process', () => {
  test('stays within its number and its bytes', async () => {
    const few = testCache({ memory: { entries: 50, bytes: 10_000_000 } })
    const small = testCache({ memory: { entries: 100_000, bytes: 50_000 } })
    for (let at = 0; at < 500; at += 1)
      for (const cache of [few, small]) await cache.ask([person(`1101011990030${String(at).padStart(5, '0')}`)])
    expect(few.memory.size.entries).toBe(50)
    expect(small.memory.size.bytes).toBeLessThanOrEqual(50_000)
    expect(small.memory.size.entries).toBeGreaterThan(10)
  })

  test('can be left out', async () => {
    const store = openStore()
    const cache = testCache({ store, memory: { entries: 0, bytes: 0 } })
    await cache.ask([A])
    await turn()
    const { reads } = store
    expect([(await cache.ask([A])).kept, store.reads - reads]).toEqual([1, 1])
  })
})
