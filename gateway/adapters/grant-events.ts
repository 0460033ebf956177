import { z } from 'zod'
import { emergencyEvent } from '../grants/emergency-event.ts'
import type { EmergencyEvent } from '../grants/emergency-event.ts'
import { appendEvent, readEvents } from './event-file.ts'
import type { EventLines } from './event-file.ts'

const revoked = z.strictObject({
  kind: z.literal('GRANT_REVOKED'),
  grant: z.string().min(1).max(64),
  at: z.iso.datetime({ offset: true }),
  by: z.string().min(1).max(64),
  reason: z.string().min(1).max(500),
})
const datedEvent = z.discriminatedUnion('kind', [revoked, emergencyEvent])

/** A dated event about a grant; the state of a grant is derived from its events. `at` is an ISO 8601 instant. */
export type GrantEvent = z.output<typeof revoked>
/** Any event of the file: grants and emergencies stand in one. */
export type DatedEvent = GrantEvent | EmergencyEvent

/** What stands in an events file. A bad line is told to the operator, and no reason not to revoke. */
export type GrantEvents = EventLines<GrantEvent>

/** All events about grants; none where the file is missing. What it says of emergencies: emergency-lines.ts. */
export async function readGrantEvents(path: string): Promise<GrantEvents> {
  const { events, badLines } = await readEvents(path, datedEvent)
  return { events: events.filter((event) => event.kind === 'GRANT_REVOKED'), badLines }
}

/** Appends one event; it is on disk when the promise resolves. */
export function appendGrantEvent(path: string, event: DatedEvent): Promise<void> {
  return appendEvent(path, datedEvent, event)
}
