import { sql } from 'kysely'
import type { Kysely } from 'kysely'
import { together } from '../describe.ts'
import type { MissingPlace, NeededPlace } from '../register.ts'
import type { LoadTime, Tables } from './tables.ts'

/**
 * What of the tables and columns the database does not let us read: because it is not there, because it is called
 * otherwise, or because this user may not see it. No row is asked for.
 *
 * @throws the driver's error where the database cannot be asked at all
 */
export async function missingOf(
  db: Kysely<Tables>,
  { table, column, where }: LoadTime,
  needed: readonly NeededPlace[],
): Promise<readonly MissingPlace[]> {
  await sql`select 1`.execute(db)
  const missing: MissingPlace[] = []
  for (const place of together([...needed, { at: table, columns: [column, where.column] }]))
    missing.push(...(await missingIn(db, place)))
  // What failed because the server went away is not missing.
  if (missing.length > 0) await sql`select 1`.execute(db)
  return missing
}

async function missingIn(db: Kysely<Tables>, { at, columns }: NeededPlace): Promise<readonly MissingPlace[]> {
  if (await readable(db, at, columns)) return []
  const unread: string[] = []
  for (const column of columns) if (!(await readable(db, at, [column]))) unread.push(column)
  return [{ at, columns: unread.length < columns.length ? unread : 'ALL' }]
}

async function readable(db: Kysely<Tables>, table: string, columns: readonly string[]): Promise<boolean> {
  try {
    await db
      .selectFrom(table)
      .select([...columns])
      .where(sql<boolean>`1 = 0`)
      .execute()
    return true
  } catch {
    return false
  }
}
