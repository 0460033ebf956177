import { openStages } from '../observe/stages.ts'
import { openTrace } from '../observe/trace/request-trace.ts'
import type { RequestTrace } from '../observe/trace/request-trace.ts'
import { readRequestId, readTraceContext } from '../observe/trace/trace-context.ts'
import type { Exchange } from './exchange.ts'
import type { House } from './house.ts'
import type { HttpRequest } from './http.ts'
import { languageOf } from './language.ts'

/** Opens the exchange of a request: its receipt exists before anything can go wrong. */
export function openExchange(
  house: Pick<House, 'clock' | 'ids' | 'secrets' | 'sampler'>,
  request: HttpRequest,
): Exchange {
  const started = house.clock.monotonic()
  return {
    receipt: house.ids.receipt(),
    address: request.address,
    startedAt: house.clock.now(),
    started,
    language: languageOf(request.headers.get('accept-language')),
    allDecisions: request.headers.get('x-decisions')?.trim().toLowerCase() === 'all',
    signal: request.signal,
    caller: null,
    refused: null,
    reservation: null,
    operation: null,
    finding: null,
    counted: null,
    exceeded: null,
    explains: null,
    registered: null,
    answered: false,
    settle: null,
    secrets: house.secrets,
    exactly: false,
    onGrid: false,
    lane: 'none',
    codes: new Set(),
    trace: traceOf(house, request),
    stages: openStages(started, () => house.clock.monotonic()),
  }
}

function traceOf({ sampler = null }: Pick<House, 'sampler'>, { headers }: HttpRequest): RequestTrace | null {
  const came = readTraceContext(headers.get('traceparent'), headers.get('tracestate'))
  return openTrace(readRequestId(headers.get('x-request-id')), came, sampler)
}
