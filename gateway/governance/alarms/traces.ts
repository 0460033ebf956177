import { z } from 'zod'
import type { AuditDatum, AuditRecord } from '../../audit/record.ts'
import { REFUSALS } from '../../vocabulary/codes.ts'
import type { AlarmTraceRow } from '../store/tables.ts'
import { isInquiry, isOperation } from './batch.ts'
import type { JudgedRecord } from './batch.ts'
import { officerKey } from './keys.ts'
import { isOffHours } from './off-hours.ts'
import type { AlarmSettings } from './settings.ts'

/** What is remembered of records beside the index, because no other table tells it. */
export type TraceKind =
  /** `who`: a keyed group of neighbouring numbers. */
  | 'NEIGHBOUR'
  /** `who`: an officer; `total` items compared, `part` of them no match. */
  | 'VERIFIED'
  /** `who`: an officer, `<department>/<application>`, or nobody (``). */
  | 'REFUSED'
  | 'REFUSED_APPLICATION'
  | 'REFUSED_STRANGER'
  /** `who`: an officer. */
  | 'MISMATCH'
  | 'NIGHT'

/** A trace that a record leaves. */
export type Trace = AlarmTraceRow & { readonly kind: TraceKind }

const detail = z.object({
  department: z.string().nullable().default(null),
  application: z.string().nullable().default(null),
  officer: z.string().nullable().default(null),
  matter: z.string().nullable().default(null),
  objects: z.array(z.string()).default([]),
})
/** What a trace says besides: who asked, in which application, about whom. */
export type TraceDetail = z.output<typeof detail>

/** Reads the detail of a trace of ours. @throws ZodError for one that is not */
export function traceDetail({ detail: text }: Pick<AlarmTraceRow, 'detail'>): TraceDetail {
  return detail.parse(JSON.parse(text))
}

/** Everything that a record leaves for the rules to look back on. */
export function tracesOf(judged: JudgedRecord, settings: AlarmSettings): readonly Trace[] {
  return [
    ...neighbours(judged),
    ...verified(judged),
    ...refused(judged),
    ...mismatch(judged),
    ...night(judged, settings),
  ]
}

function trace(
  { record, at, objects }: JudgedRecord,
  kind: TraceKind,
  who: string,
  counted: { readonly total: number; readonly part: number },
): Trace {
  const { chain, seq, receipt, department, application, officer, matter } = record
  const told: TraceDetail = { department, application, officer, matter, objects: [...objects] }
  return { kind, who, chain, seq, at, receipt, ...counted, detail: JSON.stringify(told) }
}

/** Rows of a batch of verifications ask about nobody whom their operation does not. */
function neighbours(judged: JudgedRecord): readonly Trace[] {
  const { record } = judged
  const groups = isOperation(record) && !isInquiry(record) ? (record.neighbours ?? []) : []
  return groups.map(({ group, count }) => {
    const alone = groups.length === 1 && count === judged.objects.length
    return trace(judged, 'NEIGHBOUR', group, { total: count, part: alone ? 1 : 0 })
  })
}

/** An answer that was given again compares nothing anew. */
function verified(judged: JudgedRecord): readonly Trace[] {
  const { verification } = judged.record
  if (judged.by === null || verification === undefined || verification.repeats !== undefined) return []
  const outcomes = verification.items.filter(({ outcome }) => outcome !== null)
  const missed = outcomes.filter(({ outcome }) => outcome !== 'MATCH')
  if (outcomes.length === 0) return []
  return [trace(judged, 'VERIFIED', officerKey(judged.by), { total: outcomes.length, part: missed.length })]
}

/** Refusals that are no word on who asked, but on what is out of order elsewhere. */
const NOT_THEIRS: ReadonlySet<string> = new Set([
  'AUDIT_UNAVAILABLE',
  'COUNTERS_UNAVAILABLE',
  'CONFLICT_UNRESOLVED',
  'SOURCE_UNAVAILABLE',
  'SOURCE_INVALID',
])
const THEIRS: ReadonlySet<string> = new Set([
  ...Object.keys(REFUSALS).filter((code) => !NOT_THEIRS.has(code)),
  'UNAUTHENTICATED',
  'RATE_LIMIT',
  'LIMIT_EXCEEDED',
])

/** Refused as a whole, or for most of what was asked for: whoever probes gets that, an office seldom. */
function isRefused({ record }: JudgedRecord): boolean {
  const { method, data, outcome } = record
  if (method === 'refused' || method === 'summary') return outcome.codes.some((code) => THEIRS.has(code))
  // A field that is open to everybody, asked for beside the others, makes no office of it.
  return data.filter(({ decision }) => decision === 'DENY').length * 2 > data.length
}

function refused(judged: JudgedRecord): readonly Trace[] {
  if (!isOperation(judged.record) || !isRefused(judged)) return []
  const { department, application, count = 1 } = judged.record
  const counted = { total: count, part: count }
  if (department === null) return [trace(judged, 'REFUSED_STRANGER', '', counted)]
  return [
    ...(judged.by === null ? [] : [trace(judged, 'REFUSED', officerKey(judged.by), counted)]),
    ...(application === null ? [] : [trace(judged, 'REFUSED_APPLICATION', `${department}/${application}`, counted)]),
  ]
}

/** A grant used for another matter, or by whom it was not given to (S15, NT-33.1(4)). */
const MISMATCHES: readonly string[] = ['PURPOSE_MISMATCH', 'AUDIENCE_MISMATCH']

function mismatch(judged: JudgedRecord): readonly Trace[] {
  if (judged.by === null || !isOperation(judged.record)) return []
  if (!judged.record.outcome.codes.some((code) => MISMATCHES.includes(code))) return []
  return [trace(judged, 'MISMATCH', officerKey(judged.by), { total: 1, part: 1 })]
}

/** An emergency has no hours (ZS-4.10), where what was told rests on it: to name one is not enough. */
function night(judged: JudgedRecord, { OFF_HOURS: hours }: AlarmSettings): readonly Trace[] {
  const { by, at, objects, record } = judged
  if (by === null || objects.length === 0 || !isOperation(record) || isInquiry(record)) return []
  if (record.matter !== null && hours.nightMatters.includes(record.matter)) return []
  if (restsOnEmergency(record)) return []
  return isOffHours(hours, at) ? [trace(judged, 'NIGHT', officerKey(by), { total: objects.length, part: 0 })] : []
}

/** Whether its declarer stands among the approvers for a field that no grant opened, and for no grant. */
function restsOnEmergency({ emergency, approvers, approvals = [], data }: AuditRecord): boolean {
  if (emergency === undefined || !approvers.includes(emergency.declaredBy)) return false
  const ofGrants = approvals.flatMap((one) => one.approvers.map(({ officer }) => officer))
  const isOpened = ({ decision, grant, approval }: AuditDatum): boolean =>
    (decision === 'ALLOW' || decision === 'MASK') && grant === undefined && approval === undefined
  return data.some(isOpened) && !ofGrants.includes(emergency.declaredBy)
}
