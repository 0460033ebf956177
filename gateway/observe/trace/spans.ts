import type { RequestEvent } from '../channels.ts'
import type { StageTime } from '../stages.ts'
import { newSpanId } from './request-trace.ts'
import type { FetchSpan } from './request-trace.ts'

/** Kinds of spans as OTLP numbers them. */
const KINDS = { internal: 1, server: 2, client: 3 } as const
/** Status of a span: unset, or an error. */
const ERROR = 2
const SAMPLED = 1

/** One span in the JSON form of OTLP 1 (opentelemetry-proto, trace.proto): hexadecimal IDs, times as decimal strings. */
export interface OtlpSpan {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly traceState?: string
  readonly flags: number
  readonly name: string
  readonly kind: (typeof KINDS)[keyof typeof KINDS]
  readonly startTimeUnixNano: string
  readonly endTimeUnixNano: string
  readonly attributes: readonly OtlpAttribute[]
  readonly status?: { readonly code: typeof ERROR }
}

/** A name and a value of one of the types that we use; whole numbers are decimal strings. */
export interface OtlpAttribute {
  readonly key: string
  readonly value:
    | { readonly stringValue: string }
    | { readonly intValue: string }
    | { readonly arrayValue: { readonly values: readonly { readonly stringValue: string }[] } }
}

/**
 * The spans of one request: itself, its stages, and each call to a department below it. Codes, counts and times alone:
 * no name, number, value, document, variable or officer, ever. None for a request that is not to be exported.
 */
export function spansOf(event: RequestEvent): readonly OtlpSpan[] {
  const { trace } = event
  if (trace === null || !trace.recorded || trace.context === null) return []
  const { traceId, spanId, state } = trace.context
  const at = instants(event)
  const span = (one: Pick<OtlpSpan, 'spanId' | 'name' | 'kind' | 'attributes'>, parent: string | null): Made => ({
    traceId,
    ...one,
    ...(parent === null ? {} : { parentSpanId: parent }),
    ...(state === null ? {} : { traceState: state }),
    flags: SAMPLED,
  })
  const request = span({ spanId, name: 'request', kind: KINDS.server, attributes: requestFacts(event) }, trace.parentId)
  const stages = (event.stages ?? []).map((time) => ({ time, id: newSpanId() }))
  const stageSpans = stages.map(({ time: { stage, started, ended }, id }) => ({
    ...span({ spanId: id, name: stage, kind: KINDS.internal, attributes: [] }, spanId),
    ...at(started, ended),
  }))
  const fetches = withOutcomes(trace.fetches, event.outcomes).map(({ call, outcome, entities }) => ({
    ...span(
      { spanId: call.spanId, name: `fetch ${call.department}`, kind: KINDS.client, attributes: [] },
      parentOf(call, stages, spanId),
    ),
    ...at(call.started, call.ended),
    attributes: [
      text('gongxiang.department', call.department),
      text('gongxiang.outcome', outcome),
      ...(entities === null ? [] : [whole('gongxiang.entities', entities)]),
    ],
    ...(call.answered ? {} : { status: { code: ERROR } as const }),
  }))
  const failed = event.status >= 500 ? { status: { code: ERROR } as const } : {}
  return [
    { ...request, ...at(event.started, event.started + event.milliseconds), ...failed },
    ...stageSpans,
    ...fetches,
  ]
}

type Made = Omit<OtlpSpan, 'startTimeUnixNano' | 'endTimeUnixNano'>

function requestFacts({ receipt, lane, status, codes, department, coordinates, fetches }: RequestEvent) {
  return [
    text('gongxiang.receipt', receipt),
    text('gongxiang.lane', lane),
    whole('http.response.status_code', status),
    ...(department === null ? [] : [text('gongxiang.consumer', department)]),
    { key: 'gongxiang.codes', value: { arrayValue: { values: codes.map((code) => ({ stringValue: code })) } } },
    whole('gongxiang.coordinates', coordinates),
    whole('gongxiang.fetches', fetches),
  ]
}

/** A call belongs to the stage that it began in; beyond the stages that are kept, to the request itself. */
function parentOf(
  { started }: FetchSpan,
  stages: readonly { readonly time: StageTime; readonly id: string }[],
  request: string,
): string {
  const within = ({ stage, started: from, ended: to }: StageTime): boolean =>
    stage === 'execute' && from <= started && started <= to
  return stages.findLast(({ time }) => within(time))?.id ?? request
}

/** Each call with how it went: those of one department are in the order in which they ended, in both lists. */
function withOutcomes(calls: readonly FetchSpan[], outcomes: RequestEvent['outcomes']) {
  const left = [...outcomes]
  return calls.map((call) => {
    const at = left.findIndex(({ department }) => department === call.department)
    const [found] = at < 0 ? [] : left.splice(at, 1)
    return { call, outcome: found?.outcome ?? (call.answered ? 'ok' : 'failed'), entities: found?.entities ?? null }
  })
}

/** Turns times of the monotonic clock into instants. */
function instants({ startedAt, started }: RequestEvent) {
  const nano = (time: number): string => String(BigInt(Math.round((startedAt + time - started) * 1_000)) * 1_000n)
  return (from: number, to: number) => ({
    startTimeUnixNano: nano(from),
    endTimeUnixNano: nano(Math.max(from, to)),
  })
}

function text(key: string, value: string): OtlpAttribute {
  return { key, value: { stringValue: value } }
}

function whole(key: string, value: number): OtlpAttribute {
  return { key, value: { intValue: String(Math.round(value)) } }
}
