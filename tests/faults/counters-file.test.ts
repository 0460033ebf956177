import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createEmbeddedCounters, createSqliteCounters } from '../../gateway/adapters/counters-sqlite.ts'
import { createAttempts } from '../../gateway/limits/attempts.ts'
import { DAY, HOUR, LONGEST_WINDOW, windowEnd } from '../../gateway/limits/counters.ts'
import { systemClock } from '../../gateway/vocabulary/ports.ts'

const CHILD = resolve(import.meta.dirname, '../kit/counters-child.ts')
const NOON = Date.parse('2026-06-01T12:00:00+08:00')

let directory: string
beforeEach(() => void (directory = join(mkdtempSync(join(tmpdir(), 'gx-counts-')), 'state')))
afterEach(() => rmSync(join(directory, '..'), { recursive: true, force: true }))

const ATTEMPT = { department: 'e', principal: 'e', officer: 'E-1', case: 'C-1', subject: 's', coordinate: 'A.b' }

/** The folder, before anything is opened in it. */
function newState(): string {
  mkdirSync(directory)
  return directory
}

/** Files that tell of counts that are lost or at risk. */
const marks = (): string[] => readdirSync(directory).filter((name) => name.startsWith('counters.lost'))

/** Holds the file as a backup would; gives the way to let it go. */
function lock(): () => void {
  const other = new DatabaseSync(join(directory, 'counters.sqlite'))
  other.exec('BEGIN IMMEDIATE')
  return () => other.close()
}

const PAGE = 4_096

/** A file that begins well and is nonsense from its second page on. */
function spoil(): void {
  const database = new DatabaseSync(join(directory, 'counters.sqlite'))
  database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
  database.close()
  const path = join(directory, 'counters.sqlite')
  const nonsense = Buffer.alloc(statSync(path).size - PAGE, 0x5a)
  const file = openSync(path, 'r+')
  writeSync(file, nonsense, 0, nonsense.length, PAGE)
  closeSync(file)
}

describe('counts in a file', () => {
  test('survive a process that is killed: none that was made is forgotten', async () => {
    const child = spawn(process.execPath, [CHILD, directory], { stdio: ['ignore', 'pipe', 'inherit'] })
    let out = ''
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
    while (out.split('\n').length < 200) await once(child.stdout, 'data')
    child.kill('SIGKILL')
    await once(child, 'close')
    const told = out.split('\n').slice(0, -1).map(Number)
    const counters = createEmbeddedCounters(directory, systemClock)
    const { total } = await counters.takeDistinct('killed', [], 90 * DAY, 0)
    // The last one may have been made and not been told any more.
    expect([told.length, told.length + 1]).toContain(total)
    expect((await counters.takeDistinct('killed', ['m0', 'm1'], 90 * DAY, total)).total).toBe(total)
    await counters.close()
  })

  test('are for their owner alone, and hold minutes in memory only', async () => {
    const counters = createEmbeddedCounters(directory, { now: () => NOON })
    await counters.take('minute', 1, 60, 5)
    await counters.take('hour', 1, HOUR, 5)
    await counters.close()
    expect(statSync(directory).mode & 0o777).toBe(0o700)
    const again = createEmbeddedCounters(directory, { now: () => NOON })
    expect((await again.take('minute', 1, 60, 5)).total).toBe(1)
    expect((await again.take('hour', 1, HOUR, 5)).total).toBe(2)
    await again.close()
  })

  test('of windows that have ended are removed, members too', async () => {
    const now = { at: NOON }
    const counters = createSqliteCounters(directory, { now: () => now.at })
    for (let key = 0; key < 20; key += 1) await counters.takeDistinct(`k${key}`, ['a', 'b'], HOUR, 5)
    await counters.add('day', DAY)
    now.at += 2 * HOUR * 1_000
    await counters.add('day', DAY)
    await counters.close()
    const database = new DatabaseSync(join(directory, 'counters.sqlite'))
    const rows = (table: string) => database.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.['n']
    expect([rows('members'), rows('counts')]).toEqual([0, 1])
    database.close()
  })

  test('are removed however many there are, some with each count: no count waits for all of them', async () => {
    const now = { at: NOON }
    const counters = createSqliteCounters(directory, { now: () => now.at })
    await counters.takeDistinct(
      'many',
      Array.from({ length: 900 }, (_, at) => `m${at}`),
      HOUR,
      900,
    )
    for (let key = 0; key < 900; key += 1) await counters.add(`k${key}`, HOUR)
    const database = new DatabaseSync(join(directory, 'counters.sqlite'))
    const rows = (table: string) => Number(database.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.['n'])
    const all = (): number => rows('members') + rows('counts')
    now.at += HOUR * 1_000
    const left = []
    for (let count = 0; count < 12; count += 1) {
      await counters.add('now', HOUR)
      left.push(all())
    }
    expect(left[0]).toBeGreaterThan(1_500)
    expect(left.at(-1)).toBe(1)
    database.close()
    await counters.close()
  })
})

