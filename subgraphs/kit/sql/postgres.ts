import { Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from 'kysely'
import pg from 'pg'
import type { PoolClient, PoolConfig } from 'pg'
import type { SqlAddress } from './address.ts'
import { sessionDriver } from './sessions.ts'
import type { Session, Sessions } from './sessions.ts'
import type { Tables } from './sql.ts'

/** `boolean` and `char(n)`, by their numbers in `pg_type`. */
const [BOOLEAN, PADDED] = [16, 1042]

/**
 * Opens PostgreSQL with sessions that can only read: the server refuses a write, whatever this process would send.
 * Connects on first use.
 */
export function openPostgres(address: SqlAddress, onQuery?: (sql: string) => void): Kysely<Tables> {
  const sessions = postgresSessions(poolConfig(address))
  return new Kysely<Tables>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => sessionDriver(sessions, address.limits.statementTimeout),
      createIntrospector: (db) => new PostgresIntrospector(db),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
    log: (event) => onQuery?.(event.query.sql),
  })
}

function poolConfig({ host, port, user, password, database, tls, limits }: SqlAddress): PoolConfig {
  const settings = {
    default_transaction_read_only: 'on',
    statement_timeout: limits.statementTimeout,
    // Dates as year, month, day, and instants by the source's own clock, whatever the server's usual form is.
    DateStyle: 'ISO',
    TimeZone: 'Asia/Shanghai',
  }
  return {
    host,
    port,
    application_name: 'gongxiang',
    max: limits.connections,
    connectionTimeoutMillis: limits.connectTimeout,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    options: Object.entries(settings)
      .map(([name, value]) => `-c ${name}=${value}`)
      .join(' '),
    types: { getTypeParser: (type: number) => (text: string) => exactText(type, text) },
    // The name of the certificate is that of the host, also where the host is an address.
    ...(tls === null ? {} : { ssl: { host, ...tls } }),
    ...(user === '' ? {} : { user }),
    ...(password === '' ? {} : { password }),
    ...(database === '' ? {} : { database }),
  }
}

/** Every value as PostgreSQL writes it; booleans as the codes 1 and 0, which all kinds of databases have. */
function exactText(type: number, text: string): string {
  if (type === BOOLEAN) return text === 't' ? '1' : '0'
  return type === PADDED ? text.replace(/ +$/, '') : text
}

function postgresSessions(config: PoolConfig): Sessions {
  const pool = new pg.Pool(config)
  // An idle connection that the server closes must not end the process; the next query opens another.
  pool.on('error', () => undefined)
  return {
    acquire: async () => sessionOf(await pool.connect(), config),
    close: () => pool.end(),
  }
}

function sessionOf(client: PoolClient, config: PoolConfig): Session {
  let running = false
  return {
    async query(sql, parameters) {
      running = true
      try {
        return (await client.query<Record<string, unknown>>(sql, [...parameters])).rows
      } finally {
        running = false
      }
    },
    async cancel() {
      const process = 'processID' in client ? Number(client.processID) : 0
      await ended(config, process, () => running)
    },
    release: (broken) => client.release(broken),
  }
}

/** Ends a statement from beside; a server that cannot be asked ends it by its own limit. */
async function ended(config: PoolConfig, process: number, running: () => boolean): Promise<void> {
  // A server that connects may still not answer.
  const beside = new pg.Client({ ...config, query_timeout: config.connectionTimeoutMillis })
  beside.on('error', () => undefined)
  try {
    await beside.connect()
    // The next statement on that connection would be another's.
    if (running()) await beside.query('select pg_cancel_backend($1)', [process])
  } catch {
    return
  } finally {
    void beside.end().catch(() => undefined)
  }
}
