import { emergencyState, overAt } from '../grants/emergency.ts'
import type { Emergency } from '../grants/emergency.ts'
import { reviewOf } from '../grants/emergency-review.ts'

const MINUTE = 60_000

/** Whole minutes that an emergency still holds; 0 where it does not. */
export function minutesLeft(emergency: Emergency, now: number): number {
  const inForce = emergencyState(emergency, now) === 'IN_FORCE'
  return inForce ? Math.ceil((overAt(emergency) - now) / MINUTE) : 0
}

/** An emergency for machines, as it stands at an instant. */
export function emergencyReport(one: Emergency, now: number): object {
  const { id, incident, department, matter, declaredBy, reason, approved, ended, reviewed } = one
  const act = <T extends { readonly at: number }>(what: T | null) =>
    what === null ? null : { ...what, at: instant(what.at) }
  return {
    id,
    state: emergencyState(one, now),
    minutesLeft: minutesLeft(one, now),
    incident,
    department,
    matter,
    officers: [...one.officers],
    fields: [...one.fields],
    declaredBy,
    reason,
    from: instant(one.from),
    until: instant(overAt(one)),
    approved: act(approved),
    ended: act(ended),
    review: reviewOf(one, now),
    reviewed: act(reviewed),
  }
}

/** One line for people: what it is, how it stands, what is left to do. */
export function emergencyLine(one: Emergency, now: number): string {
  const review = reviewOf(one, now)
  const left = minutesLeft(one, now)
  const time = left > 0 ? `${Math.floor(left / 60)} h ${left % 60} min left` : `until ${instant(overAt(one))}`
  const words = {
    NOT_YET: 'no review yet',
    DUE: `review due ${'due' in review ? review.due : ''} (provisional)`,
    OVERDUE: `REVIEW OVERDUE since ${'due' in review ? review.due : ''} (provisional)`,
    DONE: `reviewed by ${'by' in review ? review.by : ''}`,
  }
  const second = one.approved ? `approved by ${one.approved.by}` : 'L4 closed'
  return [
    one.id.padEnd(8),
    emergencyState(one, now).padEnd(9),
    one.department.padEnd(18),
    one.matter.padEnd(24),
    [time, second, words[review.kind]].join(', '),
  ].join(' ')
}

/** An end that could not be read has no instant. */
function instant(at: number): string {
  return Number.isFinite(at) ? new Date(at).toISOString() : 'unknown'
}
