import fc from 'fast-check'
import { expect, test } from 'vitest'
import { pace } from '../../../subgraphs/kit/http/http-pace.ts'

test('no second has more calls than are allowed, whichever second one looks at', () => {
  const arrivals = fc.array(fc.integer({ min: 0, max: 5000 }), { maxLength: 80 })
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 7 }), arrivals, (perSecond, times) => {
      const limit = pace(perSecond)
      const begun = times
        .toSorted((one, other) => one - other)
        .flatMap((time) => limit.reserve(time, Number.POSITIVE_INFINITY) ?? [])
      expect(begun).toHaveLength(times.length)
      for (const from of begun)
        expect(begun.filter((at) => at >= from && at < from + 1000).length).toBeLessThanOrEqual(perSecond)
    }),
  )
})

test('a call that would be too late takes no place', () => {
  const limit = pace(1)
  expect(limit.reserve(0, 100)).toBe(0)
  expect(limit.reserve(10, 500)).toBeNull()
  expect(limit.reserve(20, 2000)).toBe(1000)
})

test('without a number as many go as come, but for those that are too late already', () => {
  const limit = pace(undefined)
  expect(Array.from({ length: 5 }, () => limit.reserve(7, 8))).toEqual([7, 7, 7, 7, 7])
  expect(limit.reserve(8, 8)).toBeNull()
})
