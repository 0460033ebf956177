import { Kysely } from 'kysely'
import type { Dialect } from 'kysely'
import { postgresRows, sqliteRows } from './bulk.ts'
import type { AddRows } from './bulk.ts'
import { StoreFault } from './fault.ts'
import { migrate } from './migrations.ts'
import type { Target } from './migrations.ts'
import { postgresMonths } from './months.ts'
import type { PrepareMonths } from './months.ts'
import { openPool, postgresDialect } from './postgres.ts'
import { fileOf, sqliteDialect } from './sqlite.ts'
import type { GovernanceTables } from './tables.ts'

/** Where the store is: a PostgreSQL database that several machines may share, or a file of this machine. */
export type StoreAddress = { readonly databaseUrl: string; readonly schema: string } | { readonly file: string }

/** How it is used. */
export interface StoreUse {
  /** Connections at most (PostgreSQL); default 4. */
  readonly connections?: number
}

/**
 * The governance store: the audit index, alarms, and what was found missing. Queries are Kysely's and the same for both
 * kinds. A file is asked in the calling thread: keep its queries short, or ask it from a thread of its own.
 */
export interface GovernanceStore {
  readonly kind: Target['kind']
  readonly target: Target
  readonly db: Kysely<GovernanceTables>
  readonly addRows: AddRows
  readonly prepareMonths: PrepareMonths
  /** Brings the tables to this program's version. @throws StoreFault */
  migrate(): Promise<void>
  close(): Promise<void>
}

/**
 * Opens the store and brings its tables to this program's version.
 *
 * @throws StoreFault
 */
export async function openGovernanceStore(address: StoreAddress, use: StoreUse = {}): Promise<GovernanceStore> {
  const store = connectGovernanceStore(address, use)
  try {
    await store.migrate()
    return store
  } catch (error) {
    await store.close()
    throw error
  }
}

/**
 * Opens the store without looking into it: it is reached at the first query, and may be down until then.
 *
 * @throws StoreFault for an address of another kind of server
 */
export function connectGovernanceStore(address: StoreAddress, { connections = 4 }: StoreUse = {}): GovernanceStore {
  if ('file' in address) return sqliteStore(address.file)
  if (!/^postgres(ql)?:\/\//.test(address.databaseUrl))
    throw new StoreFault('UNREACHABLE', 'governance.databaseUrl is no postgres:// address')
  const pool = openPool(address.databaseUrl, address.schema, { connections })
  const db = kysely(postgresDialect(pool))
  const target = { kind: 'postgres', schema: address.schema } as const
  return { ...storeOf(db, target), addRows: postgresRows(), prepareMonths: postgresMonths(db) }
}

function sqliteStore(path: string): GovernanceStore {
  const file = fileOf(path)
  const db = kysely(sqliteDialect(file))
  return { ...storeOf(db, { kind: 'sqlite' }), addRows: sqliteRows(file), prepareMonths: async () => undefined }
}

function kysely(dialect: Dialect): Kysely<GovernanceTables> {
  return new Kysely<GovernanceTables>({ dialect })
}

function storeOf(db: Kysely<GovernanceTables>, target: Target): Omit<GovernanceStore, 'addRows' | 'prepareMonths'> {
  return {
    kind: target.kind,
    target,
    db,
    migrate: () => migrated(db, target),
    close: () => db.destroy(),
  }
}

async function migrated(db: Kysely<GovernanceTables>, target: Target): Promise<void> {
  try {
    await migrate(db, target)
  } catch (error) {
    if (error instanceof StoreFault) throw error
    // What the driver says may quote the address.
    throw new StoreFault('UNREACHABLE', 'the governance store does not answer', error)
  }
}
