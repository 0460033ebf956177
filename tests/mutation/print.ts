import { readFileSync } from 'node:fs'
import path from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import { REGIMES } from '../../gateway/regime/regime.ts'
import type { Reading } from '../cases/reading.ts'
import type { Fate, Outcome } from './mutate.ts'
import { KINDS } from './offline.ts'

const ROOT = path.resolve(import.meta.dirname, '..', '..')
/** The page that is printed, and the reasons on it. */
export const PAGE = path.join(ROOT, 'docs/law/parameters.md')
export const REASONS_FILE = path.join(ROOT, 'docs/law/parameters.yaml')
const REASONS = z.record(z.string(), z.string().regex(/^[a-z-]+: .{10,}/))
const FATES = [...KINDS, 'failed', 'reached', 'unreached', 'impossible'] as const satisfies readonly Fate[]

/** Why nothing that the gateway does rests on a parameter, by parameter. */
export type Reasons = Readonly<Record<string, string>>

/** Reads docs/law/parameters.yaml. */
export function readReasons(): Reasons {
  return REASONS.parse(parse(readFileSync(REASONS_FILE, 'utf8')))
}

/** Whether what the gateway does, and not a reading alone, would be another one. */
function isDone({ fate }: Outcome): boolean {
  return fate === 'decision' || fate === 'explanation' || fate === 'composition'
}

function survives({ fate }: Outcome): boolean {
  return fate === 'failed' || fate === 'reached' || fate === 'unreached'
}

/**
 * What is wrong: a change that no case with the clause notices; a parameter that is only read and says not why; a reason
 * that is needed no longer; a line of a reading that other cases hold altogether.
 */
export function faultsFound(
  outcomes: readonly Outcome[],
  reasons: Reasons,
  readings: readonly Reading[],
): readonly string[] {
  const parameters = Map.groupBy(outcomes, ({ key }) => String(key))
  const open = outcomes.filter(survives).map(({ regime, key, change, unnamed }) => {
    const hint = unnamed === null ? 'no case fails' : `only ${unnamed} fails, which does not name the clause`
    return `${regime}: ${key}, another ${change}: ${hint}`
  })
  const unexplained = [...parameters].flatMap(([key, all]) =>
    all.some(isDone) || reasons[key] !== undefined ? [] : [`${key} is only read and has no reason in parameters.yaml`],
  )
  const stale = staleReasons(outcomes, reasons).map(
    (key) => `${key} has a reason in parameters.yaml: take it out there`,
  )
  const unset = Object.keys(reasons).filter((key) => !parameters.has(key))
  return [
    ...open,
    ...unexplained,
    ...stale,
    ...unset.map((key) => `${key} has a reason in parameters.yaml, but no profile sets it`),
    ...idleLines(outcomes, readings),
  ]
}

/** Parameters that need their reason no longer: something that the gateway does rests on them. */
export function staleReasons(outcomes: readonly Outcome[], reasons: Reasons): readonly string[] {
  return Object.keys(reasons).filter((name) => outcomes.some((one) => one.key === name && isDone(one)))
}

function idleLines(outcomes: readonly Outcome[], readings: readonly Reading[]): readonly string[] {
  const needed = new Set(outcomes.filter(({ fate }) => fate === 'reading').map(({ regime, key }) => `${regime} ${key}`))
  return readings.flatMap(({ regime, says }) =>
    Object.keys(says)
      .filter((key) => !needed.has(`${regime} ${key}`))
      .map((key) => `the reading of ${regime} has a line for ${key}, which other cases hold: take it out there`),
  )
}

/**
 * The result in one line. A reading is no proof of what the gateway does: what it alone holds has survived every case of
 * behaviour, and is counted so.
 */
export function headline(outcomes: readonly Outcome[]): string {
  const count = (is: (one: Outcome) => boolean): number => outcomes.filter(is).length
  const open = count(survives)
  return [
    `${outcomes.length} changes: ${count(isDone)} held by behaviour`,
    `${count(({ fate }) => fate === 'reading')} survive behaviour and are held by a reading of the text alone (nothing that the gateway does rests on them yet)`,
    `${count(({ fate }) => fate === 'impossible')} impossible`,
    ...(open > 0 ? [`${open} not held at all`] : []),
  ].join(', ')
}

/** The page docs/law/parameters.md. */
export function printPage(outcomes: readonly Outcome[], reasons: Reasons): string {
  const parameters = [...Map.groupBy(outcomes, ({ key }) => key)]
  const done = parameters.filter(([, all]) => all.some(isDone))
  const read = parameters.filter(([, all]) => !all.some(isDone))
  return [
    '# What the cases notice of the profiles',
    `${headline(outcomes)}.`,
    `Printed by \`npm run mutate:regimes\`: each parameter that a profile sets gets another value, no value, and the
neighbour of its clause, and the cases of that regulation are decided again. A change is held where a case fails that
names the clause.`,
    printTable(numbers(outcomes)),
    `decision, explanation, composition: held by a case of that kind, the first of them. reading: held only by the line of
\`tests/cases/readings\` that says how the text is read; nothing that the gateway does would be another one. failed: only
cases fail that do not name the clause. reached: cases look at the parameter and none fails. unreached: no case of the
regulation looks at it. impossible: the shape of a profile refuses the change.`,
    `## Held by what the gateway does (${done.length})`,
    done.map(([key, all]) => `- \`${key}\`: ${whereDone(all)}`).join('\n'),
    ...printOpen(outcomes),
    `## Only read (${read.length})`,
    read.map(([key]) => `- \`${key}\`: ${reasons[key] ?? 'no reason given'}`).join('\n'),
  ]
    .join('\n\n')
    .concat('\n')
}

/** What no case notices, or none that names the clause. */
function printOpen(outcomes: readonly Outcome[]): readonly string[] {
  const open = outcomes.filter(survives)
  const lines = open.map(({ regime, key, change, by }) => `- \`${key}\`, ${change}: ${regime}, ${by ?? 'by nothing'}`)
  return lines.length === 0 ? [] : [`## Not held (${open.length})`, lines.join('\n')]
}

/** Regulation by regulation: which change by which case, and what is only read there. */
function whereDone(all: readonly Outcome[]): string {
  return REGIMES.flatMap((regime) => {
    const own = all.filter((one) => one.regime === regime && one.fate !== 'impossible')
    const held = own.filter(isDone).map(({ change, by }) => `${change} by ${by}`)
    const rest = own.filter((one) => !isDone(one)).map(({ change }) => change)
    if (own.length === 0) return []
    if (held.length === 0) return [`${regime} only read`]
    return [`${regime} ${held.join(', ')}${rest.length > 0 ? `, only read ${rest.join(', ')}` : ''}`]
  }).join('; ')
}

function numbers(outcomes: readonly Outcome[]): readonly (readonly string[])[] {
  const rows = [...REGIMES, 'all'].map((name) => {
    const own = outcomes.filter(({ regime }) => name === 'all' || regime === name)
    return [name, own.length, ...FATES.map((fate) => own.filter((one) => one.fate === fate).length)].map(String)
  })
  return [['regulation', 'changes', ...FATES], ...rows]
}

/** As the formatter would write it. */
function printTable(rows: readonly (readonly string[])[]): string {
  const [head = [], ...body] = rows
  const widths = head.map((_name, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)))
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |`
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].join('\n')
}
