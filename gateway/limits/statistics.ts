import { DAY } from './counters.ts'
import type { Counters, Taken } from './counters.ts'
import { counterKey, counterMember } from './keys.ts'

/** How many different tables of one register may be asked for (FS-27). */
export interface StatisticsLimits {
  readonly tablesPerOfficer: number
  readonly tablesPerDepartment: number
}

/** Days for which a table counts. */
export const TABLE_DAYS = 90

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
      const had: Taken[] = []
      for (const [of, own] of Map.groupBy(tables, (table) => table.of)) {
        const bounds = [
          ['OFFICER', limits.tablesPerOfficer, [department, officer, of]],
          ['DEPARTMENT', limits.tablesPerDepartment, [department, of]],
        ] as const
        for (const [kind, most, parts] of bounds) {
          const key = counterKey(`statistics-${kind.toLowerCase()}`, parts)
          const members = new Set(own.map(({ dimensions }) => counterMember(key, JSON.stringify(dimensions))))
          const got = await counters.takeDistinct(key, [...members], TABLE_DAYS * DAY, most)
          if (got.total > most) {
            await Promise.all(had.map((one) => one.giveBack()))
            return { of, kind, most }
          }
          had.push(got)
        }
      }
      return null
    },
  }
}
