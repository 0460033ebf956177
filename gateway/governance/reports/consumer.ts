import type { AuditRecord } from '../../audit/record.ts'
import { grantState } from '../../grants/grant.ts'
import type { Grant, GrantState } from '../../grants/grant.ts'
import type { ReportNames } from './names.ts'
import type { OfficerCode } from './officer-codes.ts'
import type { MonthUse, Refusal, UseFigures } from './provider.ts'
import { isRefused, isRow, objectsOf, operationsOf, recordsOf } from './records.ts'
import type { ReportStore } from './records.ts'
import type { Period } from './report.ts'
import type { Code } from '../../vocabulary/codes.ts'
import { createDistinct, createTally, sumOf } from './tally.ts'
import type { Distinct, Tally } from './tally.ts'
import { cityMonth, monthsOf } from './time.ts'
import { COMPARED_KINDS, GIVEN_KINDS, usesIn } from './uses.ts'
import type { Use, UseKind } from './uses.ts'

/** How a grant was used. */
export interface GrantUse {
  readonly id: string
  readonly matters: readonly string[]
  /** At the end of the period. */
  readonly state: GrantState
  readonly seasonal: boolean
  readonly uses: number
  readonly fields: number
  /** Coordinates that were granted and not used in the period. */
  readonly unused: readonly string[]
  /** Last use in the period, milliseconds since the epoch; null for none. */
  readonly lastUsed: number | null
  /** Not used for longer than the regime lets a grant lie idle: the provider may withdraw it, save seasonal need (NT-26). */
  readonly idle: boolean
}

/** A refusal that says more than "not yet": asked beyond the matter, the purpose or the scope. */
export interface BeyondNeed extends Refusal {
  readonly officers: number
  /** Asked again and again although it was refused. */
  readonly repeated: boolean
}

/** Use for one matter; null where none was stated. */
export interface MatterUse extends UseFigures {
  readonly matter: string | null
}

/** Use by one officer: operations, different subjects, items given and refused. */
export interface OfficerUse {
  /** A stable code, never the staff number. */
  readonly officer: string
  readonly operations: number
  readonly subjects: number
  readonly given: number
  readonly refused: number
  /** Operations outside 07:00 to 20:00 of the city's days. */
  readonly offHours: number
}

/** What a department, or one of its matters, did with what it was granted. */
export interface ConsumerReport extends Period {
  readonly department: string
  /** Null for all matters. */
  readonly matter: string | null
  readonly operations: number
  readonly refusedOperations: number
  readonly subjects: number
  readonly months: readonly MonthUse[]
  readonly matters: readonly MatterUse[]
  readonly grants: readonly GrantUse[]
  readonly beyond: readonly BeyondNeed[]
  readonly limits: readonly { readonly code: string; readonly matter: string | null; readonly times: number }[]
  readonly officers: readonly OfficerUse[]
}

interface ConsumerSources {
  readonly store: ReportStore
  readonly names: ReportNames
  /** With their revocations. */
  readonly grants: readonly Grant[]
  readonly officerCode: OfficerCode
  /** Calendar months that a grant may lie idle (NT-26); null where the regime says nothing of it. */
  readonly idleMonths: number | null
}

/** Refusals that tell of asking for more than the matter, the purpose or the grant is for (ZS-6.14(7), NT-33.1(4)). */
const BEYOND: ReadonlySet<string> = new Set<Code>([
  'PURPOSE_MISSING',
  'PURPOSE_MISMATCH',
  'NOT_NEEDED',
  'OUT_OF_SCOPE',
  'PARAMETER_OUT_OF_GRANT',
  'NOT_SHARED',
  'VERIFY_ONLY',
  'FILTER_NOT_ALLOWED',
])

/** Bounds that stopped somebody. */
const LIMITS: ReadonlySet<string> = new Set<Code>([
  'RATE_LIMIT',
  'LIMIT_EXCEEDED',
  'QUOTA_EXCEEDED',
  'COPY_CONSENT_MISSING',
  'ENUMERATION_SUSPECTED',
  'OFFICER_SUSPENDED',
])

/** From how many times on a refusal counts as asked again and again. */
const REPEATED = 3

