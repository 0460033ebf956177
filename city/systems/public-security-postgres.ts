import { Client } from 'pg'
import { generate } from '../generate.ts'
import type { CitySize } from '../generate.ts'
import { batches } from '../batches.ts'
import { LOAD_COLUMNS, LOADS, RESIDENT_COLUMNS, residentRow, TABLES } from './public-security.ts'

/** Written on the tables, so that a city knows its own and never drops somebody else's. */
const MARK = 'gongxiang synthetic city'

/**
 * The replica in PostgreSQL: in one transaction, all or nothing; does nothing where this very city is already there.
 * Rejects, with nothing changed, where the database has tables of these names that are not ours.
 */
export async function seedPostgres(url: string, size: CitySize): Promise<{ readonly created: boolean }> {
  const client = new Client({ connectionString: url, application_name: 'gongxiang-city' })
  await client.connect()
  try {
    await client.query('begin')
    const created = await replace(client, size)
    await client.query('commit')
    return { created }
  } finally {
    // Ends the transaction too, where it was not committed.
    await client.end()
  }
}

async function replace(client: Client, size: CitySize): Promise<boolean> {
  // One seeding at a time: another one waits, and then finds the city there.
  await client.query(`select pg_advisory_xact_lock(hashtext('${MARK}'))`)
  const mark = `${MARK} people=${size.people} seed=${size.seed}`
  const marks = await tableMarks(client)
  if (marks.length > 0 && marks.every((found) => found === mark)) return false
  if (marks.some((found) => !found.startsWith(MARK))) {
    throw new Error(
      'The database has a table czrk_jbxx or sjtb_jl that is not of a synthetic city; nothing was changed',
    )
  }
  await client.query('drop table if exists czrk_jbxx, sjtb_jl')
  for (const table of TABLES) await client.query(table)
  await insertRows(client, 'sjtb_jl', LOAD_COLUMNS, LOADS)
  for (const citizens of batches(generate(size), 2000)) {
    const rows = citizens.flatMap((citizen) => {
      const row = residentRow(citizen)
      return row === null ? [] : [row]
    })
    await insertRows(client, 'czrk_jbxx', RESIDENT_COLUMNS, rows)
  }
  for (const table of ['czrk_jbxx', 'sjtb_jl']) await client.query(`comment on table ${table} is '${mark}'`)
  await client.query('analyze czrk_jbxx')
  return true
}

async function tableMarks(client: Client): Promise<readonly string[]> {
  const { rows } = await client.query<{ mark: string }>(
    `select coalesce(obj_description(oid, 'pg_class'), '') as mark from pg_class
     where oid in (to_regclass('czrk_jbxx'), to_regclass('sjtb_jl'))`,
  )
  return rows.map((row) => row.mark)
}

/** One statement for many rows: a text array for each column. */
async function insertRows(
  client: Client,
  table: string,
  columns: readonly string[],
  rows: readonly (readonly (string | null)[])[],
): Promise<void> {
  const arrays = columns.map((_, at) => rows.map((row) => row[at] ?? null))
  const places = columns.map((_, at) => `$${at + 1}::text[]`).join(', ')
  await client.query(`insert into ${table} (${columns.join(', ')}) select * from unnest(${places})`, arrays)
}
