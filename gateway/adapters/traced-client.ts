import type { SubgraphClient } from '../execute/subgraph-client.ts'
import { MOST_FETCHES, callTrace, newSpanId } from '../observe/trace/request-trace.ts'
import type { Clock } from '../vocabulary/ports.ts'

/**
 * Makes a span of each call of a request whose spans are made, and lets the department's own trace go on below it; of
 * any other request it does nothing. It stands around the cache, so that what no department was asked shows too.
 */
export function tracedClient(client: SubgraphClient, clock: Pick<Clock, 'monotonic'>): SubgraphClient {
  return {
    fetch(department, request, context, signal, deadline) {
      const { followed } = context
      if (followed === undefined || followed.fetches.length >= MOST_FETCHES)
        return client.fetch(department, request, context, signal, deadline)
      const spanId = newSpanId()
      const started = clock.monotonic()
      const end = (answered: boolean): void => {
        if (followed.fetches.length >= MOST_FETCHES) return
        followed.fetches.push({ spanId, department, started, ended: clock.monotonic(), answered })
      }
      const below = { ...context, trace: callTrace(followed, spanId) }
      return client.fetch(department, request, below, signal, deadline).then(
        (reply) => {
          end(true)
          return reply
        },
        (error: unknown) => {
          end(false)
          throw error
        },
      )
    },
  }
}