/**
 * A department's own use: what it was granted and never used, what it asked beyond its need, how much, by whom, and which
 * bounds it met. What it did for another department (ZS-7.04) is in it, and what another one did for it: its grants were
 * used, whoever used them.
 */
export async function consumerReport(
  { store, names, grants, officerCode, idleMonths }: ConsumerSources,
  { department, matter }: { readonly department: string; readonly matter: string | null },
  period: Period,
): Promise<ConsumerReport> {
  const counts = newCounts()
  const filter = matter === null ? { department } : { department, matter }
  for await (const record of recordsOf(store, period, filter)) noteRecord(counts, names, record)
  const own = grants.filter((one) => one.consumer === department && (matter === null || one.matters.includes(matter)))
  return {
    department,
    matter,
    ...period,
    ...readCounts(counts, period, officerCode),
    grants: own.map((grant) => grantUse(grant, counts.grants.get(grant.id) ?? NEVER, { names, period, idleMonths })),
  }
}

/** How a grant's coordinates were used, and when the last time. */
interface Used {
  readonly coordinates: ReadonlyMap<string, number>
  readonly last: number | null
}

const NEVER: Used = { coordinates: new Map(), last: null }

interface GrantFacts extends Pick<ConsumerSources, 'names' | 'idleMonths'> {
  readonly period: Period
}

/** Links are granted with what lies behind them: a record names what was told of that, and they are not looked at. */
function grantUse(grant: Grant, used: Used, { names, idleMonths, period: { until } }: GrantFacts): GrantUse {
  const granted = [...grant.fields.keys()].filter((coordinate) => names.field(coordinate).tells)
  const state = grantState(grant, until - 1)
  const since = used.last ?? grant.validFrom
  return {
    id: grant.id,
    matters: grant.matters,
    state,
    seasonal: grant.seasonal,
    uses: [...used.coordinates.values()].reduce((sum, one) => sum + one, 0),
    fields: granted.length,
    unused: granted.filter((coordinate) => !used.coordinates.has(coordinate)),
    lastUsed: used.last,
    idle: idleMonths !== null && state === 'ACTIVE' && !grant.seasonal && monthsLater(since, idleMonths) <= until,
  }
}

/** The same day so many calendar months later; the last of the month where there is no such day. */
function monthsLater(at: number, months: number): number {
  const from = new Date(at)
  const month = from.getUTCMonth() + months
  const last = new Date(Date.UTC(from.getUTCFullYear(), month + 1, 0)).getUTCDate()
  return new Date(from).setUTCMonth(month, Math.min(from.getUTCDate(), last))
}

type Note = UseKind | 'OPERATION' | 'REFUSED_OPERATION' | 'OFF_HOURS'

/** What is counted while records stream by. */
interface ConsumerCounts {
  readonly notes: Tally<[Note]>
  readonly byMonth: Tally<[Note, string]>
  readonly byMatter: Tally<[Note, string | null]>
  readonly byOfficer: Tally<[Note, string | null, string]>
  readonly people: Distinct<[] | ['matter', string | null] | ['officer', string | null, string]>
  readonly beyond: Tally<[string | null, string | null, string, string]>
  readonly asking: Distinct<[string | null, string | null, string, string]>
  readonly limits: Tally<[string, string | null]>
  readonly grants: Map<string, { readonly coordinates: Map<string, number>; last: number }>
}

function newCounts(): ConsumerCounts {
  return {
    notes: createTally(),
    byMonth: createTally(),
    byMatter: createTally(),
    byOfficer: createTally(),
    people: createDistinct(),
    beyond: createTally(),
    asking: createDistinct(),
    limits: createTally(),
    grants: new Map(),
  }
}

function noteRecord(counts: ConsumerCounts, names: ReportNames, record: AuditRecord): void {
  for (const use of usesIn(record, names)) noteUse(counts, record, use)
  if (isRow(record)) return
  const { department, matter, officer, time, outcome } = record
  const times = operationsOf(record)
  note(counts, 'OPERATION', record, times)
  if (isRefused(record)) note(counts, 'REFUSED_OPERATION', record, times)
  if (isOffHours(Date.parse(time))) note(counts, 'OFF_HOURS', record, times)
  counts.people.add([], objectsOf(record))
  counts.people.add(['matter', matter], objectsOf(record))
  if (officer !== null) counts.people.add(['officer', department, officer], objectsOf(record))
  for (const code of outcome.codes) if (LIMITS.has(code)) counts.limits.add([code, matter], times)
}

