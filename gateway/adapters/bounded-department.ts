import { untilAborted } from '../../subgraphs/kit/abort.ts'
import type { CallContext, SubgraphAnswer, SubgraphRequest } from '../../subgraphs/kit/contract.ts'
import { publishCircuit, publishFailure, publishLifecycle } from '../observe/channels.ts'
import { boundedCall } from './bounded-call.ts'
import { ALWAYS_CLOSED, createCircuitBreaker, notAsked } from './circuit-breaker.ts'
import type { CircuitState, Settle } from './circuit-breaker.ts'
import { isOutage, isPassing } from './department-fault.ts'
import { createDepartmentQueue } from './department-queue.ts'
import type { CallCounts } from './department-queue.ts'
import { createRetryBudget } from './retry-budget.ts'

/** One department, however it is reached. */
export interface DepartmentClient {
  fetch(request: SubgraphRequest, context: CallContext, signal: AbortSignal): Promise<SubgraphAnswer>
  close(): Promise<void>
}

/** How much one department is asked: calls at once, and milliseconds for each. An old system must not fall over. */
export interface CallBounds {
  /** Infinity for the gateway's own answers: there is nothing then that had to be spared. */
  readonly concurrency: number
  readonly timeoutMs: number
}

/** What is asked, for whom, and for how long. */
export interface Asking {
  readonly request: SubgraphRequest
  readonly context: CallContext
  /** Whether it only reads, so that it may be asked a second time. */
  readonly idempotent: boolean
  /** Aborted when the answer is not waited for any longer. */
  readonly signal: AbortSignal
  /** Milliseconds of the monotonic clock at which that will be. */
  readonly deadline: number
}

/** A department behind its line, its circuit breaker and its time. */
export interface BoundedDepartment {
  /** Rejects where there was no answer in time; with what it answered else, still unchecked. */
  ask(asking: Asking): Promise<unknown>
  /** Whether calls are let through; null where nothing has to be spared. */
  state(): CircuitState | null
  calls(): CallCounts
}

/** Time, as the bounds need it: a monotonic clock and the milliseconds before a second try. */
export interface CallTimes {
  readonly monotonic: () => number
  readonly jitter: () => number
}

/**
 * Puts the bounds before a department: no more calls at once than it bears, none while it is down, none for longer than
 * its time, and where the connection failed or something before it was not ready, a second try of what only reads.
 */
export function boundDepartment(
  name: string,
  client: DepartmentClient,
  { concurrency, timeoutMs }: CallBounds,
  { monotonic, jitter }: CallTimes,
): BoundedDepartment {
  const spared = concurrency !== Infinity
  const queue = createDepartmentQueue(concurrency, monotonic)
  const budget = createRetryBudget(monotonic)
  const circuit = spared ? createCircuitBreaker(monotonic, (state, before) => tell(name, state, before)) : ALWAYS_CLOSED

  const ask = async ({ request, context, idempotent, signal, deadline }: Asking): Promise<unknown> => {
    // Not even a place in line; whoever was in it is told the same as soon as the call before them has failed.
    if (!circuit.admits()) throw notAsked()
    const leave = await queue.enter(Math.min(timeoutMs, deadline - monotonic()), signal)
    const until = Math.min(monotonic() + timeoutMs, deadline)
    let settle: Settle = () => {}
    const once = async (limited: AbortSignal): Promise<unknown> => {
      settle = circuit.enter()
      try {
        const answer = await client.fetch(request, context, limited)
        settle('well')
        return answer
      } catch (error) {
        settle(limited.aborted ? 'unknown' : isOutage(error) ? 'failed' : 'well')
        throw error
      }
    }
    const mayHelp = (error: unknown, pause: number): boolean =>
      idempotent && isPassing(error) && monotonic() + pause < until && circuit.admits() && budget.take()
    const work = async (limited: AbortSignal): Promise<unknown> => {
      budget.noteCall()
      try {
        return await once(limited)
      } catch (error) {
        const pause = jitter()
        if (!mayHelp(error, pause)) throw error
        publishFailure(() => ({ receipt: context.receipt, where: `fetch ${name}, asked again`, code: null, error }))
        await untilAborted(sleep(pause), limited)
        return once(limited)
      }
    }
    return boundedCall(work, { timeoutMs, caller: signal, onLate: () => settle('failed'), onEnd: leave })
  }
  return { ask, state: () => (spared ? circuit.state() : null), calls: () => queue.counts() }
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, milliseconds))
}

/** Tells operators once that a department is down, and once that it is back: a try in between is neither. */
function tell(department: string, state: CircuitState, before: CircuitState): void {
  publishCircuit(() => ({ of: department, state }))
  if (before === 'closed') publishLifecycle(() => ({ step: 'degraded', subject: department }))
  if (state === 'closed') publishLifecycle(() => ({ step: 'recovered', subject: department }))
}
