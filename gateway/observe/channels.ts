import { channel } from 'node:diagnostics_channel'
import type { Code } from '../vocabulary/codes.ts'
import type { StageTime } from './stages.ts'
import type { RequestTrace } from './trace/request-trace.ts'

/** One answered request. Codes, counts and times only: no name, number, value, document or variable, ever. */
export interface RequestEvent {
  readonly receipt: string
  /** Registered department code, or null where nobody was identified. */
  readonly department: string | null
  readonly application: string | null
  readonly lane: 'apollo' | 'fast' | 'none'
  readonly status: number
  readonly codes: readonly Code[]
  /** Number of schema coordinates decided. */
  readonly coordinates: number
  readonly fetches: number
  readonly milliseconds: number
  /** Milliseconds since the Unix epoch, and of the monotonic clock, at which it began. */
  readonly startedAt: number
  readonly started: number
  /** Null where nobody wants them (stages.ts). */
  readonly stages: readonly StageTime[] | null
  /** The caller's name for it, its trace and its calls; null where there is none of these. */
  readonly trace: RequestTrace | null
  /** How each call went, in the order in which they ended. */
  readonly outcomes: readonly Pick<FetchEvent, 'department' | 'outcome' | 'entities'>[]
}

/** One call to a department's subgraph. */
export interface FetchEvent {
  readonly receipt: string
  /** Department asked. */
  readonly department: string
  readonly outcome: 'ok' | 'partial' | 'failed' | 'invalid'
  readonly entities: number
  readonly milliseconds: number
}

/** Something went wrong inside. The error itself is described without its message (describe-error.ts). */
export interface FailureEvent {
  readonly receipt: string | null
  /** Where it was caught: a room or step of our own, e.g. `execute`, `audit`. */
  readonly where: string
  readonly code: Code | null
  readonly error: unknown
}

/** A step in the life of the process. */
export interface LifecycleEvent {
  readonly step:
    | 'starting'
    | 'composed'
    | 'seeded'
    | 'ready'
    | 'reloaded'
    | 'reload-refused'
    | 'draining'
    | 'stopped'
    | 'degraded'
    | 'recovered'
  /** What it concerns, a word of our own: a room, a register, a department code. */
  readonly subject?: string
  readonly milliseconds?: number
  readonly count?: number
}

/** Something about a declared emergency (ZS-4.10); who used it stands in the audit record of the receipt. */
export interface EmergencyNotice {
  readonly what: 'in-force' | 'approved' | 'used' | 'misused' | 'ended' | 'expired' | 'review-overdue'
  /** Its registered ID; null for a statement that names none. */
  readonly emergency: string | null
  readonly department: string
  /** Of the request by which it was used or misused. */
  readonly receipt?: string
  /** Why it did not hold, a word of our own. */
  readonly flaw?: string
}

/** A document that ran without being registered, in an application whose department wants to know (ZS-4.01(3)). */
export interface UnregisteredEvent {
  readonly receipt: string
  readonly department: string
  readonly application: string
  /** How many of the application there were since the start, with this one. */
  readonly count: number
}

/** Somebody is taken to try numbers out, or guesses too often (S07, S13, ZS-6.05, FS-27). Pseudonyms as the record has them. */
export interface AlertEvent {
  /** Numbers tried out, in two ways; or one value guessed at too often. */
  readonly kind: 'NEIGHBOURHOOD' | 'NO_HIT' | 'ATTEMPTS'
  /** Of whom it was counted, and how many. */
  readonly of: 'OFFICER' | 'APPLICATION' | 'DEPARTMENT'
  readonly count: number
  readonly receipt: string
  readonly department: string
  readonly application: string
  readonly officer: string
  readonly subjects: readonly string[]
}

/**
 * An alarm was raised, opened again, or has suspended an officer (ZS-6.05, FS-27); the pattern itself stands in the
 * governance store. Nobody is named but officers.
 */
export interface AlarmNotice {
  readonly what: 'RAISED' | 'REOPENED' | 'SUSPENDED'
  /** `al_` and 26 characters. */
  readonly alarm: string
  readonly rule: string
  readonly severity: 'HIGH' | 'MEDIUM' | 'LOW'
  /** What was counted, how much of it there was, and from how much on it is an alarm. */
  readonly measure: string
  readonly count: number
  readonly limit: number
  readonly department: string | null
  readonly application: string | null
  readonly officer: string | null
  readonly matter: string | null
  readonly receipts: readonly string[]
}

/** One query of a department's existing system (published by the subgraph kit). */
export interface SourceEvent {
  readonly department: string
  /** GraphQL type of the record. */
  readonly type: string
  readonly columns: readonly string[]
  readonly persons: number
  /** Why it failed; null where it did not. No value. */
  readonly failure: string | null
}

