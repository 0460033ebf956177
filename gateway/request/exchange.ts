import type { Reservation } from '../audit/audit-log.ts'
import type { AuditCounted, AuditExceeded } from '../audit/record.ts'
import type { Caller } from '../caller/caller.ts'
import type { RefusedCaller } from '../caller/identify.ts'
import type { FieldEntry } from '../catalog/catalog.ts'
import type { CompiledOperation, Use } from '../compile/compiled-operation.ts'
import type { CountedTable } from '../compile/statistics.ts'
import type { RejectedArgument } from '../compile/parameters.ts'
import type { FetchOutcome } from '../execute/execute.ts'
import type { GrantIndex } from '../grants/grant.ts'
import type { Finding } from '../limits/enumeration.ts'
import type { Stages } from '../observe/stages.ts'
import type { RequestTrace } from '../observe/trace/request-trace.ts'
import type { Code, Language } from '../vocabulary/codes.ts'
import type { Coordinate } from '../vocabulary/coordinate.ts'
import type { Decision } from '../vocabulary/decision.ts'
import type { Outcome } from '../verify/compare.ts'

/** A data subject of the request; the number is for pseudonyms and never recorded. */
export interface RequestSubject {
  readonly type: string
  readonly number: string
}

/** Subjects of an operation in their order: those whom it named, then whom it was about besides, then whom it reached. */
interface SubjectParts {
  /** How many, from the first on, were looked up by number. */
  readonly named: number
  /** How many, from the first on, it was about: named, or standing in the answer below no other person or firm. */
  readonly objects: number
}

/** One row of a verification, for the record. */
export interface VerifiedRow {
  readonly receipt: string
  readonly subject: RequestSubject
  readonly items: readonly VerifiedItemRecord[]
}

/** One item of it: its outcome, or why there is none. Never what was claimed. */
export interface VerifiedItemRecord {
  readonly coordinate: Coordinate | null
  readonly decision: Decision | null
  readonly outcome: Outcome | null
  readonly code: Code | null
  /** Which attempt of the officer in the case; null where there was nothing to guess. */
  readonly attempt: number | null
  /** Keyed hash of the claim, salted by the receipt. */
  readonly claim: string | null
}

/** What is known of an operation once its fetches have ended, or once it was refused whole. */
export interface AnsweredOperation {
  readonly compiled: CompiledOperation
  /** Hash of the normalised document. */
  readonly hash: string
  /** Introspection only: nothing of a citizen was asked. */
  readonly introspectionOnly: boolean
  /** Places of the document that are part of this answer. */
  readonly active: readonly Use[]
  readonly outcomes: readonly FetchOutcome[]
  readonly subjects: readonly RequestSubject[]
  /** What part of `subjects` is what; absent where all of them were named. */
  readonly parts?: SubjectParts
  /** Argument name → value, for keyed hashes. */
  readonly arguments: ReadonlyMap<string, unknown>
  /** Records in the answer. */
  readonly records: number
  /** Arguments that it was refused for, none where the reason was another; null where it was not refused. */
  readonly refused: readonly RejectedArgument[] | null
  /** Tables of counts in the answer, and how many groups of each; absent where there is none. */
  readonly counted?: readonly (CountedTable & { readonly groups: number })[]
  /** What a verification was about, row by row; absent where it is none. */
  readonly verified?: readonly VerifiedRow[]
  /** Receipt of the request whose answer a verification gives again. */
  readonly repeats?: string
  readonly generation: number
  readonly catalogVersion: string
  /** Catalogue entries of the generation: who would answer each coordinate. */
  readonly fields: ReadonlyMap<Coordinate, Pick<FieldEntry, 'providers'>>
  readonly grants: GrantIndex
}

/** Keys of the record's pseudonyms and hashes, and of the members of counters, one per purpose. */
export interface Secrets {
  readonly subject: Uint8Array
  readonly argument: Uint8Array
  readonly counter: Uint8Array
  /** Accepted keys of counters that are or were in use, in an order that no rotation changes: calls are found by each. */
  readonly calls: readonly Uint8Array[]
}

/** The facts of one request, gathered as it passes through the stages; its own, never shared. */
export interface Exchange {
  readonly receipt: string
  /** Where the request came from; for counting refusals, never recorded. */
  readonly address: string
  /** Milliseconds since the epoch. */
  readonly startedAt: number
  /** Milliseconds of the monotonic clock. */
  readonly started: number
  readonly language: Language
  /** Header `x-decisions: all`. */
  readonly allDecisions: boolean
  readonly signal: AbortSignal
  caller: Caller | null
  refused: RefusedCaller | null
  reservation: Reservation | null
  /** Set as soon as departments were asked, whatever came of it, or the operation was refused whole. */
  operation: AnsweredOperation | null
  /** Why the caller is taken to try numbers out (S13). */
  finding: Finding | null
  /** What was counted of how much was asked, as the record has it. */
  counted: AuditCounted | null
  /** The bound that it was refused for. */
  exceeded: AuditExceeded | null
  /** In whose standing a document was explained, the caller's own or another's. */
  explains: { readonly department: string; readonly application: string; readonly matter: string | null } | null
  /** The registered operation that is run; its id null where the document is none, and that is to be told; else null. */
  registered: { readonly id: string | null } | null
  /** Whether the body is the operation's own answer, with the facts of sharing in it. */
  answered: boolean
  /** What is to be done once the record is durable, or cannot be. */
  settle: { recorded(): Promise<void>; lost(): Promise<void> } | null
  /** The keys of this request's pseudonyms and hashes, read once: its records, receipts and counts are of one key each. */
  readonly secrets: Secrets
  /** Whether nothing may go on over a count that is not exact: what is most sensitive, or can be guessed at (wall 16). */
  exactly: boolean
  /** Whether the answer leaves on the fixed time grid (wall 17). */
  onGrid: boolean
  lane: 'apollo' | 'fast' | 'none'
  readonly codes: Set<Code>
  /** What it is followed by outside of the gateway; never recorded, and nothing decides by it. */
  readonly trace: RequestTrace | null
  /** Times of its stages; null where nobody wants them. */
  readonly stages: Stages | null
}
