import { join } from 'node:path'
import type { Citizen } from '../citizen.ts'
import type { Organisation } from '../organisations/organisation.ts'
import type { Sink } from './sink.ts'
import { insert } from './sqlite.ts'
import { openTables } from './table.ts'
import type { Cell, LoadTable, TableShape } from './table.ts'

/** A table, and its rows about one organisation; `serial` counts the organisations of the city from 1. */
export interface OrganisationTable extends TableShape {
  readonly organisationRows: (organisation: Organisation, serial: number) => readonly (readonly Cell[])[]
}

/** A table, and its rows about one citizen, who come in their order. */
export interface CitizenTable extends TableShape {
  readonly citizenRows: (citizen: Citizen) => readonly (readonly Cell[])[]
}

/** A table of what is there whoever lives in the city: roads, plans, place names. */
export interface PlainTable extends TableShape {
  readonly rows: readonly (readonly Cell[])[]
}

/** A table of an old system, and where its rows come from. */
export type CityTable = OrganisationTable | CitizenTable | PlainTable

/**
 * An old system that is one SQLite file: its tables, and a table of loads of which the last one failed, so that the
 * data are those of the night before.
 *
 * @param path file below the city's directory
 * @param loadedAt time of day of its last load that ended well
 */
export function sqliteSystem(
  directory: string,
  path: string,
  tables: readonly CityTable[],
  loads: LoadTable,
  loadedAt?: string,
): Sink {
  const database = openTables(join(directory, path), tables, loads, loadedAt)
  const writers = tables.map((table) => ({ table, write: insert(database, table.name, table.columns) }))
  for (const { table, write } of writers) if ('rows' in table) table.rows.forEach(write)
  return {
    files: [path],
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
      database.exec('commit')
      database.close()
    },
  }
}
