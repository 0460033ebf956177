import type { GraphQLSchema } from 'graphql'
import type { CompiledPlan } from './compiled-plan.ts'
import type { DataObject } from './data.ts'
import type { FetchContext, SubgraphClient } from './subgraph-client.ts'

/** How one fetch went; the way the data took (具体途径, ZS-6.03). */
export interface FetchOutcome {
  readonly department: string
  readonly outcome: 'ok' | 'partial' | 'failed' | 'invalid' | 'not-called'
  /** Representations sent, or 1 for a root fetch. */
  readonly entities: number
  readonly milliseconds: number
  readonly asOf: readonly { readonly type: string; readonly asOf: string }[]
  /** Entities of these that no department was asked for; absent for none. */
  readonly kept?: number
}

/**
 * What the departments answered, under canonical names, before anything is shaped or masked. A key without a value is
 * owed by a fetch that brought nothing; one that a department left out is not there.
 */
export interface Fetched {
  readonly data: DataObject
  readonly outcomes: readonly FetchOutcome[]
}

/** What the walk needs. */
export interface ExecuteContext {
  readonly schema: GraphQLSchema
  readonly client: SubgraphClient
  /** Milliseconds of a monotonic clock. */
  readonly monotonic: () => number
  readonly context: FetchContext
  readonly signal: AbortSignal
  /** Milliseconds of the monotonic clock from which the answer is not waited for any longer; none where it is left out. */
  readonly deadline?: number
}

/** One walk over a plan. */
export interface Walk {
  readonly plan: CompiledPlan
  readonly data: DataObject
  readonly variables: Readonly<Record<string, unknown>>
  readonly context: ExecuteContext
  /**
   * What was settled in objects that several fetches bring, to be settled once more: an object may have come later than
   * it was found lacking. Each step can be done any number of times.
   */
  readonly again: (() => void)[]
  /** Whom fetches of one moment ask about, read once for all of them; emptied whenever an answer changes the data. */
  readonly asking: Map<string, Asking>
}

/** The objects that a fetch extends, and what is sent to identify them. */
export interface Asking {
  /** Objects that receive the same answer; for a root fetch all of them. */
  readonly groups: readonly (readonly DataObject[])[]
  /** Representations, one for each group; null for a root fetch. */
  readonly values: readonly DataObject[] | null
  /** Objects that cannot be asked about: something required is not there. */
  readonly unable: readonly DataObject[]
  /** Objects of which nobody can be asked: they have no key. */
  readonly unidentified: readonly DataObject[]
}
