import { DepartmentFault } from './department-fault.ts'
import { createSlidingCounts } from './sliding-counts.ts'

/** Whether calls go through, are tried one by one, or are not made. */
export type CircuitState = 'closed' | 'half-open' | 'open'

/** What a call said about the department; `unknown` where its caller went away first. */
export type CallVerdict = 'well' | 'failed' | 'unknown'

/** Takes what became of a call: the first word counts, and none that was let through before the last change. */
export type Settle = (verdict: CallVerdict) => void

/** Keeps calls away from a department that fails, so that neither it nor the requests have to bear them. */
export interface CircuitBreaker {
  state(): CircuitState
  /** Whether a call would be let through. Takes nothing. */
  admits(): boolean
  /**
   * Lets one call through; where the circuit is not closed, it is the only one.
   *
   * @returns takes the verdict
   * @throws DepartmentFault `not-asked`
   */
  enter(): Settle
}

/** The outcomes that are looked at: those of the last 20 seconds. */
const SLOTS = 10
const SLOT_MS = 2_000

/** So many calls tell something; fewer might have been bad luck. */
const ENOUGH_CALLS = 10

/** From this share of failed calls on, the department is left alone. */
const FAILED_SHARE = 0.5

/** Milliseconds for which it is left alone before one call tries whether it is back. */
const PAUSE = 5_000

/** The error of every call that is not made; told at once, it costs neither time nor a place. */
export function notAsked(): DepartmentFault {
  return new DepartmentFault('not-asked', 'CIRCUIT_OPEN')
}

/**
 * A circuit breaker: closed, until at least half of the last calls failed; then open; after a pause half-open, when one
 * call at a time tries, of which the first that goes well closes it.
 *
 * @param monotonic milliseconds of a monotonic clock
 * @param onChange told the state whenever it is another one
 */
export function createCircuitBreaker(
  monotonic: () => number,
  onChange: (state: CircuitState, before: CircuitState) => void,
): CircuitBreaker {
  const outcomes = createSlidingCounts(SLOTS, SLOT_MS, monotonic)
  let state: CircuitState = 'closed'
  let probing = false
  let opened = 0
  let epoch = 0

  const change = (next: CircuitState): void => {
    const before = state
    epoch += 1
    probing = false
    state = next
    if (next === 'open') opened = monotonic()
    if (next === 'closed') outcomes.clear()
    if (next !== before) onChange(next, before)
  }
  const admits = (): boolean => {
    switch (state) {
      case 'closed':
        return true
      case 'half-open':
        return !probing
      case 'open':
        return monotonic() - opened >= PAUSE
    }
  }
  const count = (failed: boolean): void => {
    outcomes.note(failed)
    if (!failed) return
    const calls = outcomes.plain() + outcomes.marked()
    if (calls >= ENOUGH_CALLS && outcomes.marked() >= calls * FAILED_SHARE) change('open')
  }
  const take = (verdict: CallVerdict): void => {
    if (state === 'closed') {
      if (verdict !== 'unknown') count(verdict === 'failed')
    } else if (verdict === 'unknown') probing = false
    else change(verdict === 'well' ? 'closed' : 'open')
  }
  return {
    state: () => state,
    admits,
    enter() {
      if (!admits()) throw notAsked()
      if (state !== 'closed') {
        change('half-open')
        probing = true
      }
      let turn: number | null = epoch
      return (verdict) => {
        if (turn === epoch) take(verdict)
        turn = null
      }
    },
  }
}

/** For what needs no sparing: every call goes through, and nothing is counted. */
export const ALWAYS_CLOSED: CircuitBreaker = {
  state: () => 'closed',
  admits: () => true,
  enter: () => () => {},
}
