import { createConnection } from 'mysql2/promise'
import type { Connection, RowDataPacket } from 'mysql2/promise'
import type { TableShape } from '../systems/table.ts'
import { ForeignTables, loadRows, MARK } from './writer.ts'
import type { DatabaseWriter, SystemTables } from './writer.ts'

/** Behind the name of a table that is being filled. */
const ASIDE = '__new'

/**
 * MySQL and MariaDB, where a definition ends a transaction: tables are filled aside, and come into their place by one
 * `rename table`, which is whole or not at all.
 */
export async function mysqlWriter(url: string): Promise<DatabaseWriter> {
  const connection = await createConnection({ uri: url, charset: 'utf8mb4' })
  try {
    const locked = await named(connection, `select get_lock('${MARK}', 600) as name`)
    if (locked[0] !== '1') throw new Error('Another seeding of this server does not end')
    await connection.query('set session unique_checks = 0, foreign_key_checks = 0')
  } catch (error) {
    await connection.end()
    throw error
  }
  return {
    begin: (system, mark) => begin(connection, system, mark),
    async insert({ schema }, { name, columns }, rows) {
      await connection.query(`insert into ${schema}.${name}${ASIDE} (${columns.join(', ')}) values ?`, [rows])
    },
    finish: (system, mark) => finish(connection, system, mark),
    close: () => connection.end(),
    // Tables aside are dropped by the next seeding.
    abandon: () => connection.end(),
  }
}

async function begin(connection: Connection, system: SystemTables, mark: string): Promise<boolean> {
  const { schema, tables } = system
  await connection.query(`create database if not exists ${schema} character set utf8mb4 collate utf8mb4_unicode_ci`)
  const names = namesOf(system)
  const marks = await named(
    connection,
    `select table_comment as name from information_schema.tables
     where table_schema = '${schema}' and table_name in (${names.map((name) => `'${name}'`).join(', ')})`,
  )
  if (marks.length === names.length && marks.every((found) => found === mark)) return false
  if (marks.some((found) => !found.startsWith(MARK))) throw new ForeignTables(`the database ${schema}`)
  // Left by a seeding that was stopped.
  await connection.query(`drop table if exists ${names.map((name) => `${schema}.${name}${ASIDE}`).join(', ')}`)
  for (const table of tables) await connection.query(definition(schema, table, mark))
  return true
}

function namesOf({ tables, loads: [log] }: SystemTables): readonly string[] {
  return [...tables.map(({ name }) => name), log]
}

/** What is searched for has a bounded length, as an index needs it; all else is text. */
function definition(schema: string, { name, columns, indexed }: TableShape, mark: string): string {
  const typed = columns.map((column) => `${column} ${indexed.includes(column) ? 'varchar(64)' : 'text'}`)
  return `create table ${schema}.${name}${ASIDE} (${typed.join(', ')}) engine = InnoDB comment = '${mark}'`
}

async function finish(connection: Connection, system: SystemTables, mark: string): Promise<void> {
  const { schema, tables, loads } = system
  const [log, time, outcome] = loads
  await connection.query(definition(schema, { name: log, columns: [time, outcome], indexed: [] }, mark))
  await connection.query(`insert into ${schema}.${log}${ASIDE} values ?`, [loadRows(system)])
  for (const { name, indexed } of tables) {
    const indexes = indexed.map((column) => `add index ${name}_${column} (${column})`)
    if (indexes.length > 0) await connection.query(`alter table ${schema}.${name}${ASIDE} ${indexes.join(', ')}`)
  }
  await swap(connection, system)
}

async function swap(connection: Connection, system: SystemTables): Promise<void> {
  const { schema } = system
  const names = namesOf(system)
  const present = await named(
    connection,
    `select table_name as name from information_schema.tables where table_schema = '${schema}'`,
  )
  const old = names.filter((name) => present.includes(name))
  const moves = names.flatMap((name) => [
    ...(old.includes(name) ? [`${schema}.${name} to ${schema}.${name}__old`] : []),
    `${schema}.${name}${ASIDE} to ${schema}.${name}`,
  ])
  await connection.query(`rename table ${moves.join(', ')}`)
  if (old.length > 0) await connection.query(`drop table ${old.map((name) => `${schema}.${name}__old`).join(', ')}`)
}

/** The column `name` of a query, as texts. */
async function named(connection: Connection, sql: string): Promise<readonly string[]> {
  const [rows] = await connection.query<RowDataPacket[]>(sql)
  return rows.map((row) => String(row['name']))
}
