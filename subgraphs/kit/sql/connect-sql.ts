import { basename, join } from 'node:path'
import { systemClock } from '../../../gateway/vocabulary/ports.ts'
import type { ConnectOptions, Source } from '../register.ts'
import { sqlAddress } from './address.ts'
import type { SqlAddress } from './address.ts'
import { OVER_MSSQL, OVER_SERVER, sqlSource } from './sql.ts'
import type { LoadTime, SqlDatabase } from './sql.ts'
import { openSqlite } from './sqlite.ts'

/**
 * Connects a department whose system is read by SQL: its database where a URL is given, else its SQLite file, in the
 * folder that is configured or else in the synthetic city. The URL's scheme names the kind of server (docs/adapters.md).
 *
 * @param file path below the city's data directory; in a folder of its own the file has the same name
 * @throws Failure `SOURCE_UNAVAILABLE` where that file is missing, or the URL is none that can be read
 */
export async function connectSql(
  { dataDirectory, directory, databaseUrl, databaseSchema, clock = systemClock, onQuery }: ConnectOptions,
  file: string,
  loadTime: LoadTime,
): Promise<Source> {
  if (databaseUrl !== undefined) {
    const database = await openServer(sqlAddress(databaseUrl), onQuery)
    const db = databaseSchema === undefined ? database.db : database.db.withSchema(databaseSchema)
    return sqlSource({ ...database, db, loadTime, clock })
  }
  const path = directory === undefined ? join(dataDirectory, file) : join(directory, basename(file))
  return sqlSource({ db: openSqlite(path, onQuery), loadTime, clock })
}

/** Loads no driver but the one that is needed: a process that serves one department stays small. */
async function openServer(address: SqlAddress, onQuery?: (sql: string) => void): Promise<SqlDatabase> {
  switch (address.server) {
    case 'POSTGRES': {
      const { openPostgres } = await import('./postgres.ts')
      return { db: openPostgres(address, onQuery), dialect: OVER_SERVER }
    }
    case 'MYSQL': {
      const { openMysql } = await import('./mysql.ts')
      return { db: openMysql(address, onQuery), dialect: OVER_SERVER }
    }
    case 'MSSQL': {
      const { openMssql } = await import('./mssql.ts')
      return { db: await openMssql(address, onQuery), dialect: OVER_MSSQL }
    }
  }
}
