import { basename, join } from 'node:path'
import { systemClock } from '../../gateway/vocabulary/ports.ts'
import { openPostgres } from './postgres.ts'
import type { ConnectOptions, Source } from './register.ts'
import { sqlSource } from './sql.ts'
import type { LoadTime } from './sql.ts'
import { openSqlite } from './sqlite.ts'

/**
 * Connects a department whose system is read by SQL: its replica in PostgreSQL where a URL is given, else its SQLite
 * file, in the folder that is configured or else in the synthetic city. Throws `SOURCE_UNAVAILABLE` where that file is
 * missing.
 *
 * @param file path below the city's data directory; in a folder of its own the file has the same name
 */
export function connectSql(
  { dataDirectory, directory, databaseUrl, clock = systemClock, onQuery }: ConnectOptions,
  file: string,
  loadTime: LoadTime,
): Source {
  const path = directory === undefined ? join(dataDirectory, file) : join(directory, basename(file))
  const db = databaseUrl === undefined ? openSqlite(path, onQuery) : openPostgres(databaseUrl)
  return sqlSource({ db, loadTime, clock })
}
