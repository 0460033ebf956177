import { randomBytes } from 'node:crypto'
import { traceparentOf } from './trace-context.ts'
import type { TraceContext } from './trace-context.ts'

/** What goes with a call to a department so that its own log can be joined; never signed, never decided by. */
export interface CallTrace {
  readonly requestId: string | null
  readonly traceparent: string | null
  readonly tracestate: string | null
}

/** One call to a department, as a span. */
export interface FetchSpan {
  readonly spanId: string
  readonly department: string
  /** Milliseconds of the monotonic clock. */
  readonly started: number
  readonly ended: number
  /** Whether the department answered at all. */
  readonly answered: boolean
}

/** What a request is followed by: the caller's name for it, its place in a trace, and the calls that it made. */
export interface RequestTrace {
  readonly requestId: string | null
  /** The gateway's own span, or, where no span is made, the caller's; null without a trace. */
  readonly context: TraceContext | null
  /** Span of the caller; null where the trace begins here. */
  readonly parentId: string | null
  /** Whether spans of it are exported. */
  readonly recorded: boolean
  readonly fetches: FetchSpan[]
}

/** Spans of calls that one request keeps: a long list of rows must not fill the memory. */
export const MOST_FETCHES = 128

/** Decides whose spans are made. @param wanted whether the caller asks for them */
export type Sampler = (wanted: boolean) => boolean

/**
 * Opens the trace of a request; null where there is nothing to follow it by.
 *
 * @param came what the caller sent
 * @param sampler decides where the caller has not; null where no spans are made at all: then a trace only passes through
 */
export function openTrace(
  requestId: string | null,
  came: TraceContext | null,
  sampler: Sampler | null,
): RequestTrace | null {
  const recorded = sampler !== null && (came === null ? sampler(false) : came.sampled && sampler(true))
  if (recorded) {
    const ids = randomBytes(24).toString('hex')
    const traceId = came?.traceId ?? ids.slice(0, 32)
    const context = { traceId, spanId: ids.slice(32), sampled: true, state: came?.state ?? null }
    return { requestId, context, parentId: came?.spanId ?? null, recorded, fetches: [] }
  }
  return requestId === null && came === null
    ? null
    : { requestId, context: came, parentId: null, recorded, fetches: [] }
}

/** A new span for one call. */
export function newSpanId(): string {
  return randomBytes(8).toString('hex')
}

/** What a department is sent of it. @param spanId the call's own span, where one is made */
export function callTrace({ requestId, context }: RequestTrace, spanId?: string): CallTrace {
  if (context === null) return { requestId, traceparent: null, tracestate: null }
  const own = spanId === undefined ? context : { ...context, spanId }
  return { requestId, traceparent: traceparentOf(own), tracestate: context.state }
}

/** What a call knows of the trace that it belongs to. */
export interface Followed {
  readonly trace?: CallTrace
  /** Only where spans are made. */
  readonly followed?: RequestTrace
}

const NOTHING: Followed = {}

/** The members of a call's context that follow it; none for a request that nobody follows. */
export function followedBy(trace: RequestTrace | null): Followed {
  if (trace === null) return NOTHING
  return { trace: callTrace(trace), ...(trace.recorded ? { followed: trace } : {}) }
}
