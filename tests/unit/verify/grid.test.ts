import { expect, test } from 'vitest'
import { waitForGrid } from '../../../gateway/verify/grid.ts'

/** A clock that only sleeping moves; each sleep may end early or late by what `error` says. */
function fakeTime(now: number, error: (asked: number) => number = () => 0) {
  const sleeps: number[] = []
  return {
    sleeps,
    now: () => now,
    monotonic: () => now,
    sleep: async (milliseconds: number) => {
      sleeps.push(milliseconds)
      now += Math.max(0.01, milliseconds + error(milliseconds))
    },
  }
}

async function leaves(now: number, started: number, grid: number): Promise<number> {
  const time = fakeTime(now)
  await waitForGrid({ ...time, started, grid })
  return time.now()
}

test.each([
  ['at once', 1_000, 1_000, 1_050],
  ['within the first step', 1_030, 1_000, 1_050],
  ['at the very end of the first step', 1_050, 1_000, 1_050],
  ['just after the first step', 1_050.001, 1_000, 1_100],
  ['within the second step', 1_070, 1_000, 1_100],
  ['much later', 1_501, 1_000, 1_550],
])('an answer that is ready %s leaves with the step', async (_when, now, started, expected) => {
  expect(await leaves(now, started, 50)).toBeCloseTo(expected, 6)
})

test('steps are counted from the start of the request, not from the clock', async () => {
  expect(await leaves(1_020.5, 1_013.25, 40)).toBeCloseTo(1_053.25, 6)
})

test('a timer that fires early waits again, never leaves before the step', async () => {
  const time = fakeTime(0, (asked) => -asked / 2)
  await waitForGrid({ ...time, started: 0, grid: 100 })
  expect(time.now()).toBeGreaterThanOrEqual(100)
  expect(time.sleeps.length).toBeGreaterThan(3)
})

test('a timer that fires late leaves then, and does not wait for another step', async () => {
  const time = fakeTime(10, () => 3)
  await waitForGrid({ ...time, started: 0, grid: 100 })
  expect([time.now(), time.sleeps]).toEqual([103, [90]])
})

test('a clock that stood still, or a start that lies ahead, still waits one step', async () => {
  expect(await leaves(990, 1_000, 50)).toBeCloseTo(1_050, 6)
})

test('0 switches the grid off', async () => {
  const time = fakeTime(5)
  await waitForGrid({ ...time, started: 0, grid: 0 })
  expect(time.sleeps).toEqual([])
})
