import { createSlidingCounts } from './sliding-counts.ts'

/** How many second tries a department bears: an outage must not double what it is asked. */
export interface RetryBudget {
  /** Notes a call that was asked for the first time. */
  noteCall(): void
  /** Takes one second try; false where there is none left. */
  take(): boolean
}

/** The calls that second tries are measured by: those of the last 10 seconds. */
const SLOTS = 10
const SLOT_MS = 1_000

/** Second tries for each call, and so many beside them, or a department that is seldom asked had none. */
const SHARE = 0.1
const FREE = 3

/** Milliseconds before a second try, at least and at most: those who failed together must not come again together. */
const SOONEST = 5
const LATEST = 50

/** @param monotonic milliseconds of a monotonic clock */
export function createRetryBudget(monotonic: () => number): RetryBudget {
  const asked = createSlidingCounts(SLOTS, SLOT_MS, monotonic)
  return {
    noteCall: () => asked.note(false),
    take() {
      if (asked.marked() >= FREE + asked.plain() * SHARE) return false
      asked.note(true)
      return true
    },
  }
}

/** Milliseconds to wait before a second try; another number each time. */
export function retryJitter(): number {
  return SOONEST + Math.random() * (LATEST - SOONEST)
}
