import { Failure } from '../vocabulary/failure.ts'
import type { Text } from '../vocabulary/codes.ts'
import type { Counters, Taken } from './counters.ts'
import { counterKey } from './keys.ts'

/** Requests per minute. */
export interface RateLimits {
  /** Of one officer in one application. */
  readonly officerPerMinute: number
  /** Of one application, all its officers together. */
  readonly applicationPerMinute: number
  /** Of one department, all its applications together. */
  readonly departmentPerMinute: number
  /** Refusals of one address that nobody is known at. */
  readonly strangerPerMinute: number
}

/** Whose request is counted. */
export interface RatedCaller {
  readonly department: string
  readonly application: string
  readonly officer: string
}

/** Bounds how often someone may ask (FS-27, HZ-52); the clause of a refusal is the regime's own (request/refuse.ts). */
export interface RateLimit {
  /**
   * Counts a request against the officer, the application and the department, or, where one of them has had too many,
   * against none: who is refused takes nothing from colleagues.
   *
   * @throws Failure RATE_LIMIT
   */
  admit(caller: RatedCaller): Promise<void>
  /**
   * Counts a refusal of somebody whom a token names, against that officer alone: what was never let in must not shut
   * the department out.
   *
   * @throws Failure RATE_LIMIT
   */
  admitRefused(caller: RatedCaller): Promise<void>
  /** Counts a refusal; false once the address has had too many. */
  tolerate(address: string): Promise<boolean>
}

/** Seconds of a window; also what a refused caller is told to wait. */
export const RATE_WINDOW = 60

/** One bound, whom it is of, and the most requests. */
interface Bound {
  readonly key: string
  readonly whose: Text
  readonly most: number
}

/** Rate limits over counters. */
export function createRateLimit(counters: Counters, limits: RateLimits): RateLimit {
  const officer = ({ department, application, officer: who }: RatedCaller): Bound => ({
    key: counterKey('officer', [department, application, who]),
    whose: { zh: '本人', en: 'by this officer' },
    most: limits.officerPerMinute,
  })
  const wider = ({ department, application }: RatedCaller): readonly Bound[] => [
    {
      key: counterKey('application', [department, application]),
      whose: { zh: '本应用', en: 'by this application' },
      most: limits.applicationPerMinute,
    },
    {
      key: counterKey('department', [department]),
      whose: { zh: '本部门', en: 'by this department' },
      most: limits.departmentPerMinute,
    },
  ]
  return {
    admit: (caller) => takeAll(counters, [officer(caller), ...wider(caller)]),
    admitRefused: (caller) => takeAll(counters, [officer(caller)]),
    async tolerate(address) {
      return (await counters.add(counterKey('stranger', [address]), RATE_WINDOW)) <= limits.strangerPerMinute
    },
  }
}

/** One after another, the narrowest first, as a budget does. */
async function takeAll(counters: Counters, bounds: readonly Bound[]): Promise<void> {
  const had: Taken[] = []
  for (const { key, whose, most } of bounds) {
    const got = await counters.take(key, 1, RATE_WINDOW, most)
    if (got.total > most) {
      await Promise.all(had.map((one) => one.giveBack()))
      const detail = {
        zh: `${whose.zh}一分钟内超过 ${most} 次`,
        en: `more than ${most} requests in a minute ${whose.en}`,
      }
      throw new Failure('RATE_LIMIT', { detail })
    }
    had.push(got)
  }
}
