import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import mysql from 'mysql2/promise'
import { Client } from 'pg'
import { connectSql } from '../../subgraphs/kit/sql/connect-sql.ts'
import { beijingInstant, text } from '../../subgraphs/kit/decode.ts'
import type { Register, Source } from '../../subgraphs/kit/register.ts'
import type { LoadTime } from '../../subgraphs/kit/sql/sql.ts'
import { startMariadb } from '../kit/mariadb.ts'
import { startPostgres } from '../kit/postgres.ts'
import { columnsOf } from '../kit/sql-log.ts'

/** A database with the tables of an old system of its kind, read by the SQL adapter. */
export interface SqlBench {
  /** Connects as a department does. @param parameters of the address, after `?` */
  connect(parameters?: string): Promise<Source>
  /** Runs statements as the administrator. */
  run(...statements: readonly string[]): Promise<void>
  /** The statements on one table that the database itself saw since the last call, by their columns. */
  statements(table: string): readonly ReadonlySet<string>[]
  close(): Promise<void>
}

/** A bench whose database is a server of its own. */
export interface ServerBench extends SqlBench {
  /** Statements of departments that the server runs at this moment, and connections that they hold. */
  busy(): Promise<{ readonly statements: number; readonly connections: number }>
  stop(): Promise<void>
  restart(): Promise<void>
}

export const PEOPLE: Register = {
  type: 'Person',
  at: 'ry',
  rows: 'ONE',
  key: {
    documentType: { kind: 'COLUMN', column: 'zjlx', codes: { '1': 'RESIDENT_ID', '2': 'PASSPORT' } },
    number: 'zjhm',
    oldNumbers: true,
  },
  fields: {
    name: text('xm'),
    amount: text('je'),
    serial: text('bh'),
    birthDate: text('csrq'),
    changed: text('gxsj'),
    active: text('zx'),
  },
}

/** A view over the same rows, in which one column takes half a minute a row. */
export const SLOW: Register = { ...PEOPLE, at: 'ry_man', fields: { slow: text('man') } }

const LOAD_TIME: LoadTime = {
  table: 'jl',
  column: 'sj',
  where: { column: 'zt', value: '1' },
  decode: beijingInstant,
}

/** Two people, one of whom has nothing but a number; then some more, to list and to count. */
const ROWS = [
  "('1','11010119900307451X','王示例','1234567890123456.7890','9007199254740993','1990-03-07','2024-01-02 03:04:05',1,'a1')",
  "('2','E1234567','',null,null,null,null,null,'a2')",
  ...Array.from({ length: 12 }, (_, at) => {
    const number = String(at).padStart(6, '0')
    return `('2','P${number}','人${at}','${at % 3}.0000','${at}','2000-01-01','2024-01-01 00:00:00',0,'b${number}')`
  }),
].join(',')

/** @param types of the columns, in the words of one kind of database */
function tables(types: {
  readonly char: string
  readonly decimal: string
  readonly time: string
  readonly bool: string
}) {
  const { char, decimal, time, bool } = types
  return [
    `create table ry (zjlx ${char}(3), zjhm ${char}(20), xm varchar(40), je ${decimal}, bh bigint, csrq date,
       gxsj ${time}, zx ${bool}, xh varchar(20), bz varchar(20))`,
    `insert into ry (zjlx, zjhm, xm, je, bh, csrq, gxsj, zx, xh) values ${ROWS}`,
    `create table jl (sj ${time}, zt ${char}(4))`,
    "insert into jl values ('2026-11-20 03:05:00', '1'), ('2026-11-21 03:05:00', '0')",
  ]
}

/** What a database of each kind is called, and how it is started; null where its server is not installed. */
export const SQL_BENCHES: readonly (readonly [name: string, start: () => Promise<SqlBench | null>])[] = [
  ['SQLite', startSqlite],
  ['PostgreSQL', startPostgresServer],
  ['MariaDB', startMariadbServer],
]
export const SQL_SERVERS: readonly (readonly [name: string, start: () => Promise<ServerBench | null>])[] = [
  ['PostgreSQL', startPostgresServer],
  ['MariaDB', startMariadbServer],
]

