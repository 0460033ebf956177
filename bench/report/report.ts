import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { join } from 'node:path'
import type { AuditFacts } from '../audit/audit.ts'
import type { Options } from '../options.ts'
import { spreadOf } from '../statistics.ts'
import type { Series } from '../steady.ts'
import { judgeGoals } from './goals.ts'
import { auditTable, goalTable, tableOf } from './table.ts'

/** Everything that a run measured. */
export interface Run {
  readonly series: readonly Series[]
  readonly audit: readonly AuditFacts[]
  readonly options: Options
}

/** The tables of a run, as Markdown. */
export function reportOf({ series, audit, options }: Run): string {
  const verdicts = judgeGoals(series)
  const parts = [
    `${new Date().toISOString().slice(0, 10)}, ${machine()}; ${options.rounds} alternating rounds of ${options.seconds} s.`,
    ...(verdicts.length > 0 ? ['### Goals', goalTable(verdicts)] : []),
    '### Measured',
    tableOf(series),
    titles(series),
    ...(audit.length > 0 ? ['### The record', auditTable(audit)] : []),
  ]
  return parts.join('\n\n')
}

function machine(): string {
  const [first] = cpus()
  const gigabytes = Math.round(totalmem() / 1024 ** 3)
  return `Node ${process.versions.node}, ${cpus().length} cores of ${first?.model.trim() ?? 'an unknown kind'}, ${gigabytes} GB`
}

function titles(series: readonly Series[]): string {
  const known = new Map(series.map(({ gateway, title }) => [gateway, title]))
  return [...known].map(([gateway, title]) => `- \`${gateway}\`: ${title}`).join('\n')
}

const BEGIN = '<!-- measured: written by npm run bench -->'
const END = '<!-- end of what was measured -->'

/** Writes `bench/results.json` and the measured part of `docs/performance.md`; what people wrote there stays. */
export function writeReport(run: Run): void {
  const { root } = run.options
  const results = join(root, 'bench/results.json')
  const page = join(root, 'docs/performance.md')
  writeFileSync(
    results,
    `${JSON.stringify({ machine: machine(), results: run.series.map(resultOf), audit: run.audit, goals: judgeGoals(run.series) }, null, 2)}\n`,
  )
  const before = existsSync(page) ? readFileSync(page, 'utf8') : `# Performance\n\n${BEGIN}\n${END}\n`
  const [head, rest] = before.split(BEGIN)
  const tail = rest?.split(END)[1]
  if (head === undefined || tail === undefined) throw new Error(`${page} lacks its marks: ${BEGIN} and ${END}`)
  writeFileSync(page, `${head}${BEGIN}\n\n${reportOf(run)}\n${END}${tail}`)
  // Tables are aligned as everything else in the repository is.
  spawnSync(process.execPath, [join(root, 'node_modules/.bin/oxfmt'), results, page], { stdio: 'inherit' })
}

/** One object for each workload and gateway. */
function resultOf({ workload, gateway, title, rounds, fetches }: Series) {
  const over = (of: (round: Series['rounds'][number]) => number) => spreadOf(rounds.map(of))
  return {
    workload,
    gateway,
    title,
    rounds: rounds.length,
    answersPerSecond: over(({ perSecond }) => perSecond),
    p50Milliseconds: over(({ p50 }) => p50),
    p99Milliseconds: over(({ p99 }) => p99),
    cpuMicroseconds: over(({ cpuPerAnswer }) => cpuPerAnswer * 1_000),
    shareOfCore: over(({ busy }) => busy),
    bytes: over(({ bytesPerAnswer }) => bytesPerAnswer).median,
    rssBytes: Math.max(...rounds.map(({ rssBytes }) => rssBytes)),
    peakBytes: Math.max(...rounds.map(({ peakBytes }) => peakBytes)),
    fetches: fetches?.fetches ?? null,
    entities: fetches?.entities ?? null,
  }
}
