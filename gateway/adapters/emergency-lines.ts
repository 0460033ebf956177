import { emergencyEvent } from '../grants/emergency-event.ts'
import type { EmergencyEvent } from '../grants/emergency-event.ts'
import type { Act } from '../grants/emergency.ts'
import { earlier } from '../grants/emergency.ts'

/** What a file of grant events says of emergencies (ZS-4.10). */
export interface EmergencyLines {
  readonly events: readonly EmergencyEvent[]
  /** Emergencies that a line names which cannot be read whole: it may have been their end, so they are over. */
  readonly ended: ReadonlyMap<string, Act>
  /** Numbers of the lines, from 1, that speak of an emergency and are no event. */
  readonly badLines: readonly number[]
  /** Whether a bad line names no emergency at all: an end may be lost in it. */
  readonly lost: boolean
}

/** Whether a line speaks of an emergency; what is said of grants is read elsewhere (revocations.ts). */
export function isEmergencyLine(line: string): boolean {
  return /"kind"\s*:\s*"EMERGENCY_/.test(line)
}

/** Reads the lines about emergencies; what is unreadable must not keep open what it may have closed (INV-9). */
export function readEmergencyLines(text: string): EmergencyLines {
  const events: EmergencyEvent[] = []
  const badLines: number[] = []
  const ended = new Map<string, Act>()
  let lost = false
  // The last piece has no end yet: it may still be on its way to the disk.
  for (const [index, line] of text.split('\n').slice(0, -1).entries()) {
    if (!isEmergencyLine(line)) continue
    const event = emergencyEvent.safeParse(parseJson(line))
    if (event.success) {
      events.push(event.data)
      continue
    }
    badLines.push(index + 1)
    const named = /"emergency"\s*:\s*"([^"\\]{1,64})"/.exec(line)?.[1]
    if (named === undefined) lost = true
    else ended.set(named, UNREADABLE)
  }
  return { events, ended, badLines, lost }
}

const UNREADABLE: Act = { by: '(unreadable)', at: -Infinity }

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return null
  }
}

/** Every end that was ever read, each at its earliest: a file that was cut ends no fewer emergencies than before. */
export function endsOf(known: ReadonlyMap<string, Act>, { events, ended }: EmergencyLines): ReadonlyMap<string, Act> {
  const ends = new Map(known)
  const note = (id: string, act: Act): void => void ends.set(id, earlier(ends.get(id) ?? null, act))
  for (const event of events)
    if (event.kind === 'EMERGENCY_ENDED') note(event.emergency, { by: event.by, at: Date.parse(event.at) })
  for (const [id, act] of ended) note(id, act)
  return ends
}
