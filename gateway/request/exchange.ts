import type { Reservation } from '../audit/audit-log.ts'
import type { Caller } from '../caller/caller.ts'
import type { RefusedCaller } from '../caller/identify.ts'
import type { CompiledOperation, Use } from '../compile/compiled-operation.ts'
import type { RejectedArgument } from '../compile/parameters.ts'
import type { FetchOutcome } from '../execute/execute.ts'
import type { GrantIndex } from '../grants/grant.ts'
import type { Code, Language } from '../vocabulary/codes.ts'

/** A data subject of the request; the number is for pseudonyms and never recorded. */
export interface RequestSubject {
  readonly type: string
  readonly number: string
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
  /** Argument name → value, for keyed hashes. */
  readonly arguments: ReadonlyMap<string, unknown>
  /** Records in the answer. */
  readonly records: number
  /** Arguments that it was refused for, none where the reason was another; null where it was not refused. */
  readonly refused: readonly RejectedArgument[] | null
  readonly generation: number
  readonly catalogVersion: string
  readonly grants: GrantIndex
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
  /** In whose standing a document was explained, the caller's own or another's. */
  explains: { readonly department: string; readonly application: string; readonly matter: string | null } | null
  /** Whether the body is the operation's own answer, with the facts of sharing in it. */
  answered: boolean
  lane: 'apollo' | 'none'
  readonly codes: Set<Code>
}
