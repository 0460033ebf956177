import { randomUUID } from 'node:crypto'
import { linkSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { mkdir, open, readFile, rm } from 'node:fs/promises'
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
    if (isCode(error, 'ENOENT')) return ''
    throw error
  })
  return parseEvents(text, schema)
}

/**
 * Appends one event; it is on disk when the promise resolves. A folder that is missing is made, for its owner alone.
 *
 * @throws Error where it cannot be written, after a bounded wait where another holds the lock
 */
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

/** Milliseconds after which a writer gives up: long enough for a stale lock to be one. */
const PATIENCE = 2 * STALE

/** Milliseconds after which whoever replaced a stale lock last has it. */
const SETTLE = 50

/** One writer at a time: what looks like a torn line may be another's, on its way to the disk. */
async function locked(path: string, act: () => Promise<void>): Promise<void> {
  const lock = `${path}.lock`
  const mine = randomUUID()
  await acquire(lock, mine)
  try {
    await act()
  } finally {
    // Whoever was too slow has lost it to another, whose it is now.
    if (holds(lock, mine)) await rm(lock, { force: true })
  }
}

/** @throws Error of the file system where no lock can be made, and where another's is held for too long */
async function acquire(lock: string, mine: string): Promise<void> {
  const until = systemClock.monotonic() + PATIENCE
  while (!create(lock, mine) && !(await takeOver(lock, mine))) {
    if (systemClock.monotonic() > until) throw new Error('another process holds the lock of the events')
    await delay(10)
  }
}

/** False where another has it. Whatever else goes wrong would go wrong again and is no reason to wait. */
function create(lock: string, mine: string): boolean {
  const draft = `${lock}.${mine}`
  try {
    writeFileSync(draft, mine, { flag: 'wx', mode: 0o600 })
    // Linked whole: a lock without its owner's name would be nobody's.
    linkSync(draft, lock)
    return true
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false
    throw error
  } finally {
    rmSync(draft, { force: true })
  }
}

/**
 * Takes a stale lock over by writing another in its place. Of several who do so at the same moment the last one has it,
 * which all of them see a moment later; nobody removes what may be another's.
 */
async function takeOver(lock: string, mine: string): Promise<boolean> {
  const found = statSync(lock, { throwIfNoEntry: false })
  // One of the future is as stale as one of the past: the clock was set back since.
  if (found === undefined || Math.abs(systemClock.now() - found.mtimeMs) <= STALE) return false
  const draft = `${lock}.${mine}`
  try {
    writeFileSync(draft, mine, { mode: 0o600 })
    renameSync(draft, lock)
  } finally {
    rmSync(draft, { force: true })
  }
  await delay(SETTLE)
  return holds(lock, mine)
}

function holds(lock: string, mine: string): boolean {
  try {
    return readFileSync(lock, 'utf8') === mine
  } catch {
    return false
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