function note(counts: ConsumerCounts, kind: Note, { time, matter, department, officer }: AuditRecord, times = 1): void {
  counts.notes.add([kind], times)
  counts.byMonth.add([kind, cityMonth(Date.parse(time))], times)
  counts.byMatter.add([kind, matter], times)
  if (officer !== null) counts.byOfficer.add([kind, department, officer], times)
}

function noteUse(counts: ConsumerCounts, record: AuditRecord, { kind, coordinate, code, grant }: Use): void {
  const { department, matter, officer, time } = record
  note(counts, kind, record)
  if (kind !== 'REFUSED') {
    if (grant !== null) noteGrant(counts, grant, coordinate, Date.parse(time))
    return
  }
  if (code === null || !BEYOND.has(code)) return
  counts.beyond.add([department, matter, coordinate, code])
  counts.asking.add([department, matter, coordinate, code], officer === null ? [] : [officer])
}

function noteGrant({ grants }: ConsumerCounts, id: string, coordinate: string, at: number): void {
  const known = grants.get(id) ?? { coordinates: new Map<string, number>(), last: at }
  known.coordinates.set(coordinate, (known.coordinates.get(coordinate) ?? 0) + 1)
  known.last = Math.max(known.last, at)
  grants.set(id, known)
}

function readCounts(counts: ConsumerCounts, { since, until }: Period, officerCode: OfficerCode) {
  const { notes, byMonth, beyond, asking, limits, people } = counts
  return {
    operations: notes.get(['OPERATION']),
    refusedOperations: notes.get(['REFUSED_OPERATION']),
    subjects: people.count([]),
    months: monthsOf(since, until).map((month) => ({
      month,
      operations: byMonth.get(['OPERATION', month]),
      given: sumOf(GIVEN_KINDS, (kind) => byMonth.get([kind, month])),
      refused: byMonth.get(['REFUSED', month]),
    })),
    matters: matterUses(counts),
    beyond: beyond.rows().map(({ key, count: times }) => {
      const [department, matter, coordinate, code] = key
      return { department, matter, coordinate, code, times, officers: asking.count(key), repeated: times >= REPEATED }
    }),
    limits: limits.rows().map(({ key: [code, matter], count: times }) => ({ code, matter, times })),
    officers: officerUses(counts, officerCode),
  }
}

function matterUses({ byMatter, people }: ConsumerCounts): readonly MatterUse[] {
  const matters = new Set(byMatter.rows().map(({ key }) => key[1]))
  return byOperations(
    [...matters].map((matter) => ({
      matter,
      operations: byMatter.get(['OPERATION', matter]),
      subjects: people.count(['matter', matter]),
      given: sumOf(GIVEN_KINDS, (kind) => byMatter.get([kind, matter])),
      compared: sumOf(COMPARED_KINDS, (kind) => byMatter.get([kind, matter])),
      refused: byMatter.get(['REFUSED', matter]),
    })),
  )
}

function officerUses({ byOfficer, people }: ConsumerCounts, codeOf: OfficerCode): readonly OfficerUse[] {
  const officers = new Map(
    byOfficer
      .rows()
      .map(({ key: [, department, officer] }) => [JSON.stringify([department, officer]), { department, officer }]),
  )
  return byOperations(
    [...officers.values()].map(({ department, officer }) => ({
      officer: codeOf(department, officer),
      operations: byOfficer.get(['OPERATION', department, officer]),
      subjects: people.count(['officer', department, officer]),
      given: sumOf(GIVEN_KINDS, (kind) => byOfficer.get([kind, department, officer])),
      refused: byOfficer.get(['REFUSED', department, officer]),
      offHours: byOfficer.get(['OFF_HOURS', department, officer]),
    })),
  )
}

function byOperations<T extends { readonly operations: number }>(rows: readonly T[]): readonly T[] {
  return rows.toSorted((a, b) => b.operations - a.operations)
}

/** Outside 07:00 to 20:00 by the city's clocks; working days are not looked at. */
function isOffHours(at: number): boolean {
  const hour = (Math.floor(at / 3_600_000) + 8) % 24
  return hour < 7 || hour >= 20
}
