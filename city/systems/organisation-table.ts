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

/** An old system with organisations, and perhaps citizens, that is one SQLite file. */
export function organisationSystem(
  directory: string,
  path: string,
  tables: readonly (OrganisationTable | CitizenTable)[],
  loads: LoadTable,
): Sink {
  const database = openTables(join(directory, path), tables, loads)
  const writers = tables.map((table) => ({ table, write: insert(database, table.name, table.columns) }))
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
