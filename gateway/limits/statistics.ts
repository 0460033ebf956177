import { DAY, LONGEST_WINDOW } from './counters.ts'
import type { Counters } from './counters.ts'
import { counterKey, counterMembers } from './keys.ts'
import { takeAll } from './taken.ts'

/** How many different tables of one register may be asked for (FS-27). */
export interface StatisticsLimits {
  readonly tablesPerOfficer: number
  readonly tablesPerDepartment: number
}

/** Days for which a table counts. */
export const TABLE_DAYS = LONGEST_WINDOW / DAY

/** A table: of which register, over which set of dimensions. */
export interface Table {
  readonly of: string
  /** In one order: the same set is the same table, whatever it is filtered to. */
  readonly dimensions: readonly string[]
}

/** A bound that an operation would break. */
export interface TablesExceeded {
  readonly of: string
  readonly kind: 'OFFICER' | 'DEPARTMENT'
  readonly most: number
}

/** Bounds differencing: each further table of a register tells more of the groups that the others withhold. */
export interface StatisticsBudget {
  /**
   * Counts tables before anything is asked: against every bound, or, where one would be broken, against none. A table that
   * was counted before is free.
   *
   * @returns the bound that it would break
   * @throws Failure COUNTERS_UNAVAILABLE where it could not be counted exactly: what is withheld might be found by asking on
   */
  spend(
    who: { readonly department: string; readonly officer: string },
    tables: readonly Table[],
  ): Promise<TablesExceeded | null>
}

/** A budget of tables over counters. */
export function createStatisticsBudget(counters: Counters, limits: StatisticsLimits): StatisticsBudget {
  return {
    async spend({ department, officer }, tables) {
      const bounds = [...Map.groupBy(tables, ({ of }) => of)].flatMap(([of, own]) => [
        boundOf(own, { of, kind: 'OFFICER', most: limits.tablesPerOfficer }, [department, officer, of]),
        boundOf(own, { of, kind: 'DEPARTMENT', most: limits.tablesPerDepartment }, [department, of]),
      ])
      const had = await takeAll(counters, bounds, true)
      return had.kind === 'BROKEN' ? had.bound.exceeded : null
    },
  }
}

function boundOf(tables: readonly Table[], exceeded: TablesExceeded, who: readonly string[]) {
  const key = counterKey(`statistics-${exceeded.kind.toLowerCase()}`, who)
  const names = tables.map(({ dimensions }) => JSON.stringify(dimensions))
  return { key, window: LONGEST_WINDOW, places: counterMembers(key, names), most: exceeded.most, exceeded }
}
