import { PostgresDialect } from 'kysely'
import type { Dialect } from 'kysely'
import pg from 'pg'
import type { Pool } from 'pg'

/** Numbers and `boolean`, by their numbers in `pg_type`; everything else here is a text. */
const NUMBERS: ReadonlySet<number> = new Set([20, 21, 23, 700, 701, 1700])
const BOOLEAN = 16

/** Milliseconds: to connect, and for one statement; a report over years reads long, a rebuild writes in short ones. */
const PATIENCE = { connect: 3_000, statement: 120_000 } as const

/** How a process uses the server. */
export interface PostgresUse {
  /** Connections at most. */
  readonly connections: number
}

/** A pool that connects at its first use. Its numbers are JavaScript's: all counts and times here are below 2^53. */
export function openPool(databaseUrl: string, schema: string, { connections }: PostgresUse): Pool {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    application_name: 'gongxiang-governance',
    max: connections,
    connectionTimeoutMillis: PATIENCE.connect,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    options: `-c search_path="${schema}" -c statement_timeout=${PATIENCE.statement} -c TimeZone=UTC`,
    types: { getTypeParser: (type: number) => (text: string) => valueOf(type, text) },
  })
  // An idle connection that the server closes must not end the process; the next query opens another.
  pool.on('error', () => undefined)
  return pool
}

function valueOf(type: number, text: string): string | number | boolean {
  if (NUMBERS.has(type)) return Number(text)
  return type === BOOLEAN ? text === 't' : text
}

/** Kysely over a pool, for reading and writing. */
export function postgresDialect(pool: Pool): Dialect {
  return new PostgresDialect({ pool })
}
