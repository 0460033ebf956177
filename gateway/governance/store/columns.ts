import type { Insertable } from 'kysely'
import type { GovernanceTables } from './tables.ts'

/** The tables that are filled by the hundred. */
export type BulkTable = 'audit_record' | 'audit_datum' | 'audit_subject' | 'audit_route'
/** A row of such a table, as it is inserted. */
export type BulkRow<T extends BulkTable> = Insertable<GovernanceTables[T]>

type ColumnType = 'text' | 'bigint' | 'integer' | 'double precision'
type Columns<T extends BulkTable> = Readonly<Record<keyof BulkRow<T> & string, ColumnType>>

const PLACE = { chain: 'text', seq: 'bigint', at: 'bigint' } as const

/** Their columns with PostgreSQL's types. */
export const COLUMNS: { readonly [T in BulkTable]: Columns<T> } = {
  audit_record: {
    ...PLACE,
    hash: 'text',
    v: 'integer',
    receipt: 'text',
    day: 'text',
    method: 'text',
    department: 'text',
    acting_for: 'text',
    application: 'text',
    officer: 'text',
    matter: 'text',
    case_number: 'text',
    status: 'integer',
    codes: 'text',
    entities: 'bigint',
    milliseconds: 'double precision',
    lane: 'text',
    regime: 'text',
    count: 'bigint',
    part_of: 'text',
    record: 'text',
  },
  audit_datum: {
    ...PLACE,
    n: 'integer',
    coordinate: 'text',
    decision: 'text',
    code: 'text',
    clause: 'text',
    grant_id: 'text',
    rule: 'text',
    provider: 'text',
  },
  audit_subject: { ...PLACE, n: 'integer', pseudonym: 'text', part: 'text' },
  audit_route: { ...PLACE, n: 'integer', department: 'text', outcome: 'text', entities: 'bigint', kept: 'bigint' },
}

/** All of them, a record before what belongs to it. */
export const BULK_TABLES = ['audit_record', 'audit_datum', 'audit_subject', 'audit_route'] as const

/** Names of a table's columns. */
export function columnsOf(table: BulkTable): readonly string[] {
  return Object.keys(COLUMNS[table])
}
