import { z } from 'zod'
import type { Suspensions } from '../limits/suspensions.ts'
import { publishFailure, publishLifecycle } from '../observe/channels.ts'
import type { Clock } from '../vocabulary/ports.ts'
import { foldStaffNumber } from '../vocabulary/staff-number.ts'
import { appendEvent, parseLine, readEvents } from './event-file.ts'
import type { EventLines } from './event-file.ts'
import { followFile } from './followed-file.ts'

const facts = {
  department: z.string().min(1).max(64),
  officer: z.string().min(1).max(128),
  at: z.iso.datetime({ offset: true }),
  /** Staff number of who decided; `gateway` for itself. */
  by: z.string().min(1).max(64),
  reason: z.string().min(1).max(500),
}
const officerEvent = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('OFFICER_SUSPENDED'), ...facts }),
  z.strictObject({ kind: z.literal('OFFICER_RESTORED'), ...facts }),
])

/** A dated event about an officer; who is suspended follows from the last one of each. `at` is an ISO 8601 instant. */
export type OfficerEvent = z.output<typeof officerEvent>

/** Who decides where no officer does. */
const BY_GATEWAY = 'gateway'

/** All events; none where the file is missing. */
export function readOfficerEvents(path: string): Promise<EventLines<OfficerEvent>> {
  return readEvents(path, officerEvent)
}

/** Appends one event; it is on disk when the promise resolves. */
export function appendOfficerEvent(path: string, event: OfficerEvent): Promise<void> {
  return appendEvent(path, officerEvent, event)
}

/** One text for each officer, however the staff number is written. */
function nameOf({ department, officer }: Pick<OfficerEvent, 'department' | 'officer'>): string {
  return JSON.stringify([department, foldStaffNumber(officer)])
}

/** The last event about one officer, or null. */
export function lastEventOf(
  events: readonly OfficerEvent[],
  who: Pick<OfficerEvent, 'department' | 'officer'>,
): OfficerEvent | null {
  return events.findLast((event) => nameOf(event) === nameOf(who)) ?? null
}

/** The last event about each officer; events count in the order in which they were written. */
export function lastEvents(events: readonly OfficerEvent[]): readonly OfficerEvent[] {
  return [...new Map(events.map((event) => [nameOf(event), event])).values()]
}

/** Milliseconds between looks at the file: a suspension must hold everywhere within one second. */
const INTERVAL = 250

/** Milliseconds after which an event that could not be written is tried again. */
const RETRY = 5_000

/** Word for the log. */
const SUBJECT = 'officer-events'

/** Suspensions that follow their file until they are closed. */
export interface OfficerFile extends Suspensions {
  close(): void
}

/**
 * Officers suspended by the dated events of a file. Whoever was suspended once stays so while the process lives until
 * an event restores them, whatever becomes of the file; and a suspension that cannot be written holds all the same, and
 * is written as soon as it can be.
 */
export function openOfficerFile(path: string, clock: Pick<Clock, 'now'>): OfficerFile {
  /** Suspended by this process and not yet read back. */
  const pending = new Map<string, Pending>()
  let suspended: ReadonlySet<string> = new Set()
  const file = followFile({
    path,
    subject: SUBJECT,
    interval: INTERVAL,
    parse: readStandings,
    missing: '',
    onChange: take,
  })
  const timer = setInterval(() => void writeAgain(path, pending.values()), RETRY).unref()
  take()

  function take(): void {
    const { last, bad } = file.current()
    const kept = [...suspended].filter((name) => !last.has(name))
    const named = [...last].filter(([, one]) => one.suspended).map(([name]) => name)
    suspended = new Set([...kept, ...named])
    for (const [name, { event }] of pending)
      if ((last.get(name)?.at ?? -Infinity) >= Date.parse(event.at)) pending.delete(name)
    report(bad)
  }
  return {
    isSuspended(department, officer) {
      const name = nameOf({ department, officer })
      return suspended.has(name) || pending.has(name)
    },
    async suspend({ department, officer }, reason) {
      const name = nameOf({ department, officer })
      if (suspended.has(name) || pending.has(name)) return
      const facts = { department, officer, at: new Date(clock.now()).toISOString(), by: BY_GATEWAY, reason }
      const one: Pending = { event: { kind: 'OFFICER_SUSPENDED', ...facts }, state: 'WRITING' }
      pending.set(name, one)
      publishLifecycle(() => ({ step: 'degraded', subject: 'officer-suspended' }))
      await write(path, one)
    },
    close() {
      clearInterval(timer)
      file.close()
    },
  }
}

/** A suspension of this process. */
interface Pending {
  readonly event: OfficerEvent
  state: 'WRITING' | 'WRITTEN' | 'FAILED'
}

/** Never fails: who must be stopped is, in the file or beside it. */
async function write(path: string, one: Pending): Promise<void> {
  one.state = 'WRITING'
  try {
    await appendOfficerEvent(path, one.event)
    one.state = 'WRITTEN'
  } catch (error) {
    one.state = 'FAILED'
    publishFailure(() => ({ receipt: null, where: SUBJECT, code: null, error }))
  }
}

/** What could not be written. Who was restored since must not be stopped again by what comes late. */
async function writeAgain(path: string, pending: Iterable<Pending>): Promise<void> {
  const failed = [...pending].filter(({ state }) => state === 'FAILED')
  if (failed.length === 0) return
  const { events } = await readOfficerEvents(path).catch(() => ({ events: null }))
  if (events === null) return
  for (const one of failed) {
    const last = lastEventOf(events, one.event)
    if (last === null || Date.parse(last.at) < Date.parse(one.event.at)) await write(path, one)
  }
}

/** What a file says of each officer it names. */
interface Standings {
  readonly last: ReadonlyMap<string, { readonly suspended: boolean; readonly at: number }>
  /** How many lines are no event. */
  readonly bad: number
}

/**
 * The last word on each officer. A bad line hides no other, and whoever can still be read in one counts as suspended
 * from there on: an unreadable suspension must not let go whom it stopped.
 */
function readStandings(text: string): Standings {
  const last = new Map<string, { readonly suspended: boolean; readonly at: number }>()
  let bad = 0
  for (const line of text.split('\n').slice(0, -1)) {
    if (line.trim() === '') continue
    const event = parseLine(line, officerEvent)
    const who = event ?? namedIn(line)
    if (event === null) bad += 1
    const suspended = event?.kind !== 'OFFICER_RESTORED'
    if (who !== null) last.set(nameOf(who), { suspended, at: event ? Date.parse(event.at) : -Infinity })
  }
  return { last, bad }
}

function namedIn(line: string): Pick<OfficerEvent, 'department' | 'officer'> | null {
  const [, department] = /"department"\s*:\s*"([^"\\]{1,64})"/.exec(line) ?? []
  const [, officer] = /"officer"\s*:\s*"([^"\\]{1,128})"/.exec(line) ?? []
  return department === undefined || officer === undefined ? null : { department, officer }
}

/** Told to the operator, who finds the lines with `gongxiang officer list`. */
function report(count: number): void {
  if (count === 0) return
  publishLifecycle(() => ({ step: 'degraded', subject: SUBJECT, count }))
}
