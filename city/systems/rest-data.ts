import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { CitizenTable, OrganisationTable } from './organisation-table.ts'
import type { Sink } from './sink.ts'
import { insert } from './sqlite.ts'
import { openTables } from './table.ts'
import type { Cell, LoadTable, TableShape } from './table.ts'

/** A table of what is there whoever lives in the city: stations, plans, facilities. */
export interface PlainTable extends TableShape {
  readonly rows: readonly (readonly Cell[])[]
}

export type RestTable = PlainTable | OrganisationTable | CitizenTable

/** Where the systems of `rest-table-server.ts` note their loads: time and outcome. */
export const LOADS: LoadTable = ['sjgx_rz', 'gxsj', 'gxzt']

/** An old system that is asked over REST: the file of its data, and the secret of its callers. */
export interface RestFiles {
  /** Below the city's directory. */
  readonly folder: string
  /** In the folder. */
  readonly database: string
}

/** Fills the tables of a REST system, and makes its secret: 256 bits, anew for each city, readable by its owner alone. */
export function restData(directory: string, { folder, database }: RestFiles, tables: readonly RestTable[]): Sink {
  const opened = openTables(join(directory, folder, database), tables, LOADS)
  const writers = tables.map((table) => ({ table, write: insert(opened, table.name, table.columns) }))
  for (const { table, write } of writers) if ('rows' in table) table.rows.forEach(write)
  return {
    files: [`${folder}/${database}`, `${folder}/api-key`],
    async addOrganisations(organisations) {
      for (const { table, write } of writers) {
        if (!('organisationRows' in table)) continue
        for (const [at, one] of organisations.entries()) table.organisationRows(one, at + 1).forEach(write)
      }
    },
    async add(citizens) {
      for (const { table, write } of writers) {
        if ('citizenRows' in table) for (const citizen of citizens) table.citizenRows(citizen).forEach(write)
      }
    },
    async finish() {
      opened.exec('commit')
      opened.close()
      const secret = randomBytes(32).toString('base64url')
      await writeFile(join(directory, folder, 'api-key'), `${secret}\n`, { mode: 0o600 })
    },
  }
}
