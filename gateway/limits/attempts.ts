import { DAY, LONGEST_WINDOW } from './counters.ts'
import type { Counters } from './counters.ts'
import { counterKey } from './keys.ts'
import { takeAll } from './taken.ts'

/** How often what a person shows may be compared with a record (wall 17). */
export interface AttemptLimits {
  /** Of one officer about one item of one subject, in one case. */
  readonly attemptsPerCase: number
  /** Of a whole department about one item of one subject, over cases, colleagues and days. */
  readonly attemptsPerDepartment: number
  /** Of one officer about whatever it is, in a calendar day. */
  readonly attemptsPerOfficerDay: number
}

/** One comparison, about to be made. */
export interface Attempt {
  readonly department: string
  /** The department whose matter it is: a delegate's attempts are its. */
  readonly principal: string
  readonly officer: string
  /** The case, or the matter that needs none, told apart from those of other departments. */
  readonly case: string
  /** Keyed pseudonym of the subject. */
  readonly subject: string
  readonly coordinate: string
}

/** The bound that an attempt would break. */
export interface AttemptsExceeded {
  readonly kind: 'CASE' | 'DEPARTMENT' | 'OFFICER'
  readonly most: number
}

/** A comparison that may be made. */
export interface AttemptTaken {
  /** Which attempt of the officer at the item in the case it is. */
  readonly number: number
  /** Gives it back where no comparison was made after all. */
  giveBack(): Promise<void>
}

/** Bounds guesses: an attempt is counted before the comparison, whatever its outcome. */
export interface Attempts {
  /** @throws Failure COUNTERS_UNAVAILABLE where it could not be counted exactly: such a guess is not compared (wall 16) */
  take(attempt: Attempt): Promise<AttemptTaken | AttemptsExceeded>
}

/** Seconds for which attempts are remembered: as long as a case is worked on. */
const WINDOW = LONGEST_WINDOW

/** Attempts over counters. */
export function createAttempts(counters: Counters, limits: AttemptLimits): Attempts {
  return {
    async take({ department, principal, officer, case: file, subject, coordinate }) {
      const bound = (kind: AttemptsExceeded['kind'], parts: readonly string[], window: number, most: number) =>
        ({ kind, key: counterKey(`attempt-${kind}`, parts), window, places: 1, most }) as const
      const { attemptsPerCase, attemptsPerDepartment, attemptsPerOfficerDay } = limits
      const bounds = [
        bound('CASE', [department, officer, file, subject, coordinate], WINDOW, attemptsPerCase),
        bound('DEPARTMENT', [principal, subject, coordinate], WINDOW, attemptsPerDepartment),
        bound('OFFICER', [department, officer], DAY, attemptsPerOfficerDay),
      ]
      const had = await takeAll(counters, bounds, true)
      if (had.kind === 'BROKEN') return { kind: had.bound.kind, most: had.bound.most }
      return { number: had.totals[0] ?? 1, giveBack: () => had.giveBack() }
    },
  }
}
