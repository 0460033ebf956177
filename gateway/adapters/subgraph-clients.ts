import type { Health, SourceFact } from '../../subgraphs/kit/contract.ts'
import type { SubgraphClient, SubgraphReply } from '../execute/subgraph-client.ts'
import { publishFailure } from '../observe/channels.ts'
import { systemClock } from '../vocabulary/ports.ts'
import type { Clock } from '../vocabulary/ports.ts'
import { boundDepartment } from './bounded-department.ts'
import type { BoundedDepartment, CallBounds, DepartmentClient } from './bounded-department.ts'
import type { CallCounts } from './department-queue.ts'
import type { CircuitState } from './circuit-breaker.ts'
import { retryJitter } from './retry-budget.ts'

export type { CallBounds, DepartmentClient } from './bounded-department.ts'

/** ISO 8601 with an offset: what a note and a record may repeat of a department's own words. */
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/
const TYPE_NAME = /^[A-Za-z]\w{0,63}$/

/** Asks departments, and tells how each is. */
export interface SubgraphClients extends SubgraphClient {
  /** Whether calls to each department are let through; of what it says of itself this knows nothing. */
  health(): ReadonlyMap<string, Health>
  /** How many calls to each department are under way, and how many wait for their turn. */
  calls(): ReadonlyMap<string, CallCounts>
}

/**
 * Sends each fetch to its department. Rejects for an unknown one, for one over its time, and at once where the caller
 * would have gone before it is their turn, or the department has failed too often just now: an old system is never
 * asked for somebody who has gone, nor again and again while it is down.
 *
 * @param jitter milliseconds before a second try
 */
export function createSubgraphClients(
  departments: ReadonlyMap<string, DepartmentClient>,
  boundsOf: (department: string) => CallBounds,
  clock: Pick<Clock, 'monotonic'> = systemClock,
  jitter: () => number = retryJitter,
): SubgraphClients {
  const times = { monotonic: () => clock.monotonic(), jitter }
  const bounded = new Map<string, BoundedDepartment>()
  for (const [name, client] of departments) bounded.set(name, boundDepartment(name, client, boundsOf(name), times))
  return {
    async fetch(department, { query, variables, rules }, context, signal, deadline = Infinity) {
      const one = bounded.get(department)
      if (!one) throw new Error(`no client for ${department}`)
      const idempotent = rules?.idempotent === true
      try {
        return reply(await one.ask({ request: { query, variables }, context, idempotent, signal, deadline }))
      } catch (error) {
        // The answer says SOURCE_UNAVAILABLE and no more; why is for the operators.
        const where = `fetch ${department}`
        publishFailure(() => ({ receipt: context.receipt, where, code: 'SOURCE_UNAVAILABLE', error }))
        throw error
      }
    },
    health() {
      const health = new Map<string, Health>()
      for (const [name, one] of bounded) {
        const state = one.state()
        if (state !== null) health.set(name, HEALTH[state])
      }
      return health
    },
    calls: () => new Map([...bounded].map(([name, one]) => [name, one.calls()] as const)),
  }
}

const HEALTH: Readonly<Record<CircuitState, Health>> = {
  closed: { ok: true, detail: 'asked as usual' },
  'half-open': { ok: false, detail: 'asked by one call at a time, to see whether it is back' },
  open: { ok: false, detail: 'not asked for a moment: too many of the last calls failed' },
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
