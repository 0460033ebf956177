import { ConfigFault } from '../config/fault.ts'
import { emergenciesOf } from '../grants/emergency.ts'
import type { Act } from '../grants/emergency.ts'
import { createGrantIndex } from '../grants/grant.ts'
import type { Grant, GrantIndex, GrantSource } from '../grants/grant.ts'
import { publishFailure, publishLifecycle } from '../observe/channels.ts'
import { endsOf, readEmergencyLines } from './emergency-lines.ts'
import type { EmergencyLines } from './emergency-lines.ts'
import { followFile } from './followed-file.ts'
import type { FollowedFile } from './followed-file.ts'
import { readGrants } from './register-files.ts'
import { neverLess, readRevocations } from './revocations.ts'
import type { Revocations } from './revocations.ts'

/** Milliseconds between looks at the files: a revocation must hold everywhere within one second. */
const INTERVAL = 250

/** Word for the log. */
const EVENTS = 'grant-events'

/** Grants that follow their files until they are closed. */
export interface GrantFiles extends GrantSource {
  /** The register in force; a new list whenever it or a revocation changes. */
  inForce(): readonly Grant[]
  /** From now on what the file comes to say waits for `admit`; revocations never wait. */
  hold(): void
  /** What was read and is not in force yet, or null; a new list as above. */
  waiting(): readonly Grant[] | null
  /** Puts what waits in force. */
  admit(): void
  close(): void
}

/**
 * Grants from a YAML register and the dated events about them. A change builds a new snapshot; a register that
 * cannot be read leaves the last good one in force. A bad line of the events is reported and hides no other line;
 * and what was revoked or ended once stays so while the process lives, whatever becomes of the file.
 *
 * @throws ConfigFault for a bad register, and for an event that names no grant: nobody could know what it revoked or ended
 */
export function openGrantFiles(registerFile: string, eventsFile: string): GrantFiles {
  let version = 1
  const register = followRegister(registerFile, take)
  const events = followEvents(eventsFile, learn)
  const first = events.current()
  if (first.lost) {
    close()
    throw eventsFault(eventsFile, first)
  }
  let revoked = first.revoked
  let ends = endsOf(new Map<string, Act>(), first.emergencies)
  report(eventsFile, first)
  let held = false
  let taken = register.current()
  let inForce = revised(taken)
  let waiting: readonly Grant[] | null = null
  let index = snapshot()

  function revised(grants: readonly Grant[]): readonly Grant[] {
    return grants.map((grant) => ({ ...grant, revokedAt: revoked.get(grant.id) ?? null }))
  }
  function snapshot(): GrantIndex {
    return createGrantIndex(version, inForce, emergenciesOf(events.current().emergencies.events, ends))
  }
  function take(): void {
    waiting = revised(register.current())
    if (!held) admit()
  }
  function learn(): void {
    const next = events.current()
    revoked = neverLess(revoked, next.revoked)
    ends = endsOf(ends, next.emergencies)
    report(eventsFile, next)
    if (waiting !== null) waiting = revised(register.current())
    rebuild()
  }
  function admit(): void {
    taken = register.current()
    waiting = null
    rebuild()
  }
  function rebuild(): void {
    version += 1
    inForce = revised(taken)
    index = snapshot()
  }
  function close(): void {
    register.close()
    events.close()
  }
  return {
    current: () => index,
    inForce: () => inForce,
    hold: () => void (held = true),
    waiting: () => waiting,
    admit,
    close,
  }
}

function followRegister(path: string, onChange: () => void): FollowedFile<readonly Grant[]> {
  const parse = (text: string): readonly Grant[] => readGrants(path, text)
  return followFile({ path, subject: 'grants', interval: INTERVAL, parse, onChange })
}

/** What the file of events says of grants, and of emergencies; bad lines of both. */
interface FollowedEvents extends Revocations {
  readonly emergencies: EmergencyLines
}

function parseEvents(text: string): FollowedEvents {
  const [grants, emergencies] = [readRevocations(text), readEmergencyLines(text)]
  const badLines = [...grants.badLines, ...emergencies.badLines].toSorted((a, b) => a - b)
  return { ...grants, badLines, lost: grants.lost || emergencies.lost, emergencies }
}

function followEvents(path: string, onChange: () => void): FollowedFile<FollowedEvents> {
  return followFile({ path, subject: EVENTS, interval: INTERVAL, parse: parseEvents, missing: '', onChange })
}

function report(file: string, events: Revocations): void {
  if (events.badLines.length === 0) return
  publishLifecycle(() => ({ step: 'degraded', subject: EVENTS, count: events.badLines.length }))
  publishFailure(() => ({ receipt: null, where: EVENTS, code: null, error: eventsFault(file, events) }))
}

function eventsFault(file: string, { badLines }: Revocations): ConfigFault {
  return new ConfigFault(
    badLines.map((line) => ({
      origin: { kind: 'file', file, line, column: 1 },
      path: '',
      message: 'is no grant event; restore the file from a backup',
    })),
  )
}
