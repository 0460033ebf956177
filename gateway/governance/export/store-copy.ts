/**
 * What of the governance store stands nowhere else, as lines of JSON, and back: alarms and what became of them, reports
 * that were made, whom rules watch for, what was found missing, how far alarms were judged. The index is left out: `gongxiang index rebuild` makes
 * it again from the segments. The lines are the same for both kinds of store, so that one is moved into the other.
 */
import { sql } from 'kysely'
import type { Transaction } from 'kysely'
import { GENESIS } from '../../audit/line-types.ts'
import type { GovernanceStore } from '../store/store.ts'
import type { GovernanceTables } from '../store/tables.ts'

type Table = keyof GovernanceTables
type Value = string | number | null
type Row = Readonly<Record<string, Value>>

/** Which tables are copied, in an order in which a row comes behind those that it refers to. */
const COPIED: Readonly<Record<Table, boolean>> = {
  audit_chain: true,
  audit_gap: true,
  alarm: true,
  alarm_event: true,
  alarm_trace: true,
  alarm_seen: true,
  alarm_delivery: true,
  watched_subject: true,
  watch_event: true,
  report_issued: true,
  audit_record: false,
  audit_datum: false,
  audit_subject: false,
  audit_route: false,
  store_fact: true,
}

/** Tables whose rows are numbered by the database itself. */
const NUMBERED: readonly Table[] = ['audit_gap', 'alarm_event', 'watch_event']

/** The store's own: its version is that of the program that makes it. */
const OWN = 'version'

/** Rows of one statement; PostgreSQL takes 65,535 parameters, SQLite 32,766. */
const BATCH = 500

const tables = (Object.keys(COPIED) as Table[]).filter((table) => COPIED[table])

/**
 * Writes all rows as they are at one moment, one line each.
 *
 * @returns how many rows of each table there were
 */
export async function copyStore(
  { db, kind }: Pick<GovernanceStore, 'db' | 'kind'>,
  write: (line: string) => Promise<void>,
): Promise<Readonly<Record<string, number>>> {
  const transaction = kind === 'postgres' ? db.transaction().setIsolationLevel('repeatable read') : db.transaction()
  return transaction.execute(async (trx) => {
    const counts: Record<string, number> = {}
    for (const table of tables) {
      const { rows: all } = await sql<Row>`select * from ${sql.table(table)}`.execute(trx)
      const rows = all.filter((row) => !isOwn(table, row))
      counts[table] = rows.length
      for (const row of rows) await write(`${JSON.stringify({ table, row })}\n`)
    }
    return counts
  })
}

/** What became of a loading. */
export type Loaded =
  | { readonly kind: 'loaded'; readonly rows: number }
  /** The store has rows of its own: nothing was written. */
  | { readonly kind: 'not-empty'; readonly table: string }
  | { readonly kind: 'unreadable'; readonly line: number }

/** Loads lines of `copyStore` into an empty store, all or nothing. Rejects with what the database says. */
export async function loadStore(store: GovernanceStore, lines: readonly string[]): Promise<Loaded> {
  const read = lines.map(lineOf)
  const bad = read.indexOf(null)
  if (bad !== -1) return { kind: 'unreadable', line: bad + 1 }
  const byTable = Map.groupBy(
    read.filter((one) => one !== null),
    ({ table }) => table,
  )
  return store.db.transaction().execute(async (trx) => {
    for (const table of tables) if (await hasRows(trx, table)) return { kind: 'not-empty', table }
    // What a gateway that was started over the empty store has noted for itself counts for nothing beside what was.
    await trx.deleteFrom('store_fact').where('name', '<>', OWN).execute()
    for (const table of tables) {
      const given = (byTable.get(table) ?? []).map(({ row }) => row).filter((row) => !isOwn(table, row))
      const rows = table === 'audit_chain' ? given.filter(isChain).map(uncopied) : given
      for (let at = 0; at < rows.length; at += BATCH) await insert(trx, store.kind, table, rows.slice(at, at + BATCH))
      if (store.kind === 'postgres' && NUMBERED.includes(table)) await countOn(trx, table)
    }
    return { kind: 'loaded', rows: read.length }
  })
}

interface Line {
  readonly table: Table
  readonly row: Row
}

function lineOf(text: string): Line | null {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null || !('table' in value && 'row' in value)) return null
    const { table, row } = value
    const known = tables.find((one) => one === table)
    return known !== undefined && isRow(row) ? { table: known, row } : null
  } catch {
    return null
  }
}

function isRow(value: unknown): value is Row {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.entries(value).every(
      ([name, one]) => /^[a-z_]+$/.test(name) && (one === null || typeof one === 'string' || typeof one === 'number'),
    )
  )
}

/** A name with a mark is a second copy of a chain, beside the first; the index begins with one copy again. */
function isChain({ chain }: Row): boolean {
  return typeof chain === 'string' && !chain.includes('~')
}

function isOwn(table: Table, { name }: Row): boolean {
  return table === 'store_fact' && name === OWN
}

/** Of the new store's index no record is copied yet; how far the chain had come stays known. */
function uncopied(row: Row): Row {
  return { ...row, seq: 0, hash: GENESIS }
}

async function hasRows(trx: Transaction<GovernanceTables>, table: Table): Promise<boolean> {
  if (table === 'store_fact') return false
  return (await sql`select 1 from ${sql.table(table)} limit 1`.execute(trx)).rows.length > 0
}

async function insert(
  trx: Transaction<GovernanceTables>,
  kind: GovernanceStore['kind'],
  table: Table,
  rows: readonly Row[],
): Promise<void> {
  const columns = Object.keys(rows[0] ?? {})
  if (columns.length === 0) return
  const names = sql.join(columns.map((name) => sql.ref(name)))
  const values = sql.join(rows.map((row) => sql`(${sql.join(columns.map((name) => row[name] ?? null))})`))
  // A row keeps its number: others refer to it.
  const numbers = kind === 'postgres' && NUMBERED.includes(table) ? sql`overriding system value` : sql``
  await sql`insert into ${sql.table(table)} (${names}) ${numbers} values ${values}`.execute(trx)
}

/** The next number that PostgreSQL gives comes behind those that were loaded. */
async function countOn(trx: Transaction<GovernanceTables>, table: Table): Promise<void> {
  await sql`select setval(pg_get_serial_sequence(${table}, 'id'), (select coalesce(max(id), 0) + 1 from ${sql.table(table)}), false)`.execute(
    trx,
  )
}
