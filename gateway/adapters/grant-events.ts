import { mkdir, open, readFile, rm, stat } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'
import { systemClock } from '../vocabulary/ports.ts'

const revoked = z.strictObject({
  kind: z.literal('GRANT_REVOKED'),
  grant: z.string().min(1).max(64),
  at: z.iso.datetime({ offset: true }),
  by: z.string().min(1).max(64),
  reason: z.string().min(1).max(500),
})
const grantEvent = z.discriminatedUnion('kind', [revoked])

/** A dated event about a grant; the state of a grant is derived from its events. `at` is an ISO 8601 instant. */
export type GrantEvent = z.output<typeof grantEvent>

/** What stands in an events file. */
export interface GrantEvents {
  /** In the order in which they were written. */
  readonly events: readonly GrantEvent[]
  /** Numbers of the lines, from 1, that are no event: told to the operator, and no reason not to revoke. */
  readonly badLines: readonly number[]
}

function parseLine(line: string): GrantEvent | null {
  try {
    return grantEvent.safeParse(JSON.parse(line)).data ?? null
  } catch {
    return null
  }
}

/** All events; none where the file is missing. A last line without its end was never acknowledged and is left out. */
export async function readGrantEvents(path: string): Promise<GrantEvents> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return ''
    throw error
  })
  const lines = text
    .split('\n')
    .slice(0, -1)
    .map((line) => ({ blank: line.trim() === '', event: parseLine(line) }))
  return {
    events: lines.flatMap(({ event }) => event ?? []),
    badLines: lines.flatMap(({ blank, event }, at) => (blank || event ? [] : [at + 1])),
  }
}

/** Cuts off a line that a crash left without its end, so that the next one starts on its own. */
async function cutTornLine(file: FileHandle): Promise<void> {
  const bytes = await file.readFile()
  const end = bytes.lastIndexOf(0x0a) + 1
  if (end < bytes.length) await file.truncate(end)
}

/** Milliseconds after which a lock belongs to a command that was killed. */
const STALE = 10_000

/** One command at a time: what looks like a torn line may be another's, on its way to the disk. */
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

async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Appends one event; it is on disk when the promise resolves. */
export async function appendGrantEvent(path: string, event: GrantEvent): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await locked(path, () => append(path, `${JSON.stringify(grantEvent.parse(event))}\n`))
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