/** A dropped file that was not taken into service (published by the subgraph kit). */
export interface RejectionEvent {
  readonly manifest: string
  readonly reason: string
  /** Name of the report for the department's clerk; null where none could be written. */
  readonly report: string | null
  readonly sha256: string | null
  readonly rows: number
  readonly badRows: number
}

/** A dropped file that came into service (published by the subgraph kit). */
export interface AcceptanceEvent {
  readonly manifest: string
  readonly version: string
  readonly sha256: string
  readonly rows: number
}

/** A breaker has changed: calls to a department, or to a store of our own, are let through, tried, or not made. */
export interface CircuitEvent {
  /** Department code, or a word of our own: `cache`. */
  readonly of: string
  readonly state: 'closed' | 'half-open' | 'open'
}

/** One query plan was made, or was not. */
export interface PlanEvent {
  readonly outcome: 'planned' | 'failed' | 'timed-out' | 'refused'
  /** Milliseconds in line, and at work. */
  readonly waited: number
  readonly milliseconds: number
}

/** One fsync of the audit record. */
export interface SyncEvent {
  /** `room` is a segment's space on disk, taken before anything is written to it. */
  readonly file: 'segment' | 'heads' | 'room'
  readonly ok: boolean
  readonly milliseconds: number
  /** Lines that it made durable together; nearly all of a segment's are records. */
  readonly lines: number
  readonly bytes: number
}

/** How a second place stands to the audit record (HZ-47). */
export interface AnchorEvent {
  /** Which one: `folder`, `http` or `object-store`. */
  readonly anchor: string
  readonly chain: string
  /**
   * `late`: it has confirmed nothing for too long; `forked`: it holds another record of the same size; `tail-missing`: it
   * knows more records than are here; `unverified`: what it holds is not signed by a key of ours.
   */
  readonly state: 'confirmed' | 'failed' | 'late' | 'recovered' | 'forked' | 'tail-missing' | 'unverified'
  /** How many records it is about. */
  readonly size: number
  readonly error: unknown
}

/** A source is later than the regulation in force asks of it (HZ-16, ZS-3.07, NT-14.1); told once a day for each resource. */
export interface StaleEvent {
  readonly department: string
  /** Catalogue code of the resource, and its record type. */
  readonly resource: string
  readonly type: string
  readonly updateCycle: string
  /** The source's own time. */
  readonly asOf: string
}

/** Something about the audit record was found while it was copied into the index; `OUTAGE`: nothing is missing. */
export interface AuditFindingEvent {
  /** What it is called, as `audit_gap` has it. */
  readonly kind: 'GAP' | 'CHANGED' | 'FORKED' | 'TAIL_MISSING' | 'CHAIN_MISSING' | 'OUTAGE'
  readonly chain: string
  /** First and last record that it is about. */
  readonly from: number
  readonly to: number
}

/** Events by channel name. */
export interface Events {
  readonly 'gongxiang:request': RequestEvent
  readonly 'gongxiang:fetch': FetchEvent
  readonly 'gongxiang:failure': FailureEvent
  readonly 'gongxiang:lifecycle': LifecycleEvent
  readonly 'gongxiang:alert': AlertEvent
  readonly 'gongxiang:emergency': EmergencyNotice
  readonly 'gongxiang:unregistered': UnregisteredEvent
  readonly 'gongxiang:stale': StaleEvent
  readonly 'gongxiang:circuit': CircuitEvent
  readonly 'gongxiang:plan': PlanEvent
  readonly 'gongxiang:sync': SyncEvent
  readonly 'gongxiang:alarm': AlarmNotice
  readonly 'gongxiang:audit-finding': AuditFindingEvent
  readonly 'gongxiang:anchor': AnchorEvent
}
export type ChannelName = keyof Events

function publisher<Name extends ChannelName>(name: Name): (event: () => Events[Name]) => void {
  const target = channel(name)
  // Read at each call: without a subscriber the event is not even built.
  return (event) => {
    if (target.hasSubscribers) target.publish(event())
  }
}

export const publishRequest = publisher('gongxiang:request')
export const publishFetch = publisher('gongxiang:fetch')
export const publishFailure = publisher('gongxiang:failure')
export const publishLifecycle = publisher('gongxiang:lifecycle')
export const publishEmergency = publisher('gongxiang:emergency')
export const publishUnregistered = publisher('gongxiang:unregistered')
export const publishStale = publisher('gongxiang:stale')
export const publishAlert = publisher('gongxiang:alert')
export const publishCircuit = publisher('gongxiang:circuit')
export const publishPlan = publisher('gongxiang:plan')
export const publishSync = publisher('gongxiang:sync')
export const publishAlarm = publisher('gongxiang:alarm')
export const publishAuditFinding = publisher('gongxiang:audit-finding')
export const publishAnchor = publisher('gongxiang:anchor')
