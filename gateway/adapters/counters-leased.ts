import { LRUCache } from 'lru-cache'
import { HOUR, windowAt, windowEnd } from '../limits/counters.ts'
import type { Counters, Taken } from '../limits/counters.ts'
import { refused, taken } from '../limits/taken.ts'
import { publishLifecycle } from '../observe/channels.ts'
import type { Clock } from '../vocabulary/ports.ts'
import { createMemoryCounters } from './counters-memory.ts'
import { createSqliteCounters } from './counters-sqlite.ts'

/** What one of several processes asks whoever counts for all of them. */
export type CountAsk =
  | { readonly kind: 'add'; readonly key: string; readonly window: number }
  | {
      readonly kind: 'take'
      readonly key: string
      readonly window: number
      readonly events: number
      readonly most: number
    }

/** What it is told. */
export interface CountAnswer {
  /** Number of the window that was counted in. */
  readonly at: number
  /** How many are taken in it by all processes, or would be. */
  readonly total: number
  /** How many of them the process may use; of a refusal, and of what is only added, none. */
  readonly granted: number
}

/** Asks whoever counts for all; null where it does not answer in time. */
export type AskCounts = (ask: CountAsk) => Promise<CountAnswer | null>

/** Keys that are counted at once: strangers must not be able to fill the memory. */
const CAPACITY = 100_000

/**
 * Of what is left of a bound one process is handed this part, divided by the number of processes: many requests are
 * counted by one message, and what a process was handed and does not use is little. The last places go one by one.
 */
const SHARE = 8

/** Counts short windows for several processes of one machine, in the memory of the one that supervises them. */
export function createLeases(processes: number, clock: Pick<Clock, 'now'>): (ask: CountAsk) => CountAnswer {
  const counts = new LRUCache<string, { readonly at: number; total: number }>({ max: CAPACITY })
  return (ask) => {
    const at = windowAt(clock.now(), ask.window)
    const name = `${ask.key}:${ask.window}`
    const found = counts.get(name)
    const count = found?.at === at ? found : { at, total: 0 }
    const take = (places: number): CountAnswer => {
      count.total += places
      counts.set(name, count)
      return { at, total: count.total, granted: places }
    }
    if (ask.kind === 'add') return { ...take(1), granted: 0 }
    const left = ask.most - count.total
    if (left < ask.events) return { at, total: count.total + ask.events, granted: 0 }
    return take(Math.max(ask.events, Math.floor(left / (SHARE * processes))))
  }
}

/** Milliseconds after a refusal for which it is not asked again: places that others give back are rare. */
const REFUSED = 100

/** Places of one bound that this process may use in a window. */
interface Lease {
  at: number
  free: number
  /** Of all processes, when the last places were handed over. */
  total: number
  asking: Promise<CountAnswer | null> | null
  /** How many more were not to be had lately. */
  refusal: { readonly until: number; readonly events: number; readonly total: number } | null
}

/**
 * Counters of one of several processes of a machine. Short windows are counted for all by `ask`: never more is let
 * through than the bound, and at most an eighth of it less, where a process was handed places that it does not use.
 * While nobody answers in time this process counts alone, with all that it has let through in the window, so that never
 * more than the bound goes through it; what the others let through is not known, and health says so until the window
 * has ended. Windows of an hour and more, and whatever counts different members, stand in the file that all share.
 */
export function createLeasedCounters(directory: string, ask: AskCounts, clock: Pick<Clock, 'now'>): Counters {
  const lasting = createSqliteCounters(directory, clock)
  const alone = createMemoryCounters(clock)
  const silence = createSilence(ask, clock)
  const brief = createBrief(silence, alone, clock)
  const by = (window: number): Pick<Counters, 'add' | 'take'> => (window >= HOUR ? lasting : brief)
  return {
    add: (key, window) => by(window).add(key, window),
    take: (key, events, window, most) => by(window).take(key, events, window, most),
    takeDistinct: (key, members, window, most) => lasting.takeDistinct(key, members, window, most),
    takeTogether: (wanted) =>
      wanted.every(({ window }) => window >= HOUR) ? (lasting.takeTogether?.(wanted) ?? null) : null,
    isExact: (window) => (window < HOUR ? silence.isExact() : lasting.isExact(window)),
    health: () =>
      silence.isExact()
        ? lasting.health()
        : { ok: false, detail: 'the supervisor did not answer in time; each process counts alone' },
    close: () => lasting.close(),
  }
}

