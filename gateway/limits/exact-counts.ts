import { Failure } from '../vocabulary/failure.ts'
import type { Counters } from './counters.ts'

/**
 * Lets through only while counts are exact: what is most sensitive, and what can be guessed at, is not given where a
 * bound may have been passed unseen (wall 16).
 *
 * @throws Failure COUNTERS_UNAVAILABLE
 */
export function assertExactCounts(counters: Pick<Counters, 'health'>): void {
  if (!counters.health().ok) throw new Failure('COUNTERS_UNAVAILABLE')
}
