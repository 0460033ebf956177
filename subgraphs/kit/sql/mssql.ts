import { Kysely, MssqlAdapter, MssqlIntrospector, MssqlQueryCompiler } from 'kysely'
import { mssqlModules } from './mssql-driver.ts'
import type { MssqlModules, TarnPool, Tedious, TediousConnection, TediousValue } from './mssql-driver.ts'
import type { Row } from '../register.ts'
import type { SqlAddress } from './address.ts'
import { sessionDriver } from './sessions.ts'
import type { Session, Sessions } from './sessions.ts'
import type { Tables } from './sql.ts'

/**
 * Opens SQL Server. It has no sessions that can only read: the address must name a user with `db_datareader` alone.
 * Connects on first use.
 *
 * @throws Failure `SOURCE_UNAVAILABLE` where its driver is not installed
 */
export async function openMssql(
  address: SqlAddress,
  onQuery?: (sql: string) => void,
  modules: () => Promise<MssqlModules> = mssqlModules,
): Promise<Kysely<Tables>> {
  const { tedious, tarn } = await modules()
  const sessions = mssqlSessions(tedious, new tarn.Pool(poolSettings(tedious, address)))
  return new Kysely<Tables>({
    dialect: {
      createAdapter: () => new MssqlAdapter(),
      createDriver: () => sessionDriver(sessions, address.limits.statementTimeout),
      createIntrospector: (db) => new MssqlIntrospector(db),
      createQueryCompiler: () => new MssqlQueryCompiler(),
    },
    log: (event) => onQuery?.(event.query.sql),
  })
}

function poolSettings(tedious: Tedious, address: SqlAddress): object {
  const { connections, connectTimeout } = address.limits
  return {
    min: 0,
    max: connections,
    acquireTimeoutMillis: connectTimeout,
    createTimeoutMillis: connectTimeout,
    idleTimeoutMillis: 30_000,
    propagateCreateError: true,
    create: () => opened(new tedious.Connection(connectionSettings(address))),
    destroy: (connection: TediousConnection) => connection.close(),
    validate: (connection: TediousConnection) => connection.closed !== true,
  }
}

/** The settings of a connection, as tedious has them. */
export function connectionSettings({ host, port, user, password, database, tls, limits }: SqlAddress): object {
  return {
    server: host,
    authentication: { type: 'default', options: { userName: user, password } },
    options: {
      port,
      database,
      appName: 'gongxiang',
      connectTimeout: limits.connectTimeout,
      requestTimeout: limits.statementTimeout,
      // A replica that may be read is taken before the server itself.
      readOnlyIntent: true,
      // Dates come as the source's wall clock, as if that were UTC.
      useUTC: true,
      encrypt: tls !== null,
      trustServerCertificate: tls?.rejectUnauthorized === false,
      ...(tls === null ? {} : { cryptoCredentialsDetails: { ca: tls.ca, cert: tls.cert, key: tls.key } }),
    },
  }
}

function opened(connection: TediousConnection): Promise<TediousConnection> {
  return new Promise((resolve, reject) => {
    // A connection that breaks while nobody uses it must not end the process.
    connection.on('error', () => undefined)
    connection.connect((error) => (error === undefined ? resolve(connection) : reject(error)))
  })
}

function mssqlSessions(tedious: Tedious, pool: TarnPool): Sessions {
  return {
    acquire: async () => sessionOf(tedious, pool, await pool.acquire().promise),
    close: async () => void (await pool.destroy()),
  }
}

function sessionOf(tedious: Tedious, pool: TarnPool, connection: TediousConnection): Session {
  return {
    query: (sql, parameters) => run(tedious, connection, sql, parameters),
    cancel: async () => void connection.cancel(),
    release(broken) {
      if (broken) connection.close()
      pool.release(connection)
    },
  }
}

function run(
  { Request, TYPES }: Tedious,
  connection: TediousConnection,
  sql: string,
  parameters: readonly unknown[],
): Promise<readonly Row[]> {
  return new Promise((resolve, reject) => {
    const rows: Row[] = []
    let unread: unknown = null
    const request = new Request(sql, (error) => {
      if (error !== null && error !== undefined) reject(numbered(error))
      else if (unread !== null) reject(unread)
      else resolve(rows)
    })
    for (const [at, value] of parameters.entries()) {
      const text = String(value)
      // A text of the wider kind would have the index of a narrow column passed over.
      request.addParameter(String(at + 1), /^[\0-\x7F]*$/.test(text) ? TYPES.VarChar : TYPES.NVarChar, text)
    }
    request.on('row', (columns) => {
      try {
        rows.push(exactRow(columns))
      } catch (error) {
        unread = error
      }
    })
    connection.execSql(request)
  })
}

/** The driver calls all that the server refuses `EREQUEST`: the server's own number tells what it was. */
function numbered(error: Error): Error {
  if (!('code' in error && error.code === 'EREQUEST' && 'number' in error)) return error
  return Number.isInteger(error.number) ? Object.assign(error, { code: `MSSQL_${String(error.number)}` }) : error
}

function exactRow(columns: readonly TediousValue[]): Row {
  return Object.fromEntries(columns.map((column) => [column.metadata.colName, exactValue(column)]))
}

/** A value as SQL Server would write it; null for null. */
function exactValue({ value, metadata }: TediousValue): unknown {
  const { name } = metadata.type
  if (value === null || value === undefined) return null
  if (typeof value === 'string') return /^N?Char$/.test(name) ? value.replace(/ +$/, '') : value
  if (typeof value === 'boolean') return value ? '1' : '0'
  if (typeof value === 'bigint') return String(value)
  if (typeof value === 'number') return numberText(value, name, metadata.scale ?? 0)
  return value instanceof Date ? dateText(value, name) : value
}

/** The driver makes numbers of decimals: those that it cannot hold exactly are refused, never rounded. */
function numberText(value: number, type: string, scale: number): string {
  if (/^(?:Float|Real)/.test(type)) return String(value)
  const places = /Money/.test(type) ? 4 : scale
  if (Math.abs(value) * 10 ** places <= Number.MAX_SAFE_INTEGER) return value.toFixed(places)
  throw Object.assign(new Error('A decimal of the source is too long for its driver'), { code: 'DECIMAL_TOO_LONG' })
}

const EIGHT_HOURS = 8 * 60 * 60 * 1000

function dateText(value: Date, type: string): string {
  const [day = '', time = ''] = value.toISOString().slice(0, -1).split('T')
  if (type === 'Date') return day
  if (type === 'Time') return time
  if (type !== 'DateTimeOffset') return `${day} ${time}`
  return `${new Date(value.getTime() + EIGHT_HOURS).toISOString().slice(0, -1)}+08:00`
}
