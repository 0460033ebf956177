import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { createCacheKeys } from '../../../gateway/cache/names.ts'
import { A, B, C, cacheKey, entitiesOf, named, names, numbers, openStore, testCache } from '../../kit/cache.ts'
import type { Answering } from '../../kit/cache.ts'

describe('what is kept', () => {
  test('is not asked again; the rest is asked in one call, and all stand in their order', async () => {
    const cache = testCache()
    await cache.ask([A, C])
    const reply = await cache.ask([C, B, A])
    expect(entitiesOf(reply)).toEqual(names(C, B, A))
    expect([reply.kept, reply.errors, cache.numbers]).toEqual([2, undefined, [numbers(A, C), numbers(B)]])
    expect(reply.sources).toEqual([{ type: 'HouseholdRegistration', asOf: '2026-11-20T02:10:00+08:00' }])
    expect(await cache.ask([A, B, C])).toMatchObject({ kept: 3 })
    expect(cache.asked).toHaveLength(2)
  })

  test('has the time of its own source, the oldest of all', async () => {
    const times = ['2026-11-20T02:10:00+08:00', '2026-11-19T23:00:00Z', '2026-11-20T09:00:00+08:00']
    const cache = testCache({
      answer: async (asked) => ({ ...(await named(asked)), sources: [{ type: 'T', asOf: times.shift() ?? '' }] }),
    })
    for (const one of [A, B, C]) await cache.ask([one])
    expect((await cache.ask([A, B, C])).sources).toEqual([{ type: 'T', asOf: '2026-11-20T02:10:00+08:00' }])
  })

  test('is given as a copy of its own: whoever changes it changes nothing for others', async () => {
    const cache = testCache()
    await cache.ask([A])
    const first = entitiesOf(await cache.ask([A])) as { name: string }[]
    if (first[0]) first[0].name = 'altered'
    expect(entitiesOf(await cache.ask([A]))).toEqual(names(A))
  })

  test('is nothing that may not be kept, and nothing without a representation', async () => {
    const cache = testCache()
    for (let at = 0; at < 2; at += 1) {
      expect((await cache.ask([A], { keep: null })).kept).toBeUndefined()
      expect((await cache.ask([])).kept).toBeUndefined()
    }
    expect([cache.asked.length, cache.memory.size.entries]).toEqual([4, 0])
  })

  test.each<[string, Answering]>([
    [
      'an error',
      (asked) => ({
        ...(named(asked) as object),
        sources: [],
        errors: [{ message: 'x', path: ['_entities', 0, 'name'] }],
      }),
    ],
    ['an error about nothing', (asked) => ({ ...(named(asked) as object), sources: [], errors: [{ message: 'x' }] })],
    ['too few entities', () => ({ data: { _entities: [] }, sources: [] })],
    ['too many entities', () => ({ data: { _entities: [{ name: 'x' }, { name: 'y' }] }, sources: [] })],
    ['no entities', () => ({ data: {}, sources: [] })],
    ['no data', () => ({ sources: [] })],
    ['a value of another type', () => ({ data: { _entities: [{ name: 7 }] }, sources: [] })],
    [
      'another type of entity',
      () => ({ data: { _entities: [{ __typename: 'LegalEntity', name: 'x' }] }, sources: [] }),
    ],
    ['less than was asked', () => ({ data: { _entities: [{}] }, sources: [] })],
    ['a list for an entity', () => ({ data: { _entities: [['x']] }, sources: [] })],
  ])('is nothing of a reply with %s, which passes as it is', async (_, answer) => {
    const cache = testCache({ answer })
    const first = await cache.ask([A])
    expect(first).toEqual(await answer(cache.asked[0] as never))
    await cache.ask([A])
    expect([cache.asked.length, cache.memory.size.entries]).toEqual([2, 0])
  })

  test('is nothing that a department volunteers beside what it was asked for', async () => {
    const cache = testCache({ answer: () => ({ data: { _entities: [{ name: 'x', photo: 'y' }] }, sources: [] }) })
    await cache.ask([A])
    expect(cache.memory.size.entries).toBe(0)
  })

  test('is nothing that failed', async () => {
    const cache = testCache({ answer: () => Promise.reject(new Error('down')) })
    await expect(cache.ask([A])).rejects.toThrow('down')
    cache.answerBy(named)
    expect(entitiesOf(await cache.ask([A]))).toEqual(names(A))
  })

  test('is nothing as large as a file', async () => {
    const cache = testCache({ answer: () => ({ data: { _entities: [{ name: '证'.repeat(30_000) }] }, sources: [] }) })
    await cache.ask([A])
    expect(cache.memory.size.entries).toBe(0)
  })
})

