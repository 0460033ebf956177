import type { AuditFacts } from '../audit/audit.ts'
import type { Round } from '../measure.ts'
import { spreadOf } from '../statistics.ts'
import type { Spread } from '../statistics.ts'
import type { Series } from '../steady.ts'
import type { Verdict } from './goals.ts'

/** The measured values as a Markdown table, one row for each workload and gateway. */
export function tableOf(series: readonly Series[]): string {
  const head = [
    'workload',
    'gateway',
    'answers/s min / median / max',
    'p50 ms',
    'p99 ms',
    'CPU µs',
    'of its core',
    'CPU µs around it',
    'KB',
    'fetches / entities',
    'MB after / peak',
  ]
  const rows = series.map(({ workload, gateway, rounds, fetches }) => {
    const middle = (of: (round: Round) => number): number => spreadOf(rounds.map(of)).median
    return [
      workload,
      gateway,
      spread(spreadOf(rounds.map(({ perSecond }) => perSecond)), 0),
      middle(({ p50 }) => p50).toFixed(2),
      middle(({ p99 }) => p99).toFixed(2),
      middle(({ cpuPerAnswer }) => cpuPerAnswer * 1_000).toFixed(0),
      `${(middle(({ busy }) => busy) * 100).toFixed(0)} %`,
      middle(({ aroundPerAnswer }) => aroundPerAnswer * 1_000).toFixed(0),
      (middle(({ bytesPerAnswer }) => bytesPerAnswer) / 1_000).toFixed(1),
      fetches === null ? '' : `${short(fetches.fetches)} / ${short(fetches.entities)}`,
      `${most(rounds, ({ rssBytes }) => rssBytes)} / ${most(rounds, ({ peakBytes }) => peakBytes)}`,
    ]
  })
  return markdown(head, rows)
}

/** Goals, measured, met or missed. */
export function goalTable(verdicts: readonly Verdict[]): string {
  const head = ['goal', 'workload', 'bound', 'measured min / median / max', '']
  const rows = verdicts.map(({ goal, workload, bound, measured, met, note }) => {
    const said = `${met ? 'met' : '**missed**'}${note === '' ? '' : ` (${note})`}`
    return [goal, workload, bound, spread(measured, measured.median >= 100 ? 0 : 2), said]
  })
  return markdown(head, rows)
}

/** How often the record is made durable, and how long that takes. */
export function auditTable(facts: readonly AuditFacts[]): string {
  const head = [
    'workload',
    'fsync p50 ms',
    'fsync p99 ms',
    'records for each fsync',
    'of the time',
    'of the CPU',
    'fast lane',
  ]
  const rows = facts.map(({ workload, fsyncP50, fsyncP99, recordsPerFsync, timeShare, cpuShare, fastLane }) => [
    workload,
    fsyncP50.toFixed(2),
    fsyncP99.toFixed(2),
    recordsPerFsync.toFixed(1),
    `${(timeShare * 100).toFixed(0)} %`,
    `${(cpuShare * 100).toFixed(0)} %`,
    `${(fastLane * 100).toFixed(0)} %`,
  ])
  return markdown(head, rows)
}

function markdown(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |\n`).join('')
}

function spread({ min, median, max }: Spread, digits: number): string {
  return [min, median, max].map((one) => one.toFixed(digits)).join(' / ')
}

function most(rounds: readonly Round[], of: (round: Round) => number): string {
  return (Math.max(...rounds.map(of)) / 1024 / 1024).toFixed(0)
}

function short(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(2)
}
