import type { AuditRecord } from '../../audit/record.ts'
import type { ReportNames } from './names.ts'
import { consumerOf, isRow, objectsOf, operationsOf, providersOf, recordsOf } from './records.ts'
import type { ReportStore } from './records.ts'
import type { Period } from './report.ts'
import { createDistinct, createTally, sumOf } from './tally.ts'
import type { Distinct, Tally } from './tally.ts'
import { cityMonth, monthsOf } from './time.ts'
import { COMPARED_KINDS, GIVEN_KINDS, usesIn } from './uses.ts'
import type { Use, UseKind } from './uses.ts'

/** Outcomes of comparing, in numbers (ZS-4.09). */
export interface Compared {
  readonly match: number
  readonly noMatch: number
  readonly noRecord: number
}

/** How much was used, and of how many different persons and firms; `given` and the others count items. */
export interface UseFigures {
  readonly operations: number
  readonly subjects: number
  readonly given: number
  readonly compared: number
  readonly refused: number
}

/** Use of one field of the provider's. */
export interface FieldUse extends Compared {
  readonly coordinate: string
  /** How often an answer told it in clear, or masked. */
  readonly given: number
  readonly masked: number
  readonly refused: number
  /** Departments that were told it, or had it compared. */
  readonly consumers: number
  /** Milliseconds since the epoch; null where it was never used. */
  readonly lastUsed: number | null
}

/** Use by one department for one matter; null where none was known. */
export interface ConsumerUse extends UseFigures {
  readonly department: string | null
  readonly matter: string | null
}

/** Use in one month, `YYYY-MM` in UTC+8. */
export interface MonthUse {
  readonly month: string
  readonly operations: number
  readonly given: number
  readonly refused: number
}

/** What was refused to whom, by which code, and how many times. */
export interface Refusal {
  readonly department: string | null
  readonly matter: string | null
  readonly coordinate: string
  readonly code: string
  readonly times: number
}

/** How fresh a record type was when it was asked for (ZS-3.07, HZ-16). */
export interface SourceFreshness {
  readonly type: string
  readonly answers: number
  /** Answers whose source was behind its registered cycle; null where the regime sets no time. */
  readonly late: number | null
  /** The source's oldest own time, milliseconds since the epoch. */
  readonly oldest: number
}

/** What a department's data was used for. */
export interface ProviderReport extends Period {
  readonly provider: string
  readonly operations: number
  readonly subjects: number
  readonly failures: number
  readonly months: readonly MonthUse[]
  readonly consumers: readonly ConsumerUse[]
  /** Every field of its catalogue, the unused ones too. */
  readonly fields: readonly FieldUse[]
  readonly refusals: readonly Refusal[]
  readonly freshness: readonly SourceFreshness[]
}

/** By when a record type of a source must be; null where no time is set (request/freshness.ts). */
export type LateBefore = (type: string, now: number) => number | null

interface ProviderSources {
  readonly store: ReportStore
  readonly names: ReportNames
  readonly lateBefore: LateBefore
}

/**
 * Use of one department's data, of its own coordinates alone: by consumer and matter, field and month, what was refused
 * and compared, and how fresh its answers were. It names no officer and no person.
 */
export async function providerReport(
  { store, names, lateBefore }: ProviderSources,
  provider: string,
  period: Period,
): Promise<ProviderReport> {
  const counts = newCounts()
  const freshness = createFreshness(lateBefore)
  let failures = 0
  for await (const record of recordsOf(store, period, { provider })) {
    if (!noteRecord(counts, provider, names, record) || isRow(record)) continue
    const own = record.route.filter(({ department }) => department === provider)
    failures += own.filter(({ outcome }) => outcome === 'failed').length
    for (const { asOf } of own) freshness.note(asOf, Date.parse(record.time))
  }
  return { provider, ...period, failures, ...readCounts(counts, provider, names, period), freshness: freshness.read() }
}

/** What is counted while records stream by. */
interface UseCounts {
  readonly operations: Tally<[string | null, string | null]>
  readonly people: Distinct<[] | [string | null, string | null]>
  readonly byConsumer: Tally<[UseKind, string | null, string | null]>
  readonly byField: Tally<[UseKind, string]>
  readonly byMonth: Tally<[UseKind | 'OPERATION', string]>
  readonly refusals: Tally<[string | null, string | null, string, string]>
  readonly consumers: Distinct<[string]>
  readonly last: Map<string, number>
}

function newCounts(): UseCounts {
  return {
    operations: createTally(),
    people: createDistinct(),
    byConsumer: createTally(),
    byField: createTally(),
    byMonth: createTally(),
    refusals: createTally(),
    consumers: createDistinct(),
    last: new Map(),
  }
}

