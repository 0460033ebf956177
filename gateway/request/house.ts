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
import type { Enumeration } from '../limits/enumeration.ts'
import type { Load } from '../limits/load.ts'
import type { Attempts } from '../limits/attempts.ts'
import type { RateLimit } from '../limits/rate-limit.ts'
import type { StatisticsBudget } from '../limits/statistics.ts'
import type { Separation } from '../limits/separation.ts'
import type { Suspensions } from '../limits/suspensions.ts'
import type { Sampler } from '../observe/trace/request-trace.ts'
import type { PseudonymScope, Pseudonyms } from '../keys/consumer-pseudonym.ts'
import type { PublicJwks, SigningKey } from '../keys/key-ring.ts'
import type { Regime } from '../regime/regime.ts'
import type { Idempotency } from '../verify/idempotency.ts'
import type { Clause } from '../vocabulary/clause.ts'
import type { Code } from '../vocabulary/codes.ts'
import type { MaskSet } from '../vocabulary/decision.ts'
import type { Clock, Ids } from '../vocabulary/ports.ts'
import type { AuthorityPort } from './authority.ts'
import type { Exchange, Secrets } from './exchange.ts'
import type { StaleAlerts } from './freshness.ts'
import type { KnownIdentities } from './known-identities.ts'
import type { HttpAnswer, HttpRequest } from './http.ts'
import type { KnownOperations } from './known-operations.ts'
import type { Operations } from './operations.ts'
import type { EmergencyAlerts } from './emergency-alerts.ts'

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
  /** Decides which requests begin a trace; none does where it is left out or null. */
  readonly sampler?: Sampler | null
  readonly regime: Regime
  readonly grants: GrantSource
  /** What must not be overlooked of emergencies (ZS-4.10). */
  readonly alerts: EmergencyAlerts
  /** Answers what is kept, and asks the departments for the rest. */
  readonly client: SubgraphClient
  /** Asks the departments themselves, for everything. */
  readonly sources: SubgraphClient
  /** Answers from the governance store; null, or left out, where there is none. */
  readonly authority?: AuthorityPort | null
  readonly audit: AuditLog
  readonly limits: OperationLimits
  /** The masking rules in force. */
  readonly masks: MaskSet
  /** Requests at once. */
  readonly load: Load
  readonly rate: RateLimit
  readonly budget: Budget
  readonly statistics: StatisticsBudget
  readonly enumeration: Enumeration
  readonly suspensions: Suspensions
  /** Roles that are kept apart from day to day (ZS-6.04). */
  readonly separation: Separation
  /**
   * @param window seconds of the longest window that is to be counted in
   * @throws Failure COUNTERS_UNAVAILABLE while a bound could be passed unseen (wall 16)
   */
  assertExactCounts(window: number): void
  /** Milliseconds that a request may take in all. */
  readonly requestTimeoutMs: number
  /** Bounds guesses at what may only be verified (wall 17). */
  readonly attempts: Attempts
  /** Calls under a key of the caller's choosing. */
  readonly idempotency: Idempotency
  /** What a department may join by in one matter, as in `Person.pseudonym` (HZ-47.2). */
  pseudonymsFor(this: void, scope: PseudonymScope): Pseudonyms
  /** Keys that receipts are signed by and checked with. */
  readonly receiptKeys: { signing(this: void): SigningKey; published(this: void): PublicJwks }
  /** Waits until the answer of a verification may leave, for a request that began at a monotonic time. */
  waitForGrid(this: void, started: number): Promise<void>
  readonly registers: { readonly matters: MatterSource; readonly cases: CaseSource }
  readonly parties: PartyRegister
  /** Codes that registration numbers became, as far as they were asked for (HZ-15.2). */
  readonly identities: KnownIdentities
  /** How far behind a real-time source may be, and who is told of late ones (HZ-16). */
  readonly freshness: { readonly realtimeMinutes: number; readonly stale: StaleAlerts }
  /** Documents that departments have registered (ZS-4.01(3)). */
  readonly operations: Operations
  /** The words of a clause of the regime in force; null where its text has no such clause. */
  clauseText(this: void, clause: Clause): string | null
  /** The longest record, in bytes: an operation that could need more is refused before anything is fetched. */
  readonly maxRecordBytes: number
  /** Names of what is unavailable and bypassed at this moment, for the record (S19). */
  degraded(): readonly string[]
  /** Version of this program, for the record. */
  readonly version: string
  /** As they are when they are read; a request reads them once (`Exchange.secrets`). */
  readonly secrets: Secrets
  identify(headers: RawHeaders, now: number): Promise<Caller>
  /** The generation that a schema belongs to; never "the current one" (wall 11). */
  generationOf(schema: GraphQLSchema): Generation
  /** The generation in service. */
  generation(): Generation
  /** Operations that need not be read again. */
  readonly known: KnownOperations
  /** Version of the catalogue that new requests meet. */
  catalogVersion(): string
  /** The GraphQL front: parse, validate, then `answerOperation`. */
  front(exchange: Exchange, request: HttpRequest): Promise<HttpAnswer>
  /** Counts a refusal of a stranger; strangers must not be able to fill the disk (wall 21). */
  countRefusal(code: Code, who: RefusedCaller | null): void
}
