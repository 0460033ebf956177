/**
 * The governance store's tables, as Kysely knows them; `migrations.ts` makes them. Times are milliseconds since the
 * Unix epoch (UTC), days are `YYYY-MM-DD` in UTC+8, lists and records are JSON texts. Nothing here is a value of a
 * citizen's record, and nobody is named but by keyed pseudonyms (HZ-47.2).
 */
import type { Generated } from 'kysely'

/** One audit record, copied from its segment: `(chain, seq)` names it, `hash` proves it is that one. */
export interface AuditRecordRow {
  readonly chain: string
  readonly seq: number
  readonly hash: string
  /** 1 or 2: the version of the record's specification (docs/audit-record.md). */
  readonly v: number
  readonly receipt: string
  readonly at: number
  readonly day: string
  readonly method: string
  readonly department: string | null
  readonly application: string | null
  readonly officer: string | null
  readonly matter: string | null
  /** The case (`case` is a word of SQL). */
  readonly case_number: string | null
  readonly status: number
  /** JSON list of codes. */
  readonly codes: string
  readonly entities: number
  readonly milliseconds: number
  readonly lane: string
  readonly regime: string
  /** Refusals that a summary stands for; 1 for all others. */
  readonly count: number
  /** Of a row of a batch, the receipt of its operation; null for an operation. */
  readonly part_of: string | null
  /** The whole record as it stands in the segment, JSON. */
  readonly record: string
}

/** One coordinate of a record; one row for each department that would answer it. */
export interface AuditDatumRow {
  readonly chain: string
  readonly seq: number
  readonly at: number
  readonly coordinate: string
  readonly decision: string
  readonly code: string | null
  readonly clause: string | null
  readonly grant_id: string | null
  readonly rule: string | null
  /** Department code; `gateway` where the gateway itself answers, `` where a record of version 1 does not say. */
  readonly provider: string
}

/** One data subject of a record. */
export interface AuditSubjectRow {
  readonly chain: string
  readonly seq: number
  readonly at: number
  readonly pseudonym: string
  /** `OBJECT`: the operation was about them; `REACHED`: by a reference; `UNKNOWN`: a record of version 1 does not say. */
  readonly part: 'OBJECT' | 'REACHED' | 'UNKNOWN'
}

/** One department that was asked for a record, or would have been. */
export interface AuditRouteRow {
  readonly chain: string
  readonly seq: number
  readonly at: number
  readonly department: string
  readonly outcome: string
  readonly entities: number
  readonly kept: number
}

/** A chain of a deployment: its replica, and how far the index has copied it. */
export interface AuditChainRow {
  readonly chain: string
  /** Who writes it: host and process, for people. */
  readonly replica: string
  /** Last record copied, 0 for none, and its hash. */
  readonly seq: number
  readonly hash: string
  /** Last record that the writer has told of; a chain that has fewer has lost its tail. */
  readonly told_seq: number
  readonly first_seen: number
  readonly last_seen: number
  /** When it was taken out of service in order; null while it is expected to be there. */
  readonly retired_at: number | null
}

/** What was found wrong while copying: a gap, a tail that is gone, a hash that does not follow. */
export interface AuditGapRow {
  readonly id: Generated<number>
  readonly chain: string
  readonly found_at: number
  /** `GAP`, `TAIL_MISSING`, `FORKED`, `CHAIN_MISSING`. */
  readonly kind: string
  readonly from_seq: number
  readonly to_seq: number
  readonly detail: string
}

/** A pattern that a rule saw (FS-27). Its state is derived from its events (`alarm_event`). */
export interface AlarmRow {
  /** `al_` and 26 characters. */
  readonly id: string
  /** Code of the rule, e.g. `ENUMERATION`. */
  readonly rule: string
  /** What it is about, so that the same pattern is one alarm: a JSON text of the rule's own key. */
  readonly key: string
  readonly department: string | null
  readonly application: string | null
  readonly officer: string | null
  readonly matter: string | null
  readonly raised_at: number
  /** Last time that the pattern was seen again while the alarm was open. */
  readonly seen_at: number
  readonly times: number
  /** JSON: the rule's numbers and limits, receipts and pseudonyms. Never a value. */
  readonly evidence: string
}

/** What became of an alarm: `RAISED`, `CONFIRMED`, `DISMISSED`, `REOPENED`, `SUSPENDED`, `DELIVERED`, `UNDELIVERED`. */
export interface AlarmEventRow {
  readonly id: Generated<number>
  readonly alarm: string
  readonly at: number
  readonly kind: string
  /** Who acted; null for the gateway itself. */
  readonly officer: string | null
  readonly reason: string | null
}

/** Whom rules watch for: planted records, officers themselves and their relatives (pseudonyms only). */
export interface WatchedSubjectRow {
  readonly pseudonym: string
  /** `HONEY`, `SELF`, `RELATIVE`. */
  readonly kind: string
  /** Whose own or whose relative; `` for `HONEY`. */
  readonly officer: string
  readonly since: number
  readonly by: string
}

/** Key and value pairs of the store itself, e.g. its version. */
export interface StoreFactRow {
  readonly name: string
  readonly value: string
}

export interface GovernanceTables {
  readonly audit_record: AuditRecordRow
  readonly audit_datum: AuditDatumRow
  readonly audit_subject: AuditSubjectRow
  readonly audit_route: AuditRouteRow
  readonly audit_chain: AuditChainRow
  readonly audit_gap: AuditGapRow
  readonly alarm: AlarmRow
  readonly alarm_event: AlarmEventRow
  readonly watched_subject: WatchedSubjectRow
  readonly store_fact: StoreFactRow
}
