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
  /** The department that it was done for (ZS-7.04); null where it is the one that asked. */
  readonly acting_for: string | null
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
  /** Its place among the rows of the record, from 0: `(chain, seq, at, n)` names the row. */
  readonly n: number
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
  /** Its place among the rows of the record, from 0: `(chain, seq, at, n)` names the row. */
  readonly n: number
  readonly pseudonym: string
  /** `OBJECT`: the operation was about them; `REACHED`: by a reference; `UNKNOWN`: a record of version 1 does not say. */
  readonly part: 'OBJECT' | 'REACHED' | 'UNKNOWN'
}

/** One department that was asked for a record, or would have been. */
export interface AuditRouteRow {
  readonly chain: string
  readonly seq: number
  readonly at: number
  /** Its place among the rows of the record, from 0: `(chain, seq, at, n)` names the row. */
  readonly n: number
  readonly department: string
  readonly outcome: string
  readonly entities: number
  readonly kept: number
}

/** A chain of a deployment: its replica, and how far the index has copied it. */
export interface AuditChainRow {
  readonly chain: string
  /** Who writes it: host, and `/` and process where there are several. */
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
  /** `GAP`, `CHANGED`, `FORKED`, `TAIL_MISSING`, `CHAIN_MISSING`, `OUTAGE` (index/found.ts); `RETIRED` (index/chains.ts). */
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
  /** Who acted, `<department>/<STAFF NUMBER>`; null for the gateway itself. */
  readonly officer: string | null
  readonly reason: string | null
}

/** Whom rules watch for: planted records, officers themselves and their relatives (pseudonyms only). */
export interface WatchedSubjectRow {
  readonly pseudonym: string
  /** `HONEY`, `SELF`, `RELATIVE`. */
  readonly kind: string
  /** Whose own or whose relative, `<department>/<STAFF NUMBER>` in capitals (alarms/keys.ts); `` for `HONEY`. */
  readonly officer: string
  readonly since: number
  readonly by: string
}

/** That somebody is watched for, or is not any more: who decided it, and why. Nothing is ever taken away. */
export interface WatchEventRow {
  readonly id: Generated<number>
  readonly at: number
  /** `WATCHED` or `ENDED`. */
  readonly what: 'WATCHED' | 'ENDED'
  /** Of `watched_subject`. */
  readonly pseudonym: string
  readonly kind: string
  readonly officer: string
  readonly by: string
  /** Null where it begins without one. */
  readonly reason: string | null
}

/**
 * What the alarms' rules need of a record and no other table has, for the days that they look back: neighbouring numbers,
 * compared items, refusals. `(kind, who, chain, seq)` names it. Older ones are deleted; it is not rebuilt with the index.
 */
export interface AlarmTraceRow {
  /** `NEIGHBOUR`, `VERIFIED`, `REFUSED`, `MISMATCH` (alarms/traces.ts). */
  readonly kind: string
  /** Of whom or of what it is counted: an officer, an application, a keyed group of numbers. */
  readonly who: string
  readonly chain: string
  readonly seq: number
  readonly at: number
  readonly receipt: string
  /** How many there were, and how many of them count against whoever asked. */
  readonly total: number
  readonly part: number
  /** JSON, by `kind`; never a value. */
  readonly detail: string
}

/** What an application or a department has used before, and since when (`FIRST_SEEN`); `(kind, who, what)` names it. */
export interface AlarmSeenRow {
  /** `FIELD`, `MATTER`; `APPLICATION` for the application itself. */
  readonly kind: string
  readonly who: string
  readonly what: string
  readonly first_at: number
}

/** An event of an alarm on its way to a sink: whoever holds the claim delivers it. `(event, sink)` names it. */
export interface AlarmDeliveryRow {
  /** `alarm_event.id`. */
  readonly event: number
  readonly sink: string
  /** Who is delivering it, and until when nobody else tries; null for nobody. */
  readonly holder: string | null
  readonly held_until: number
  readonly attempts: number
  readonly next_at: number
  /** When it was over, delivered or given up; null while it is not. */
  readonly done_at: number | null
}

/**
 * One report that was made (reports/journal.ts): `signature` is over the row's line, `prev` the hash of the line before.
 * It stands nowhere else and is never deleted.
 */
export interface ReportIssuedRow {
  /** 1, 2, 3 … without gaps. */
  readonly number: number
  /** `rp_` and 26 characters; stands on the report. */
  readonly id: string
  readonly kind: 'citizen' | 'provider' | 'consumer' | 'yearly'
  /** Who had it made, and why. */
  readonly officer: string
  readonly reason: string
  readonly at: number
  /** Pseudonym of the person, or code of the department; null for the whole city. */
  readonly subject: string | null
  readonly format: string
  /** Of the output, hex. */
  readonly sha256: string
  readonly prev: string
  readonly key: string
  readonly signature: string
}

/** Key and value pairs of the store itself, e.g. its version. */
export interface StoreFactRow {
  readonly name: string
  readonly value: string
}

/** All tables by name. */
export interface GovernanceTables {
  readonly audit_record: AuditRecordRow
  readonly audit_datum: AuditDatumRow
  readonly audit_subject: AuditSubjectRow
  readonly audit_route: AuditRouteRow
  readonly audit_chain: AuditChainRow
  readonly audit_gap: AuditGapRow
  readonly alarm: AlarmRow
  readonly alarm_event: AlarmEventRow
  readonly alarm_trace: AlarmTraceRow
  readonly alarm_seen: AlarmSeenRow
  readonly alarm_delivery: AlarmDeliveryRow
  readonly watched_subject: WatchedSubjectRow
  readonly watch_event: WatchEventRow
  readonly report_issued: ReportIssuedRow
  readonly store_fact: StoreFactRow
}
