import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/**
 * A new SQLite file inside one transaction, which the caller commits. Without a journal: the file is built aside, and
 * comes into its place only when it is whole.
 */
export function newDatabase(path: string, tables: readonly string[]): DatabaseSync {
  mkdirSync(dirname(path), { recursive: true })
  const database = new DatabaseSync(path)
  database.exec('pragma journal_mode = off; pragma synchronous = off; begin')
  for (const table of tables) database.exec(table)
  return database
}

/** Inserts rows, values in the order of the columns. */
export function insert(database: DatabaseSync, table: string, columns: readonly string[]) {
  const places = columns.map(() => '?').join(', ')
  const statement = database.prepare(`insert into ${table} (${columns.join(', ')}) values (${places})`)
  return (row: readonly (string | number | null)[]): void => {
    statement.run(...row)
  }
}
