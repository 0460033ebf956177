import { Agent, request as send } from 'undici'
import { untilAborted } from '../../subgraphs/kit/abort.ts'
import { CALL_CONTEXT_HEADER, signCallContext } from '../../subgraphs/kit/call-context.ts'
import type { CallKey } from '../../subgraphs/kit/call-context.ts'
import type { CallContext, SourceFact, SubgraphAnswer, SubgraphRequest } from '../../subgraphs/kit/contract.ts'
import { publishFailure } from '../observe/channels.ts'
import type { SubgraphAsk, SubgraphClient, SubgraphReply } from '../execute/subgraph-client.ts'
import { systemClock } from '../vocabulary/ports.ts'
import type { Clock } from '../vocabulary/ports.ts'
import { createDepartmentQueue } from './department-queue.ts'
import type { DepartmentQueue } from './department-queue.ts'

/** ISO 8601 with an offset: what a note and a record may repeat of a department's own words. */
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/
const TYPE_NAME = /^[A-Za-z]\w{0,63}$/

/** Largest answer of a department, in bytes. */
const MAX_ANSWER = 32 * 1024 * 1024

/** One department, however it is reached. */
export interface DepartmentClient {
  fetch(request: SubgraphRequest, context: CallContext, signal: AbortSignal): Promise<SubgraphAnswer>
  close(): Promise<void>
}

/** How much one department is asked: calls at once, and milliseconds for each. An old system must not fall over. */
export interface CallBounds {
  readonly concurrency: number
  readonly timeoutMs: number
}

/** One department with its place in line. */
interface Bounded {
  readonly client: DepartmentClient
  readonly queue: DepartmentQueue
  readonly timeoutMs: number
}

/**
 * Sends each fetch to its department. Rejects for an unknown one, for one over its time, and at once where the caller
 * would have gone before it is their turn: an old system is never asked for somebody who has gone.
 */
export function createSubgraphClients(
  departments: ReadonlyMap<string, DepartmentClient>,
  boundsOf: (department: string) => CallBounds,
  clock: Pick<Clock, 'monotonic'> = systemClock,
): SubgraphClient {
  const bounded = new Map<string, Bounded>()
  for (const [name, client] of departments) {
    const { concurrency, timeoutMs } = boundsOf(name)
    bounded.set(name, { client, timeoutMs, queue: createDepartmentQueue(concurrency, () => clock.monotonic()) })
  }
  return {
    async fetch(department, request, context, signal, deadline = Infinity) {
      const one = bounded.get(department)
      if (!one) throw new Error(`no client for ${department}`)
      try {
        const leave = await one.queue.enter(Math.min(one.timeoutMs, deadline - clock.monotonic()), signal)
        return reply(await call(one, leave, [bare(request), context], signal))
      } catch (error) {
        // The answer says SOURCE_UNAVAILABLE and no more; why is for the operators.
        const where = `fetch ${department}`
        publishFailure(() => ({ receipt: context.receipt, where, code: 'SOURCE_UNAVAILABLE', error }))
        throw error
      }
    },
  }
}

/**
 * Asks, and gives the place back when the call has really ended. One that does not heed its signal keeps it until its
 * time is over, or the old system would be asked more at once than it can bear.
 */
async function call(
  { client, timeoutMs }: Bounded,
  leave: () => void,
  [request, context]: readonly [SubgraphRequest, CallContext],
  signal: AbortSignal,
): Promise<unknown> {
  const time = AbortSignal.timeout(timeoutMs)
  const limited = AbortSignal.any([signal, time])
  const calling = Promise.try(() => client.fetch(request, context, limited))
  void untilAborted(calling, time).then(leave, leave)
  return untilAborted(calling, limited)
}

/** What a department needs to know of it. */
function bare({ query, variables }: SubgraphAsk): SubgraphRequest {
  return { query, variables }
}

/** Takes what an answer has of the shape agreed on; a department may answer anything. */
function reply(answer: unknown): SubgraphReply {
  if (!isObject(answer)) return { sources: [] }
  const { data, errors, extensions } = answer
  const given = isObject(extensions) && Array.isArray(extensions['sources']) ? extensions['sources'] : []
  const sources = given
    .slice(0, MAX_SOURCES)
    .filter(isSourceFact)
    .map(({ type, asOf }) => ({ type, asOf }))
  return { ...(data === undefined ? {} : { data }), ...(errors === undefined ? {} : { errors }), sources }
}

/** One per record type that a fetch reads. */
const MAX_SOURCES = 50

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isSourceFact(value: unknown): value is SourceFact {
  if (!isObject(value)) return false
  const { type, asOf } = value
  return typeof type === 'string' && TYPE_NAME.test(type) && typeof asOf === 'string' && INSTANT.test(asOf)
}

/**
 * A department reached over HTTP; every call carries a signed context that is good for it and this body alone.
 *
 * @param key read for each call: it may have been rotated
 * @param connections as many as there may be calls at once: one that had to wait for a connection would be a call still
 */
export function httpDepartment(name: string, url: string, key: () => CallKey, connections: number): DepartmentClient {
  const agent = new Agent({ connections, pipelining: 1, keepAliveTimeout: 30_000, maxResponseSize: MAX_ANSWER })
  return {
    async fetch(request, context, signal) {
      const body = Buffer.from(JSON.stringify(request))
      const token = await signCallContext(key(), context, name, body)
      const headers = { 'content-type': 'application/json', [CALL_CONTEXT_HEADER]: token }
      const response = await send(url, { method: 'POST', body, headers, signal, dispatcher: agent })
      const text = await response.body.text()
      if (response.statusCode !== 200) throw new Error(`${name} answered ${response.statusCode}`)
      return parseAnswer(text)
    },
    close: () => agent.close(),
  }
}

/** What is no JSON object is an answer without anything in it: it breaks the contract, it is not absent. */
function parseAnswer(text: string): SubgraphAnswer {
  try {
    const answer: unknown = JSON.parse(text)
    return isObject(answer) ? answer : {}
  } catch {
    return {}
  }
}
