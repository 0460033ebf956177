import { DAY } from './counters.ts'
import type { Counters } from './counters.ts'
import { counterKey } from './keys.ts'

/**
 * Keeps apart what one person may not be at once (ZS-6.04), also where the person has a token for each: whoever came
 * in one of the parts comes in no other on the same day of the city.
 */
export interface Separation {
  /**
   * Takes a part for the day.
   *
   * @param part name of a role that is kept apart from others
   * @returns whether the officer is in no other one today
   */
  take(who: { readonly department: string; readonly officer: string }, part: string): Promise<boolean>
}

/** Separation by the counters that all replicas share: a day has room for one part of each staff number. */
export function createSeparation(counters: Pick<Counters, 'takeDistinct'>): Separation {
  return {
    async take({ department, officer }, part) {
      // Capitals or not, it is one person's number.
      const key = counterKey('part-of-day', [department, officer.toLowerCase()])
      const { total } = await counters.takeDistinct(key, [part], DAY, 1)
      return total <= 1
    },
  }
}
