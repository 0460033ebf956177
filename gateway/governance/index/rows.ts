import type { AuditRecord } from '../../audit/record.ts'
import type { BulkRow, BulkTable } from '../store/columns.ts'
import { dayOf } from '../store/months.ts'

/** The rows that records make, by table. */
export type RecordRows = { readonly [T in BulkTable]: readonly BulkRow<T>[] }

/**
 * Turns records of one chain, of either version of the specification, into rows. The same record makes the same rows.
 *
 * @param chain the name under which the chain is copied
 */
export function rowsOf(chain: string, records: readonly AuditRecord[]): RecordRows {
  return {
    audit_record: records.map((record) => recordRow(placeOf(chain, record), record)),
    audit_datum: records.flatMap((record) => datumRows(placeOf(chain, record), record)),
    audit_subject: records.flatMap((record) => subjectRows(placeOf(chain, record), record)),
    audit_route: records.flatMap((record) => routeRows(placeOf(chain, record), record)),
  }
}

interface Place {
  readonly chain: string
  readonly seq: number
  readonly at: number
}

function placeOf(chain: string, { seq, time }: AuditRecord): Place {
  return { chain, seq, at: Date.parse(time) }
}

function recordRow({ chain, seq, at }: Place, record: AuditRecord): BulkRow<'audit_record'> {
  return {
    chain,
    seq,
    hash: record.hash,
    v: record.v,
    receipt: text(record.receipt),
    at,
    day: dayOf(at),
    method: record.method,
    department: nullable(record.department),
    acting_for: nullable(record.actingFor ?? null),
    application: nullable(record.application),
    officer: nullable(record.officer),
    matter: nullable(record.matter),
    case_number: nullable(record.case),
    status: record.outcome.status,
    codes: JSON.stringify(record.outcome.codes),
    entities: record.result.entities,
    milliseconds: record.milliseconds,
    lane: record.lane,
    regime: text(record.versions.regime),
    count: record.count ?? 1,
    part_of: nullable(record.verification?.of ?? null),
    record: JSON.stringify(record),
  }
}

function datumRows(place: Place, record: AuditRecord): readonly BulkRow<'audit_datum'>[] {
  const rows = record.data.flatMap((datum) =>
    providersOf(record, datum.providers).map((provider) => ({
      coordinate: text(datum.coordinate),
      decision: datum.decision,
      code: nullable(datum.code ?? null),
      clause: nullable(datum.clause ?? null),
      grant_id: nullable(datum.grant ?? null),
      rule: nullable(datum.rule ?? null),
      provider: text(provider),
    })),
  )
  return rows.map((row, n) => ({ ...place, n, ...row }))
}

/** Version 1 did not say who would answer; in version 2 none is the gateway itself. */
function providersOf(record: AuditRecord, providers: readonly string[] | undefined): readonly string[] {
  if (providers !== undefined && providers.length > 0) return providers
  return isFirstVersion(record) ? [''] : ['gateway']
}

function isFirstVersion(record: { readonly v: number }): boolean {
  return record.v === 1
}

function subjectRows(place: Place, record: AuditRecord): readonly BulkRow<'audit_subject'>[] {
  const { objects } = record
  const partOf = (n: number): 'OBJECT' | 'REACHED' | 'UNKNOWN' =>
    objects === undefined ? 'UNKNOWN' : n < objects ? 'OBJECT' : 'REACHED'
  return record.subjects.map((pseudonym, n) => ({ ...place, n, pseudonym: text(pseudonym), part: partOf(n) }))
}

function routeRows(place: Place, record: AuditRecord): readonly BulkRow<'audit_route'>[] {
  return record.route.map(({ department, outcome, entities, kept }, n) => ({
    ...place,
    n,
    department: text(department),
    outcome,
    entities,
    kept: kept ?? 0,
  }))
}

/** What no database's text can hold is shown as such: one odd line must not hold up all that follow it. */
function text(value: string): string {
  return value.replaceAll('\0', '\u{FFFD}').toWellFormed()
}

function nullable(value: string | null): string | null {
  return value === null ? null : text(value)
}
