import type { Round } from '../measure.ts'
import { ratios } from '../statistics.ts'
import type { Spread } from '../statistics.ts'
import type { Series } from '../steady.ts'

/** One goal, what was measured, and whether it is met. */
export interface Verdict {
  readonly goal: string
  readonly workload: string
  /** As the goal is said: `≥ 10`. */
  readonly bound: string
  readonly measured: Spread
  readonly met: boolean
  /** By what it was judged, where that must be said. */
  readonly note: string
}

/** Less than so much of its core, and a gateway was held up by something that is not its own. */
const ITS_OWN = 0.85

const MEGABYTE = 1024 * 1024

/** Holds what was measured against the goals; one without its measurements is left out. */
export function judgeGoals(all: readonly Series[]): readonly Verdict[] {
  const find = (workload: string, gateway: string): Series | null =>
    all.find((one) => one.workload === workload && one.gateway === gateway) ?? null
  const steady = ['tiny', 'list100', 'heavy'].flatMap((workload, at) => [
    throughput('answers, to bare Apollo Gateway', find(workload, 'ours'), find(workload, 'apollo'), [10, 6, 7][at]),
    throughput(
      'answers, to Hive Gateway (Rust planner)',
      find(workload, 'ours'),
      find(workload, 'hive-rust'),
      [3, 3, 1.7][at],
    ),
    price(find(workload, 'ours'), find(workload, 'engine'), [1.35, 1.2, 1.15][at]),
  ])
  const besides = [
    below('first answer (p50), to bare Apollo’s', find('cold', 'ours'), find('cold', 'apollo'), 1.5, ({ p50 }) => p50),
    below(
      'p99 beside a hostile query, to alone',
      find('hard-plan, beside', 'ours'),
      find('hard-plan, alone', 'ours'),
      2,
      ({ p99 }) => p99,
    ),
    fewer(find('zipf', 'ours-cached'), find('zipf', 'ours')),
    faster('answers with the cache, to without', find('zipf', 'ours-cached'), find('zipf', 'ours'), 2),
    faster('answers of two processes, to one', find('processes', 'ours-two'), find('processes', 'ours'), 1.8),
    memory(all),
  ]
  return [...steady, ...besides].flatMap((one) => one ?? [])
}

/**
 * Answers for a second of the gateway's core. Where a gateway did not have its core to itself, seconds of the clock say
 * how busy the machine was; then seconds of CPU are counted.
 */
function throughput(
  goal: string,
  over: Series | null,
  under: Series | null,
  bound: number | undefined,
): Verdict | null {
  if (!over || !under || bound === undefined) return null
  const own = [...over.rounds, ...under.rounds].every(({ busy }) => busy >= ITS_OWN)
  const measured = own
    ? compare(over, under, ({ perSecond }) => perSecond)
    : compare(under, over, ({ cpuPerAnswer }) => cpuPerAnswer)
  const note = own ? '' : 'for a second of CPU: a core was shared'
  return { goal, workload: over.workload, bound: `≥ ${bound}`, measured, met: measured.median >= bound, note }
}

function price(over: Series | null, under: Series | null, bound: number | undefined): Verdict | null {
  if (bound === undefined) return null
  return below('price of the law (CPU)', over, under, bound, ({ cpuPerAnswer }) => cpuPerAnswer)
}

function below(
  goal: string,
  over: Series | null,
  under: Series | null,
  bound: number,
  of: (round: Round) => number,
): Verdict | null {
  if (!over || !under) return null
  const measured = compare(over, under, of)
  const workload = over.workload.replace(/,.*/, '')
  return { goal, workload, bound: `≤ ${bound}`, measured, met: measured.median <= bound, note: '' }
}

function fewer(cached: Series | null, plain: Series | null): Verdict | null {
  if (!cached?.fetches || !plain?.fetches) return null
  const share = 1 - cached.fetches.fetches / plain.fetches.fetches
  const measured = { min: share, median: share, max: share }
  const goal = 'fetches that the cache saves'
  return { goal, workload: cached.workload, bound: '≥ 0.9', measured, met: share >= 0.9, note: '' }
}

/** By the clock: what is gained is waiting, or another core. */
function faster(goal: string, over: Series | null, under: Series | null, bound: number): Verdict | null {
  if (!over || !under) return null
  const measured = compare(over, under, ({ perSecond }) => perSecond)
  return { goal, workload: over.workload, bound: `≥ ${bound}`, measured, met: measured.median >= bound, note: '' }
}

function memory(all: readonly Series[]): Verdict | null {
  const rounds = all
    .filter(({ gateway }) => gateway === 'ours' || gateway === 'ours-cached')
    .flatMap((one) => one.rounds)
  if (rounds.length === 0) return null
  const most = Math.max(...rounds.map(({ rssBytes }) => rssBytes)) / MEGABYTE
  const measured = { min: most, median: most, max: most }
  return { goal: 'memory of a process (MB)', workload: 'all', bound: '≤ 300', measured, met: most <= 300, note: '' }
}

function compare(over: Series, under: Series, of: (round: Round) => number): Spread {
  return ratios(over.rounds.map(of), under.rounds.map(of))
}
