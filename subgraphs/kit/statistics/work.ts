import { setImmediate as nextTurn } from 'node:timers/promises'

/** Steps of one table between two turns of the event loop: a few milliseconds. */
const SLICE = 20_000

/** What is left to one table: steps, not time, so that the same numbers always come out the same. */
export interface Work {
  left: number
  /** Steps until the next turn. */
  slice: number
}

/** @param steps that may be spent in all */
export function workOf(steps: number): Work {
  return { left: steps, slice: SLICE }
}

/** Takes steps, even more than are left: who works looks at `left` from time to time. */
export function spend(work: Work, steps: number): void {
  work.left -= steps
  work.slice -= steps
}

/** Whether others should have a turn now; then the next one is due a slice later. */
export function isTurn(work: Work): boolean {
  if (work.slice > 0) return false
  work.slice = SLICE
  return true
}

/**
 * Does work with a turn of the event loop wherever it yields.
 *
 * @throws the signal's reason, at the next turn
 */
export async function inTurns<T>(work: Generator<void, T>, signal?: AbortSignal): Promise<T> {
  for (;;) {
    const part = work.next()
    if (part.done === true) return part.value
    await nextTurn()
    signal?.throwIfAborted()
  }
}

/** Does work without any turn. */
export function atOnce<T>(work: Generator<void, T>): T {
  for (;;) {
    const part = work.next()
    if (part.done === true) return part.value
  }
}
