import { mkdir, open, readFile, rm, stat } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { z } from 'zod'
import { systemClock } from '../vocabulary/ports.ts'
import { syncDirectory } from './audit-lock.ts'

/** What stands in a file of dated events, one JSON object a line. */
export interface EventLines<T> {
  /** In the order in which they were written. */
  readonly events: readonly T[]
  /** Numbers of the lines, from 1, that are no event; they hide no other line. */
  readonly badLines: readonly number[]
}

/** Reads events line by line. A last line without its end was never acknowledged and is left out. */
function parseEvents<T>(text: string, schema: z.ZodType<T>): EventLines<T> {
  const lines = text
    .split('\n')
    .slice(0, -1)
    .map((line) => ({ blank: line.trim() === '', event: parseLine(line, schema) }))
  return {
    events: lines.flatMap(({ event }) => (event === null ? [] : [event])),
    badLines: lines.flatMap(({ blank, event }, at) => (blank || event !== null ? [] : [at + 1])),
  }
}

/** One event; null for a line that is none. */
export function parseLine<T>(line: string, schema: z.ZodType<T>): T | null {
  try {
    return schema.safeParse(JSON.parse(line)).data ?? null
  } catch {
    return null
  }
}

/** All events of a file; none where it is missing. */
export async function readEvents<T>(path: string, schema: z.ZodType<T>): Promise<EventLines<T>> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return ''
    throw error
  })
  return parseEvents(text, schema)
}

/** Appends one event; it is on disk when the promise resolves. A folder that is missing is made, for its owner alone. */
export async function appendEvent<T>(path: string, schema: z.ZodType<T>, event: T): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  await locked(path, () => append(path, `${JSON.stringify(schema.parse(event))}\n`))
  await syncDirectory(dirname(path))
}

async function append(path: string, line: string): Promise<void> {
  const file = await open(path, 'a+', 0o600)
  try {
    await cutTornLine(file)
    await file.write(line)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Cuts off a line that a crash left without its end, so that the next one starts on its own. */
async function cutTornLine(file: FileHandle): Promise<void> {
  const bytes = await file.readFile()
  const end = bytes.lastIndexOf(0x0a) + 1
  if (end < bytes.length) await file.truncate(end)
}

/** Milliseconds after which a lock belongs to a process that was killed. */
const STALE = 10_000

/** One writer at a time: what looks like a torn line may be another's, on its way to the disk. */
async function locked(path: string, act: () => Promise<void>): Promise<void> {
  const lock = `${path}.lock`
  for (;;) {
    const held = await open(lock, 'wx').catch(() => null)
    if (held) {
      await held.close()
      break
    }
    const age = await stat(lock).then(
      ({ mtimeMs }) => systemClock.now() - mtimeMs,
      () => 0,
    )
    if (age > STALE) await rm(lock, { force: true })
    await delay(10)
  }
  try {
    await act()
  } finally {
    await rm(lock, { force: true })
  }
}
