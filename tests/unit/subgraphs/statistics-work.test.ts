import { describe, expect, test } from 'vitest'
import { counted } from '../../../subgraphs/kit/statistics/count.ts'
import { keptTables } from '../../../subgraphs/kit/statistics/kept.ts'
import type { Published } from '../../../subgraphs/kit/statistics/table.ts'
import { atOnce, inTurns, isTurn, spend, workOf } from '../../../subgraphs/kit/statistics/work.ts'
import { text } from '../../../subgraphs/kit/decode.ts'

function* threeParts(done: string[]): Generator<void, string> {
  for (const part of ['a', 'b', 'c']) {
    done.push(part)
    yield
  }
  return done.join('')
}

describe('work in turns', () => {
  test('lets what waits go on between its parts', async () => {
    const done: string[] = []
    const result = inTurns(threeParts(done))
    setImmediate(() => done.push('another'))
    expect(await result).toContain('a')
    expect(done.indexOf('another')).toBeLessThan(done.indexOf('c'))
    expect(atOnce(threeParts([]))).toBe('abc')
  })

  test('ends with the reason of the signal, and does no further part', async () => {
    const done: string[] = []
    const controller = new AbortController()
    const result = inTurns(threeParts(done), controller.signal)
    controller.abort(new Error('too late'))
    await expect(result).rejects.toThrow('too late')
    expect(done).toEqual(['a'])
  })

  test('has a turn after a slice of steps, and counts what it takes beyond it', () => {
    const work = workOf(100_000)
    expect(isTurn(work)).toBe(false)
    spend(work, 60_000)
    expect([isTurn(work), isTurn(work)]).toEqual([true, false])
    spend(work, 60_000)
    expect(work.left).toBe(-20_000)
  })
})

describe('groups of a source', () => {
  const groups = Array.from({ length: 2500 }, (_, at) => ({ row: { town: `t${at % 2000}` }, count: 1 + at }))

  test('are read in parts, those of one value as one', () => {
    const parts = counted(groups, [text('town')])
    expect([parts.next().done, parts.next().done]).toEqual([false, false])
    const { cells } = atOnce(parts)
    expect(cells).toHaveLength(2000)
    expect(cells[0]).toEqual({ values: ['t0'], count: 1 + 2001 })
  })

  test('are none where they count nobody', () => {
    const none = { row: { town: 'nowhere' }, count: 0 }
    expect(atOnce(counted([none, ...groups], [text('town')]))).toEqual(atOnce(counted(groups, [text('town')])))
  })

  test('have one text where they are the same, and another where one number is another', () => {
    const digest = (of: typeof groups): string => atOnce(counted(of, [text('town')])).digest
    expect(digest([...groups])).toBe(digest(groups))
    expect(digest(groups.map((one, at) => (at === 1700 ? { ...one, count: 5 } : one)))).not.toBe(digest(groups))
    expect(digest(groups.slice(1))).not.toBe(digest(groups))
  })
})

describe('tables that are kept', () => {
  const table = (count: number): Published => ({ cells: [{ values: ['a'], count }], suppressed: false })

  /** A store, and what was made for it. */
  function keeping() {
    const kept = keptTables()
    const made: string[] = []
    return {
      made,
      ask: (dimensions: string, digest: string, count = 10) =>
        kept(dimensions, digest, async () => {
          made.push(`${dimensions} ${digest}`)
          return table(count)
        }),
    }
  }

  test('are made once for the same numbers, also for those who ask meanwhile', async () => {
    const { ask, made } = keeping()
    const [one, other] = await Promise.all([ask('sex', '1'), ask('sex', '1', 99)])
    expect(one).toEqual(table(10))
    expect(other).toEqual(one)
    expect(await ask('sex', '1', 99)).toEqual(one)
    expect(made).toEqual(['sex 1'])
  })

  test('are made anew for other numbers, and each set of dimensions by itself', async () => {
    const { ask, made } = keeping()
    await ask('sex', '1')
    expect(await ask('sex', '2', 20)).toEqual(table(20))
    expect(await ask('town', '2', 30)).toEqual(table(30))
    expect(await ask('sex', '1', 40)).toEqual(table(40))
    expect(made).toEqual(['sex 1', 'sex 2', 'town 2', 'sex 1'])
  })

  test('are few: the oldest goes', async () => {
    const { ask, made } = keeping()
    for (const dimensions of ['a', 'b', 'c', 'd', 'e']) await ask(dimensions, '1')
    await ask('e', '1')
    await ask('b', '1')
    expect(made).toHaveLength(5)
    await ask('a', '1')
    expect(made).toHaveLength(6)
  })

  test('are not kept where they could not be made', async () => {
    const kept = keptTables()
    await expect(kept('sex', '1', () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(await kept('sex', '1', () => Promise.resolve(table(10)))).toEqual(table(10))
  })
})
