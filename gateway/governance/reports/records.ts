import type { Kysely } from 'kysely'
import type { AuditDatum, AuditRecord } from '../../audit/record.ts'
import type { AuditRecordRow, AuditSubjectRow, GovernanceTables } from '../store/tables.ts'
import type { ReportNames } from './names.ts'
import type { Period } from './report.ts'

/** A store, as far as reports ask it. */
export interface ReportStore {
  readonly db: Kysely<GovernanceTables>
}

/** The record of a row: the index copied it from a segment whose hashes it had checked. */
function recordOf({ record }: Pick<AuditRecordRow, 'record'>): AuditRecord {
  return JSON.parse(record) as AuditRecord
}

/** A record and what part the person had whom it was found by. */
export interface FoundRecord {
  readonly record: AuditRecord
  readonly part: AuditSubjectRow['part']
}

/** Most numbers of one question; both kinds of database take more. */
const AT_ONCE = 500

/**
 * Records about somebody, the newest first: never those in which they were only reached from another's record.
 *
 * @param pseudonyms theirs by every kept key
 */
export async function recordsAbout(
  { db }: ReportStore,
  pseudonyms: readonly string[],
  { since, until }: Period,
): Promise<readonly FoundRecord[]> {
  const rows = await db
    .selectFrom('audit_subject as s')
    .innerJoin('audit_record as r', (join) =>
      join.onRef('r.chain', '=', 's.chain').onRef('r.seq', '=', 's.seq').onRef('r.at', '=', 's.at'),
    )
    .select(['r.record', 's.part'])
    .where('s.pseudonym', 'in', pseudonyms.slice(0, AT_ONCE))
    .where('s.part', 'in', ['OBJECT', 'UNKNOWN'])
    .where('s.at', '>=', since)
    .where('s.at', '<', until)
    .orderBy('s.at', 'desc')
    .orderBy('r.receipt', 'desc')
    .execute()
  return rows.map(({ record, part }) => ({ record: recordOf({ record }), part }))
}

/** Rows that are read at once where every record of a period has to be looked at. */
const PAGE = 2_000

/** Which records are read. */
export interface RecordFilter {
  /** Asked, or was asked for by another department (ZS-7.04). */
  readonly department?: string
  readonly matter?: string
  /** Some datum of theirs would be answered by this department. */
  readonly provider?: string
}

/** Every record of a period that a condition of the index lets through, in the order of time; memory stays bounded. */
export async function* recordsOf(
  { db }: ReportStore,
  { since, until }: Period,
  only: RecordFilter = {},
): AsyncGenerator<AuditRecord> {
  let after: { readonly at: number; readonly chain: string; readonly seq: number } | null = null
  for (;;) {
    let query = db
      .selectFrom('audit_record')
      .select(['at', 'chain', 'seq', 'record'])
      .where('at', '<', until)
      .orderBy('at')
      .orderBy('chain')
      .orderBy('seq')
      .limit(PAGE)
    const { department } = only
    if (department !== undefined)
      query = query.where((row) => row.or([row('department', '=', department), row('acting_for', '=', department)]))
    if (only.matter !== undefined) query = query.where('matter', '=', only.matter)
    const { provider } = only
    if (provider !== undefined)
      // A record of version 1 does not say who would answer: whoever reads it holds it against the catalogue.
      query = query.where((row) =>
        row.exists(
          row
            .selectFrom('audit_datum as d')
            .select('d.n')
            .whereRef('d.chain', '=', 'audit_record.chain')
            .whereRef('d.seq', '=', 'audit_record.seq')
            .whereRef('d.at', '=', 'audit_record.at')
            .where('d.provider', 'in', [provider, '']),
        ),
      )
    const last = after
    query =
      last === null
        ? query.where('at', '>=', since)
        : query
            .where('at', '>=', last.at)
            .where((row) =>
              row.or([
                row('at', '>', last.at),
                row.and([row('at', '=', last.at), row('chain', '>', last.chain)]),
                row.and([row('at', '=', last.at), row('chain', '=', last.chain), row('seq', '>', last.seq)]),
              ]),
            )
    const rows = await query.execute()
    for (const row of rows) yield recordOf(row)
    const end = rows.at(-1)
    if (end === undefined || rows.length < PAGE) return
    after = { at: Number(end.at), chain: end.chain, seq: Number(end.seq) }
  }
}

/** Departments that would answer a datum; of a record of version 1, which does not say, by today's catalogue. */
export function providersOf(datum: AuditDatum, names: ReportNames): readonly string[] {
  return datum.providers ?? names.field(datum.coordinate).providers
}

/**
 * Whether an operation told of a datum: it was open, the answer left, and a department that would answer it did. That a
 * department has nothing on file is told too.
 */
export function wasTold(record: AuditRecord, datum: AuditDatum, names: ReportNames): boolean {
  if (datum.decision !== 'ALLOW' && datum.decision !== 'MASK') return false
  if (!TELLING.has(record.method) || record.outcome.status >= 400) return false
  const providers = providersOf(datum, names).filter((one) => one !== 'gateway')
  const asked = record.route.filter(({ department }) => department !== 'gateway')
  // What the gateway knows by itself was told, unless it makes it of sources' values and none of them answered.
  const own = providers.length === 0
  if (own && asked.length === 0) return record.route.some(({ outcome }) => outcome === 'ok')
  const answered = asked.filter(({ outcome }) => outcome === 'ok' || outcome === 'partial')
  return answered.some(({ department }) => own || providers.includes(department))
}

/** Methods whose answers show values; a verification shows outcomes, a refusal nothing. */
const TELLING: ReadonlySet<AuditRecord['method']> = new Set(['query', 'mutation', 'analysis'])

/** Codes of an operation that was refused as a whole. */
export function isRefused({ method, outcome }: AuditRecord): boolean {
  return method === 'refused' || method === 'summary' || outcome.status >= 400
}

/** Of whom a record is: in one of version 1 everybody in it, since it does not say who was only reached. */
export function objectsOf({ subjects, objects }: AuditRecord): readonly string[] {
  return objects === undefined ? subjects : subjects.slice(0, objects)
}

/** Whose use of data it was: what was done for another department is that one's (ZS-7.04). */
export function consumerOf({ department, actingFor }: AuditRecord): string | null {
  return actingFor ?? department
}

/** Whether a record is one row of a batch, whose operation has a record of its own. */
export function isRow({ verification }: AuditRecord): boolean {
  return verification?.of !== undefined
}

/** How many operations a record stands for: the rows of a batch for none beside their operation's. */
export function operationsOf(record: AuditRecord): number {
  return isRow(record) ? 0 : (record.count ?? 1)
}

/** What was compared: each item once, where the record of a batch leaves it to those of its rows. */
export function comparedOf({ method, verification }: AuditRecord): NonNullable<AuditRecord['verification']>['items'] {
  return method === 'verify' ? (verification?.items ?? []) : []
}
