import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createSlidingCounts } from '../../../gateway/adapters/sliding-counts.ts'

test('counts events of two kinds, and forgets each with its slot', () => {
  const now = { at: 5 }
  const counts = createSlidingCounts(3, 10, () => now.at)
  counts.note(false)
  counts.note(true)
  now.at = 14
  counts.note(true)
  expect([counts.plain(), counts.marked()]).toEqual([1, 2])
  now.at = 29
  expect([counts.plain(), counts.marked()]).toEqual([1, 2])
  now.at = 30
  expect([counts.plain(), counts.marked()]).toEqual([0, 1])
  now.at = 40
  expect([counts.plain(), counts.marked()]).toEqual([0, 0])
})

test('begins anew', () => {
  const counts = createSlidingCounts(3, 10, () => 0)
  counts.note(true)
  counts.clear()
  counts.note(false)
  expect([counts.plain(), counts.marked()]).toEqual([1, 0])
})

test('counts what a list of all events would, whatever the times between them', () => {
  const steps = fc.array(fc.tuple(fc.nat(60), fc.boolean()), { maxLength: 60 })
  fc.assert(
    fc.property(fc.nat(1_000), steps, (start, events) => {
      const now = { at: start }
      const counts = createSlidingCounts(4, 10, () => now.at)
      const list: { readonly slot: number; readonly marked: boolean }[] = []
      for (const [step, marked] of events) {
        now.at += step
        counts.note(marked)
        list.push({ slot: Math.floor(now.at / 10), marked })
        const recent = list.filter(({ slot }) => slot > Math.floor(now.at / 10) - 4)
        expect(counts.marked()).toBe(recent.filter((one) => one.marked).length)
        expect(counts.plain()).toBe(recent.filter((one) => !one.marked).length)
      }
    }),
  )
})
