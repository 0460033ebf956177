import { randomUUID } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { begunAgain, HOLD_SECONDS } from '../verify/idempotency.ts'
import type { Begun, Idempotency } from '../verify/idempotency.ts'
import type { Clock } from '../vocabulary/ports.ts'

/** Milliseconds to wait for another process that writes. */
const PATIENCE = 200

const SCHEMA = `
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
CREATE TABLE IF NOT EXISTS calls (
  key TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, holder TEXT NOT NULL, text TEXT, until INTEGER NOT NULL
) WITHOUT ROWID, STRICT;
CREATE INDEX IF NOT EXISTS calls_until ON calls (until);`

/** Remembers calls in a SQLite file, which is made where it is missing; a restart forgets nothing. */
export function openSqliteIdempotency(path: string, clock: Pick<Clock, 'now'>): Idempotency {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const database = new DatabaseSync(path, { timeout: PATIENCE })
  database.exec(SCHEMA)
  const clean = database.prepare('DELETE FROM calls WHERE until <= ?')
  const claim = database.prepare(
    'INSERT INTO calls (key, fingerprint, holder, until) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
  )
  const find = database.prepare('SELECT fingerprint, text FROM calls WHERE key = ?')
  // A key that was held too long and is free again may be completed still; one that somebody else holds may not.
  const complete = database.prepare(
    `INSERT INTO calls (key, fingerprint, holder, text, until) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET text = excluded.text, until = excluded.until
     WHERE calls.holder = excluded.holder AND calls.text IS NULL`,
  )
  const abandon = database.prepare('DELETE FROM calls WHERE key = ? AND holder = ? AND text IS NULL')

  const fresh = (key: string, fingerprint: string, holder: string, ttlSeconds: number): Begun => ({
    kind: 'FRESH',
    async complete(text) {
      clean.run(clock.now())
      complete.run(key, fingerprint, holder, text, clock.now() + ttlSeconds * 1_000)
    },
    async abandon() {
      abandon.run(key, holder)
    },
  })
  return {
    async begin(key, fingerprint, ttlSeconds) {
      const holder = randomUUID()
      return inTransaction(database, () => {
        clean.run(clock.now())
        const { changes } = claim.run(key, fingerprint, holder, clock.now() + HOLD_SECONDS * 1_000)
        return Number(changes) === 1
          ? fresh(key, fingerprint, holder, ttlSeconds)
          : begunAgain(keptOf(find.get(key)), fingerprint)
      })
    },
    close: async () => database.close(),
  }
}

/** Locks for writing first, so that two processes cannot both find a key free. */
function inTransaction<T>(database: DatabaseSync, act: () => T): T {
  database.exec('BEGIN IMMEDIATE')
  try {
    const result = act()
    database.exec('COMMIT')
    return result
  } catch (error) {
    database.exec('ROLLBACK')
    throw error
  }
}

function keptOf(row: Readonly<Record<string, unknown>> | undefined) {
  const text = row?.['text']
  return { fingerprint: String(row?.['fingerprint']), text: typeof text === 'string' ? text : null }
}
