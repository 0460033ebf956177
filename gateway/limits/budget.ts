import { DAY, HOUR, LONGEST_WINDOW } from './counters.ts'
import type { Counters, Taken } from './counters.ts'
import { counterKey, counterMember } from './keys.ts'

/** How many different persons and firms may be asked about, and reached. */
export interface SubjectLimits {
  readonly subjectsPerCase: number
  readonly subjectsPerOfficerHour: number
  readonly subjectsPerOfficerDay: number
  readonly subjectsPerDepartmentDay: number
}

/** A grant that an operation uses, and how much of it there is in a day; null for no bound. */
export interface GrantUse {
  readonly id: string
  readonly callsPerDay: number | null
  readonly subjectsPerDay: number | null
  readonly rowsPerDay: number | null
}

/** What one operation is about to use up: by asking, or by what its answer tells. */
export interface Spending {
  readonly department: string
  readonly officer: string
  readonly case: string | null
  /** Keyed pseudonyms. */
  readonly subjects: readonly string[]
  /** Grants with the calls and rows to be counted of each. */
  readonly grants: readonly { readonly grant: GrantUse; readonly calls: number; readonly rows: number }[]
  /** Whether copying is consented to: then no bound of hour or day holds for officer and department (ZJ-23.2). */
  readonly copying: boolean
}

/** A bound that an operation would break. */
export type Exceeded =
  | { readonly kind: 'CASE' | 'OFFICER_HOUR' | 'OFFICER' | 'DEPARTMENT'; readonly most: number }
  | {
      readonly kind: 'GRANT'
      readonly grant: string
      readonly of: 'calls' | 'subjects' | 'rows'
      readonly most: number
    }

/** Bounds how much is asked, beside how often: a slow crawl is found by the number of its subjects (S09, S13). */
export interface Budget {
  /**
   * Counts an operation before anything is fetched, and its answer before it leaves: against every bound, or, where one
   * would be broken, against none. Who is refused uses up nothing of what others may ask.
   *
   * @returns the narrowest bound that it would break
   */
  spend(spending: Spending): Promise<Exceeded | null>
}

/** Seconds for which a case's subjects are remembered: about as long as one is worked on. */
const CASE_WINDOW = LONGEST_WINDOW

/** One bound, and what would be counted against it. */
interface Bound {
  readonly key: string
  readonly window: number
  readonly places: number | readonly string[]
  readonly exceeded: Exceeded
  /** Whether it is counted without holding. */
  readonly waived: boolean
}

/** A budget over counters. */
export function createBudget(counters: Counters, limits: SubjectLimits): Budget {
  const take = ({ key, places, window, exceeded: { most } }: Bound): Promise<Taken> =>
    typeof places === 'number'
      ? counters.take(key, places, window, most)
      : counters.takeDistinct(key, membersOf(key, places), window, most)
  return {
    async spend(spending) {
      const had: Taken[] = []
      // One after another: what a narrow bound refuses must not even for a moment stand in the way of others.
      for (const bound of boundsOf(spending, limits)) {
        const got = await take(bound)
        if (got.total <= bound.exceeded.most) had.push(got)
        else if (!bound.waived) {
          await Promise.all(had.map((one) => one.giveBack()))
          return bound.exceeded
        }
      }
      return null
    },
  }
}

function membersOf(key: string, subjects: readonly string[]): readonly string[] {
  return [...new Set(subjects.map((one) => counterMember(key, one)))]
}

/** The bounds of an operation, the narrowest first: of the case, the officer, each grant, the department. */
function boundsOf(spending: Spending, limits: SubjectLimits): readonly Bound[] {
  const { department, officer, case: file, subjects, grants, copying } = spending
  const people = (key: string, window: number, exceeded: Exceeded, waived = false): readonly Bound[] =>
    subjects.length === 0 ? [] : [{ key, window, places: subjects, exceeded, waived }]
  const perCase = { kind: 'CASE', most: limits.subjectsPerCase } as const
  const perHour = { kind: 'OFFICER_HOUR', most: limits.subjectsPerOfficerHour } as const
  const perOfficer = { kind: 'OFFICER', most: limits.subjectsPerOfficerDay } as const
  const perDepartment = { kind: 'DEPARTMENT', most: limits.subjectsPerDepartmentDay } as const
  return [
    ...(file === null ? [] : people(counterKey('case', [department, file]), CASE_WINDOW, perCase)),
    ...people(counterKey('officer-hour', [department, officer]), HOUR, perHour, copying),
    ...people(counterKey('officer-day', [department, officer]), DAY, perOfficer, copying),
    ...grants.flatMap((one) => quotasOf(one, subjects)),
    ...people(counterKey('department-day', [department]), DAY, perDepartment, copying),
  ]
}

/** What a grant has a quota of, and what of it would be used. */
function quotasOf({ grant, calls, rows }: Spending['grants'][number], subjects: readonly string[]): readonly Bound[] {
  const { id, callsPerDay, subjectsPerDay, rowsPerDay } = grant
  const quota = (of: 'calls' | 'subjects' | 'rows', most: number | null, places: Bound['places']): readonly Bound[] => {
    const none = typeof places === 'number' ? places === 0 : places.length === 0
    if (most === null || none) return []
    const exceeded = { kind: 'GRANT', grant: id, of, most } as const
    return [{ key: counterKey(`grant-${of}`, [id]), window: DAY, places, exceeded, waived: false }]
  }
  return [
    ...quota('calls', callsPerDay, calls),
    ...quota('subjects', subjectsPerDay, subjects),
    ...quota('rows', rowsPerDay, rows),
  ]
}