describe('a file of counts that cannot be read', () => {
  test.each([
    ['is nonsense', () => writeFileSync(join(directory, 'counters.sqlite'), 'nonsense '.repeat(1_000))],
    ['is spoilt behind its head', spoil],
  ])('and %s is set aside; counts begin anew, and no window is exact that had begun', async (_what, damage) => {
    const now = { at: NOON }
    const clock = { now: () => now.at }
    const before = createSqliteCounters(directory, clock)
    for (let at = 0; at < 200; at += 1) await before.takeDistinct('x', [`m${at}`], DAY, 1_000)
    await before.close()
    damage()
    const counters = createSqliteCounters(directory, clock)
    expect(readdirSync(directory).some((name) => name.startsWith('counters.sqlite.unreadable-'))).toBe(true)
    expect(await counters.takeDistinct('x', ['m0'], DAY, 5)).toMatchObject({ total: 1, exact: false })
    expect(counters.health()).toMatchObject({ ok: false, detail: expect.stringContaining('counters.lost') as unknown })
    now.at += HOUR * 1_000
    expect([HOUR, DAY].map((window) => counters.isExact(window))).toEqual([true, false])
    await counters.close()
    // A restart does not make them exact.
    const again = createSqliteCounters(directory, clock)
    expect([again.isExact(DAY), again.health().ok]).toEqual([false, false])
    now.at = Date.parse('2026-06-02T00:00:00+08:00')
    expect([DAY, LONGEST_WINDOW].map((window) => again.isExact(window))).toEqual([true, false])
    expect((await again.take('x', 1, LONGEST_WINDOW, 3)).exact).toBe(false)
    expect((await again.take('x', 1, DAY, 3)).exact).toBe(true)
    now.at = windowEnd(NOON, LONGEST_WINDOW)
    expect([again.isExact(LONGEST_WINDOW), again.health().ok]).toEqual([true, true])
    await again.close()
  })

  test('makes long windows exact again as soon as an operator says so', async () => {
    const now = { at: NOON }
    writeFileSync(join(newState(), 'counters.lost'), 'nonsense\n')
    const counters = createSqliteCounters(directory, { now: () => now.at })
    expect(counters.health().ok).toBe(false)
    rmSync(join(directory, 'counters.lost'))
    now.at += 1_000
    expect(counters.health().ok).toBe(true)
    await counters.close()
  })
})

describe('a file of counts that another process has set aside', () => {
  /** As one does that finds it unreadable. */
  function setAside(): void {
    renameSync(join(directory, 'counters.sqlite'), join(directory, 'counters.sqlite.unreadable'))
    for (const beside of ['-wal', '-shm']) rmSync(join(directory, `counters.sqlite${beside}`), { force: true })
  }

  test('is left for the new one: what was counted is lost, and none of it is given back there', async () => {
    const now = { at: NOON }
    const clock = { now: () => now.at }
    const running = createSqliteCounters(directory, clock)
    const calls = await running.take('calls', 2, DAY, 9)
    const people = await running.takeDistinct('people', ['a'], DAY, 9)
    const together = running.takeTogether?.([{ key: 'calls', window: DAY, places: 3, most: 9 }])
    setAside()
    const restarted = createSqliteCounters(directory, clock)
    expect(await restarted.take('calls', 1, DAY, 9)).toMatchObject({ total: 1, exact: true })
    now.at += 1_000
    expect(await running.take('calls', 1, DAY, 9)).toMatchObject({ total: 2, exact: false })
    await running.takeDistinct('people', ['a'], DAY, 9)
    await Promise.all([calls.giveBack(), people.giveBack(), together?.giveBack()])
    expect((await running.takeDistinct('people', [], DAY, 9)).total).toBe(1)
    expect(await restarted.take('calls', 1, DAY, 9)).toMatchObject({ total: 3, exact: false })
    // What is taken in the new one goes back as ever.
    await (await running.take('calls', 4, DAY, 9)).giveBack()
    await running.close()
    expect((await restarted.take('calls', 1, DAY, 9)).total).toBe(4)
    await restarted.close()
  })

  test('and that cannot be opened in its new place fails as long as it cannot', async () => {
    const now = { at: NOON }
    const counters = createSqliteCounters(directory, { now: () => now.at })
    setAside()
    mkdirSync(join(directory, 'counters.sqlite'))
    now.at += 1_000
    expect(await counters.take('calls', 1, DAY, 9)).toMatchObject({ total: 1, exact: false })
    rmSync(join(directory, 'counters.sqlite'), { recursive: true })
    now.at += 1_000
    // The one in memory has been written first.
    expect(await counters.take('calls', 1, DAY, 9)).toMatchObject({ total: 2, exact: false })
    await counters.close()
  })
})

