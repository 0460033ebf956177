import type { Sink } from './sink.ts'
import { withSecrets } from './secrets.ts'
import { sqliteSystem } from './sqlite-system.ts'
import type { CityTable } from './sqlite-system.ts'
import type { LoadTable } from './table.ts'

/** Where the systems of `rest-table-server.ts` note their loads: time and outcome. */
export const LOADS: LoadTable = ['sjgx_rz', 'gxsj', 'gxzt']

/** An old system that is asked over REST: the file of its data, and the secret of its callers. */
export interface RestFiles {
  /** Below the city's directory. */
  readonly folder: string
  /** In the folder. */
  readonly database: string
}

/** Fills the tables of a REST system, and makes its secret. */
export function restData(directory: string, { folder, database }: RestFiles, tables: readonly CityTable[]): Sink {
  return withSecrets(sqliteSystem(directory, `${folder}/${database}`, tables, LOADS), directory, folder, 'api-key')
}
