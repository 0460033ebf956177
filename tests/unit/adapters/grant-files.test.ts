import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { appendGrantEvent } from '../../../gateway/adapters/grant-events.ts'
import { openGrantFiles } from '../../../gateway/adapters/grant-files.ts'
import type { GrantFiles } from '../../../gateway/adapters/grant-files.ts'
import { readRevocations } from '../../../gateway/adapters/revocations.ts'
import { describeError } from '../../../gateway/observe/describe-error.ts'

const AT = '2026-06-01T12:00:00+08:00'
const INSTANT = Date.parse(AT)

function register(...ids: readonly string[]): string {
  const entries = ids.map(
    (id) => `  - id: ${id}
    consumer: housing
    matters: [M]
    clear: [R.x]
    validFrom: '2026-01-01T00:00:00+08:00'
    validUntil: '2027-01-01T00:00:00+08:00'
    approver: P-1`,
  )
  return `grants:\n${entries.join('\n')}\n`
}

function line(grant: string, at = AT): string {
  return `${JSON.stringify({ kind: 'GRANT_REVOKED', grant, at, by: 'P-1', reason: '离岗' })}\n`
}

let folder: string
let registerFile: string
let eventsFile: string
let opened: GrantFiles[]
const failures: { where: string; error: unknown }[] = []
const hear = (event: unknown): void => void failures.push(event as (typeof failures)[number])

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'gx-grants-'))
  registerFile = path.join(folder, 'grants.yaml')
  eventsFile = path.join(folder, 'grant-events.ndjson')
  writeFileSync(registerFile, register('A', 'B', 'C'))
  opened = []
  failures.length = 0
  subscribe('gongxiang:failure', hear)
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
})

afterEach(() => {
  for (const one of opened) one.close()
  vi.useRealTimers()
  unsubscribe('gongxiang:failure', hear)
  rmSync(folder, { recursive: true })
})

function open(): GrantFiles {
  const files = openGrantFiles(registerFile, eventsFile)
  opened.push(files)
  return files
}

/** Which grants are revoked, one second after whatever was written. */
function revoked(files: GrantFiles): string[] {
  vi.advanceTimersByTime(1_000)
  return files
    .current()
    .ofConsumer('housing')
    .filter((grant) => grant.revokedAt !== null)
    .map((grant) => grant.id)
}

describe('a revocation', () => {
  test('written by the command holds within a second, in a new snapshot; the old one stays as it was', async () => {
    const files = open()
    const before = files.current()
    await appendGrantEvent(eventsFile, { kind: 'GRANT_REVOKED', grant: 'B', at: AT, by: 'P-1', reason: '离岗' })
    expect(revoked(files)).toEqual(['B'])
    expect(files.current().version).toBeGreaterThan(before.version)
    expect(files.current().find('B')?.revokedAt).toBe(INSTANT)
    expect(before.find('B')?.revokedAt).toBeNull()
  })

  test('holds from the start where the file is there already, at its earliest instant', () => {
    writeFileSync(eventsFile, line('A', '2026-07-01T00:00:00Z') + line('A') + line('A', '2026-08-01T00:00:00Z'))
    expect(open().current().find('A')?.revokedAt).toBe(INSTANT)
  })

  test('half written holds when its end arrives, and hides nothing before it', () => {
    const files = open()
    const text = line('B')
    appendFileSync(eventsFile, line('A') + text.slice(0, 40))
    expect(revoked(files)).toEqual(['A'])
    appendFileSync(eventsFile, text.slice(40))
    expect(revoked(files)).toEqual(['A', 'B'])
    expect(failures).toEqual([])
  })

  test('after a bad line holds all the same, and the bad line is reported', () => {
    const files = open()
    appendFileSync(eventsFile, line('A') + 'no event at all\n')
    expect(revoked(files)).toEqual(['A'])
    appendFileSync(eventsFile, line('C'))
    expect(revoked(files)).toEqual(['A', 'C'])
    expect(failures.map(({ where }) => where)).toEqual(['grant-events', 'grant-events'])
    expect(String(failures[0]?.error)).toContain(':2:1: is no grant event')
    expect(JSON.stringify(describeError(failures[0]?.error))).not.toContain('no event at all')
  })

  test.each([
    ['whose instant is none', '{"kind":"GRANT_REVOKED","grant":"B","at":"soon","by":"P-1","reason":"x"}\n'],
    ['that is torn', '{"kind":"GRANT_REVOKED","grant":"B","at":"2026-\n'],
    ['of a later version', '{"kind":"GRANT_SUSPENDED","grant": "B","at":"2026-06-01T12:00:00+08:00"}\n'],
  ])('line %s closes the grant that it names', (_name, bad) => {
    const files = open()
    appendFileSync(eventsFile, bad + line('C'))
    expect(revoked(files)).toEqual(['B', 'C'])
    expect(failures).toHaveLength(1)
  })

  test.each([
    ['emptied', () => writeFileSync(eventsFile, '')],
    ['cut', () => writeFileSync(eventsFile, line('A'))],
    ['removed', () => rmSync(eventsFile)],
    ['exchanged for a later instant', () => writeFileSync(eventsFile, line('A') + line('B', '2099-01-01T00:00:00Z'))],
  ])('is never undone by a file that was %s', (_name, act) => {
    writeFileSync(eventsFile, line('A') + line('B'))
    const files = open()
    act()
    expect(revoked(files)).toEqual(['A', 'B'])
    expect(files.current().find('B')?.revokedAt).toBe(INSTANT)
    appendFileSync(eventsFile, line('C'))
    expect(revoked(files)).toEqual(['A', 'B', 'C'])
  })

  test('of a grant that the register does not have yet holds when it comes', () => {
    const files = open()
    appendFileSync(eventsFile, line('D'))
    expect(revoked(files)).toEqual([])
    writeFileSync(registerFile, register('A', 'D'))
    expect(revoked(files)).toEqual(['D'])
  })

  test('in a file that is out of reach holds as soon as it can be read; until then that is reported once', () => {
    const files = open()
    mkdirSync(eventsFile)
    expect(revoked(files)).toEqual([])
    expect(failures).toHaveLength(1)
    rmSync(eventsFile, { recursive: true })
    writeFileSync(eventsFile, line('A'))
    expect(revoked(files)).toEqual(['A'])
  })
})

