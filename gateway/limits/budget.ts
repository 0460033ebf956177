import { DAY, HOUR, LONGEST_WINDOW } from './counters.ts'
import type { Counters } from './counters.ts'
import { counterKey, counterMembers } from './keys.ts'
import { takeAll } from './taken.ts'
import type { Bound } from './taken.ts'

/** How many different persons and firms may be asked about, and reached. */
export interface SubjectLimits {
  readonly subjectsPerCase: number
  readonly subjectsPerOfficerHour: number
  readonly subjectsPerOfficerDay: number
  readonly subjectsPerApplicationHour: number
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
  readonly application: string
  readonly officer: string
  readonly case: string | null
  /** Keyed pseudonyms. */
  readonly subjects: readonly string[]
  /** Grants with the calls and rows to be counted of each. */
  readonly grants: readonly { readonly grant: GrantUse; readonly calls: number; readonly rows: number }[]
  /** Whether copying is consented to: then no bound of hour or day holds for officer, application and department (ZJ-23.2). */
  readonly copying: boolean
  /** Whether it may not go on over a count that is not exact (wall 16). */
  readonly exact: boolean
}

/** A bound that an operation would break. */
export type Exceeded =
  | { readonly kind: 'CASE' | 'OFFICER_HOUR' | 'OFFICER' | 'APPLICATION_HOUR' | 'DEPARTMENT'; readonly most: number }
  | {
      readonly kind: 'GRANT'
      readonly grant: string
      readonly of: 'calls' | 'subjects' | 'rows'
      readonly most: number
    }

/** Bounds of different persons and firms. */
export type SubjectBoundKind = Exclude<Exceeded['kind'], 'GRANT'>

/** What came of counting an operation. */
export interface Spent {
  /** The narrowest bound that it would break; null where it may go on. */
  readonly exceeded: Exceeded | null
  /** How much there would have been against that bound; null with it. */
  readonly count: number | null
  /** Different persons and firms counted against each bound, these included; nothing where a bound was broken. */
  readonly counted: ReadonlyMap<SubjectBoundKind, number>
}

/** Bounds how much is asked, beside how often: a slow crawl is found by the number of its subjects (S09, S13). */
export interface Budget {
  /**
   * Counts an operation before anything is fetched, and its answer before it leaves: against every bound, or, where one
   * would be broken, against none. Who is refused uses up nothing of what others may ask.
   *
   * @throws Failure COUNTERS_UNAVAILABLE where it must be exact and cannot be
   */
  spend(spending: Spending): Promise<Spent>
}

/** Seconds for which a case's subjects are remembered: about as long as one is worked on. */
const CASE_WINDOW = LONGEST_WINDOW

/** What would be counted against it, and how it is told. */
interface SubjectBound extends Bound {
  readonly exceeded: Exceeded
}

/** A budget over counters. */
export function createBudget(counters: Counters, limits: SubjectLimits): Budget {
  return {
    async spend(spending) {
      const bounds = boundsOf(spending, limits)
      const had = await takeAll(counters, bounds, spending.exact)
      if (had.kind === 'BROKEN') return { exceeded: had.bound.exceeded, count: had.total, counted: new Map() }
      return { exceeded: null, count: null, counted: countedBy(bounds, had.totals) }
    },
  }
}

function countedBy(bounds: readonly SubjectBound[], totals: readonly number[]): Spent['counted'] {
  const counted = new Map<SubjectBoundKind, number>()
  for (const [at, { exceeded }] of bounds.entries()) {
    const total = totals[at]
    if (exceeded.kind !== 'GRANT' && total !== undefined) counted.set(exceeded.kind, total)
  }
  return counted
}

/** The bounds of an operation, the narrowest first: of the case, the officer, the application, each grant, the department. */
function boundsOf(spending: Spending, limits: SubjectLimits): readonly SubjectBound[] {
  const { department, application, officer, case: file, subjects, grants, copying } = spending
  const quotas = grants.flatMap((one) => quotasOf(one, subjects))
  if (subjects.length === 0) return quotas
  const people = (key: string, window: number, exceeded: Exceeded, waived = false): SubjectBound =>
    boundOf({ key, window, places: subjects, exceeded, waived })
  const perCase = { kind: 'CASE', most: limits.subjectsPerCase } as const
  const perHour = { kind: 'OFFICER_HOUR', most: limits.subjectsPerOfficerHour } as const
  const perOfficer = { kind: 'OFFICER', most: limits.subjectsPerOfficerDay } as const
  const perApplication = { kind: 'APPLICATION_HOUR', most: limits.subjectsPerApplicationHour } as const
  const perDepartment = { kind: 'DEPARTMENT', most: limits.subjectsPerDepartmentDay } as const
  return [
    ...(file === null ? [] : [people(counterKey('case', [department, file]), CASE_WINDOW, perCase)]),
    people(counterKey('officer-hour', [department, officer]), HOUR, perHour, copying),
    people(counterKey('officer-day', [department, officer]), DAY, perOfficer, copying),
    people(counterKey('application-hour', [department, application]), HOUR, perApplication, copying),
    ...quotas,
    people(counterKey('department-day', [department]), DAY, perDepartment, copying),
  ]
}

function boundOf(one: Omit<SubjectBound, 'most'>): SubjectBound {
  const { key, places, exceeded } = one
  return { ...one, places: typeof places === 'number' ? places : counterMembers(key, places), most: exceeded.most }
}

/** What a grant has a quota of, and what of it would be used. */
function quotasOf(
  { grant, calls, rows }: Spending['grants'][number],
  subjects: readonly string[],
): readonly SubjectBound[] {
  const { id, callsPerDay, subjectsPerDay, rowsPerDay } = grant
  const quota = (
    of: 'calls' | 'subjects' | 'rows',
    most: number | null,
    places: Bound['places'],
  ): readonly SubjectBound[] => {
    const none = typeof places === 'number' ? places === 0 : places.length === 0
    if (most === null || none) return []
    const exceeded = { kind: 'GRANT', grant: id, of, most } as const
    return [boundOf({ key: counterKey(`grant-${of}`, [id]), window: DAY, places, exceeded })]
  }
  return [
    ...quota('calls', callsPerDay, calls),
    ...quota('subjects', subjectsPerDay, subjects),
    ...quota('rows', rowsPerDay, rows),
  ]
}
