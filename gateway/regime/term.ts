import { z } from 'zod'

/**
 * A time limit (时限). A number of working days or calendar months; AT_ONCE where the text leaves no step between;
 * NO_LIMIT where it demands the act and names no number (及时).
 */
export const term = z.union([
  z.strictObject({ days: z.int().min(1).max(366), unit: z.literal('WORKING_DAY') }),
  z.strictObject({ months: z.int().min(1).max(120) }),
  z.enum(['AT_ONCE', 'NO_LIMIT']),
])
/** A time limit, with its unit. */
export type Term = z.infer<typeof term>

/** Working days of a limit; 0 for AT_ONCE; null where there is no number of them: no timer, which is not zero (INV-11). */
export function workingDays(limit: Term | null | undefined): number | null {
  if (limit === 'AT_ONCE') return 0
  return limit && typeof limit === 'object' && 'days' in limit ? limit.days : null
}

/** Calendar months of a limit; null where it has none. */
export function calendarMonths(limit: Term | null | undefined): number | null {
  return limit && typeof limit === 'object' && 'months' in limit ? limit.months : null
}
