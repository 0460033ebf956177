import { Failure } from '../vocabulary/failure.ts'
import type { Counters } from './counters.ts'

/**
 * Lets through only while counts are exact: what is most sensitive, and what can be guessed at, is not given where a
 * bound may have been passed unseen (wall 16). An early word only: what is counted afterwards goes by `Taken.exact`.
 *
 * @param window seconds of the longest window that is to be counted in
 * @throws Failure COUNTERS_UNAVAILABLE
 */
export function assertExactCounts(counters: Pick<Counters, 'isExact'>, window: number): void {
  if (!counters.isExact(window)) throw new Failure('COUNTERS_UNAVAILABLE')
}
