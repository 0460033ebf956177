import type { Migration } from './migration.ts'

/*
 * The first tables. PostgreSQL keeps what grows with each request in partitions by month (UTC+8) of the record's own
 * time, so that a year can be taken out of the way whole; the partition key must be part of each primary key there.
 */

const RECORD = (wide: string, real: string): string => `
  chain text not null, seq ${wide} not null, hash text not null, v ${wide} not null, receipt text not null,
  at ${wide} not null, day text not null, method text not null, department text, acting_for text,
  application text, officer text, matter text, case_number text, status ${wide} not null, codes text not null,
  entities ${wide} not null, milliseconds ${real} not null, lane text not null, regime text not null,
  count ${wide} not null, part_of text, record text not null`
const DATUM = (wide: string): string => `
  chain text not null, seq ${wide} not null, at ${wide} not null, n ${wide} not null, coordinate text not null,
  decision text not null, code text, clause text, grant_id text, rule text, provider text not null`
const SUBJECT = (wide: string): string => `
  chain text not null, seq ${wide} not null, at ${wide} not null, n ${wide} not null, pseudonym text not null,
  part text not null`
const ROUTE = (wide: string): string => `
  chain text not null, seq ${wide} not null, at ${wide} not null, n ${wide} not null, department text not null,
  outcome text not null, entities ${wide} not null, kept ${wide} not null`

const CHAIN = (wide: string): string => `create table audit_chain (
  chain text not null primary key, replica text not null, seq ${wide} not null, hash text not null,
  told_seq ${wide} not null, first_seen ${wide} not null, last_seen ${wide} not null, retired_at ${wide})`
const GAP = (id: string, wide: string): string => `create table audit_gap (
  id ${id}, chain text not null, found_at ${wide} not null, kind text not null, from_seq ${wide} not null,
  to_seq ${wide} not null, detail text not null)`
const ALARM = (wide: string): string => `create table alarm (
  id text not null primary key, rule text not null, key text not null, department text, application text, officer text,
  matter text, raised_at ${wide} not null, seen_at ${wide} not null, times ${wide} not null, evidence text not null)`
const EVENT = (id: string, wide: string): string => `create table alarm_event (
  id ${id}, alarm text not null references alarm (id), at ${wide} not null, kind text not null, officer text,
  reason text)`
const WATCHED = (wide: string): string => `create table watched_subject (
  pseudonym text not null, kind text not null, officer text not null, since ${wide} not null, by text not null,
  primary key (pseudonym, kind, officer))`
const FACT = 'create table store_fact (name text not null primary key, value text not null)'

/** What is looked for, and in which order of time. */
const INDEXES: readonly string[] = [
  'create index audit_record_receipt on audit_record (receipt)',
  'create index audit_record_at on audit_record (at)',
  'create index audit_record_department on audit_record (department, at)',
  'create index audit_record_acting on audit_record (acting_for, at) where acting_for is not null',
  'create index audit_record_officer on audit_record (officer, at)',
  'create index audit_record_matter on audit_record (matter, at)',
  'create index audit_record_part on audit_record (part_of) where part_of is not null',
  'create index audit_datum_coordinate on audit_datum (coordinate, at)',
  'create index audit_datum_provider on audit_datum (provider, at)',
  'create index audit_datum_grant on audit_datum (grant_id, at) where grant_id is not null',
  'create index audit_subject_pseudonym on audit_subject (pseudonym, at)',
  'create index audit_route_department on audit_route (department, at)',
  'create index audit_gap_chain on audit_gap (chain, found_at)',
  'create index alarm_rule on alarm (rule, key)',
  'create index alarm_raised on alarm (raised_at)',
  'create index alarm_event_alarm on alarm_event (alarm, id)',
]

const WIDE = { sqlite: 'integer', postgres: 'bigint' } as const
const SERIAL = {
  sqlite: 'integer primary key autoincrement',
  postgres: 'bigint generated always as identity primary key',
} as const
const MONTHLY = 'primary key (chain, seq, at, n)) partition by range (at)'

/**
 * Makes the partitions of a month (\`YYYY-MM\`, UTC+8) where they are missing. It runs with the rights of the tables' owner: the
 * gateway's account may have months made, and neither make nor drop a table.
 */
const MONTH_FUNCTION = `
create function $SCHEMA.audit_month(month text) returns void language plpgsql security definer
set search_path = $SCHEMA, pg_temp as $$
declare
  parent text;
  child text;
  low bigint := extract(epoch from (month || '-01 00:00:00+08')::timestamptz) * 1000;
  high bigint := extract(epoch from (month || '-01 00:00:00')::timestamp + interval '1 month' - interval '8 hours') * 1000;
begin
  if month !~ '^[0-9]{4}-[0-9]{2}$' then
    raise exception 'not a month';
  end if;
  perform pg_advisory_xact_lock(7034017121);
  foreach parent in array array['audit_record', 'audit_datum', 'audit_subject', 'audit_route'] loop
    child := parent || '_' || replace(month, '-', '_');
    if to_regclass(format('%I', child)) is null then
      execute format('create table %I (like %I including all)', child, parent);
      execute format('alter table %I attach partition %I for values from (%s) to (%s)', parent, child, low, high);
    end if;
  end loop;
end $$`

/** Version 1 of the store: the index of the audit record. */
export const FIRST: Migration = {
  version: 1,
  written: '2026-11-22',
  sqlite: [
    `create table audit_record (${RECORD('integer', 'real')}, primary key (chain, seq)) strict`,
    `create table audit_datum (${DATUM('integer')}, primary key (chain, seq, n)) strict, without rowid`,
    `create table audit_subject (${SUBJECT('integer')}, primary key (chain, seq, n)) strict, without rowid`,
    `create table audit_route (${ROUTE('integer')}, primary key (chain, seq, n)) strict, without rowid`,
    `${CHAIN(WIDE.sqlite)} strict`,
    `${GAP(SERIAL.sqlite, WIDE.sqlite)} strict`,
    `${ALARM(WIDE.sqlite)} strict`,
    `${EVENT(SERIAL.sqlite, WIDE.sqlite)} strict`,
    `${WATCHED(WIDE.sqlite)} strict`,
    `${FACT} strict`,
    ...INDEXES,
  ],
  postgres: [
    'create schema if not exists $SCHEMA',
    `create table audit_record (${RECORD('bigint', 'double precision')}, primary key (chain, seq, at))
      partition by range (at)`,
    `create table audit_datum (${DATUM('bigint')}, ${MONTHLY}`,
    `create table audit_subject (${SUBJECT('bigint')}, ${MONTHLY}`,
    `create table audit_route (${ROUTE('bigint')}, ${MONTHLY}`,
    CHAIN(WIDE.postgres),
    GAP(SERIAL.postgres, WIDE.postgres),
    ALARM(WIDE.postgres),
    EVENT(SERIAL.postgres, WIDE.postgres),
    WATCHED(WIDE.postgres),
    FACT,
    ...INDEXES,
    MONTH_FUNCTION,
    'revoke execute on function $SCHEMA.audit_month(text) from public',
  ],
}
