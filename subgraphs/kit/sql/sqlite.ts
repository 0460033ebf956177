import { existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import type { SQLInputValue, StatementSync } from 'node:sqlite'
import { Kysely, SqliteDialect } from 'kysely'
import type { SqliteDatabase, SqliteStatement } from 'kysely'
import { Failure } from '../../../gateway/vocabulary/failure.ts'
import type { Tables } from './sql.ts'

/** Opens a SQLite file for reading only. Throws `SOURCE_UNAVAILABLE` where there is none. */
export function openSqlite(path: string, onQuery?: (sql: string) => void): Kysely<Tables> {
  if (!existsSync(path)) throw new Failure('SOURCE_UNAVAILABLE', { detail: 'The SQLite file of the source is missing' })
  const database = shim(new DatabaseSync(path, { readOnly: true }))
  return new Kysely<Tables>({ dialect: new SqliteDialect({ database }), log: (event) => onQuery?.(event.query.sql) })
}

/** Kysely's SQLite dialect expects the interface of better-sqlite3; node:sqlite differs in how parameters are passed. */
function shim(database: DatabaseSync): SqliteDatabase {
  return {
    close: () => database.close(),
    prepare: (sql) => statement(database.prepare(sql)),
  }
}

function statement(prepared: StatementSync): SqliteStatement {
  // A number of 19 digits is no number of JavaScript's; all kinds of databases give texts.
  prepared.setReadBigInts(true)
  return {
    reader: prepared.columns().length > 0,
    all: (parameters) => prepared.all(...bound(parameters)).map(exactTexts),
    run: (parameters) => prepared.run(...bound(parameters)),
    iterate: (parameters) => prepared.iterate(...bound(parameters)),
  }
}

function exactTexts(row: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const texts = Object.entries(row).map(([column, value]): [string, unknown] => {
    const isNumber = typeof value === 'bigint' || typeof value === 'number'
    return [column, isNumber ? String(value) : value]
  })
  return Object.fromEntries(texts)
}

function bound(parameters: readonly unknown[]): SQLInputValue[] {
  return parameters.map((value) => {
    if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint')
      return value
    throw new TypeError(`SQLite cannot bind a ${typeof value}`)
  })
}
