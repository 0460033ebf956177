import { describe, expect, test } from 'vitest'
import { createMemoryCounters } from '../../../gateway/adapters/counters-memory.ts'
import { DAY } from '../../../gateway/limits/counters.ts'
import type { Counters, Taken } from '../../../gateway/limits/counters.ts'
import { takeAll } from '../../../gateway/limits/taken.ts'
import type { Bound } from '../../../gateway/limits/taken.ts'

const bound = (key: string, most: number, more: Partial<Bound> = {}): Bound => ({
  key,
  window: DAY,
  places: 1,
  most,
  ...more,
})

/** Counters of which those of some keys are not exact, as where their file fails in between. */
function counters(inexact: readonly string[] = []): Counters {
  const memory = createMemoryCounters({ now: () => 0 })
  const as = (key: string, got: Taken): Taken => ({ ...got, exact: !inexact.includes(key) })
  return {
    ...memory,
    take: async (key, ...more) => as(key, await memory.take(key, ...more)),
    takeDistinct: async (key, ...more) => as(key, await memory.takeDistinct(key, ...more)),
  }
}

const totalOf = async (of: Counters, key: string): Promise<number> =>
  (await of.take(key, 0, DAY, Number.MAX_SAFE_INTEGER)).total

describe('several bounds', () => {
  test('are taken together, and given back together', async () => {
    const own = counters()
    const had = await takeAll(own, [bound('a', 2), bound('b', 2, { places: 2 })], false)
    expect(had).toMatchObject({ kind: 'TAKEN', totals: [1, 2] })
    if (had.kind === 'TAKEN') await had.giveBack()
    expect([await totalOf(own, 'a'), await totalOf(own, 'b')]).toEqual([0, 0])
  })

  test('one of them broken leave nothing taken of the others', async () => {
    const own = counters()
    const had = await takeAll(own, [bound('a', 2), bound('people', 1, { places: ['p', 'q'] })], false)
    expect(had).toMatchObject({ kind: 'BROKEN', bound: { key: 'people' }, total: 2 })
    expect(await totalOf(own, 'a')).toBe(0)
  })

  test('one of them waived stand in nobody’s way', async () => {
    const had = await takeAll(counters(['a']), [bound('a', 0, { waived: true }), bound('b', 1)], true)
    expect(had.kind).toBe('TAKEN')
  })

  test.each(['a', 'b'])('of which %s is not counted exactly are refused where that matters', async (key) => {
    const own = counters([key])
    const taking = takeAll(own, [bound('a', 5), bound('b', 5)], true)
    await expect(taking).rejects.toMatchObject({ code: 'COUNTERS_UNAVAILABLE' })
    expect([await totalOf(own, 'a'), await totalOf(own, 'b')]).toEqual([0, 0])
    expect((await takeAll(own, [bound('a', 5), bound('b', 5)], false)).kind).toBe('TAKEN')
  })
})
