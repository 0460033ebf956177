import { expect, test, vi } from 'vitest'
import { remember } from '../../../gateway/vocabulary/remember.ts'

test('is worked out once for each text', () => {
  const workOut = vi.fn<(text: string) => number>((text) => text.length)
  const length = remember(workOut)
  expect([length('a'), length('bb'), length('a'), length('bb')]).toEqual([1, 2, 1, 2])
  expect(workOut).toHaveBeenCalledTimes(2)
})

test('what comes to nothing is remembered too', () => {
  const workOut = vi.fn<(text: string) => null>(() => null)
  const nothing = remember(workOut)
  nothing('a')
  expect(nothing('a')).toBeNull()
  expect(workOut).toHaveBeenCalledTimes(1)
})

test('texts beyond what may be remembered are worked out anew, and none is answered for another', () => {
  const workOut = vi.fn<(text: string) => string>((text) => text)
  const same = remember(workOut)
  const texts = Array.from({ length: 60 }, (_, at) => `${at}`.padStart(10_000, 'x'))
  for (const text of [...texts, ...texts]) expect(same(text)).toBe(text)
  expect(workOut.mock.calls.length).toBeGreaterThan(60)
  const long = 'y'.repeat(100_000)
  workOut.mockClear()
  expect([same(long), same(long)]).toEqual([long, long])
  expect(workOut).toHaveBeenCalledTimes(2)
})
