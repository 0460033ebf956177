import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { followFile } from '../../../gateway/adapters/followed-file.ts'
import type { FollowedFile } from '../../../gateway/adapters/followed-file.ts'

let file: string
let followed: FollowedFile<number>
let changes: number
const failures: unknown[] = []
const hear = (event: unknown): void => void failures.push(event)

beforeEach(() => {
  file = path.join(mkdtempSync(path.join(tmpdir(), 'gx-follow-')), 'number')
  writeFileSync(file, '1')
  changes = 0
  failures.length = 0
  subscribe('gongxiang:failure', hear)
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  followed = followFile({ path: file, subject: 'number', interval: 100, parse, onChange: () => (changes += 1) })
})

afterEach(() => {
  followed.close()
  vi.useRealTimers()
  unsubscribe('gongxiang:failure', hear)
  rmSync(path.dirname(file), { recursive: true })
})

function parse(text: string): number {
  if (!/^\d+$/.test(text)) throw new Error('is no number')
  return Number(text)
}

function looks(count: number): number {
  vi.advanceTimersByTime(100 * count)
  return followed.current()
}

test('a change is seen at the next look, and told once', () => {
  expect(looks(3)).toBe(1)
  expect(changes).toBe(0)
  writeFileSync(file, '2')
  expect(looks(5)).toBe(2)
  expect(changes).toBe(1)
})

test('a change of the same length and time is seen', () => {
  const then = new Date('2026-01-01T00:00:00Z')
  utimesSync(file, then, then)
  looks(1)
  writeFileSync(file, '3')
  utimesSync(file, then, then)
  expect(looks(1)).toBe(3)
})

test('what cannot be parsed is reported once, and the last good content stays', () => {
  writeFileSync(file, 'many')
  expect(looks(5)).toBe(1)
  expect([changes, failures.length]).toEqual([0, 1])
  writeFileSync(file, 'more')
  expect(looks(5)).toBe(1)
  expect(failures).toHaveLength(2)
  writeFileSync(file, '4')
  expect(looks(1)).toBe(4)
})

test('what could not be read for a moment is read at the next look, though the file has not changed since', () => {
  writeFileSync(file, '5')
  const real = fs.readFileSync
  fs.readFileSync = () => {
    throw Object.assign(new Error('too many open files'), { code: 'EMFILE' })
  }
  syncBuiltinESMExports()
  try {
    expect(looks(3)).toBe(1)
    expect(failures).toHaveLength(1)
  } finally {
    fs.readFileSync = real
    syncBuiltinESMExports()
  }
  expect(looks(1)).toBe(5)
})

test('a missing file is a fault at opening, unless a text stands for it', () => {
  const gone = { path: `${file}.gone`, subject: 'gone', interval: 100, parse, onChange: () => undefined }
  expect(() => followFile(gone)).toThrow('ENOENT')
  const other = followFile({ ...gone, missing: '7' })
  other.close()
  expect(other.current()).toBe(7)
})
