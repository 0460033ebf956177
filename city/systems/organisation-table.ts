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

/** An old system with organisations, and perhaps citizens, that is one SQLite file. */
export function organisationSystem(
  directory: string,
  path: string,
  tables: readonly (OrganisationTable | CitizenTable | PlainTable)[],
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
