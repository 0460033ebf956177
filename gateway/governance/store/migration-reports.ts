import type { Migration } from './migration.ts'

/* The journal of reports. It stands nowhere else: a rebuilt index leaves it as it is, and a backup takes it along. */

const ISSUED = (wide: string): string => `create table report_issued (
  number ${wide} not null primary key, id text not null unique, kind text not null, officer text not null,
  reason text not null, at ${wide} not null, subject text, format text not null, sha256 text not null,
  prev text not null, key text not null, signature text not null)`

/** Version 3 of the store: the journal of reports. */
export const REPORTS: Migration = {
  version: 3,
  written: '2026-11-22',
  sqlite: [`${ISSUED('integer')} strict`],
  postgres: [ISSUED('bigint')],
}
