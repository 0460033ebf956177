import { mkdir, open, readFile } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import { z } from 'zod'

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

/** A line that is no event: the gateway must not go on without knowing what was revoked. */
class GrantEventsFault extends Error {
  readonly code = 'GRANT_EVENTS_INVALID'

  constructor(path: string, line: number) {
    super(`${path}:${line}: is no grant event; restore the file from a backup`)
    this.name = 'GrantEventsFault'
  }
}

function parseLine(line: string): GrantEvent | null {
  try {
    return grantEvent.safeParse(JSON.parse(line)).data ?? null
  } catch {
    return null
  }
}

/** Events of the text of an events file; a last line without its end was never acknowledged and is left out. */
function parseGrantEvents(text: string, path: string): readonly GrantEvent[] {
  const lines = text.split('\n').slice(0, -1)
  return lines.map((line, at) => {
    const event = parseLine(line)
    if (event === null) throw new GrantEventsFault(path, at + 1)
    return event
  })
}

/**
 * All events, in the order in which they were written; none where the file is missing.
 * @throws GrantEventsFault naming the line
 */
export async function readGrantEvents(path: string): Promise<readonly GrantEvent[]> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return ''
    throw error
  })
  return parseGrantEvents(text, path)
}

/** Cuts off a line that a crash left without its end, so that the next one starts on its own. */
async function cutTornLine(file: FileHandle): Promise<void> {
  const bytes = await file.readFile()
  const end = bytes.lastIndexOf(0x0a) + 1
  if (end < bytes.length) await file.truncate(end)
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
  const file = await open(path, 'a+', 0o600)
  try {
    await cutTornLine(file)
    // One write in append mode: two commands at once give two whole lines.
    await file.write(`${JSON.stringify(grantEvent.parse(event))}\n`)
    await file.sync()
  } finally {
    await file.close()
  }
  await syncDirectory(dirname(path))
}
