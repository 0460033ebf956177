import { expect, test } from 'vitest'
import { newDocument } from '../../../bench/cold.ts'
import { hostile } from '../../../bench/hard-plan.ts'
import type { Round } from '../../../bench/measure.ts'
import { judgeGoals } from '../../../bench/report/goals.ts'
import { goalTable } from '../../../bench/report/table.ts'
import { quantile, ratios, spreadOf } from '../../../bench/statistics.ts'
import type { Series } from '../../../bench/steady.ts'

const ROUND: Round = {
  answers: 1_000,
  failures: 0,
  failure: null,
  perSecond: 1_000,
  p50: 1,
  p99: 2,
  cpuPerAnswer: 1,
  busy: 1,
  rssBytes: 200 * 1024 * 1024,
  peakBytes: 200 * 1024 * 1024,
  bytesPerAnswer: 100,
  aroundPerAnswer: 1,
}

function series(workload: string, gateway: string, changes: Partial<Round>): Series {
  return {
    workload,
    gateway,
    title: gateway,
    rounds: [ROUND, ROUND].map((one) => ({ ...one, ...changes })),
    fetches: null,
  }
}

function verdictOf(all: readonly Series[], goal: RegExp) {
  const found = judgeGoals(all).find((one) => goal.test(one.goal))
  if (!found) throw new Error('not judged')
  return found
}

test('a goal is met by its bound and missed below it', () => {
  const apollo = series('tiny', 'apollo', {})
  expect(verdictOf([series('tiny', 'ours', { perSecond: 10_000 }), apollo], /bare Apollo/)).toMatchObject({ met: true })
  expect(verdictOf([series('tiny', 'ours', { perSecond: 9_999 }), apollo], /bare Apollo/)).toMatchObject({ met: false })
})

test('where a core was shared, seconds of CPU decide, and it is said', () => {
  const all = [
    series('tiny', 'ours', { perSecond: 20_000, cpuPerAnswer: 0.5, busy: 0.5 }),
    series('tiny', 'apollo', { cpuPerAnswer: 1 }),
  ]
  const verdict = verdictOf(all, /bare Apollo/)
  expect(verdict).toMatchObject({ met: false, measured: { median: 2 } })
  expect(goalTable([verdict])).toContain('**missed** (for a second of CPU: a core was shared)')
})

test('the law’s price, the cold answer, the hostile query and the memory have an upper bound', () => {
  const all = [
    series('heavy', 'ours', { cpuPerAnswer: 1.2, rssBytes: 301 * 1024 * 1024 }),
    series('heavy', 'engine', {}),
    series('cold', 'ours', { p50: 1.4 }),
    series('cold', 'apollo', {}),
    series('hard-plan, alone', 'ours', {}),
    series('hard-plan, beside', 'ours', { p99: 4.1 }),
  ]
  const met = Object.fromEntries(judgeGoals(all).map((one) => [one.goal, one.met]))
  expect(met).toStrictEqual({
    'price of the law (CPU)': false,
    'first answer (p50), to bare Apollo’s': true,
    'p99 beside a hostile query, to alone': false,
    'memory of a process (MB)': false,
  })
})

test('what the cache saves is counted by fetches for an answer', () => {
  const zipf = (gateway: string, fetches: number): Series => ({
    ...series('zipf', gateway, {}),
    fetches: { fetches, entities: fetches },
  })
  expect(verdictOf([zipf('ours', 3), zipf('ours-cached', 0.3)], /saves/)).toMatchObject({ met: true })
  expect(verdictOf([zipf('ours', 3), zipf('ours-cached', 0.4)], /saves/)).toMatchObject({ met: false })
})

test('rounds are compared with those that ran beside them', () => {
  expect(ratios([10, 40, 30], [1, 2, 3])).toStrictEqual({ min: 10, median: 10, max: 20 })
  expect(spreadOf([4, 1, 2, 3])).toStrictEqual({ min: 1, median: 2.5, max: 4 })
  expect(quantile([1, 2, 3, 4], 0.5)).toBe(3)
})

test('documents that are new are all different, and so are the hostile ones', () => {
  const numbers = Array.from({ length: 600 }, (_, at) => at)
  expect(new Set(numbers.map(newDocument)).size).toBe(600)
  expect(new Set(numbers.map(hostile)).size).toBe(600)
})
