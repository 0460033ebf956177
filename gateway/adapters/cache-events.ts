import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { Scope } from '../cache/port.ts'
import { publishLifecycle } from '../observe/channels.ts'
import { appendEvent, parseLine, readEvents } from './event-file.ts'
import type { EventLines } from './event-file.ts'
import { followFile } from './followed-file.ts'

const code = z.string().min(1).max(64)

const scope = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('all') }),
  z.strictObject({ kind: z.literal('department'), code }),
  z.strictObject({ kind: z.literal('resource'), code }),
  // Keyed hashes: the number of a citizen stands in no file.
  z.strictObject({
    kind: z.literal('subject'),
    pseudonyms: z
      .array(z.string().regex(/^[\w-]{43}$/))
      .min(1)
      .max(200)
      .readonly(),
  }),
])

const cacheEvent = z.strictObject({
  kind: z.literal('CACHE_INVALIDATED'),
  id: z.string().min(1).max(64),
  scope,
  at: z.iso.datetime({ offset: true }),
  /** Staff number of who decided; `gateway` for itself. */
  by: z.string().min(1).max(64),
  reason: z.string().min(1).max(500),
})

/** A dated event about what is kept. */
export type CacheEvent = z.output<typeof cacheEvent>

/** Appends an event; it is on disk when the promise resolves. */
export function appendCacheEvent(path: string, event: Omit<CacheEvent, 'id' | 'kind'>): Promise<void> {
  return appendEvent(path, cacheEvent, { kind: 'CACHE_INVALIDATED', id: randomUUID(), ...event })
}

/** All events of a file; none where it is missing. */
export function readCacheEvents(path: string): Promise<EventLines<CacheEvent>> {
  return readEvents(path, cacheEvent)
}

/** Milliseconds between looks at the file: an invalidation holds everywhere on this machine within a second. */
const INTERVAL = 250

/** Word for the log. */
const SUBJECT = 'cache-events'

/** What a file says: events by ID, in their order, and how many lines are none. */
interface Lines {
  readonly events: ReadonlyMap<string, CacheEvent>
  readonly bad: number
}

/**
 * Follows the events of a file until the returned function is called. A line that cannot be read may have invalidated
 * anything: then everything is.
 *
 * @param since milliseconds since the epoch: what is older had its effect, and nothing that is kept is as old
 * @param onScopes called with what is new, at the opening too
 */
export function followCacheEvents(
  path: string,
  since: number,
  onScopes: (scopes: readonly Scope[]) => void,
): () => void {
  const seen = new Set<string>()
  let bad = 0
  const take = (): void => {
    const lines = file.current()
    const fresh = [...lines.events.values()].filter(({ id, at }) => !seen.has(id) && Date.parse(at) >= since)
    for (const id of lines.events.keys()) seen.add(id)
    const unread = lines.bad > bad
    if (unread) publishLifecycle(() => ({ step: 'degraded', subject: SUBJECT, count: lines.bad }))
    bad = lines.bad
    const scopes: readonly Scope[] = unread ? [{ kind: 'all' }] : fresh.map((event) => event.scope)
    if (scopes.length > 0) onScopes(scopes)
  }
  const file = followFile<Lines>({ path, subject: SUBJECT, interval: INTERVAL, parse, missing: '', onChange: take })
  take()
  return () => file.close()
}

function parse(text: string): Lines {
  const lines = text.split('\n').slice(0, -1)
  const read = lines.filter((line) => line.trim() !== '').map((line) => parseLine(line, cacheEvent))
  const events = read.filter((event) => event !== null)
  return { events: new Map(events.map((event) => [event.id, event])), bad: read.length - events.length }
}
