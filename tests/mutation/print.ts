import { readFileSync } from 'node:fs'
import path from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import { REGIMES } from '../../gateway/regime/regime.ts'
import type { Fate, Outcome } from './mutate.ts'

const ROOT = path.resolve(import.meta.dirname, '..', '..')
/** The page that is printed, and the reasons on it. */
export const PAGE = path.join(ROOT, 'docs/law/parameters.md')
export const REASONS_FILE = path.join(ROOT, 'docs/law/parameters.yaml')
const REASONS = z.record(z.string(), z.string().regex(/^[a-z-]+: .{10,}/))
const FATES = ['named', 'failed', 'elsewhere', 'reached', 'unreached', 'impossible'] as const satisfies readonly Fate[]

/** Why a change of a parameter goes unnoticed, by parameter. */
export type Reasons = Readonly<Record<string, string>>

/** Reads docs/law/parameters.yaml. */
export function readReasons(): Reasons {
  return REASONS.parse(parse(readFileSync(REASONS_FILE, 'utf8')))
}

/** What is wrong with the reasons: each parameter is held by a case under some profile, or has its reason. */
export function faultsOfReasons(outcomes: readonly Outcome[], reasons: Reasons): readonly string[] {
  const parameters = Map.groupBy(outcomes, ({ key }) => String(key))
  const unset = Object.keys(reasons).filter((key) => !parameters.has(key))
  const wrong = [...parameters].flatMap(([key, all]) => {
    const held = all.find(isHeld)
    if (!held && reasons[key] === undefined) return [`${key} is held by no case and has no reason in parameters.yaml`]
    if (held && reasons[key] !== undefined)
      return [`${key} has a reason in parameters.yaml, but ${held.by} holds it under ${held.regime}: take it out there`]
    return []
  })
  return [...wrong, ...unset.map((key) => `${key} has a reason in parameters.yaml, but no profile sets it`)]
}

/** Parameters that need their reason no longer: a case holds them. */
export function staleReasons(outcomes: readonly Outcome[], reasons: Reasons): readonly string[] {
  return Object.keys(reasons).filter((name) => outcomes.some((one) => one.key === name && isHeld(one)))
}

function isHeld({ fate }: Outcome): boolean {
  return fate === 'named'
}

function survives({ fate }: Outcome): boolean {
  return fate !== 'named' && fate !== 'impossible'
}

/** The page docs/law/parameters.md. */
export function printPage(outcomes: readonly Outcome[], reasons: Reasons): string {
  const parameters = [...Map.groupBy(outcomes, ({ key }) => key)]
  const held = parameters.filter(([, all]) => all.some(isHeld))
  const open = parameters.filter(([, all]) => !all.some(isHeld))
  const lines = (list: typeof parameters, what: (key: string, all: readonly Outcome[]) => string): readonly string[] =>
    list.map(([key, all]) => `- \`${key}\`, survivors ${all.filter(survives).length}: ${what(key, all)}`)
  return [
    '# What the decision cases notice of the profiles',
    `Printed by \`npm run mutate:regimes\`: each parameter that a profile sets gets another value, no value, and the
neighbour of its clause, and the cases of that regulation are decided again.`,
    printTable(numbers(outcomes)),
    `named: a case fails that names the clause. failed: only cases fail that do not name it. elsewhere: no case fails, but
deadlines or the rules of composition are others. reached: cases look at the parameter and none fails. unreached: no
case of the regulation looks at it. impossible: the shape of a profile refuses the change.`,
    `## Held by a case (${held.length})`,
    lines(held, (_key, all) => whereHeld(all)).join('\n'),
    ...printFailed(outcomes),
    `## Held by none (${open.length})`,
    lines(open, (key) => reasons[key] ?? 'no reason given').join('\n'),
  ]
    .join('\n\n')
    .concat('\n')
}

/** Cases to which a clause may be added, where they are about it. */
function printFailed(outcomes: readonly Outcome[]): readonly string[] {
  const failed = outcomes.filter(({ fate }) => fate === 'failed')
  const lines = failed.map(({ regime, key, change, by }) => `- \`${key}\`, ${change}: ${regime}, by ${by}`)
  return lines.length === 0
    ? []
    : [`## Noticed by a case that does not name the clause (${lines.length})`, lines.join('\n')]
}

function whereHeld(all: readonly Outcome[]): string {
  const at = (regime: string): string => {
    const own = all.filter((one) => one.regime === regime)
    const holding = own.filter(isHeld).map(({ change, by }) => `${change} by ${by}`)
    const missed = own.filter((one) => survives(one) && own.some(isHeld)).map(({ change }) => change)
    if (own.length === 0) return ''
    if (holding.length === 0) return `${regime} not`
    return `${regime} ${[...holding, ...(missed.length > 0 ? [`not ${missed.join(', ')}`] : [])].join(', ')}`
  }
  return REGIMES.map(at)
    .filter((part) => part !== '')
    .join('; ')
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
