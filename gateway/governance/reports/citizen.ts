import type { AuditRecord } from '../../audit/record.ts'
import { AUTHORITY } from '../../grants/supervision.ts'
import type { Disclosed, Disclosure } from './disclosure.ts'
import { isKeptBack } from './disclosure.ts'
import type { ReportNames } from './names.ts'
import type { OfficerCode } from './officer-codes.ts'
import { isRefused, recordsAbout, wasTold } from './records.ts'
import type { FoundRecord, ReportStore } from './records.ts'
import type { Period } from './report.ts'

/** By which way somebody's data was used. */
export type CitizenMethod = 'QUERY' | 'VERIFY' | 'REFUSED'

/** An item of data, by its coordinate. */
export interface ToldItem {
  readonly coordinate: string
  readonly masked: boolean
}

/** An item that was compared with what somebody had shown (ZS-4.09). */
export interface VerifiedItem {
  readonly coordinate: string
  readonly outcome: 'MATCH' | 'NO_MATCH' | 'NO_RECORD'
}

/** An item that stayed closed, with the code of its refusal. */
export interface RefusedItem {
  readonly coordinate: string
  readonly code: string
}

/** One use of somebody's data. */
export interface CitizenEntry {
  readonly receipt: string
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly department: string | null
  readonly actingFor: string | null
  readonly application: string | null
  /** A stable code, never the staff number. */
  readonly officer: string | null
  readonly matter: string | null
  readonly method: CitizenMethod
  readonly emergency: boolean
  /** What the answer told. */
  readonly told: readonly ToldItem[]
  readonly verified: readonly VerifiedItem[]
  readonly refused: readonly RefusedItem[]
  /** Why nothing was answered at all. */
  readonly codes: readonly string[]
  /** Several people were asked about at once: what was told is what was told of all of them together, at most. */
  readonly among: boolean
}

/** What a citizen's report is made from. */
export interface CitizenSources {
  readonly store: ReportStore
  readonly names: ReportNames
  readonly disclosure: Disclosure
  /** An officer as the citizen may know them. */
  readonly officerCode: OfficerCode
  /** Milliseconds since the epoch. */
  readonly now: number
}

/**
 * Who looked at somebody's data, when, for what: the newest first. Only records whose object the person was (a person who
 * was reached through another's record would learn of that other one), nothing of anybody else in them, and nothing that
 * is kept back (disclosure.ts).
 */
export async function citizenEntries(
  { store, names, disclosure, officerCode, now }: CitizenSources,
  pseudonyms: readonly string[],
  period: Period,
): Promise<readonly CitizenEntry[]> {
  const found = await recordsAbout(store, pseudonyms, period)
  return found
    .filter(isAboutThem)
    .map(({ record }) => record)
    .filter((record) => !isStoodFor(record) && !isSearchOfRecord(record, names))
    .filter((record) => !isKeptBack(disclosure, disclosedOf(record, names), now))
    .map((record) => entryOf(record, names, officerCode))
}

/** Of several people a record of version 1 does not say who was reached through whom: it is shown to none of them. */
function isAboutThem({ record, part }: FoundRecord): boolean {
  return part === 'OBJECT' || (part === 'UNKNOWN' && record.subjects.length === 1)
}

/** Each row of a batch has a record of its own, which says what was compared of whom. */
function isStoodFor({ method, verification }: AuditRecord): boolean {
  return method === 'verify' && verification?.of === undefined && (verification?.rows ?? 1) > 1
}

/**
 * Whether only the audit record was searched, for whoever looked at the person's data before: no use of that data, and
 * told of, it would say that somebody inquires. Under a matter of supervision nothing of a citizen opens, so that no use
 * hides behind a search in the same operation.
 */
function isSearchOfRecord({ data, matter, arguments: given }: AuditRecord, names: ReportNames): boolean {
  if (data.length > 0 && data.every(({ providers = [] }) => providers.length === 1 && providers[0] === AUTHORITY))
    return true
  return names.isSupervision(matter) && given.some(({ name }) => name.includes('Query.auditRecords('))
}

function disclosedOf(record: AuditRecord, names: ReportNames): Disclosed {
  const { department, actingFor = null, matter } = record
  const stated = names.isSupervision(matter) ? null : matter
  return { at: Date.parse(record.time), department, actingFor, matter: stated, case: record.case }
}

function entryOf(record: AuditRecord, names: ReportNames, officerCode: OfficerCode): CitizenEntry {
  const refused = isRefused(record)
  const objects = record.objects ?? record.subjects.length
  return {
    receipt: record.receipt,
    at: Date.parse(record.time),
    department: record.department,
    actingFor: record.actingFor ?? null,
    application: record.application,
    officer: record.officer === null ? null : officerCode(record.department, record.officer),
    matter: record.matter,
    method: refused ? 'REFUSED' : record.method === 'verify' ? 'VERIFY' : 'QUERY',
    emergency: record.emergency !== undefined,
    told: toldItems(record, names),
    verified: verifiedItems(record),
    refused: refusedItems(record, names),
    codes: refused ? record.outcome.codes : [],
    among: objects > 1,
  }
}

function toldItems(record: AuditRecord, names: ReportNames): readonly ToldItem[] {
  return record.data
    .filter((datum) => names.field(datum.coordinate).tells && wasTold(record, datum, names))
    .map(({ coordinate, decision }) => ({ coordinate, masked: decision === 'MASK' }))
}

function verifiedItems({ verification, method }: AuditRecord): readonly VerifiedItem[] {
  if (method !== 'verify') return []
  return (verification?.items ?? []).flatMap(({ coordinate, outcome }) =>
    coordinate === null || outcome === null ? [] : [{ coordinate, outcome }],
  )
}

/** What stayed closed; where everything did, the codes of the whole say it. */
function refusedItems(record: AuditRecord, names: ReportNames): readonly RefusedItem[] {
  if (record.method === 'verify')
    return (record.verification?.items ?? []).flatMap(({ coordinate, outcome, code }) =>
      coordinate === null || outcome !== null || code === null ? [] : [{ coordinate, code }],
    )
  return record.data.flatMap((datum) => {
    const { coordinate, decision, code } = datum
    if (decision === 'DENY' || decision === 'VERIFY_ONLY') return [{ coordinate, code: code ?? decision }]
    const open = names.field(coordinate).tells && !isRefused(record) && !wasTold(record, datum, names)
    return open ? [{ coordinate, code: 'SOURCE_UNAVAILABLE' }] : []
  })
}