describe('while the file fails', () => {
  test('counts go on in memory, and say so', async () => {
    const counters = createSqliteCounters(directory, { now: () => NOON })
    await counters.add('x', DAY)
    const other = new DatabaseSync(join(directory, 'counters.sqlite'))
    other.exec('DROP TABLE counts')
    expect([await counters.add('x', DAY), await counters.add('x', DAY)]).toEqual([1, 2])
    expect((await counters.takeDistinct('y', ['a', 'b'], DAY, 1)).total).toBe(2)
    expect(counters.health().ok).toBe(false)
    other.close()
    await counters.close()
  })

  test('no attempt is taken: it is not known how many there were', async () => {
    const counters = createSqliteCounters(directory, { now: () => NOON })
    const limits = { attemptsPerCase: 3, attemptsPerDepartment: 10, attemptsPerOfficerDay: 9 }
    const attempts = createAttempts(counters, limits)
    for (let at = 0; at < 3; at += 1) expect(await attempts.take(ATTEMPT)).toMatchObject({ number: at + 1 })
    const unlock = lock()
    await expect(attempts.take(ATTEMPT)).rejects.toMatchObject({ code: 'COUNTERS_UNAVAILABLE' })
    unlock()
    await counters.close()
    const again = createSqliteCounters(directory, { now: () => NOON })
    expect(await createAttempts(again, limits).take(ATTEMPT)).toMatchObject({ kind: 'CASE' })
    await again.close()
  })

  test('it is left alone for a moment, and found again by whoever only looks', async () => {
    const now = { at: NOON }
    const counters = createSqliteCounters(directory, { now: () => now.at })
    const unlock = lock()
    await counters.add('x', DAY)
    unlock()
    expect(counters.health().ok).toBe(false)
    now.at += 1_000
    expect([counters.isExact(DAY), counters.health().ok]).toEqual([true, true])
    await counters.close()
  })

  test('what is counted meanwhile goes into it afterwards, and what is given back does not', async () => {
    const now = { at: NOON }
    const counters = createSqliteCounters(directory, { now: () => now.at })
    await counters.takeDistinct('people', ['a'], DAY, 9)
    const unlock = lock()
    const [calls, people] = [
      await counters.take('calls', 2, DAY, 9),
      await counters.takeDistinct('people', ['b'], DAY, 9),
    ]
    const late = await counters.takeDistinct('people', ['c'], DAY, 9)
    expect([calls.exact, people.exact, marks().length]).toEqual([false, false, 1])
    await people.giveBack()
    unlock()
    now.at += 1_000
    expect([counters.health().ok, marks().length]).toEqual([true, 0])
    expect(await counters.takeDistinct('people', [], DAY, 9)).toMatchObject({ total: 2, exact: true })
    await late.giveBack()
    await late.giveBack()
    expect((await counters.takeDistinct('people', [], DAY, 9)).total).toBe(1)
    expect((await counters.take('calls', 1, DAY, 9)).total).toBe(3)
    await counters.close()
  })

  test('a process that ends then has lost counts, which the next one knows', async () => {
    const now = { at: NOON }
    const counters = createSqliteCounters(directory, { now: () => now.at })
    const unlock = lock()
    await counters.take('calls', 1, DAY, 9)
    // Through midnight: the new day's counts are lost as well.
    now.at += 13 * HOUR * 1_000
    await counters.take('calls', 1, DAY, 9)
    unlock()
    const next = createSqliteCounters(directory, { now: () => now.at })
    expect([next.isExact(DAY), next.health().ok]).toEqual([false, false])
    await next.close()
  })

  test('more than can be written afterwards is lost, and said to be', async () => {
    const now = { at: NOON }
    const counters = createSqliteCounters(directory, { now: () => now.at })
    const unlock = lock()
    for (let at = 0; at < 10_001; at += 1) await counters.take(`k${at}`, 1, DAY, 9)
    unlock()
    now.at += 1_000
    expect([counters.isExact(DAY), (await counters.take('k0', 1, DAY, 9)).total]).toEqual([false, 2])
    await counters.close()
  })
})
