import { join } from 'node:path'
import { systemClock } from '../../gateway/vocabulary/ports.ts'
import { openPostgres } from './postgres.ts'
import type { ConnectOptions, Source } from './register.ts'
import { sqlSource } from './sql.ts'
import type { LoadTime } from './sql.ts'
import { openSqlite } from './sqlite.ts'

/**
 * Connects a department whose system is read by SQL: its replica in PostgreSQL where a URL is given, else the file of
 * the synthetic city. Throws `SOURCE_UNAVAILABLE` where that file is missing.
 *
 * @param file path below the city's data directory
 */
export function connectSql(
  { dataDirectory, databaseUrl, clock = systemClock, onQuery }: ConnectOptions,
  file: string,
  loadTime: LoadTime,
): Source {
  const db = databaseUrl === undefined ? openSqlite(join(dataDirectory, file), onQuery) : openPostgres(databaseUrl)
  return sqlSource({ db, loadTime, clock })
}
