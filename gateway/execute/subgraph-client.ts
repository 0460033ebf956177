import type { FetchRules } from '../compile/plan.ts'
import type { Followed } from '../observe/trace/request-trace.ts'

/** For whom a department is asked; travels with every fetch, signed on the wire. */
export interface FetchContext extends Followed {
  readonly receipt: string
  readonly consumer: string
  readonly matter: string | null
}

/** A department's answer, still unchecked. */
export interface SubgraphReply {
  readonly data?: unknown
  readonly errors?: unknown
  /** The source's own time per record type that it read. */
  readonly sources: readonly { readonly type: string; readonly asOf: string }[]
  /** Entities of it that no department was asked for: kept, or shared with a request under way. */
  readonly kept?: number
}

/** What a department is asked. */
export interface SubgraphAsk {
  readonly query: string
  readonly variables: Readonly<Record<string, unknown>>
  /** Without them it is asked once, and nothing of it is kept. */
  readonly rules?: FetchRules
}

/** Asks departments. A port: in one process, over HTTP, or in a test's memory. */
export interface SubgraphClient {
  /**
   * Rejects when the department does not answer in time or at all.
   *
   * @param request stays as it is: several departments are sent the same objects, and answers are held against them
   * @param signal aborted when the answer is not waited for any longer
   * @param deadline milliseconds of the monotonic clock at which that will be; whose turn cannot come before is told
   * so at once
   */
  fetch(
    department: string,
    request: SubgraphAsk,
    context: FetchContext,
    signal: AbortSignal,
    deadline?: number,
  ): Promise<SubgraphReply>
}
