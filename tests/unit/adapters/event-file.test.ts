import { mkdtempSync, readFileSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { appendEvent, readEvents } from '../../../gateway/adapters/event-file.ts'

const schema = z.strictObject({ n: z.int() })

let folder: string
let path: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gx-events-'))
  path = join(folder, 'events.jsonl')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const append = (n: number): Promise<void> => appendEvent(path, schema, { n })
const appendAll = (count: number) => Promise.all(Array.from({ length: count }, (_, n) => append(n)))
const numbers = async (): Promise<readonly number[]> =>
  (await readEvents(path, schema)).events.map(({ n }) => n).toSorted((a, b) => a - b)

describe('a file of events', () => {
  test('has every event of writers at the same moment, and nothing beside it afterwards', async () => {
    await appendAll(20)
    expect([await numbers(), readdirSync(folder)]).toEqual([Array.from({ length: 20 }, (_, n) => n), ['events.jsonl']])
  })

  test('waits for another writer, whose lock it leaves alone', async () => {
    const lock = `${path}.lock`
    writeFileSync(lock, 'another')
    const appending = append(1)
    await delay(50)
    expect([await numbers(), readFileSync(lock, 'utf8')]).toEqual([[], 'another'])
    rmSync(lock)
    await appending
    expect(await numbers()).toEqual([1])
  })

  test.each([
    ['long ago', 0],
    ['before the clock was set back', 4_000_000_000],
  ])('takes over the lock of a writer that was killed %s, one of several at a time', async (_when, at) => {
    const lock = `${path}.lock`
    writeFileSync(lock, '')
    utimesSync(lock, at, at)
    await appendAll(8)
    expect([await numbers(), readdirSync(folder)]).toEqual([[0, 1, 2, 3, 4, 5, 6, 7], ['events.jsonl']])
  })

  test('in which no lock can be made says so, and does not wait for what will not come', async () => {
    // The longest name that a file may have: no other can be made beside it.
    path = join(folder, 'e'.repeat(255))
    await expect(append(1)).rejects.toMatchObject({ code: 'ENAMETOOLONG' })
  })
})
