import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { SQLInputValue, StatementSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { CompiledQuery, SqliteAdapter, SqliteDriver, SqliteIntrospector, SqliteQueryCompiler } from 'kysely'
import type { DatabaseConnection, Dialect, SqliteDatabase, SqliteStatement } from 'kysely'

/**
 * Milliseconds to wait for another process, or another thread, that writes: a moment of them inside SQLite, which holds
 * up this thread, all others beside it. Opening sets the file up, and is waited for inside.
 */
const PATIENCE = { opening: 2_000, within: 20, whole: 10_000, pause: 10 } as const

/** SQLite's number for: somebody else writes. */
const BUSY = 5

/** Pages of the log (4 KiB each) after which it is copied into the file; small, so that it stays small on disk. */
const CHECKPOINT_PAGES = 2_000

/**
 * Alarms and what became of them stand nowhere else: a transaction is on disk before it counts (FULL). Records in the
 * same file could be copied again; they come in batches, so that this costs one fsync for hundreds of them.
 */
const SETTINGS = `
PRAGMA busy_timeout = ${PATIENCE.opening};
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
PRAGMA foreign_keys = ON;
PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES};
PRAGMA busy_timeout = ${PATIENCE.within};`

/** Gives the open file, which is opened when it is first asked for, and made where it is missing (0700 its folder). */
export type OpenFile = () => DatabaseSync

/** @throws what SQLite says of the file; the next call tries again */
export function fileOf(path: string): OpenFile {
  let open: DatabaseSync | null = null
  return () => {
    if (open !== null && open.isOpen) return open
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    const database = new DatabaseSync(path)
    try {
      database.exec(SETTINGS)
    } catch (error) {
      database.close()
      throw error
    }
    open = database
    return open
  }
}

/** Kysely over a file, for reading and writing. Its transactions are written ones from their first statement on. */
export function sqliteDialect(file: OpenFile): Dialect {
  return {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new WritingDriver({ database: async () => shim(file()) }),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  }
}

class WritingDriver extends SqliteDriver {
  #patient: DatabaseConnection | null = null

  override async acquireConnection(): Promise<DatabaseConnection> {
    return (this.#patient ??= patient(await super.acquireConnection()))
  }

  /** One that reads first and writes later is refused at once when somebody else has written between: it never waits. */
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'))
  }
}

function patient(connection: DatabaseConnection): DatabaseConnection {
  const breathe = createBreath()
  return {
    async executeQuery(query, options) {
      await breathe()
      return untilFree(() => connection.executeQuery(query, options))
    },
    streamQuery: (query, size, options) => connection.streamQuery(query, size, options),
  }
}

/** Milliseconds of statements after which others of this thread have their turn. */
const BREATH = 10

/** Statements are synchronous: many in a row would let neither a timer nor a socket of this thread through. */
function createBreath(): () => Promise<void> {
  let last = performance.now()
  return async () => {
    if (performance.now() - last < BREATH) return
    await new Promise(setImmediate)
    last = performance.now()
  }
}

/** Tries again while somebody else writes, and leaves this thread free meanwhile. */
async function untilFree<T>(act: () => Promise<T>): Promise<T> {
  for (let waited = 0; ; waited += PATIENCE.within + PATIENCE.pause) {
    try {
      return await act()
    } catch (error) {
      if (!isBusy(error) || waited > PATIENCE.whole) throw error
      await sleep(PATIENCE.pause)
    }
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === BUSY
}

/** Kysely expects the interface of better-sqlite3; node:sqlite differs in how parameters are passed. */
function shim(database: DatabaseSync): SqliteDatabase {
  return {
    close: () => database.close(),
    prepare: (sql) => statement(database.prepare(sql)),
  }
}

function statement(prepared: StatementSync): SqliteStatement {
  return {
    reader: prepared.columns().length > 0,
    all: (parameters) => prepared.all(...bound(parameters)),
    run: (parameters) => prepared.run(...bound(parameters)),
    iterate: (parameters) => prepared.iterate(...bound(parameters)),
  }
}

/** Values as SQLite takes them. @throws TypeError for one that it does not */
export function bound(parameters: readonly unknown[]): SQLInputValue[] {
  return parameters.map((value) => {
    if (typeof value === 'boolean') return Number(value)
    if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint')
      return value
    throw new TypeError(`SQLite cannot bind a ${typeof value}`)
  })
}
