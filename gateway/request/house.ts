import type { AuditLog } from '../audit/audit-log.ts'
import type { Caller } from '../caller/caller.ts'
import type { RawHeaders } from '../caller/headers.ts'
import type { RefusedCaller } from '../caller/identify.ts'
import type { PartyRegister } from '../caller/parties.ts'
import type { Generation } from '../compile/generation.ts'
import type { GraphQLSchema } from 'graphql'
import type { SubgraphClient } from '../execute/subgraph-client.ts'
import type { GrantSource } from '../grants/grant.ts'
import type { CaseSource, MatterSource } from '../grants/registers.ts'
import type { Budget } from '../limits/budget.ts'
import type { RateLimit } from '../limits/rate-limit.ts'
import type { Regime } from '../regime/regime.ts'
import type { Clause } from '../vocabulary/clause.ts'
import type { Code } from '../vocabulary/codes.ts'
import type { MaskSet } from '../vocabulary/decision.ts'
import type { Clock, Ids } from '../vocabulary/ports.ts'
import type { Exchange } from './exchange.ts'
import type { HttpAnswer, HttpRequest } from './http.ts'

/** Bounds of one operation (config: `limits`). */
export interface OperationLimits {
  readonly depth: number
  readonly aliases: number
  readonly rootFields: number
  /** Most lexical tokens. */
  readonly tokens: number
  /** Rows of one page. */
  readonly pageSize: number
  /** Different persons and firms. */
  readonly subjectsPerOperation: number
}

/** What the stages of a request work with: every port, wired once in `wiring.ts`. */
export interface House {
  readonly clock: Clock
  readonly ids: Ids
  readonly regime: Regime
  readonly grants: GrantSource
  readonly client: SubgraphClient
  readonly audit: AuditLog
  readonly limits: OperationLimits
  /** The masking rules in force. */
  readonly masks: MaskSet
  readonly rate: RateLimit
  readonly budget: Budget
  readonly registers: { readonly matters: MatterSource; readonly cases: CaseSource }
  readonly parties: PartyRegister
  /** The words of a clause of the regime in force; null where its text has no such clause. */
  clauseText(this: void, clause: Clause): string | null
  /** The longest record, in bytes: an operation that could need more is refused before anything is fetched. */
  readonly maxRecordBytes: number
  /** Names of what is unavailable and bypassed at this moment, for the record (S19). */
  degraded(): readonly string[]
  /** Version of this program, for the record. */
  readonly version: string
  /** Keys of the record's pseudonyms and hashes, one per purpose. */
  readonly secrets: { readonly subject: Uint8Array; readonly argument: Uint8Array }
  identify(headers: RawHeaders, now: number): Promise<Caller>
  /** The generation that a schema belongs to; never "the current one" (wall 11). */
  generationOf(schema: GraphQLSchema): Generation
  /** Version of the catalogue that new requests meet. */
  catalogVersion(): string
  /** The GraphQL front: parse, validate, then `answerOperation`. */
  front(exchange: Exchange, request: HttpRequest): Promise<HttpAnswer>
  /** Counts a refusal of a stranger; strangers must not be able to fill the disk (wall 21). */
  countRefusal(code: Code, who: RefusedCaller | null): void
}
