import { emergencyState, overAt } from './emergency.ts'
import type { Emergency } from './emergency.ts'
import { CITY_OFFSET } from '../vocabulary/city-time.ts'

/**
 * Where the after-review of an emergency stands. The text sets no time for it: five working days after the end are the
 * city's own (requirements, ambiguities 17 and 27). `provisional`: without a calendar of holidays, Monday to Friday
 * count as working days.
 */
export type Review =
  | { readonly kind: 'NOT_YET' }
  | { readonly kind: 'DUE' | 'OVERDUE'; readonly due: string; readonly provisional: true }
  | { readonly kind: 'DONE'; readonly by: string; readonly outcome: string }

/** Working days after the end within which it is to be reviewed. */
const REVIEW_DAYS = 5

const DAY = 86_400_000

/** The state of the review at an instant. */
export function reviewOf(emergency: Emergency, now: number): Review {
  const { reviewed } = emergency
  if (reviewed !== null && reviewed.at <= now) return { kind: 'DONE', by: reviewed.by, outcome: reviewed.outcome }
  const state = emergencyState(emergency, now)
  if (state === 'NOT_YET' || state === 'IN_FORCE') return { kind: 'NOT_YET' }
  const due = workingDaysAfter(dayOf(overAt(emergency)), REVIEW_DAYS)
  return { kind: dayOf(now) > due ? 'OVERDUE' : 'DUE', due: dateOf(due), provisional: true }
}

/** Days since the epoch of a calendar day in Asia/Shanghai. */
function dayOf(instant: number): number {
  return Math.floor((instant + CITY_OFFSET) / DAY)
}

function dateOf(day: number): string {
  return new Date(day * DAY).toISOString().slice(0, 10)
}

/** The day of the end does not count, the last one does. */
function workingDaysAfter(day: number, count: number): number {
  let [at, left] = [day, count]
  while (left > 0) {
    at += 1
    if (isWorkingDay(at)) left -= 1
  }
  return at
}

function isWorkingDay(day: number): boolean {
  const weekday = new Date(day * DAY).getUTCDay()
  return weekday >= 1 && weekday <= 5
}
