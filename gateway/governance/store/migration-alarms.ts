import type { Migration } from './migration.ts'

/*
 * What alarms remember for themselves, and where their messages stand. Cases are looked for by number (CASE_REUSE).
 */

const TRACE = (wide: string): string => `create table alarm_trace (
  kind text not null, who text not null, chain text not null, seq ${wide} not null, at ${wide} not null,
  receipt text not null, total ${wide} not null, part ${wide} not null, detail text not null,
  primary key (kind, who, chain, seq))`
const SEEN = (wide: string): string => `create table alarm_seen (
  kind text not null, who text not null, what text not null, first_at ${wide} not null, primary key (kind, who, what))`
const DELIVERY = (wide: string): string => `create table alarm_delivery (
  event ${wide} not null references alarm_event (id), sink text not null, holder text, held_until ${wide} not null,
  attempts ${wide} not null, next_at ${wide} not null, done_at ${wide}, primary key (event, sink))`

const WATCH_EVENT = (id: string, wide: string): string => `create table watch_event (
  id ${id}, at ${wide} not null, what text not null, pseudonym text not null, kind text not null,
  officer text not null, by text not null, reason text)`

const INDEXES: readonly string[] = [
  'create index alarm_trace_who on alarm_trace (kind, who, at)',
  'create index alarm_trace_at on alarm_trace (at)',
  'create index alarm_event_at on alarm_event (at)',
  'create index alarm_delivery_due on alarm_delivery (sink, next_at) where done_at is null',
  'create index audit_record_case on audit_record (case_number, at) where case_number is not null',
]

/** Version 2 of the store: what alarms keep. */
export const ALARMS: Migration = {
  version: 2,
  written: '2026-11-22',
  sqlite: [
    `${TRACE('integer')} strict`,
    `${SEEN('integer')} strict`,
    `${DELIVERY('integer')} strict`,
    `${WATCH_EVENT('integer primary key autoincrement', 'integer')} strict`,
    ...INDEXES,
  ],
  postgres: [
    TRACE('bigint'),
    SEEN('bigint'),
    DELIVERY('bigint'),
    WATCH_EVENT('bigint generated always as identity primary key', 'bigint'),
    ...INDEXES,
  ],
}
