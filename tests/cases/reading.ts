import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import { REGIMES } from '../../gateway/regime/regime.ts'
import type { AnyParameter, ParameterKey, Regime, RegimeName } from '../../gateway/regime/regime.ts'
import { term } from '../../gateway/regime/term.ts'
import { isClause } from '../../gateway/vocabulary/clause.ts'
import type { Clause } from '../../gateway/vocabulary/clause.ts'

/** What a lawyer reads in one regulation of the parameters that no request, explanation or registration depends on. */
export interface Reading {
  readonly regime: RegimeName
  /** By parameter: the value in words, and its clause in brackets. */
  readonly says: Readonly<Record<string, string>>
  /** Parameters of which the text says nothing. */
  readonly silent: readonly string[]
}

const FOLDER = join(import.meta.dirname, 'readings')
const LINE = /^(.+) \[([^\]]+)\]$/
const READING = z.strictObject({
  regime: z.enum(REGIMES),
  title: z.strictObject({ zh: z.string().min(1), en: z.string().min(1) }),
  says: z.record(
    z.string(),
    z.string().refine((line) => clauseOf(line) !== null, 'is not `value [clause]`'),
  ),
  silent: z.array(z.string()),
})

/** Reads tests/cases/readings. @throws ZodError where a file breaks its shape */
export function readReadings(): readonly Reading[] {
  const files = readdirSync(FOLDER).filter((name) => name.endsWith('.yaml'))
  return files.toSorted().map((name) => {
    const reading = READING.parse(parse(readFileSync(join(FOLDER, name), 'utf8')))
    if (`${reading.regime}.yaml` !== basename(name)) throw new Error(`${name} is a reading of ${reading.regime}`)
    return reading
  })
}

/** The clause of a line; null where it has none. */
export function clauseOf(line: string): Clause | null {
  const clause = LINE.exec(line)?.[2] ?? ''
  return isClause(clause) ? clause : null
}

/** A parameter as the readings write it: `5 working days [ZS-4.08]`; `silent` where the profile has none. */
export function lineOf({ parameters }: Regime, key: ParameterKey): string {
  const parameter: AnyParameter | null = parameters[key]
  return parameter === null ? 'silent' : `${words(parameter.value)} [${parameter.clause}]`
}

/** Parameters that a profile leaves unsaid. */
export function silentIn({ parameters }: Regime): readonly string[] {
  return Object.entries(parameters).flatMap(([key, parameter]) => (parameter === null ? [key] : []))
}

function words(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(words).join(', ')
  if (typeof value !== 'object' || value === null) return String(value)
  const limit = term.safeParse(value)
  if (limit.success && typeof limit.data === 'object')
    return 'days' in limit.data ? counted(limit.data.days, 'working day') : counted(limit.data.months, 'month')
  return Object.entries(value)
    .map(([name, member]) => `${name} = ${words(member)}`)
    .join('; ')
}

function counted(number: number, of: string): string {
  return `${number} ${of}${number === 1 ? '' : 's'}`
}
