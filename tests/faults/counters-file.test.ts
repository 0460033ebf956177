import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdtempSync, openSync, readdirSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createEmbeddedCounters, createSqliteCounters } from '../../gateway/adapters/counters-sqlite.ts'
import { DAY, HOUR } from '../../gateway/limits/counters.ts'
import { systemClock } from '../../gateway/vocabulary/ports.ts'

const CHILD = resolve(import.meta.dirname, '../kit/counters-child.ts')
const NOON = Date.parse('2026-06-01T12:00:00+08:00')

let directory: string
beforeEach(() => void (directory = join(mkdtempSync(join(tmpdir(), 'gx-counts-')), 'state')))
afterEach(() => rmSync(join(directory, '..'), { recursive: true, force: true }))

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
})

describe('a file of counts that cannot be read', () => {
  test.each([
    ['is nonsense', () => writeFileSync(join(directory, 'counters.sqlite'), 'nonsense '.repeat(1_000))],
    ['is spoilt behind its head', spoil],
  ])('and %s is set aside; counts begin anew and are not exact until midnight', async (_what, damage) => {
    const now = { at: NOON }
    const clock = { now: () => now.at }
    const before = createSqliteCounters(directory, clock)
    for (let at = 0; at < 200; at += 1) await before.takeDistinct('x', [`m${at}`], DAY, 1_000)
    await before.close()
    damage()
    const counters = createSqliteCounters(directory, clock)
    expect(readdirSync(directory).some((name) => name.startsWith('counters.sqlite.unreadable-'))).toBe(true)
    expect((await counters.takeDistinct('x', ['m0'], DAY, 5)).total).toBe(1)
    expect(counters.health()).toMatchObject({ ok: false, detail: expect.stringContaining('midnight') as unknown })
    await counters.close()
    // A restart does not make them exact.
    const again = createSqliteCounters(directory, clock)
    expect(again.health().ok).toBe(false)
    now.at = Date.parse('2026-06-02T00:00:00+08:00')
    expect(again.health().ok).toBe(true)
    await again.close()
  })

  test('while the file fails, counts go on in memory, and say so', async () => {
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
})
