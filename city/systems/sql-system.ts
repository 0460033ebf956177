import type { CityTable } from './sqlite-system.ts'
import type { LoadTable } from './table.ts'

/** An old system that is a database: its tables, wherever they are put. */
export interface SqlSystem {
  /** Department code. */
  readonly department: string
  /** The kind of server that this department has; without one the system is a SQLite file. */
  readonly home: 'postgres' | 'mysql'
  readonly tables: readonly CityTable[]
  readonly loads: LoadTable
  /** Time of day of its last load that ended well; 03:05:00 when absent. */
  readonly loadedAt?: string
}
