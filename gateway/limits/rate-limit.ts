import { Failure } from '../vocabulary/failure.ts'
import type { Counters } from './counters.ts'
import { counterKey } from './keys.ts'

/** Requests per minute. */
export interface RateLimits {
  /** Of one officer in one application. */
  readonly officerPerMinute: number
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
  /** @throws Failure RATE_LIMIT */
  admit(caller: RatedCaller): Promise<void>
  /** Counts a refusal; false once the address has had too many. */
  tolerate(address: string): Promise<boolean>
}

/** Seconds of a window; also what a refused caller is told to wait. */
export const RATE_WINDOW = 60

/** Rate limits over counters. */
export function createRateLimit(counters: Counters, limits: RateLimits): RateLimit {
  return {
    async admit({ department, application, officer }) {
      const count = await counters.add(counterKey('officer', [department, application, officer]), RATE_WINDOW)
      if (count <= limits.officerPerMinute) return
      const most = limits.officerPerMinute
      const detail = { zh: `一分钟内超过 ${most} 次`, en: `more than ${most} requests in a minute` }
      throw new Failure('RATE_LIMIT', { detail })
    },
    async tolerate(address) {
      return (await counters.add(counterKey('stranger', [address]), RATE_WINDOW)) <= limits.strangerPerMinute
    },
  }
}