/** Asks, and notes that nobody answered: windows of then stay inexact, for nobody counts afterwards what was let in. */
function createSilence(ask: AskCounts, clock: Pick<Clock, 'now'>) {
  let silent = false
  let until = 0
  return {
    ask: async (question: CountAsk): Promise<CountAnswer | null> => {
      const answer = await ask(question)
      const now = answer === null
      if (now) until = Math.max(until, windowEnd(clock.now(), question.window))
      if (now !== silent) publishLifecycle(() => ({ step: now ? 'degraded' : 'recovered', subject: 'counters' }))
      silent = now
      return answer
    },
    isExact: (): boolean => clock.now() >= until,
  }
}

function createBrief(
  { ask, isExact }: ReturnType<typeof createSilence>,
  alone: Counters,
  clock: Pick<Clock, 'now'>,
): Pick<Counters, 'add' | 'take'> {
  const leases = new LRUCache<string, Lease>({ max: CAPACITY })
  const leaseOf = (name: string, window: number): Lease => {
    const at = windowAt(clock.now(), window)
    const found = leases.get(name)
    if (found?.at === at) return found
    const lease: Lease = { at, free: 0, total: 0, asking: null, refusal: null }
    leases.set(name, lease)
    return lease
  }
  const refill = async (lease: Lease, question: CountAsk & { kind: 'take' }): Promise<CountAnswer | null> => {
    const answer = await ask(question)
    lease.asking = null
    if (answer === null) return null
    // By now a new window may have begun for whoever counts: its places are of that one.
    if (answer.at !== lease.at) Object.assign(lease, { at: answer.at, free: 0 })
    lease.free += answer.granted
    if (answer.granted > 0) lease.total = answer.total
    const { events } = question
    lease.refusal = answer.granted > 0 ? null : { until: clock.now() + REFUSED, events, total: answer.total }
    return answer
  }
  return {
    async add(key, window) {
      const here = await alone.add(`${key}:${window}`, window)
      const answer = await ask({ kind: 'add', key, window })
      return Math.max(answer?.total ?? here, here)
    },
    async take(key, events, window, most) {
      const name = `${key}:${window}`
      const here = (): Promise<Taken> => alone.take(name, events, window, most)
      for (;;) {
        const lease = leaseOf(name, window)
        const { refusal } = lease
        if (lease.free >= events) return takeLeased(lease, { events, most }, here, isExact)
        const lacking = events - lease.free
        if (refusal !== null && clock.now() < refusal.until && lacking >= refusal.events)
          return refused(refusal.total + lacking - refusal.events)
        // One asks for all that wait: each by itself would be handed a share.
        lease.asking ??= refill(lease, { kind: 'take', key, window, events: lacking, most })
        const answer = await lease.asking
        if (answer !== null) continue
        const got = await here()
        return taken(got.total, () => got.giveBack(), false)
      }
    },
  }
}

/** Counts `here` as well what is let through by a lease: nothing is forgotten in the moment when nobody answers. */
async function takeLeased(
  lease: Lease,
  { events, most }: { readonly events: number; readonly most: number },
  here: () => Promise<Taken>,
  isExact: () => boolean,
): Promise<Taken> {
  const { at } = lease
  lease.free -= events
  const total = lease.total - lease.free
  const free = (): void => {
    if (lease.at === at) lease.free += events
  }
  const got = await here()
  if (got.total > most) {
    free()
    return refused(got.total, isExact())
  }
  const giveBack = async (): Promise<void> => {
    free()
    await got.giveBack()
  }
  return taken(Math.max(total, got.total), giveBack, isExact())
}
