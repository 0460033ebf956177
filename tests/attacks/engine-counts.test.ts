import { mkdtempSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openCountsLost } from '../../gateway/adapters/counts-lost.ts'
import { createSqliteCounters } from '../../gateway/adapters/counters-sqlite.ts'

/* Several processes count in one folder: what one of them has lost, none of them may count on (wall 16). */

const DAY = 86_400
let now = 0
const clock = { now: () => now }
let folder = ''
beforeEach(() => {
  now = Date.parse('2026-06-01T02:00:00Z')
  folder = mkdtempSync(join(tmpdir(), 'gx-counts-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('counts that one of several processes has lost', () => {
  test('stay lost when another one has had a failure of its own and is over it', () => {
    const path = join(folder, 'counters.lost')
    const [one, other] = [openCountsLost(path, clock), openCountsLost(path, clock)]
    one.lose()
    now += 5_000
    other.risk()
    other.save()
    now += 5_000
    expect([one, other, openCountsLost(path, clock)].map((each) => each.isExact(DAY))).toEqual([false, false, false])
  })

  test('are lost for the others too', () => {
    const path = join(folder, 'counters.lost')
    const [one, other] = [openCountsLost(path, clock), openCountsLost(path, clock)]
    one.lose()
    now += 5_000
    expect(other.isExact(DAY)).toBe(false)
  })
})

describe('a file that one of several processes has set aside', () => {
  test('is counted in by none', async () => {
    const running = createSqliteCounters(folder, clock)
    await running.take('key', 1, DAY, 5)
    // As a start does that finds it unreadable: under another name, and begun anew.
    renameSync(join(folder, 'counters.sqlite'), join(folder, 'counters.sqlite.unreadable'))
    for (const beside of ['-wal', '-shm']) rmSync(join(folder, `counters.sqlite${beside}`), { force: true })
    const restarted = createSqliteCounters(folder, clock)
    now += 5_000
    let had = 0
    for (const one of [running, restarted])
      for (let times = 0; times < 5; times += 1) if ((await one.take('key', 1, DAY, 5)).total <= 5) had += 1
    await Promise.all([running.close(), restarted.close()])
    expect(had).toBeLessThanOrEqual(5)
  })
})