async function startSqlite(): Promise<SqlBench> {
  const directory = mkdtempSync(join(tmpdir(), 'gx-sql-'))
  const run = async (...statements: readonly string[]): Promise<void> => {
    const database = new DatabaseSync(join(directory, 'ry.db'))
    for (const statement of statements) database.exec(statement)
    database.close()
  }
  // SQLite keeps no decimals: old systems over it have them as texts.
  await run(...tables({ char: 'char', decimal: 'text', time: 'text', bool: 'int' }))
  const seen: string[] = []
  return {
    connect: () => connectSql({ dataDirectory: directory, onQuery: (sql) => seen.push(sql) }, 'ry.db', LOAD_TIME),
    run,
    statements: (table) => selects(seen.splice(0), table),
    close: () => rm(directory, { recursive: true, force: true }),
  }
}

async function startPostgresServer(): Promise<ServerBench | null> {
  const server = await startPostgres()
  if (server === null) return null
  const ask = async (...statements: readonly string[]): Promise<readonly Record<string, unknown>[]> => {
    const client = new Client(server.url)
    await client.connect()
    try {
      const answers = []
      for (const statement of statements) answers.push(await client.query<Record<string, unknown>>(statement))
      return answers.at(-1)?.rows ?? []
    } finally {
      await client.end()
    }
  }
  const booleans = (statement: string): string =>
    statement.replaceAll(/,([01]),'([ab]\d+)'\)/g, ",$1::text::boolean,'$2')")
  await ask(
    ...tables({ char: 'char', decimal: 'numeric(20,4)', time: 'timestamp', bool: 'boolean' }).map(booleans),
    'create view ry_man as select ry.*, pg_sleep(30)::text as man from ry',
  )
  let since = 0
  return {
    connect: (parameters = '') =>
      connectSql({ dataDirectory: '/nonexistent', databaseUrl: `${server.url}?${parameters}` }, 'ry.db', LOAD_TIME),
    run: async (...statements) => void (await ask(...statements)),
    statements(table) {
      const log = server.log()
      const sent = [...log.slice(since).matchAll(/(?:statement|execute [^:]+): (select .*)/g)].map(
        ([, sql]) => sql ?? '',
      )
      since = log.length
      return selects(sent, table)
    },
    async busy() {
      const [row] = await ask(
        `select count(*) as connections, count(*) filter (where state = 'active') as statements
         from pg_stat_activity where application_name = 'gongxiang'`,
      )
      return { statements: Number(row?.['statements']), connections: Number(row?.['connections']) }
    },
    stop: () => server.stop(),
    restart: () => server.restart(),
    close: () => server.close(),
  }
}

async function startMariadbServer(): Promise<ServerBench | null> {
  const server = await startMariadb()
  if (server === null) return null
  const inGx = (...statements: readonly string[]): Promise<void> => server.run('use gx', ...statements)
  await inGx(
    // As the systems of the time before Unicode have it.
    'alter database gx character set gbk',
    ...tables({ char: 'char', decimal: 'decimal(20,4)', time: 'datetime', bool: 'tinyint(1)' }),
    'create view ry_man as select ry.*, sleep(30) as man from ry',
  )
  let since = 0
  return {
    connect: (parameters = '') =>
      connectSql({ dataDirectory: '/nonexistent', databaseUrl: `${server.url}?${parameters}` }, 'ry.db', LOAD_TIME),
    run: inGx,
    statements(table) {
      const log = server.log()
      const sent = [...log.slice(since).matchAll(/\bExecute\t(select .*)/g)].map(([, sql]) => sql ?? '')
      since = log.length
      return selects(sent, table)
    },
    async busy() {
      const connection = await mysql.createConnection(server.adminUrl)
      const [rows] = await connection.query<mysql.RowDataPacket[]>(
        "select count(*) as connections, sum(command <> 'Sleep') as statements from information_schema.processlist where user = 'gx'",
      )
      await connection.end()
      return { statements: Number(rows[0]?.['statements']), connections: Number(rows[0]?.['connections']) }
    },
    stop: () => server.stop(),
    restart: () => server.restart(),
    close: () => server.close(),
  }
}

function selects(statements: readonly string[], table: string): readonly ReadonlySet<string>[] {
  return statements
    .map((sql) => sql.replaceAll('`', '"'))
    .filter((sql) => sql.includes(`from "${table}"`))
    .map((sql) => columnsOf(sql))
}
