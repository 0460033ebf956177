import { Failure } from '../vocabulary/failure.ts'
import type { Text } from '../vocabulary/codes.ts'
import type { Counters } from './counters.ts'
import { counterKey } from './keys.ts'
import { takeAll } from './taken.ts'
import type { Bound } from './taken.ts'

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

/** A bound, and whom it is of. */
interface RateBound extends Bound {
  readonly whose: Text
}

/** Rate limits over counters. */
export function createRateLimit(counters: Counters, limits: RateLimits): RateLimit {
  const bound = (key: string, whose: Text, most: number): RateBound => ({
    key,
    whose,
    most,
    window: RATE_WINDOW,
    places: 1,
  })
  const officer = ({ department, application, officer: who }: RatedCaller): RateBound =>
    bound(
      counterKey('officer', [department, application, who]),
      { zh: '本人', en: 'by this officer' },
      limits.officerPerMinute,
    )
  const wider = ({ department, application }: RatedCaller): readonly RateBound[] => [
    bound(
      counterKey('application', [department, application]),
      { zh: '本应用', en: 'by this application' },
      limits.applicationPerMinute,
    ),
    bound(
      counterKey('department', [department]),
      { zh: '本部门', en: 'by this department' },
      limits.departmentPerMinute,
    ),
  ]
  return {
    admit: (caller) => admitAll(counters, [officer(caller), ...wider(caller)]),
    admitRefused: (caller) => admitAll(counters, [officer(caller)]),
    async tolerate(address) {
      return (await counters.add(counterKey('stranger', [address]), RATE_WINDOW)) <= limits.strangerPerMinute
    },
  }
}

/** Who asks often tells nothing of anybody: a count of this process alone is bound enough while others cannot be had. */
async function admitAll(counters: Counters, bounds: readonly RateBound[]): Promise<void> {
  const had = await takeAll(counters, bounds, false)
  if (had.kind === 'TAKEN') return
  const { whose, most } = had.bound
  const detail = {
    zh: `${whose.zh}一分钟内超过 ${most} 次`,
    en: `more than ${most} requests in a minute ${whose.en}`,
  }
  throw new Failure('RATE_LIMIT', { detail })
}