describe('how long it is kept', () => {
  const aliveAfter = async (seconds: number, keep: object, answer: Answering = named, life = {}) => {
    const cache = testCache({ answer, life })
    await cache.ask([A], { keep })
    cache.clock.time += seconds * 1_000
    return (await cache.ask([A], { keep })).kept === 1
  }

  test.each([
    ['its declared cycle', { cycle: 100 }, {}, 100],
    ['no longer than the city allows', { cycle: 86_400 }, {}, 300],
    ['what is kept up in real time for a moment', { cycle: 0 }, {}, 5],
    ['even that no longer than the city allows', { cycle: 0 }, { most: 2 }, 2],
  ])('%s (ZS-3.07)', async (_, keep, life, seconds) => {
    expect(await aliveAfter(seconds - 0.001, keep, named, life)).toBe(true)
    expect(await aliveAfter(seconds, keep, named, life)).toBe(false)
  })

  test('not at all where the city wants none of what is kept up in real time', async () => {
    expect(await aliveAfter(0, { cycle: 0 }, named, { realtime: 0 })).toBe(false)
  })

  test('that nobody is known by a number for seconds only', async () => {
    const nobody: Answering = () => ({ data: { _entities: [null] }, sources: [] })
    expect(await aliveAfter(4.9, { cycle: 86_400 }, nobody)).toBe(true)
    expect(await aliveAfter(5, { cycle: 86_400 }, nobody)).toBe(false)
  })

  test('shorter by chance, never longer', async () => {
    const cache = testCache({ random: () => 1 })
    await cache.ask([A])
    cache.clock.time += 240_000 - 1
    expect((await cache.ask([A])).kept).toBe(1)
    cache.clock.time += 1
    expect((await cache.ask([A])).kept).toBeUndefined()
  })
})

describe('what a name holds (INV-8, wall 15)', () => {
  test.each<[string, object]>([
    ['another catalogue', { keep: { catalog: 'c2' } }],
    [
      'another selection',
      { query: 'query($representations:[_Any!]!){_entities(representations:$representations){...on Person{n:name}}}' },
    ],
    ['other variables', { variables: { v0: 1 } }],
    ['another department', { department: 'civil-affairs' }],
    ['another consumer', { consumer: 'market' }],
  ])('%s finds nothing', async (_, ask) => {
    const cache = testCache()
    await cache.ask([A])
    expect((await cache.ask([A], ask)).kept).toBeUndefined()
    expect((await cache.ask([A])).kept).toBe(1)
  })

  test('what is nobody’s is shared among departments; persons never are', async () => {
    const cache = testCache()
    await cache.ask([A], { keep: { personal: false } })
    expect((await cache.ask([A], { keep: { personal: false }, consumer: 'market' })).kept).toBe(1)
    await cache.ask([B])
    expect((await cache.ask([B], { consumer: 'market' })).kept).toBeUndefined()
  })

  test('another regime finds nothing of a shared store, nor does another key', async () => {
    const store = openStore()
    const key = cacheKey()
    await testCache({ store, key }).ask([A])
    await turn()
    expect((await testCache({ store, key, regime: 'huizhou' }).ask([A])).kept).toBeUndefined()
    expect((await testCache({ store }).ask([A])).kept).toBeUndefined()
  })
})

describe('the shared store', () => {
  const twoReplicas = async () => {
    const store = openStore()
    const key = cacheKey()
    const one = testCache({ store, key })
    // Both follow the same epochs, as by the same Redis.
    const other = testCache({ store, key, epochs: one.epochs })
    await one.ask([A, B])
    await turn()
    return { store, key, one, other }
  }

  test('gives what another replica kept, which is then in memory', async () => {
    const { store, other } = await twoReplicas()
    const reply = await other.ask([B, C, A])
    expect([entitiesOf(reply), reply.kept, other.numbers]).toEqual([names(B, C, A), 2, [numbers(C)]])
    expect(reply.sources).toEqual([{ type: 'HouseholdRegistration', asOf: '2026-11-20T02:10:00+08:00' }])
    const { reads } = store
    expect((await other.ask([A])).kept).toBe(1)
    expect(store.reads).toBe(reads)
  })

  test('gives nothing past its time, whatever the store thinks of it', async () => {
    const { other } = await twoReplicas()
    other.clock.time += 300_000
    expect((await other.ask([A])).kept).toBeUndefined()
  })

  test('an altered entry is a miss, and told', async () => {
    const { store, other } = await twoReplicas()
    for (const { value } of store.entries.values()) value.set([(value.at(-20) ?? 0) ^ 1], value.length - 20)
    expect(entitiesOf(await other.ask([A, B]))).toEqual(names(A, B))
    expect([other.counts.altered, other.numbers]).toEqual([2, [numbers(A, B)]])
  })

  test('an entry in the place of another is a miss, and told', async () => {
    const { store, other } = await twoReplicas()
    const [first, second] = [...store.entries.values()]
    if (!first || !second) throw new Error('nothing was kept')
    store.entries.set(first.name, { ...first, value: second.value })
    store.entries.set(second.name, { ...second, value: first.value })
    expect(entitiesOf(await other.ask([A, B]))).toEqual(names(A, B))
    expect(other.counts.altered).toBe(2)
  })

  test('holds no name, value or number in clear', async () => {
    const { store } = await twoReplicas()
    const all = Buffer.concat([...store.entries.values()].flatMap(({ name, value }) => [Buffer.from(name), value]))
    for (const clear of ['name of', '1101011990', 'Person', 'RESIDENT_ID', 'housing', 'HouseholdRegistration'])
      expect(all.includes(clear)).toBe(false)
  })

  test('holds what was kept under an older key for nobody: a rotation begins anew', async () => {
    const { store, one } = await twoReplicas()
    one.rotate(cacheKey())
    expect((await one.ask([A])).kept).toBeUndefined()
    await turn()
    expect(store.entries.size).toBe(3)
    expect((await one.ask([A])).kept).toBe(1)
  })
})

