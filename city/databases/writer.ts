import { CITY_DATE } from '../citizen.ts'
import type { Cell, LoadTable, TableShape } from '../systems/table.ts'

/** Written on everything that is made, so that a city knows its own and never replaces somebody else's. */
export const MARK = 'gongxiang synthetic city'

/** The tables of one system, in a schema of its own. */
export interface SystemTables {
  /** Name of the schema; on MySQL of the database. */
  readonly schema: string
  readonly tables: readonly TableShape[]
  readonly loads: LoadTable
  readonly loadedAt: string
}

/** Rows of its log of loads: the last one failed, as in the city's own files. */
export function loadRows({ loadedAt }: SystemTables): readonly (readonly [time: string, outcome: string])[] {
  return [
    [`${CITY_DATE} ${loadedAt}`, '1'],
    [`${CITY_DATE} 15:05:00`, '0'],
  ]
}

/** A database server that takes a city's systems. All or nothing, for each system. */
export interface DatabaseWriter {
  /**
   * Makes the tables aside, empty. False where the very same city is there already.
   * Rejects, with nothing changed, where something of that name is not a synthetic city's.
   */
  begin(system: SystemTables, mark: string): Promise<boolean>
  /** Adds rows; values in the order of the table's columns. */
  insert(system: SystemTables, table: TableShape, rows: readonly (readonly Cell[])[]): Promise<void>
  /** Makes indexes and the log of loads, and puts the tables in their place. */
  finish(system: SystemTables, mark: string): Promise<void>
  /** Keeps what was finished, and lets go of the server. */
  close(): Promise<void>
  /** Lets go of the server; what is not in its place yet is gone. */
  abandon(): Promise<void>
}

/** Something of the same name that no city has made. */
export class ForeignTables extends Error {
  override readonly name = 'ForeignTables'

  constructor(schema: string) {
    super(`${schema} holds tables that are not of a synthetic city; nothing was changed`)
  }
}
