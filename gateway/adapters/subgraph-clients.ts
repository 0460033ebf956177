import { Agent, request as send } from 'undici'
import { CALL_CONTEXT_HEADER, signCallContext } from '../../subgraphs/kit/call-context.ts'
import type { CallKey } from '../../subgraphs/kit/call-context.ts'
import type { CallContext, SubgraphAnswer, SubgraphRequest } from '../../subgraphs/kit/contract.ts'
import type { SubgraphClient, SubgraphReply } from '../execute/subgraph-client.ts'

/** How long a department may take, in milliseconds; an old system must not hold the others up. */
const TIMEOUT = 5_000

/** Largest answer of a department, in bytes. */
const MAX_ANSWER = 32 * 1024 * 1024

/** One department, however it is reached. */
export interface DepartmentClient {
  fetch(request: SubgraphRequest, context: CallContext, signal: AbortSignal): Promise<SubgraphAnswer>
  close(): Promise<void>
}

/** Sends each fetch to its department; an unknown one, or one over its time, rejects. */
export function createSubgraphClients(
  departments: ReadonlyMap<string, DepartmentClient>,
): SubgraphClient & { close(): Promise<void> } {
  return {
    async fetch(department, request, context, signal) {
      const client = departments.get(department)
      if (!client) throw new Error(`no client for ${department}`)
      const limited = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT)])
      const answer = await withAbort(client.fetch(request, context, limited), limited)
      return reply(answer)
    },
    async close() {
      await Promise.all([...departments.values()].map((one) => one.close()))
    },
  }
}

function reply(answer: SubgraphAnswer): SubgraphReply {
  const { data, errors, extensions } = answer
  const sources = Array.isArray(extensions?.sources) ? extensions.sources : []
  return { ...(data === undefined ? {} : { data }), ...(errors === undefined ? {} : { errors }), sources }
}

/** A department that ignores its signal is left behind all the same. */
async function withAbort<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  const abort = (): void => reject(signal.reason)
  signal.addEventListener('abort', abort, { once: true })
  try {
    return await Promise.race([work, promise])
  } finally {
    signal.removeEventListener('abort', abort)
  }
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
      const answer: unknown = await response.body.json()
      if (response.statusCode !== 200 || typeof answer !== 'object' || answer === null)
        throw new Error(`${name} answered ${response.statusCode}`)
      return answer
    },
    close: () => agent.close(),
  }
}
