import { emergencyState, isApproved } from '../grants/emergency.ts'
import type { Emergencies, Emergency, EmergencyState } from '../grants/emergency.ts'
import { reviewOf } from '../grants/emergency-review.ts'
import type { Review } from '../grants/emergency-review.ts'
import type { GrantSource } from '../grants/grant.ts'
import { publishEmergency } from '../observe/channels.ts'
import type { EmergencyNotice } from '../observe/channels.ts'
import type { Regime } from '../regime/regime.ts'
import type { Clock } from '../vocabulary/ports.ts'

/** Milliseconds between looks, as at the file of events. */
const INTERVAL = 250

const NONE: Emergencies = new Map()

/** Where an emergency stood when it was last looked at. */
interface Standing {
  readonly state: EmergencyState
  readonly approved: boolean
  readonly review: Review['kind']
}

/**
 * Tells when an emergency comes into force, is approved, ends or expires, and when its review is overdue (ZS-4.10). At
 * the start what is in force and what is overdue is told anew; what was over by then is not.
 *
 * @returns ends it
 */
export function watchEmergencies(grants: GrantSource, regime: () => Regime, clock: Clock): () => void {
  let seen: ReadonlyMap<string, Standing> | null = null
  const look = (): void => {
    const now = clock.now()
    // Where the text knows none, nothing comes into force; a change of the profile is seen at the next look.
    const known = regime().parameters['emergency.publicSafety'] !== null
    const emergencies = known ? grants.current().emergencies : NONE
    const standings = new Map([...emergencies].map(([id, one]) => [id, standingOf(one, now)]))
    for (const [id, one] of emergencies)
      for (const what of news(seen?.get(id) ?? null, standings.get(id) ?? standingOf(one, now), seen === null))
        publishEmergency(() => ({ what, emergency: id, department: one.department }))
    seen = standings
  }
  look()
  const timer = setInterval(look, INTERVAL).unref()
  return () => clearInterval(timer)
}

function standingOf(emergency: Emergency, now: number): Standing {
  const state = emergencyState(emergency, now)
  return { state, approved: isApproved(emergency, now), review: reviewOf(emergency, now).kind }
}

function news(before: Standing | null, now: Standing, first: boolean): readonly EmergencyNotice['what'][] {
  const entered = (state: EmergencyState): boolean => now.state === state && before?.state !== state
  const approved = now.state === 'IN_FORCE' && now.approved && before?.approved !== true
  const overdue = now.review === 'OVERDUE' && before?.review !== 'OVERDUE'
  return [
    ...(entered('IN_FORCE') ? (['in-force'] as const) : []),
    ...(approved ? (['approved'] as const) : []),
    ...(entered('ENDED') && !first ? (['ended'] as const) : []),
    ...(entered('EXPIRED') && !first ? (['expired'] as const) : []),
    ...(overdue ? (['review-overdue'] as const) : []),
  ]
}
