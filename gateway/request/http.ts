import type { Failure } from '../vocabulary/failure.ts'

/** A request as the stages see it; the body is parsed, the headers also as they came over the wire. */
export interface HttpRequest {
  readonly method: string
  /** Address that the request came from; counted for refusals, never recorded. */
  readonly address: string
  /** Query string with its `?`, or empty. */
  readonly search: string
  /** Names and values alternating, for headers that must not come twice. */
  readonly rawHeaders: readonly string[]
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>
  /** Parsed JSON; undefined where there was none. */
  readonly body: unknown
  /** Why the body cannot be used; told only to a caller who is known. */
  readonly fault: Failure | null
  /** Aborted when the client goes. */
  readonly signal: AbortSignal
}

/** An answer that is complete but has not left yet. */
export interface HttpAnswer {
  readonly status: number
  readonly headers: ReadonlyMap<string, string>
  readonly body: string
}
