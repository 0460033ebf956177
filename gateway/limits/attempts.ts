import { DAY, LONGEST_WINDOW } from './counters.ts'
import type { Counters, Taken } from './counters.ts'
import { counterKey } from './keys.ts'

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
  /** The case, told apart from those of other departments; null where the matter needs none. */
  readonly case: string | null
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
  take(attempt: Attempt): Promise<AttemptTaken | AttemptsExceeded>
}

/** Seconds for which attempts are remembered: as long as a case is worked on. */
const WINDOW = LONGEST_WINDOW

/** Attempts over counters. */
export function createAttempts(counters: Counters, limits: AttemptLimits): Attempts {
  return {
    async take({ department, principal, officer, case: file, subject, coordinate }) {
      const had: Taken[] = []
      for (const bound of [
        { kind: 'CASE', parts: [department, officer, file ?? '', subject, coordinate], most: limits.attemptsPerCase },
        { kind: 'DEPARTMENT', parts: [principal, subject, coordinate], most: limits.attemptsPerDepartment },
        { kind: 'OFFICER', parts: [department, officer], most: limits.attemptsPerOfficerDay },
      ] as const) {
        const { kind, parts, most } = bound
        const got = await counters.take(
          counterKey(`attempt-${kind}`, parts),
          1,
          kind === 'OFFICER' ? DAY : WINDOW,
          most,
        )
        if (got.total > most) {
          // One after another, so that a refusal uses up nothing of what colleagues may ask.
          await Promise.all(had.map((one) => one.giveBack()))
          return { kind, most }
        }
        had.push(got)
      }
      return {
        number: had[0]?.total ?? 1,
        giveBack: async () => void (await Promise.all(had.map((one) => one.giveBack()))),
      }
    },
  }
}