describe('an invalidation', () => {
  const subject = (key: ReturnType<typeof cacheKey>, number: string) =>
    ({ kind: 'subject', pseudonyms: [createCacheKeys(key).subject('RESIDENT_ID', number)] }) as const

  test.each([
    ['of everything', { kind: 'all' }, 0],
    ['of the department', { kind: 'department', code: 'public-security' }, 0],
    ['of another department', { kind: 'department', code: 'tax' }, 1],
    ['of the entry', { kind: 'resource', code: 'GA-18-01' }, 0],
    ['of another entry', { kind: 'resource', code: 'GA-18-02' }, 1],
  ] as const)('%s', async (_, scope, kept) => {
    const store = openStore()
    const cache = testCache({ store })
    await cache.ask([A])
    await turn()
    await cache.epochs.move([scope])
    expect((await cache.ask([A])).kept ?? 0).toBe(kept)
  })

  test('of a subject, in the form of its number that is kept; of nobody else', async () => {
    const key = cacheKey()
    const cache = testCache({ key, store: openStore() })
    await cache.ask([A, B])
    await turn()
    await cache.epochs.move([subject(key, ` ${String(A['idDocumentNumber'])} `)])
    const reply = await cache.ask([A, B])
    expect([reply.kept, cache.numbers[1]]).toEqual([1, numbers(A)])
  })

  test('of any subject meets what tells of others, and what is nobody’s own', async () => {
    const key = cacheKey()
    const cache = testCache({ key, store: openStore() })
    const record = { __typename: 'Vehicle', plate: '粤T00001' }
    const ask = async () => [
      (await cache.ask([A], { keep: { others: true } })).kept,
      (await cache.ask([record], { keep: { shape: new Map([['Vehicle', new Map()]]) } })).kept,
    ]
    cache.answerBy(({ representations: [one] }) => ({
      data: { _entities: [one?.['__typename'] === 'Vehicle' ? {} : { name: 'x' }] },
      sources: [],
    }))
    await ask()
    expect(await ask()).toEqual([1, 1])
    await turn()
    await cache.epochs.move([subject(key, String(B['idDocumentNumber']))])
    expect(await ask()).toEqual([undefined, undefined])
  })

  test('while a department answers drops what it answers: the next one asks anew', async () => {
    const store = openStore()
    const coming = Promise.withResolvers<void>()
    const cache = testCache({ store, answer: async (asked) => (await coming.promise, named(asked)) })
    const first = cache.ask([A])
    await cache.epochs.move([{ kind: 'resource', code: 'GA-18-01' }])
    const second = cache.ask([A])
    coming.resolve()
    expect([entitiesOf(await first), entitiesOf(await second)]).toEqual([names(A), names(A)])
    await turn()
    expect([cache.asked.length, store.entries.size]).toEqual([2, 1])
  })
})

describe('a gap, in which others may invalidate unheard', () => {
  test('keeps nothing; what is under way is still shared', async () => {
    const store = openStore()
    const gap = gapOf(testCache({ store }), store)
    await Promise.all([gap.ask([A]), gap.ask([A])])
    await gap.ask([A])
    await turn()
    expect([gap.asked.length, gap.memory.size.entries, store.entries.size]).toEqual([2, 0, 0])
  })

  test('uses nothing that is kept, in this process or in the shared store', async () => {
    const store = openStore()
    const cache = testCache({ store })
    await cache.ask([A])
    await turn()
    const view = cache.epochs.current()
    let keeping = true
    const shaky = testCache({
      epochs: { current: () => ({ ...view, keeping }), move: () => Promise.resolve(false) },
      store,
    })
    await shaky.ask([B])
    expect((await shaky.ask([B])).kept).toBe(1)
    keeping = false
    expect((await shaky.ask([B])).kept).toBeUndefined()
  })
})

/** The same cache while it is not known what others invalidate. */
function gapOf(cache: ReturnType<typeof testCache>, store: ReturnType<typeof openStore>) {
  const view = cache.epochs.current()
  const values = new Map([...view.values, ['all', 'gap']])
  return testCache({
    store,
    epochs: { current: () => ({ ...view, values, keeping: false }), move: () => Promise.resolve(false) },
  })
}
