import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openCountsLost } from '../../../gateway/adapters/counts-lost.ts'
import { DAY, HOUR } from '../../../gateway/limits/counters.ts'

let now = 0
const clock = { now: () => now }
let folder = ''
let path = ''
beforeEach(() => {
  now = Date.parse('2026-06-01T12:30:00+08:00')
  folder = mkdtempSync(join(tmpdir(), 'gx-lost-'))
  path = join(folder, 'counters.lost')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('counts that one process has at risk', () => {
  test('are missing for all until they are safe, and its own file alone goes then', () => {
    const [one, other] = [openCountsLost(path, clock), openCountsLost(path, clock)]
    one.risk()
    other.risk()
    expect(readdirSync(folder)).toHaveLength(2)
    now += 1_000
    other.save()
    expect([one.isExact(HOUR), other.isExact(HOUR), readdirSync(folder).length]).toEqual([false, false, 1])
    one.save()
    expect(one.isExact(HOUR)).toBe(true)
    now += 1_000
    expect([one.isExact(HOUR), other.isExact(HOUR), readdirSync(folder)]).toEqual([true, true, []])
  })

  test('are those of each window in which more of them are made', () => {
    const [one, other] = [openCountsLost(path, clock), openCountsLost(path, clock)]
    now = Date.parse('2026-06-01T12:59:59.800+08:00')
    one.risk()
    now += 400
    one.risk()
    now += 1_000
    expect(other.isExact(HOUR)).toBe(false)
  })

  test('are lost where the process ends, and safe again once somebody deletes its file', () => {
    openCountsLost(path, clock).risk()
    now += 1_000
    const next = openCountsLost(path, clock)
    expect([next.isExact(HOUR), next.isExact(DAY)]).toEqual([false, false])
    for (const name of readdirSync(folder)) rmSync(join(folder, name))
    now += 1_000
    expect(next.isExact(DAY)).toBe(true)
  })
})

describe('the mark of a loss', () => {
  test('is of the latest one, whoever has written it, and goes by nobody who is over a failure', () => {
    const [one, other] = [openCountsLost(path, clock), openCountsLost(path, clock)]
    one.risk()
    one.lose()
    now += HOUR * 1_000
    expect([one.isExact(HOUR), other.isExact(HOUR)]).toEqual([true, true])
    other.lose()
    one.save()
    now += 1_000
    expect([one.isExact(HOUR), readdirSync(folder)]).toEqual([false, ['counters.lost']])
  })

  test('that cannot be written holds while the process lives, and is written as soon as it can be', () => {
    const away = join(folder, 'away')
    const lost = openCountsLost(join(away, 'counters.lost'), clock)
    const at = new Date(now).toISOString()
    lost.lose()
    now += 2_000
    expect(lost.isExact(DAY)).toBe(false)
    mkdirSync(away)
    now += 2_000
    expect([lost.isExact(DAY), readFileSync(join(away, 'counters.lost'), 'utf8')]).toEqual([false, `${at}\n`])
    // From then on it is an operator's to delete.
    rmSync(join(away, 'counters.lost'))
    now += 2_000
    expect(lost.isExact(DAY)).toBe(true)
  })

  test('is of when it was first seen where it tells nothing', () => {
    writeFileSync(path, '')
    const lost = openCountsLost(path, clock)
    now += 2_000
    expect(lost.isExact(HOUR)).toBe(false)
    now += HOUR * 1_000
    expect([lost.isExact(HOUR), lost.isExact(DAY)]).toEqual([true, false])
  })

  test('is not what another file is about', () => {
    writeFileSync(join(folder, 'counters.lostandfound'), '')
    expect(openCountsLost(path, clock).isExact(DAY)).toBe(true)
  })
})
