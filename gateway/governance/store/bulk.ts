import type { StatementSync } from 'node:sqlite'
import { CompiledQuery } from 'kysely'
import type { Transaction } from 'kysely'
import { bound } from './sqlite.ts'
import type { OpenFile } from './sqlite.ts'
import { BULK_TABLES, COLUMNS, columnsOf } from './columns.ts'
import type { BulkRow, BulkTable } from './columns.ts'
import type { GovernanceTables } from './tables.ts'

/**
 * Adds rows inside a transaction; a row that is there already stays as it is. However many there are, the statement is
 * the same: nothing is prepared anew, and no limit of parameters is met.
 */
export type AddRows = <T extends BulkTable>(
  trx: Transaction<GovernanceTables>,
  table: T,
  rows: readonly BulkRow<T>[],
) => Promise<void>

/** One prepared statement for each row: SQLite runs in this process. */
export function sqliteRows(file: OpenFile): AddRows {
  const prepared = new Map<BulkTable, StatementSync>()
  const statementOf = (table: BulkTable): StatementSync => {
    const known = prepared.get(table)
    if (known !== undefined) return known
    const columns = columnsOf(table)
    const marks = columns.map(() => '?').join(', ')
    const made = file().prepare(`insert into ${table} (${columns.join(', ')}) values (${marks}) on conflict do nothing`)
    prepared.set(table, made)
    return made
  }
  return async (_trx, table, rows) => {
    if (rows.length === 0) return
    // The transaction is that of the one connection that there is.
    const statement = statementOf(table)
    const columns = columnsOf(table)
    for (const row of rows) {
      const values: Readonly<Record<string, unknown>> = row
      statement.run(...bound(columns.map((column) => values[column])))
    }
  }
}

/** One statement for all rows, which are one parameter: a JSON text. */
export function postgresRows(): AddRows {
  const statements = new Map(BULK_TABLES.map((table) => [table, insertOf(table)]))
  return async (trx, table, rows) => {
    if (rows.length === 0) return
    await trx.executeQuery(CompiledQuery.raw(statements.get(table) ?? '', [JSON.stringify(rows)]))
  }
}

function insertOf(table: BulkTable): string {
  const columns = columnsOf(table).join(', ')
  const typed = Object.entries(COLUMNS[table]).map(([column, type]) => `${column} ${type}`)
  return (
    `insert into ${table} (${columns}) select ${columns} from json_to_recordset($1::json) as t(${typed.join(', ')}) ` +
    'on conflict do nothing'
  )
}
