import { Pool } from 'undici'
import type { buildConnector, Dispatcher } from 'undici'
import { CALL_CONTEXT_HEADER, signCallContext } from '../../subgraphs/kit/call-context.ts'
import type { CallKey } from '../../subgraphs/kit/call-context.ts'
import type { CallContext, SubgraphAnswer, SubgraphRequest } from '../../subgraphs/kit/contract.ts'
import { DepartmentFault, networkFault, statusFault } from './department-fault.ts'
import type { CallBounds, DepartmentClient } from './bounded-department.ts'

/** Largest answer of a department, in bytes. */
const MAX_ANSWER = 32 * 1024 * 1024

/** Of an answer that is not taken so many bytes are passed over, so that its connection can be used again. */
const MAX_PASSED_OVER = 64 * 1024

/** Milliseconds for finding and reaching a department's machine. */
export const CONNECT_TIMEOUT = 3_000

/** Milliseconds that an idle connection is kept, where the department does not say: less than servers usually do. */
const KEEP_ALIVE = 4_000

/** Milliseconds after a call's own time at which the connection is given up in any case. */
const NET = 1_000

/** Characters of queries whose JSON text is kept; far more than the plans of a department have. */
const MAX_KEPT_QUERIES = 1_000_000

/**
 * A department reached over HTTP/1.1; every call carries a signed context that is good for it and this body alone.
 * There are as many connections as there may be calls at once: one that had to wait for a connection would be a call
 * still. An aborted call takes its connection with it, so that the department learns of it.
 *
 * @param key read for each call: it may have been rotated
 * @param connect makes its connections, where both sides show certificates; `https` alone checks the department's
 */
export function httpDepartment(
  name: string,
  url: string,
  key: () => CallKey,
  { concurrency, timeoutMs }: CallBounds,
  connect?: buildConnector.connector,
): DepartmentClient {
  const { origin, pathname, search } = new URL(url)
  const path = pathname + search
  const pool = new Pool(origin, {
    connections: concurrency,
    pipelining: 1,
    allowH2: false,
    keepAliveTimeout: KEEP_ALIVE,
    connectTimeout: Math.min(CONNECT_TIMEOUT, timeoutMs),
    headersTimeout: timeoutMs + NET,
    bodyTimeout: timeoutMs + NET,
    maxResponseSize: MAX_ANSWER,
    ...(connect === undefined ? {} : { connect }),
  })
  const encode = createBodies()
  return {
    async fetch(request, context, signal) {
      const body = encode(request)
      const token = await signCallContext(key(), context, name, body)
      signal.throwIfAborted()
      const bytes = await send(pool, { path, method: 'POST', headers: headersFor(context, token), body }, signal)
      return parseAnswer(bytes)
    },
    close: () => pool.close(),
  }
}

/** Names and values in turn, as undici takes them with the least work; of the caller's own request its trace alone. */
function headersFor({ trace }: CallContext, token: string): string[] {
  const headers = ['content-type', 'application/json', CALL_CONTEXT_HEADER, token]
  if (trace === undefined) return headers
  const { requestId, traceparent, tracestate } = trace
  if (requestId !== null) headers.push('x-request-id', requestId)
  if (traceparent !== null) headers.push('traceparent', traceparent)
  if (tracestate !== null) headers.push('tracestate', tracestate)
  return headers
}

/** Encodes requests. A plan's fetch has the same query each time: its JSON text is made once. */
function createBodies(): (request: SubgraphRequest) => Buffer {
  const kept = new Map<string, string>()
  let characters = 0
  const queryText = (query: string): string => {
    const known = kept.get(query)
    if (known !== undefined) return known
    const text = JSON.stringify(query)
    characters += text.length
    if (characters > MAX_KEPT_QUERIES) {
      kept.clear()
      characters = text.length
    }
    kept.set(query, text)
    return text
  }
  return ({ query, variables }) => Buffer.from(`{"query":${queryText(query)},"variables":${JSON.stringify(variables)}}`)
}

/**
 * Sends one request and gives the bytes of its answer, by undici's own `dispatch`: a stream and its promises for each
 * answer would cost a third more. Rejects only when the request is really over, so that its place is kept till then.
 *
 * @throws DepartmentFault, or the signal's reason
 */
function send(pool: Dispatcher, request: Dispatcher.DispatchOptions, signal: AbortSignal): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let controller: Dispatcher.DispatchController | null = null
    let fault: DepartmentFault | null = null
    let begun = false
    const chunks: Buffer[] = []
    let passedOver = 0
    // One that waits for its connection is ended when it has it: it cannot be taken back before.
    const abort = (): void => controller?.abort(new Error('nobody waits for this answer'))
    signal.addEventListener('abort', abort, { once: true })

    pool.dispatch(request, {
      onRequestStart(started) {
        controller = started
        if (signal.aborted) abort()
      },
      onResponseStarted() {
        begun = true
      },
      onResponseStart(_controller, status, headers) {
        // What comes before the answer proper (1xx) says nothing.
        if (status < 200) return
        if (status !== 200) fault = statusFault(status, headers['retry-after'] !== undefined)
        else if (Number(headers['content-length']) > MAX_ANSWER) {
          fault = new DepartmentFault('too-large', 'CONTENT_LENGTH')
          controller?.abort(fault)
        }
      },
      onResponseData(_controller, chunk) {
        if (fault === null) chunks.push(chunk)
        else if ((passedOver += chunk.length) > MAX_PASSED_OVER) controller?.abort(fault)
      },
      onResponseEnd() {
        signal.removeEventListener('abort', abort)
        if (fault) reject(fault)
        else resolve(joined(chunks))
      },
      onResponseError(_controller, error) {
        signal.removeEventListener('abort', abort)
        reject(signal.aborted ? signal.reason : (fault ?? networkFault(error, begun)))
      },
    })
  })
}

/** Most answers come in one piece, which is not copied. */
function joined(chunks: readonly Buffer[]): Buffer {
  const [only] = chunks
  return only !== undefined && chunks.length === 1 ? only : Buffer.concat(chunks)
}

const BYTE_ORDER_MARK = 0xfeff

/** What is no JSON object is an answer without anything in it: it breaks the contract, it is not absent. */
function parseAnswer(bytes: Buffer): SubgraphAnswer {
  const text = bytes.toString('utf8')
  try {
    const answer: unknown = JSON.parse(text.charCodeAt(0) === BYTE_ORDER_MARK ? text.slice(1) : text)
    return typeof answer === 'object' && answer !== null && !Array.isArray(answer) ? answer : {}
  } catch {
    return {}
  }
}