describe('opening', () => {
  test('is refused while a line names no grant: nobody knows what it revoked', () => {
    writeFileSync(eventsFile, `${line('A')}no event at all\n${line('C')}`)
    expect(() => open()).toThrow(`${eventsFile}:2:1: is no grant event; restore the file from a backup`)
  })

  test('goes on past a bad line that names its grant, which is closed', () => {
    writeFileSync(eventsFile, '{"grant":"A"\n')
    expect(open().current().find('A')?.revokedAt).toBe(-Infinity)
    expect(failures).toHaveLength(1)
  })
})

describe('the register', () => {
  test('is followed: a new grant is in the next snapshot', () => {
    const files = open()
    writeFileSync(registerFile, register('A', 'B', 'C', 'D'))
    vi.advanceTimersByTime(1_000)
    expect(files.current().find('D')).not.toBeNull()
    expect(files.current().find('D')).toBe(files.current().ofConsumer('housing').at(-1))
  })

  test.each([
    ['broken', () => writeFileSync(registerFile, 'grants: [')],
    ['empty', () => writeFileSync(registerFile, '')],
    ['half a register', () => writeFileSync(registerFile, register('A', 'B').slice(0, -20))],
    ['one with the same grant twice', () => writeFileSync(registerFile, register('A', 'A'))],
    ['nothing', () => rmSync(registerFile)],
  ])('replaced by %s keeps the last good one, and revocations go on', (_name, act) => {
    const files = open()
    act()
    appendFileSync(eventsFile, line('B'))
    expect(revoked(files)).toEqual(['B'])
    expect(
      files
        .current()
        .ofConsumer('housing')
        .map(({ id }) => id),
    ).toEqual(['A', 'B', 'C'])
    expect(failures.map(({ where }) => where)).toEqual(['grants'])
    writeFileSync(registerFile, register('B', 'C'))
    expect(revoked(files)).toEqual(['B'])
    expect(files.current().find('A')).toBeNull()
  })

  test('that is held waits, and revocations do not', () => {
    const files = open()
    files.hold()
    writeFileSync(registerFile, register('B', 'C', 'D'))
    appendFileSync(eventsFile, line('B'))
    expect(revoked(files)).toEqual(['B'])
    expect(files.current().find('A')).not.toBeNull()
    expect(files.current().find('D')).toBeNull()
    expect(files.waiting()?.map(({ id, revokedAt }) => [id, revokedAt])).toEqual([
      ['B', INSTANT],
      ['C', null],
      ['D', null],
    ])
    files.admit()
    expect(files.waiting()).toBeNull()
    expect(files.inForce().map(({ id }) => id)).toEqual(['B', 'C', 'D'])
    expect(revoked(files)).toEqual(['B'])
  })

  test('after closing nothing is looked at any more', () => {
    const files = open()
    files.close()
    appendFileSync(eventsFile, line('A'))
    expect(revoked(files)).toEqual([])
  })
})

test('events of several kinds of line', () => {
  const text = `${line('A')}\n  \n{"kind":"NOTE"}\n[]\nnull\n${line('B').trim()}`
  expect(readRevocations(text)).toEqual({ revoked: new Map([['A', INSTANT]]), badLines: [4, 5, 6], lost: true })
})
