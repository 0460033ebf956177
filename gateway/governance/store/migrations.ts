import { sql } from 'kysely'
import type { Kysely, Transaction } from 'kysely'
import { StoreFault } from './fault.ts'
import type { Migration } from './migration.ts'
import { ALARMS } from './migration-alarms.ts'
import { FIRST } from './migration-first.ts'
import { REPORTS } from './migration-reports.ts'
import type { GovernanceTables } from './tables.ts'

/** All steps, in their order. */
const MIGRATIONS: readonly Migration[] = [FIRST, ALARMS, REPORTS]

/** The version that this program works with. */
export const VERSION = MIGRATIONS.at(-1)?.version ?? 0

/** Where tables are made: which kind of database, and for PostgreSQL its schema. */
export type Target = { readonly kind: 'sqlite' } | { readonly kind: 'postgres'; readonly schema: string }

/** Held during a migration, so that of several processes that start together one makes the tables. */
const ADVISORY_LOCK = 7_034_017_120

/**
 * Brings the store to this program's version, in one transaction.
 *
 * @throws StoreFault `NEWER`, or `NOT_PREPARED` where this account may not make what is missing
 */
export async function migrate(db: Kysely<GovernanceTables>, target: Target): Promise<void> {
  const version = await versionOf(db, target)
  if (version > VERSION) throw newer(version)
  if (version === VERSION) return
  try {
    await db.transaction().execute((trx) => advance(trx, target))
  } catch (error) {
    if (!isForbidden(error)) throw error
    const message =
      version === 0
        ? 'the governance store has no tables yet, and this account may not make them'
        : `the governance store has version ${version}, this program needs ${VERSION}, and this account may not change it`
    throw new StoreFault('NOT_PREPARED', `${message}: run \`gongxiang index prepare\` as the owner`, error)
  }
}

async function advance(trx: Transaction<GovernanceTables>, target: Target): Promise<void> {
  if (target.kind === 'postgres') await sql`select pg_advisory_xact_lock(${ADVISORY_LOCK})`.execute(trx)
  // Another process may have been here while this one waited.
  const version = await versionOf(trx, target)
  if (version > VERSION) throw newer(version)
  const steps = MIGRATIONS.filter((step) => step.version > version)
  for (const step of steps) {
    const statements = target.kind === 'sqlite' ? step.sqlite : step.postgres
    for (const statement of statements) await sql.raw(inSchema(statement, target)).execute(trx)
  }
  await trx
    .insertInto('store_fact')
    .values({ name: 'version', value: String(VERSION) })
    .onConflict((oc) => oc.column('name').doUpdateSet({ value: String(VERSION) }))
    .execute()
}

function inSchema(statement: string, target: Target): string {
  return target.kind === 'sqlite' ? statement : statement.replaceAll('$SCHEMA', `"${target.schema}"`)
}

/** 0 where there are no tables. */
export async function versionOf(db: Kysely<GovernanceTables>, target: Target): Promise<number> {
  if (!(await hasTables(db, target))) return 0
  const row = await db.selectFrom('store_fact').select('value').where('name', '=', 'version').executeTakeFirst()
  return Number(row?.value ?? 0)
}

async function hasTables(db: Kysely<GovernanceTables>, target: Target): Promise<boolean> {
  const found =
    target.kind === 'sqlite'
      ? sql<{ name: string }>`select name from sqlite_master where type = 'table' and name = 'store_fact'`
      : sql<{ name: string }>`select table_name as name from information_schema.tables
          where table_schema = ${target.schema} and table_name = 'store_fact'`
  return (await found.execute(db)).rows.length > 0
}

function newer(version: number): StoreFault {
  const message = `the governance store has version ${version}; this program knows ${VERSION} and leaves it alone: run the newer program`
  return new StoreFault('NEWER', message)
}

/** `insufficient_privilege` of PostgreSQL. */
function isForbidden(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '42501'
}
