import { Client } from 'pg'
import { ForeignTables, loadRows, MARK } from './writer.ts'
import type { DatabaseWriter, SystemTables } from './writer.ts'

/** PostgreSQL: everything in one transaction, which another seeding waits for. */
export async function postgresWriter(url: string): Promise<DatabaseWriter> {
  const client = new Client({ connectionString: url, application_name: 'gongxiang-city' })
  await client.connect()
  try {
    await client.query('begin')
    await client.query(`select pg_advisory_xact_lock(hashtext('${MARK}'))`)
  } catch (error) {
    await client.end()
    throw error
  }
  return {
    begin: (system, mark) => begin(client, system, mark),
    async insert({ schema }, { name, columns }, rows) {
      // One statement for many rows: a text array for each column.
      const arrays = columns.map((_, at) => rows.map((row) => asText(row[at])))
      const places = columns.map((_, at) => `$${at + 1}::text[]`).join(', ')
      await client.query(
        `insert into ${schema}.${name} (${columns.join(', ')}) select * from unnest(${places})`,
        arrays,
      )
    },
    async finish(system, mark) {
      await finish(client, system)
      await client.query(`comment on schema ${system.schema} is '${mark}'`)
    },
    close: () => client.query('commit').then(() => client.end()),
    // Ends the transaction too.
    abandon: () => client.end(),
  }
}

function asText(cell: string | number | null | undefined): string | null {
  return cell === null || cell === undefined ? null : String(cell)
}

async function begin(client: Client, { schema, tables }: SystemTables, mark: string): Promise<boolean> {
  const found = await markOf(client, schema)
  if (found === mark) return false
  if (found !== null && !found.startsWith(MARK)) throw new ForeignTables(`the schema ${schema}`)
  await client.query(`drop schema if exists ${schema} cascade`)
  await client.query(`create schema ${schema}`)
  for (const { name, columns } of tables)
    await client.query(`create table ${schema}.${name} (${columns.map((column) => `${column} text`).join(', ')})`)
  return true
}

/** What stands on a schema: empty where it is somebody's, null where there is none. */
async function markOf(client: Client, schema: string): Promise<string | null> {
  const { rows } = await client.query<{ mark: string }>(
    `select coalesce(obj_description(oid, 'pg_namespace'), '') as mark from pg_namespace where nspname = $1`,
    [schema],
  )
  return rows[0]?.mark ?? null
}

async function finish(client: Client, system: SystemTables): Promise<void> {
  const { schema, tables, loads } = system
  const [log, time, outcome] = loads
  for (const { name, indexed } of tables) {
    for (const column of indexed) await client.query(`create index on ${schema}.${name} (${column})`)
    await client.query(`analyze ${schema}.${name}`)
  }
  await client.query(`create table ${schema}.${log} (${time} text not null, ${outcome} text not null)`)
  for (const row of loadRows(system)) await client.query(`insert into ${schema}.${log} values ($1, $2)`, [...row])
}
