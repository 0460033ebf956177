import { Kysely, MysqlAdapter, MysqlIntrospector, MysqlQueryCompiler } from 'kysely'
import { createConnection, createPool } from 'mysql2'
import type { ConnectionOptions, Pool, PoolConnection, RowDataPacket } from 'mysql2'
import { exactRow, misreadAs } from './mysql-values.ts'
import type { Row } from '../register.ts'
import type { SqlAddress } from './address.ts'
import { sessionDriver, within } from './sessions.ts'
import type { Session, Sessions } from './sessions.ts'
import type { Tables } from './sql.ts'

/** Statements that a connection keeps prepared; batches of many sizes would else fill the server's own table. */
const PREPARED = 32

/**
 * Opens MySQL (5.7.8 or later) or MariaDB (10.1 or later) with sessions that can only read: the server refuses a
 * write, whatever this process would send. Connects on first use.
 */
export function openMysql(address: SqlAddress, onQuery?: (sql: string) => void): Kysely<Tables> {
  const sessions = mysqlSessions(address)
  return new Kysely<Tables>({
    dialect: {
      createAdapter: () => new MysqlAdapter(),
      createDriver: () => sessionDriver(sessions, address.limits.statementTimeout),
      createIntrospector: (db) => new MysqlIntrospector(db),
      createQueryCompiler: () => new MysqlQueryCompiler(),
    },
    log: (event) => onQuery?.(event.query.sql),
  })
}

function optionsOf({ host, port, user, password, database, tls, limits }: SqlAddress): ConnectionOptions {
  return {
    host,
    port,
    user,
    password,
    database,
    charset: 'utf8mb4',
    connectTimeout: limits.connectTimeout,
    connectAttributes: { program_name: 'gongxiang' },
    // Nothing is made a number or a JavaScript date that the server has as a text.
    supportBigNumbers: true,
    bigNumberStrings: true,
    dateStrings: true,
    jsonStrings: true,
    maxPreparedStatements: PREPARED,
    // No code is generated from what an old system calls its columns.
    disableEval: true,
    ...(tls === null ? {} : { ssl: { ...tls, verifyIdentity: tls.rejectUnauthorized } }),
  }
}

function mysqlSessions(address: SqlAddress): Sessions {
  const { connections, connectTimeout } = address.limits
  const options = optionsOf(address)
  const pool = createPool({ ...options, connectionLimit: connections, maxIdle: connections, idleTimeout: 30_000 })
  const ready = new WeakSet<PoolConnection>()
  return {
    async acquire() {
      const connection = await lent(pool, connectTimeout)
      if (!ready.has(connection)) {
        await madeReady(connection, address)
        ready.add(connection)
      }
      return sessionOf(connection, options, address.encoding)
    },
    close: () => new Promise((resolve) => pool.end(() => resolve())),
  }
}

/** A connection of the pool, which itself would let one wait for ever. */
async function lent(pool: Pool, patience: number): Promise<PoolConnection> {
  const coming = new Promise<PoolConnection>((resolve, reject) => {
    pool.getConnection((error, connection) => (error === null ? resolve(connection) : reject(error)))
  })
  try {
    return await within(patience, coming)
  } catch (error) {
    // One that comes when nobody waits for it any more must not be lost to the others.
    coming.then((late) => late.release()).catch(() => undefined)
    throw error
  }
}

/** Settings of a session before its first statement; a connection that refuses them is closed. */
async function madeReady(connection: PoolConnection, { limits }: SqlAddress): Promise<void> {
  connection.on('error', () => undefined)
  try {
    await within(limits.connectTimeout, settings(connection, limits.statementTimeout))
  } catch (error) {
    connection.destroy()
    throw error
  }
}

async function settings(connection: PoolConnection, statementTimeout: number): Promise<void> {
  const [row] = await run(connection, 'select version() as version', [])
  // Seconds in the one, milliseconds in the other.
  const timeout = String(row?.['version']).includes('MariaDB')
    ? `max_statement_time = ${statementTimeout / 1000}`
    : `max_execution_time = ${statementTimeout}`
  // Servers may be told to ignore what a client asks for when it connects.
  await run(connection, 'set names utf8mb4', [])
  // Instants by the source's own clock, and no mode that pads texts or reads quotes in another way.
  await run(connection, `set session sql_mode = '', time_zone = '+08:00', ${timeout}`, [])
  await run(connection, 'set session transaction read only', [])
}

function sessionOf(connection: PoolConnection, options: ConnectionOptions, encoding: string | null): Session {
  let running = false
  return {
    async query(sql, parameters) {
      running = true
      try {
        const asked = parameters.map((value) => (typeof value === 'string' ? misreadAs(encoding, value) : value))
        return await run(connection, sql, asked, encoding)
      } finally {
        running = false
      }
    },
    cancel: () => ended(options, connection.threadId, () => running),
    release(broken) {
      if (broken) connection.destroy()
      else connection.release()
    },
  }
}

/** Prepared: no value is ever part of a statement's text. */
function run(
  connection: PoolConnection,
  sql: string,
  parameters: readonly unknown[],
  encoding: string | null = null,
): Promise<readonly Row[]> {
  return new Promise((resolve, reject) => {
    // The server makes of a text whatever the column is; numbers of JavaScript would all be DOUBLE.
    const values = parameters.map((value) => (typeof value === 'number' ? String(value) : value)) as (string | null)[]
    connection.execute<RowDataPacket[][]>({ sql, values, rowsAsArray: true }, (error, rows, fields) => {
      if (error !== null) reject(error)
      else resolve(Array.isArray(rows) ? rows.map((row) => exactRow(row, fields, encoding)) : [])
    })
  })
}

/** Ends a statement from beside; a server that cannot be asked ends it by its own limit. */
function ended(options: ConnectionOptions, thread: number, running: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const beside = createConnection(options)
    const done = (): void => {
      clearTimeout(timer)
      beside.destroy()
      resolve()
    }
    // A server that connects may still not answer.
    const timer = setTimeout(done, options.connectTimeout)
    beside.on('error', done)
    beside.once('connect', () => {
      // The next statement on that connection would be another's.
      if (running()) beside.query(`kill query ${thread}`, done)
      else done()
    })
  })
}
