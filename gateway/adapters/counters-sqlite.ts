import { chmodSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { StatementSync } from 'node:sqlite'
import { DAY, HOUR, windowAt, windowEnd } from '../limits/counters.ts'
import type { Counters, Taken } from '../limits/counters.ts'
import { refused, taken } from '../limits/taken.ts'
import { publishFailure, publishLifecycle } from '../observe/channels.ts'
import type { Clock } from '../vocabulary/ports.ts'
import { createMemoryCounters } from './counters-memory.ts'

/** File of the counts, in the folder of the state. */
const FILE = 'counters.sqlite'

/** Milliseconds between two removals of windows that have ended, and how many of them one removes at most. */
const SWEEP = 60_000
const SWEPT = 500

/**
 * Counts by key and window, and the members of those that count different ones: their number stands in `counts`, so
 * that it need not be counted again. `ends` is the instant from which a window means nothing any more.
 */
const SCHEMA = `
CREATE TABLE IF NOT EXISTS counts (
  key TEXT NOT NULL, at INTEGER NOT NULL, ends INTEGER NOT NULL, events INTEGER NOT NULL,
  PRIMARY KEY (key, at)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS members (
  key TEXT NOT NULL, at INTEGER NOT NULL, member TEXT NOT NULL, holders INTEGER NOT NULL,
  PRIMARY KEY (key, at, member)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS counts_ends ON counts (ends);
CREATE TABLE IF NOT EXISTS lost (until INTEGER NOT NULL);`

/**
 * Counters of one machine that outlive the process, for windows of an hour and more; shorter ones stay in memory: they
 * are over before a restart is, and strangers, who are counted by the minute, must not be able to write to the disk.
 */
export function createEmbeddedCounters(directory: string, clock: Pick<Clock, 'now'>): Counters {
  const brief = createMemoryCounters(clock)
  const lasting = createSqliteCounters(directory, clock)
  const by = (window: number): Counters => (window >= HOUR ? lasting : brief)
  return {
    add: (key, window) => by(window).add(key, window),
    take: (key, events, window, most) => by(window).take(key, events, window, most),
    takeDistinct: (key, members, window, most) => by(window).takeDistinct(key, members, window, most),
    health: () => lasting.health(),
    close: () => lasting.close(),
  }
}

/**
 * Counters in an SQLite file. A count is with the operating system when its promise resolves: it survives the process,
 * killed or not; after a power cut the last moments may be missing.
 *
 * A file that cannot be read is set aside, told, and begun anew: a city must not stand still over a count. What was in
 * it is lost, so until the day is over the counts are not exact, and what needs exact ones is refused (wall 16). While
 * the disk fails this process counts in memory, with the same consequence.
 *
 * @throws Error where the folder cannot be used at all
 */
export function createSqliteCounters(directory: string, clock: Pick<Clock, 'now'>): Counters {
  const alone = createMemoryCounters(clock)
  const store = openStore(directory, clock)
  let failing = false
  const mark = (failed: boolean, error: unknown): void => {
    if (failing !== failed) publishLifecycle(() => ({ step: failed ? 'degraded' : 'recovered', subject: 'counters' }))
    if (failed && !failing) publishFailure(() => ({ receipt: null, where: 'counters', code: null, error }))
    failing = failed
  }
  const ask = <T>(count: () => T): T | null => {
    try {
      const answer = count()
      mark(false, null)
      return answer
    } catch (error) {
      mark(true, error)
      return null
    }
  }
  const give = (total: number, back: () => void): Taken => taken(total, () => void ask(back))
  return {
    add: async (key, window) => ask(() => store.add(key, 1, window)) ?? alone.add(key, window),
    async take(key, events, window, most) {
      const at = windowAt(clock.now(), window)
      const total = ask(() => store.take(key, events, window, most))
      if (total === null) return alone.take(key, events, window, most)
      return total > most ? refused(total) : give(total, () => store.giveBack(key, window, at, events))
    },
    async takeDistinct(key, members, window, most) {
      const at = windowAt(clock.now(), window)
      const total = ask(() => store.takeDistinct(key, members, window, most))
      if (total === null) return alone.takeDistinct(key, members, window, most)
      return total > most ? refused(total) : give(total, () => store.giveBackMembers(key, window, at, members))
    },
    health() {
      if (failing) return { ok: false, detail: 'the file of the counts fails; counting in memory' }
      return store.lostUntil() > clock.now()
        ? { ok: false, detail: 'the file of the counts was unreadable and begun anew; exact again from midnight on' }
        : { ok: true, detail: 'in a file of this machine' }
    },
    async close() {
      store.close()
    },
  }
}

interface Store {
  add(key: string, events: number, window: number): number
  take(key: string, events: number, window: number, most: number): number
  takeDistinct(key: string, members: readonly string[], window: number, most: number): number
  giveBack(key: string, window: number, at: number, events: number): void
  giveBackMembers(key: string, window: number, at: number, members: readonly string[]): void
  /** The instant from which counts are exact again, zero where they are. */
  lostUntil(): number
  close(): void
}

function openStore(directory: string, clock: Pick<Clock, 'now'>): Store {
  const database = openDatabase(directory, clock)
  const run = statementsOf(database)
  const transaction = transactionsOf(database)
  let swept = clock.now()
  const sweep = (): void => {
    const now = clock.now()
    if (Math.abs(now - swept) < SWEEP) return
    swept = now
    for (const { key, at } of run.ended.all(now, SWEPT)) {
      run.forgetMembers.run(key ?? '', at ?? 0)
      run.forget.run(key ?? '', at ?? 0)
    }
  }
  const nameOf = (key: string, window: number): string => `${key}:${window}`
  const countOf = (name: string, at: number): number => Number(run.count.get(name, at)?.['events'] ?? 0)
  return {
    add: (key, events, window) =>
      transaction(() => {
        sweep()
        const now = clock.now()
        return Number(
          run.add.get(nameOf(key, window), windowAt(now, window), windowEnd(now, window), events)?.['events'],
        )
      }),
    take: (key, events, window, most) =>
      transaction(() => {
        sweep()
        const [name, now] = [nameOf(key, window), clock.now()]
        const total = countOf(name, windowAt(now, window)) + events
        if (total <= most) run.add.get(name, windowAt(now, window), windowEnd(now, window), events)
        return total
      }),
    takeDistinct: (key, members, window, most) =>
      transaction(() => {
        sweep()
        const [name, now] = [`holders:${nameOf(key, window)}`, clock.now()]
        const [at, ends] = [windowAt(now, window), windowEnd(now, window)]
        const fresh = members.filter((one) => run.member.get(name, at, one) === undefined)
        const total = countOf(name, at) + fresh.length
        if (total > most || members.length === 0) return total
        for (const one of members) run.hold.run(name, at, one)
        if (fresh.length > 0) run.add.get(name, at, ends, fresh.length)
        return total
      }),
    giveBack: (key, window, at, events) => transaction(() => void run.less.run(events, nameOf(key, window), at)),
    giveBackMembers: (key, window, at, members) =>
      transaction(() => {
        const name = `holders:${nameOf(key, window)}`
        for (const one of members) {
          run.release.run(name, at, one)
          // A member goes with its last holder; a window that has been removed has nothing left to go.
          const { changes } = run.leave.run(name, at, one)
          if (changes > 0) run.less.run(1, name, at)
        }
      }),
    lostUntil: () => Number(run.lost.get()?.['until'] ?? 0),
    close: () => database.close(),
  }
}

function statementsOf(database: DatabaseSync) {
  const prepare = (sql: string): StatementSync => database.prepare(sql)
  return {
    count: prepare('SELECT events FROM counts WHERE key = ? AND at = ?'),
    add: prepare(`INSERT INTO counts (key, at, ends, events) VALUES (?, ?, ?, ?)
      ON CONFLICT (key, at) DO UPDATE SET events = events + excluded.events RETURNING events`),
    less: prepare('UPDATE counts SET events = events - ? WHERE key = ? AND at = ?'),
    member: prepare('SELECT holders FROM members WHERE key = ? AND at = ? AND member = ?'),
    hold: prepare(`INSERT INTO members (key, at, member, holders) VALUES (?, ?, ?, 1)
      ON CONFLICT (key, at, member) DO UPDATE SET holders = holders + 1`),
    release: prepare('UPDATE members SET holders = holders - 1 WHERE key = ? AND at = ? AND member = ?'),
    leave: prepare('DELETE FROM members WHERE key = ? AND at = ? AND member = ? AND holders <= 0'),
    lost: prepare('SELECT max(until) AS until FROM lost'),
    ended: prepare('SELECT key, at FROM counts WHERE ends <= ? LIMIT ?'),
    forgetMembers: prepare('DELETE FROM members WHERE key = ? AND at = ?'),
    forget: prepare('DELETE FROM counts WHERE key = ? AND at = ?'),
  }
}

/** All of it or nothing; the lock is taken at once, so that no other connection counts in between. */
function transactionsOf(database: DatabaseSync): <T>(act: () => T) => T {
  const [begin, commit] = [database.prepare('BEGIN IMMEDIATE'), database.prepare('COMMIT')]
  return (act) => {
    begin.run()
    try {
      const answer = act()
      commit.run()
      return answer
    } catch (error) {
      if (database.isTransaction) database.exec('ROLLBACK')
      throw error
    }
  }
}

function openDatabase(directory: string, clock: Pick<Clock, 'now'>): DatabaseSync {
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  chmodSync(directory, 0o700)
  const path = join(directory, FILE)
  const there = existsSync(path)
  try {
    return openSound(path)
  } catch (error) {
    if (!there || !isUnreadable(error)) throw error
    publishFailure(() => ({ receipt: null, where: 'counters: unreadable, set aside', code: null, error }))
    publishLifecycle(() => ({ step: 'degraded', subject: 'counters' }))
    setAside(path, clock.now())
    const fresh = openSound(path)
    fresh.prepare('INSERT INTO lost (until) VALUES (?)').run(windowEnd(clock.now(), DAY))
    return fresh
  }
}

/** @throws the error of SQLite where the file is no database or does not hold together */
function openSound(path: string): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: 200 })
  try {
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL')
    const [found] = Object.values(database.prepare('PRAGMA quick_check(1)').get() ?? {})
    if (found !== 'ok') throw Object.assign(new Error('the file does not hold together'), { errcode: SQLITE_CORRUPT })
    database.exec(SCHEMA)
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

const SQLITE_CORRUPT = 11
const SQLITE_NOTADB = 26

/** Whether the file is at fault, rather than the disk or somebody who holds it. */
function isUnreadable(error: unknown): boolean {
  const code = error instanceof Error && 'errcode' in error ? error.errcode : null
  return code === SQLITE_CORRUPT || code === SQLITE_NOTADB
}

/** What was unreadable is kept for whoever looks into it; the log beside it belongs to it alone. */
function setAside(path: string, now: number): void {
  renameSync(path, `${path}.unreadable-${new Date(now).toISOString().replaceAll(':', '')}`)
  for (const beside of ['-wal', '-shm']) rmSync(`${path}${beside}`, { force: true })
}
