import { Kysely, PostgresDialect } from 'kysely'
import { Pool } from 'pg'
import type { Tables } from './sql.ts'

/** How gently an old system's replica is used. */
export interface PostgresLimits {
  /** Connections at most. */
  readonly connections: number
  /** Milliseconds until the server itself ends a statement. */
  readonly statementTimeout: number
  /** Milliseconds to wait for a connection. */
  readonly connectTimeout: number
}

const GENTLE: PostgresLimits = { connections: 4, statementTimeout: 3000, connectTimeout: 2000 }

/**
 * Opens PostgreSQL with sessions that can only read: the server refuses a write, whatever this process would send.
 * Connects on first use.
 */
export function openPostgres(url: string, limits: PostgresLimits = GENTLE): Kysely<Tables> {
  const pool = new Pool({
    connectionString: url,
    application_name: 'gongxiang',
    max: limits.connections,
    connectionTimeoutMillis: limits.connectTimeout,
    idleTimeoutMillis: 30_000,
    options: `-c default_transaction_read_only=on -c statement_timeout=${limits.statementTimeout}`,
  })
  // An idle connection that the server closes must not end the process; the next query opens another.
  pool.on('error', () => undefined)
  return new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) })
}
