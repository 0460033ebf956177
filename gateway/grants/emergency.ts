import type { Coordinate } from '../vocabulary/coordinate.ts'
import { isSameOfficer } from '../vocabulary/staff-number.ts'
import type { EmergencyDeclared, EmergencyEvent } from './emergency-event.ts'

/** Who did something, and when (milliseconds since the epoch). */
export interface Act {
  readonly by: string
  readonly at: number
}

/**
 * A declared emergency of public security (ZS-4.10): for a short time named officers of one department may read listed
 * fields for one matter without an application. Made from its events alone.
 */
export interface Emergency {
  readonly id: string
  /** Number of the incident. */
  readonly incident: string
  readonly department: string
  readonly matter: string
  /** Staff numbers of those who may use it. */
  readonly officers: ReadonlySet<string>
  readonly fields: ReadonlySet<Coordinate>
  readonly declaredBy: string
  readonly reason: string
  /** First instant, milliseconds since the epoch. */
  readonly from: number
  /** First instant at which it no longer holds by itself. */
  readonly until: number
  /** The second officer's approval, without which L4 stays closed. */
  readonly approved: Act | null
  readonly ended: Act | null
  /** The after-review. */
  readonly reviewed: (Act & { readonly outcome: string }) | null
}

/** The longest that an emergency lasts: the text says 迅速, no number (requirements, ambiguity 17). */
export const LONGEST_HOURS = 24

const HOUR = 3_600_000

/** Emergencies by their ID, with the ends that are known from before. */
export type Emergencies = ReadonlyMap<string, Emergency>

/**
 * Derives all emergencies from their events. Of two declarations with one ID the first holds; an approval by somebody
 * who declared or uses the emergency is none, whoever wrote it into the file; of several ends the earliest counts.
 *
 * @param ended ends that hold besides: from what could not be read whole, or was read before
 */
export function emergenciesOf(
  events: readonly EmergencyEvent[],
  ended: ReadonlyMap<string, Act> = NO_ENDS,
): Emergencies {
  const found = new Map<string, Emergency>()
  for (const event of events)
    if (event.kind === 'EMERGENCY_DECLARED' && !found.has(event.emergency)) found.set(event.emergency, begin(event))
  for (const event of events) {
    const known = found.get(event.emergency)
    if (known) found.set(event.emergency, after(known, event))
  }
  for (const [id, act] of ended) {
    const known = found.get(id)
    if (known) found.set(id, { ...known, ended: earlier(known.ended, act) })
  }
  return found
}

const NO_ENDS: ReadonlyMap<string, Act> = new Map()

function begin(event: EmergencyDeclared): Emergency {
  const from = Date.parse(event.at)
  return {
    id: event.emergency,
    incident: event.incident,
    department: event.department,
    matter: event.matter,
    officers: new Set(event.officers),
    fields: new Set(event.fields),
    declaredBy: event.by,
    reason: event.reason,
    from,
    until: from + Math.min(event.hours, LONGEST_HOURS) * HOUR,
    approved: null,
    ended: null,
    reviewed: null,
  }
}

function after(known: Emergency, event: EmergencyEvent): Emergency {
  const act = { by: event.by, at: Date.parse(event.at) }
  switch (event.kind) {
    case 'EMERGENCY_DECLARED':
      return known
    case 'EMERGENCY_APPROVED':
      return known.approved === null && mayApprove(known, act) ? { ...known, approved: act } : known
    case 'EMERGENCY_ENDED':
      return { ...known, ended: earlier(known.ended, act) }
    case 'EMERGENCY_REVIEWED':
      return known.reviewed === null ? { ...known, reviewed: { ...act, outcome: event.outcome } } : known
  }
}

function mayApprove(known: Emergency, { by, at }: Act): boolean {
  return !isInvolved(known, by) && at >= known.from && at < known.until
}

/** Whether an officer declared the emergency or uses it: such a one cannot be the second. */
export function isInvolved({ declaredBy, officers }: Pick<Emergency, 'declaredBy' | 'officers'>, by: string): boolean {
  return [declaredBy, ...officers].some((one) => isSameOfficer(one, by))
}

/** The earlier of two ends. */
export function earlier(known: Act | null, next: Act): Act {
  return known === null || next.at < known.at ? next : known
}

/** Where an emergency stands at an instant. */
export type EmergencyState = 'NOT_YET' | 'IN_FORCE' | 'ENDED' | 'EXPIRED'

/** The state at an instant, to the millisecond; an end that somebody made outlasts expiry. */
export function emergencyState(emergency: Emergency, now: number): EmergencyState {
  const { from, until, ended } = emergency
  if (ended !== null && ended.at <= now && ended.at < until) return 'ENDED'
  if (now < from) return 'NOT_YET'
  return now < until ? 'IN_FORCE' : 'EXPIRED'
}

/** Whether a second officer has approved it by an instant. */
export function isApproved({ approved }: Emergency, now: number): boolean {
  return approved !== null && approved.at <= now
}

/** First instant at which it is over, as far as is known: its end, or its expiry. */
export function overAt({ from, until, ended }: Emergency): number {
  return Math.max(from, Math.min(until, ended?.at ?? Infinity))
}

/** The earliest later instant at which any of them changes what it opens; infinity where none will. */
export function nextEmergencyChange(emergencies: readonly Emergency[], now: number): number {
  const instants = emergencies.flatMap(({ from, until, approved, ended }) => [
    from,
    until,
    approved?.at ?? Infinity,
    ended?.at ?? Infinity,
  ])
  return Math.min(Infinity, ...instants.filter((instant) => instant > now))
}
