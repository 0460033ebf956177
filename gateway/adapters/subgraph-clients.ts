import { Agent, request as send } from 'undici'
import { untilAborted } from '../../subgraphs/kit/abort.ts'
import { CALL_CONTEXT_HEADER, signCallContext } from '../../subgraphs/kit/call-context.ts'
import type { CallKey } from '../../subgraphs/kit/call-context.ts'
import type { CallContext, SourceFact, SubgraphAnswer, SubgraphRequest } from '../../subgraphs/kit/contract.ts'
import { publishFailure } from '../observe/channels.ts'
import type { SubgraphClient, SubgraphReply } from '../execute/subgraph-client.ts'

/** How long a department may take, in milliseconds; an old system must not hold the others up. */
const TIMEOUT = 5_000

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

/** Sends each fetch to its department; an unknown one, or one over `timeout` milliseconds, rejects. */
export function createSubgraphClients(
  departments: ReadonlyMap<string, DepartmentClient>,
  timeout = TIMEOUT,
): SubgraphClient {
  return {
    async fetch(department, request, context, signal) {
      const client = departments.get(department)
      if (!client) throw new Error(`no client for ${department}`)
      const limited = AbortSignal.any([signal, AbortSignal.timeout(timeout)])
      try {
        return reply(await untilAborted(client.fetch(request, context, limited), limited))
      } catch (error) {
        // The answer says SOURCE_UNAVAILABLE and no more; why is for the operators.
        const where = `fetch ${department}`
        publishFailure(() => ({ receipt: context.receipt, where, code: 'SOURCE_UNAVAILABLE', error }))
        throw error
      }
    },
  }
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

/** A department reached over HTTP; every call carries a signed context that is good for it and this body alone. */
export function httpDepartment(name: string, url: string, key: CallKey): DepartmentClient {
  const agent = new Agent({ connections: 16, pipelining: 1, keepAliveTimeout: 30_000, maxResponseSize: MAX_ANSWER })
  return {
    async fetch(request, context, signal) {
      const body = Buffer.from(JSON.stringify(request))
      const token = await signCallContext(key, context, name, body)
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
