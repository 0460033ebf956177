import { DAY } from './counters.ts'
import type { Counters } from './counters.ts'
import { counterKey, counterMember } from './keys.ts'

/** How many different persons and firms may be asked about. */
export interface SubjectLimits {
  readonly subjectsPerCase: number
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

/** What one operation is about to use up. */
export interface Spending {
  readonly department: string
  readonly officer: string
  readonly case: string | null
  /** Keyed pseudonyms. */
  readonly subjects: readonly string[]
  readonly grants: readonly GrantUse[]
}

/** A bound that an operation would break. */
export type Exceeded =
  | { readonly kind: 'CASE' | 'OFFICER' | 'DEPARTMENT'; readonly most: number }
  | {
      readonly kind: 'GRANT'
      readonly grant: string
      readonly of: 'calls' | 'subjects' | 'rows'
      readonly most: number
    }

/** Bounds how much is asked, beside how often: a slow crawl is found by the number of its subjects (S09, S13). */
export interface Budget {
  /** Counts an operation before anything is fetched; every bound that it breaks, the narrowest first. */
  spend(spending: Spending): Promise<readonly Exceeded[]>
  /** Counts the rows of an answer before it leaves; the first bound that it breaks. */
  spendRows(rows: readonly { readonly grant: GrantUse; readonly rows: number }[]): Promise<Exceeded | null>
}

/** Seconds for which a case's subjects are remembered: about as long as one is worked on. */
const CASE_WINDOW = 90 * DAY

/** A budget over counters. */
export function createBudget(counters: Counters, limits: SubjectLimits): Budget {
  const distinct = async (
    key: string,
    subjects: readonly string[],
    window: number,
    exceeded: Exceeded,
  ): Promise<Exceeded | null> => {
    const members = [...new Set(subjects.map((one) => counterMember(key, one)))]
    if (members.length === 0) return null
    return (await counters.addDistinct(key, members, window, exceeded.most)) > exceeded.most ? exceeded : null
  }
  const ofCaller = ({ department, officer, case: file, subjects }: Spending): Promise<Exceeded | null>[] => {
    const perCase = { kind: 'CASE', most: limits.subjectsPerCase } as const
    const perOfficer = { kind: 'OFFICER', most: limits.subjectsPerOfficerDay } as const
    const perDepartment = { kind: 'DEPARTMENT', most: limits.subjectsPerDepartmentDay } as const
    return [
      ...(file === null ? [] : [distinct(counterKey('case', [department, file]), subjects, CASE_WINDOW, perCase)]),
      distinct(counterKey('officer-day', [department, officer]), subjects, DAY, perOfficer),
      distinct(counterKey('department-day', [department]), subjects, DAY, perDepartment),
    ]
  }
  const ofGrant = (grant: GrantUse, subjects: readonly string[]): Promise<Exceeded | null>[] => {
    const bound = grantBound(grant.id)
    const people =
      grant.subjectsPerDay === null
        ? []
        : [distinct(counterKey('grant-subjects', [grant.id]), subjects, DAY, bound('subjects', grant.subjectsPerDay))]
    return [...events(counters, grant, 'calls', grant.callsPerDay, 1), ...people]
  }
  return {
    async spend(spending) {
      const { grants, subjects } = spending
      const counted = [...grants.flatMap((grant) => ofGrant(grant, subjects)), ...ofCaller(spending)]
      return (await Promise.all(counted)).filter((one) => one !== null)
    },
    async spendRows(rows) {
      const count = (sign: 1 | -1): Promise<(Exceeded | null)[]> =>
        Promise.all(rows.flatMap((one) => events(counters, one.grant, 'rows', one.grant.rowsPerDay, sign * one.rows)))
      const exceeded = (await count(1)).find((one) => one !== null) ?? null
      // Rows that do not leave are given back: a smaller question may still be answered.
      if (exceeded !== null) await count(-1)
      return exceeded
    },
  }
}

function grantBound(grant: string) {
  return (of: 'calls' | 'subjects' | 'rows', most: number): Exceeded => ({ kind: 'GRANT', grant, of, most })
}

function events(
  counters: Counters,
  grant: GrantUse,
  of: 'calls' | 'rows',
  most: number | null,
  count: number,
): Promise<Exceeded | null>[] {
  if (most === null) return []
  const key = counterKey(`grant-${of}`, [grant.id])
  return [counters.add(key, DAY, count).then((total) => (total > most ? grantBound(grant.id)(of, most) : null))]
}
