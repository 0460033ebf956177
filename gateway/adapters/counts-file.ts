import { chmodSync, existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { StatementSync } from 'node:sqlite'
import { publishFailure, publishLifecycle } from '../observe/channels.ts'
import type { Clock } from '../vocabulary/ports.ts'

/** File of the counts, in the folder of the state. */
const FILE = 'counters.sqlite'

/** Milliseconds between two looks whether the file is still the one that others would open. */
const LOOK = 1_000

/** Milliseconds between two removals of windows that have ended. */
const SWEEP = 60_000

/** Rows that one removal takes at most: each count goes on with the next ones until none is left. */
const SLICE = 200

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
CREATE INDEX IF NOT EXISTS counts_ends ON counts (ends);`

/** A key in one of its windows. */
export interface Place {
  readonly name: string
  /** Number of the window. */
  readonly at: number
  /** First instant after it. */
  readonly ends: number
  /** Number of the file that was open: what was counted in one is not given back in another. */
  readonly file: number
}

/** What is counted at a place. */
export interface WantedPlace {
  readonly place: Place
  /** So many events, or these different members. */
  readonly places: number | readonly string[]
  readonly most: number
  readonly waived: boolean
}

/** Counts in an SQLite file; each call is whole or throws. */
export interface CountsFile {
  add(place: Place, events: number): number
  /** The total that there is, or would be: beyond `most`, nothing was counted. */
  take(place: Place, events: number, most: number): number
  takeDistinct(place: Place, members: readonly string[], most: number): number
  /** Several in one transaction: all, or, where one that holds would be beyond its `most`, none; its place is told. */
  takeTogether(wanted: readonly WantedPlace[]): { readonly totals: readonly number[]; readonly broken: number | null }
  giveBackTogether(wanted: readonly WantedPlace[]): void
  giveBack(place: Place, events: number): void
  giveBackMembers(place: Place, members: readonly string[]): void
  /** Of the file that is open: from 1 on, one more with each that is opened anew. */
  number(): number
  close(): void
}

/**
 * Opens the file, and begins it anew where it cannot be read. A file that another process has set aside is left for the
 * one that has taken its place: what goes on being counted in the former is counted for nobody.
 *
 * @param onLost told before what is unreadable is set aside, and before the other file is opened
 * @throws Error where the folder cannot be used at all
 */
export function openCountsFile(directory: string, clock: Pick<Clock, 'now'>, onLost: () => void): CountsFile {
  let open: OpenFile | null = openFile(directory, clock, onLost)
  let number = 1
  let looked = clock.now()
  const leaveWhereMoved = (): void => {
    const now = clock.now()
    if (open === null || Math.abs(now - looked) < LOOK) return
    looked = now
    if (inodeOf(join(directory, FILE)) === open.inode) return
    tellLost('counters: replaced by another process', null, onLost)
    open.counts.close()
    open = null
    number += 1
  }
  const present = (): Counts => {
    leaveWhereMoved()
    // Where it cannot be opened now, the next count tries again.
    open ??= openFile(directory, clock, onLost)
    return open.counts
  }
  const within = ({ file }: Place): boolean => file === number
  return {
    add: (place, events) => present().add(place, events),
    take: (place, events, most) => present().take(place, events, most),
    takeDistinct: (place, members, most) => present().takeDistinct(place, members, most),
    takeTogether: (wanted) => present().takeTogether(wanted),
    giveBackTogether: (wanted) => present().giveBackTogether(wanted.filter(({ place }) => within(place))),
    giveBack: (place, events) => {
      const counts = present()
      if (within(place)) counts.giveBack(place, events)
    },
    giveBackMembers: (place, members) => {
      const counts = present()
      if (within(place)) counts.giveBackMembers(place, members)
    },
    number: () => number,
    close: () => open?.counts.close(),
  }
}

type Counts = Omit<CountsFile, 'number'>

/** The counts of a file, and which file it is. */
interface OpenFile {
  readonly counts: Counts
  readonly inode: number | null
}

function openFile(directory: string, clock: Pick<Clock, 'now'>, onLost: () => void): OpenFile {
  const { database, inode } = openDatabase(directory, clock, onLost)
  return { counts: countsOf(database, clock), inode }
}

/** Null where there is no file. */
function inodeOf(path: string): number | null {
  return statSync(path, { throwIfNoEntry: false })?.ino ?? null
}

function countsOf(database: DatabaseSync, clock: Pick<Clock, 'now'>): Counts {
  const run = statementsOf(database)
  const { add, take, takeDistinct, giveBack, giveBackMembers } = stepsOf(run)
  const { whole, unless } = transactionsOf(database)
  const sweep = createSweep(run, clock)
  const swept = <T>(count: () => T): T =>
    whole(() => {
      sweep()
      return count()
    })
  const takeOne = ({ place, places, most }: WantedPlace): number =>
    typeof places === 'number' ? take(place, places, most) : takeDistinct(place, places, most)
  return {
    add: (place, events) => swept(() => add(place, events)),
    take: (place, events, most) => swept(() => take(place, events, most)),
    takeDistinct: (place, members, most) => swept(() => takeDistinct(place, members, most)),
    takeTogether(wanted) {
      const totals: number[] = []
      let broken: number | null = null
      unless(() => {
        sweep()
        for (const [at, one] of wanted.entries()) {
          totals.push(takeOne(one))
          if (one.waived || (totals[at] ?? 0) <= one.most) continue
          broken = at
          return true
        }
        return false
      })
      return { totals, broken }
    },
    giveBackTogether: (wanted) =>
      whole(() => {
        for (const { place, places } of wanted)
          if (typeof places === 'number') giveBack(place, places)
          else giveBackMembers(place, places)
      }),
    giveBack: (place, events) => whole(() => giveBack(place, events)),
    giveBackMembers: (place, members) => whole(() => giveBackMembers(place, members)),
    close: () => database.close(),
  }
}

/** What each count does, within a transaction. */
function stepsOf(run: ReturnType<typeof statementsOf>) {
  const countOf = ({ name, at }: Place): number => Number(run.count.get(name, at)?.['events'] ?? 0)
  const add = ({ name, at, ends }: Place, events: number): number =>
    Number(run.add.get(name, at, ends, events)?.['events'])
  const take = (place: Place, events: number, most: number): number => {
    const total = countOf(place) + events
    if (total <= most) add(place, events)
    return total
  }
  const takeDistinct = (place: Place, members: readonly string[], most: number): number => {
    const { name, at } = place
    const fresh = members.filter((one) => run.member.get(name, at, one) === undefined)
    const total = countOf(place) + fresh.length
    if (total > most || members.length === 0) return total
    for (const one of members) run.hold.run(name, at, one)
    if (fresh.length > 0) add(place, fresh.length)
    return total
  }
  const giveBack = ({ name, at }: Place, events: number): void => void run.less.run(events, name, at)
  const giveBackMembers = ({ name, at }: Place, members: readonly string[]): void => {
    for (const one of members) {
      run.release.run(name, at, one)
      // A member goes with its last holder; a window that has been removed has nothing left to go.
      const { changes } = run.leave.run(name, at, one)
      if (changes > 0) run.less.run(1, name, at)
    }
  }
  return { add, take, takeDistinct, giveBack, giveBackMembers }
}

/** Removes windows that have ended, a slice with each count: no count waits for all of a night's at once. */
function createSweep(run: ReturnType<typeof statementsOf>, clock: Pick<Clock, 'now'>): () => void {
  let swept = clock.now()
  let more = false
  return () => {
    const now = clock.now()
    if (!more && Math.abs(now - swept) < SWEEP) return
    swept = now
    let left = SLICE
    for (const { key, at } of run.ended.all(now, SLICE)) {
      const [name, window] = [key ?? '', at ?? 0]
      left -= 1 + Number(run.forgetMembers.run(name, window, name, window, left).changes)
      // With rows left of it a window stays known, so that the next slice finds them.
      if (left < 0) break
      run.forget.run(name, window)
    }
    more = left <= 0
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
    ended: prepare('SELECT key, at FROM counts WHERE ends <= ? LIMIT ?'),
    forgetMembers: prepare(`DELETE FROM members WHERE key = ? AND at = ? AND member IN
      (SELECT member FROM members WHERE key = ? AND at = ? LIMIT ?)`),
    forget: prepare('DELETE FROM counts WHERE key = ? AND at = ?'),
  }
}

/** All of it or nothing; the lock is taken at once, so that no other connection counts in between. */
function transactionsOf(database: DatabaseSync): {
  readonly whole: <T>(act: () => T) => T
  /** Nothing of it where it says so. */
  readonly unless: (act: () => boolean) => void
} {
  const statement = (sql: string): StatementSync => database.prepare(sql)
  const [begin, commit, back] = [statement('BEGIN IMMEDIATE'), statement('COMMIT'), statement('ROLLBACK')]
  const within = <T>(act: () => T, keep: (answer: T) => boolean): T => {
    begin.run()
    try {
      const answer = act()
      if (keep(answer)) commit.run()
      else back.run()
      return answer
    } catch (error) {
      if (database.isTransaction) database.exec('ROLLBACK')
      throw error
    }
  }
  return {
    whole: (act) => within(act, () => true),
    unless: (act) => void within(act, (refused) => !refused),
  }
}

/** An open database, and which file it is. */
interface OpenDatabase {
  readonly database: DatabaseSync
  readonly inode: number | null
}

function openDatabase(directory: string, clock: Pick<Clock, 'now'>, onLost: () => void): OpenDatabase {
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  chmodSync(directory, 0o700)
  const path = join(directory, FILE)
  const there = existsSync(path)
  try {
    return openSound(path)
  } catch (error) {
    if (!there || !isUnreadable(error)) throw error
    tellLost('counters: unreadable, set aside', error, onLost)
    setAside(path, clock.now())
    return openSound(path)
  }
}

function tellLost(where: string, error: unknown, onLost: () => void): void {
  publishFailure(() => ({ receipt: null, where, code: null, error }))
  publishLifecycle(() => ({ step: 'degraded', subject: 'counters' }))
  onLost()
}

/** @throws the error of SQLite where the file is no database or does not hold together */
function openSound(path: string): OpenDatabase {
  // Before it is opened: one that takes its place meanwhile is looked at a second later, and not taken for it.
  const before = inodeOf(path)
  const database = new DatabaseSync(path, { timeout: 200 })
  try {
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL')
    const [found] = Object.values(database.prepare('PRAGMA quick_check(1)').get() ?? {})
    if (found !== 'ok') throw Object.assign(new Error('the file does not hold together'), { errcode: SQLITE_CORRUPT })
    database.exec(SCHEMA)
    return { database, inode: before ?? inodeOf(path) }
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
