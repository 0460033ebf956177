import { describe, expect, it } from 'vitest'
import { createPlannerLine } from '../../../gateway/adapters/planner-line.ts'

function served(waiting: readonly (readonly [string, string])[], bounds = { each: 10, all: 100 }) {
  const line = createPlannerLine<string>(bounds)
  const admitted = waiting.map(([asker, job]) => line.add(asker, job))
  const order: (string | null)[] = []
  while (line.length() > 0) order.push(line.next())
  return { admitted, order }
}

describe('the line of those who wait for a plan', () => {
  it('is first come, first served for one asker', () => {
    const { order } = served([
      ['a', 'a1'],
      ['a', 'a2'],
      ['a', 'a3'],
    ])
    expect(order).toEqual(['a1', 'a2', 'a3'])
  })

  it('lets the askers take turns, so that nobody waits for all that another one has asked', () => {
    const { order } = served([
      ['a', 'a1'],
      ['a', 'a2'],
      ['a', 'a3'],
      ['b', 'b1'],
      ['c', 'c1'],
      ['c', 'c2'],
    ])
    expect(order).toEqual(['a1', 'b1', 'c1', 'a2', 'c2', 'a3'])
  })

  it('serves one who comes later before another who was served just now', () => {
    const line = createPlannerLine<string>({ each: 10, all: 10 })
    for (const job of ['a1', 'a2', 'a3']) line.add('a', job)
    const order = [line.next()]
    line.add('b', 'b1')
    order.push(line.next(), line.next())
    expect(order).toEqual(['a1', 'b1', 'a2'])
  })

  it('is not taken over by one who asks again each time', () => {
    const line = createPlannerLine<string>({ each: 10, all: 10 })
    for (const job of ['a1', 'a2', 'a3']) line.add('a', job)
    const order = [1, 2, 3, 4].map((time) => {
      line.add('b', `b${time}`)
      return line.next()
    })
    expect(order).toEqual(['a1', 'b1', 'a2', 'b2'])
  })

  it('holds so many of each asker, and so many in all', () => {
    const waiting = [
      ['a', 'a1'],
      ['a', 'a2'],
      ['a', 'a3'],
      ['b', 'b1'],
      ['c', 'c1'],
    ] as const
    expect(served(waiting, { each: 2, all: 3 })).toEqual({
      admitted: [true, true, false, true, false],
      order: ['a1', 'b1', 'a2'],
    })
  })

  it('has room again once somebody was served', () => {
    const line = createPlannerLine<string>({ each: 1, all: 1 })
    expect([line.add('a', 'a1'), line.add('a', 'a2'), line.next(), line.add('a', 'a3'), line.length()]).toEqual([
      true,
      false,
      'a1',
      true,
      1,
    ])
  })

  it('gives out everyone, and is empty then', () => {
    const line = createPlannerLine<string>({ each: 5, all: 5 })
    for (const [asker, job] of [
      ['a', 'a1'],
      ['b', 'b1'],
    ] as const)
      line.add(asker, job)
    expect([line.clear().toSorted(), line.length(), line.next()]).toEqual([['a1', 'b1'], 0, null])
  })
})
