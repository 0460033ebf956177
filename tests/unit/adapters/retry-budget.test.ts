import { expect, test } from 'vitest'
import { createRetryBudget, retryJitter } from '../../../gateway/adapters/retry-budget.ts'

/** How many second tries there are, taken until there are none. */
function takenOf(budget: ReturnType<typeof createRetryBudget>): number {
  for (let taken = 0; taken < 1_000; taken += 1) if (!budget.take()) return taken
  return Infinity
}

function noteCalls(budget: ReturnType<typeof createRetryBudget>, calls: number): void {
  for (let noted = 0; noted < calls; noted += 1) budget.noteCall()
}

test.each([
  [0, 3],
  [10, 4],
  [100, 13],
  [1_000, 103],
])('of %i calls %i are tried again at most', (calls, tries) => {
  const budget = createRetryBudget(() => 0)
  noteCalls(budget, calls)
  expect(takenOf(budget)).toBe(tries)
})

test('what was taken is given back by time alone', () => {
  const now = { at: 0 }
  const budget = createRetryBudget(() => now.at)
  noteCalls(budget, 100)
  expect(takenOf(budget)).toBe(13)
  now.at = 9_999
  expect(takenOf(budget)).toBe(0)
  now.at = 10_000
  expect(takenOf(budget)).toBe(3)
})

test('those who failed together come again one by one', () => {
  const pauses = Array.from({ length: 200 }, retryJitter)
  expect(new Set(pauses).size).toBeGreaterThan(190)
  expect(pauses.every((pause) => pause >= 5 && pause <= 50)).toBe(true)
})