/** Counts a record; false where it is not about the department's data. */
function noteRecord(counts: UseCounts, provider: string, names: ReportNames, record: AuditRecord): boolean {
  if (!record.data.some((datum) => providersOf(datum, names).includes(provider))) return false
  const { matter, time } = record
  const department = consumerOf(record)
  if (!isRow(record)) {
    counts.operations.add([department, matter], operationsOf(record))
    counts.byMonth.add(['OPERATION', cityMonth(Date.parse(time))], operationsOf(record))
    counts.people.add([department, matter], objectsOf(record))
    counts.people.add([], objectsOf(record))
  }
  for (const use of usesIn(record, names)) if (use.providers.includes(provider)) noteUse(counts, record, use)
  return true
}

function noteUse(counts: UseCounts, record: AuditRecord, { kind, coordinate, code }: Use): void {
  const { matter, time } = record
  const department = consumerOf(record)
  const at = Date.parse(time)
  counts.byConsumer.add([kind, department, matter])
  counts.byField.add([kind, coordinate])
  counts.byMonth.add([kind, cityMonth(at)])
  if (kind === 'REFUSED') {
    counts.refusals.add([department, matter, coordinate, code ?? kind])
    return
  }
  counts.last.set(coordinate, Math.max(counts.last.get(coordinate) ?? 0, at))
  if (department !== null) counts.consumers.add([coordinate], [department])
}

function readCounts(counts: UseCounts, provider: string, names: ReportNames, { since, until }: Period) {
  const { operations, people, byConsumer, byMonth } = counts
  return {
    operations: operations.total(),
    subjects: people.count([]),
    months: monthsOf(since, until).map((month) => ({
      month,
      operations: byMonth.get(['OPERATION', month]),
      given: sumOf(GIVEN_KINDS, (kind) => byMonth.get([kind, month])),
      refused: byMonth.get(['REFUSED', month]),
    })),
    consumers: operations.rows().map(({ key: [department, matter], count }) => ({
      department,
      matter,
      operations: count,
      subjects: people.count([department, matter]),
      given: sumOf(GIVEN_KINDS, (kind) => byConsumer.get([kind, department, matter])),
      compared: sumOf(COMPARED_KINDS, (kind) => byConsumer.get([kind, department, matter])),
      refused: byConsumer.get(['REFUSED', department, matter]),
    })),
    fields: fieldUses(counts, provider, names),
    refusals: counts.refusals.rows().map(({ key: [department, matter, coordinate, code], count: times }) => ({
      department,
      matter,
      coordinate,
      code,
      times,
    })),
  }
}

/** Every field of the department's catalogue and every other that was used, the most used first. */
function fieldUses({ byField, consumers, last }: UseCounts, provider: string, names: ReportNames): readonly FieldUse[] {
  const registered = names.fieldsOf(provider).filter((one) => names.field(one).tells)
  const used = byField.rows().map(({ key }) => key[1])
  const uses = [...new Set([...registered, ...used])].map((coordinate): FieldUse => ({
    coordinate,
    given: byField.get(['GIVEN', coordinate]),
    masked: byField.get(['MASKED', coordinate]),
    refused: byField.get(['REFUSED', coordinate]),
    match: byField.get(['MATCH', coordinate]),
    noMatch: byField.get(['NO_MATCH', coordinate]),
    noRecord: byField.get(['NO_RECORD', coordinate]),
    consumers: consumers.count([coordinate]),
    lastUsed: last.get(coordinate) ?? null,
  }))
  return uses.toSorted((a, b) => usesOf(b) - usesOf(a) || a.coordinate.localeCompare(b.coordinate, 'en'))
}

/** How often a field was told or compared. */
export function usesOf({ given, masked, match, noMatch, noRecord }: FieldUse): number {
  return given + masked + match + noMatch + noRecord
}

/** How fresh sources were, answer by answer. */
function createFreshness(lateBefore: LateBefore) {
  const types = new Map<string, { answers: number; late: number | null; oldest: number }>()
  return {
    note(facts: readonly { readonly type: string; readonly asOf: string }[], at: number): void {
      for (const { type, asOf } of facts) {
        const bound = lateBefore(type, at)
        const time = Date.parse(asOf)
        const known = types.get(type) ?? { answers: 0, late: bound === null ? null : 0, oldest: time }
        known.answers += 1
        if (bound !== null && time < bound) known.late = (known.late ?? 0) + 1
        known.oldest = Math.min(known.oldest, time)
        types.set(type, known)
      }
    },
    read: (): readonly SourceFreshness[] =>
      [...types].map(([type, facts]) => ({ type, ...facts })).toSorted((a, b) => a.type.localeCompare(b.type, 'en')),
  }
}
