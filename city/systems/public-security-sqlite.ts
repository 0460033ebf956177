import { join } from 'node:path'
import { LOAD_COLUMNS, LOADS, RESIDENT_COLUMNS, residentRow, TABLES } from './public-security.ts'
import type { Sink } from './sink.ts'
import { insert, newDatabase } from './sqlite.ts'

/** The replica as one SQLite file, `public-security/hjgl.db`. */
export function publicSecuritySqlite(directory: string): Sink {
  const database = newDatabase(join(directory, 'public-security', 'hjgl.db'), TABLES)
  const load = insert(database, 'sjtb_jl', LOAD_COLUMNS)
  for (const row of LOADS) load(row)
  const add = insert(database, 'czrk_jbxx', RESIDENT_COLUMNS)
  return {
    files: ['public-security/hjgl.db'],
    async add(citizens) {
      for (const citizen of citizens) {
        const row = residentRow(citizen)
        if (row !== null) add(row)
      }
    },
    async finish() {
      database.exec('commit')
      database.close()
    },
  }
}
