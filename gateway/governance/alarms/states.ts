/** What became of an alarm follows from its dated events; nothing else says it (FS-27, ZS-6.05). */

/** Where an alarm stands. */
export type AlarmState = 'OPEN' | 'CONFIRMED' | 'DISMISSED'

/** What an officer may decide about one. */
export type AlarmDecision = 'CONFIRMED' | 'DISMISSED' | 'REOPENED'

/** One event, as far as the state hangs on it. */
export interface StateEvent {
  readonly kind: string
  /** Milliseconds since the epoch. */
  readonly at: number
}

/** The state after some events, in the order in which they were written: clocks step back, that order does not. */
export function alarmState(events: readonly StateEvent[]): AlarmState {
  const last = events.findLast(({ kind }) => stateAfter(kind) !== null)
  return last === undefined ? 'OPEN' : (stateAfter(last.kind) ?? 'OPEN')
}

/** Null for an event that changes none. */
function stateAfter(kind: string): AlarmState | null {
  switch (kind) {
    case 'RAISED':
    case 'REOPENED':
      return 'OPEN'
    case 'CONFIRMED':
      return 'CONFIRMED'
    case 'DISMISSED':
      return 'DISMISSED'
    default:
      return null
  }
}

/** When the last decision fell; null while there is none. */
export function decidedAt(events: readonly StateEvent[]): number | null {
  return events.findLast(({ kind }) => kind === 'CONFIRMED' || kind === 'DISMISSED')?.at ?? null
}

/** When it was last told of, or acted on: raised, opened again, or the officer suspended. */
export function toldAt(events: readonly StateEvent[]): number | null {
  return events.findLast(({ kind }) => kind === 'RAISED' || kind === 'REOPENED' || kind === 'SUSPENDED')?.at ?? null
}

/** Why an officer's decision cannot stand, in a word of ours; null where it can. */
export function refusedDecision(state: AlarmState, decision: AlarmDecision): 'ALREADY' | 'OPEN_ALREADY' | null {
  switch (decision) {
    case 'CONFIRMED':
    case 'DISMISSED':
      return state === decision ? 'ALREADY' : null
    case 'REOPENED':
      return state === 'OPEN' ? 'OPEN_ALREADY' : null
  }
}

/** Milliseconds after which more of an open alarm is told again at the earliest. */
const AFRESH = 86_400_000

/** Half as many again: a pattern that was dismissed is another one from there on. */
const MORE = 1.5

/** What a new sighting does to the alarm that has its key. */
export type Renewal = 'NOTHING' | 'UPDATE' | 'REOPEN' | 'ANOTHER'

/**
 * Decides what a sighting is to the last alarm of its key: more of the same, the reason to open it again, or another one.
 *
 * @param known the alarm: its state, when that was decided, when it was last told of, last seen, and what was counted
 * @param seen with the milliseconds that its rule looks back: of an open alarm, what began after it was told is told too
 */
export function renewal(
  known: {
    readonly state: AlarmState
    readonly decidedAt: number | null
    readonly toldAt: number | null
    readonly seenAt: number
    readonly count: number
  },
  seen: { readonly at: number; readonly from: number; readonly window: number; readonly count: number },
): Renewal {
  const isNews = seen.at > known.seenAt || seen.count > known.count
  if (!isNews) return 'NOTHING'
  if (known.state === 'OPEN') {
    // An alarm that nobody decides must not hide next week's: it is told again, and suspends again.
    const isAfresh = known.toldAt !== null && seen.at - Math.max(seen.window, AFRESH) > known.toldAt
    return isAfresh && seen.from > known.toldAt ? 'REOPEN' : 'UPDATE'
  }
  const decided = known.decidedAt ?? known.seenAt
  const isApart = seen.from > decided
  switch (known.state) {
    case 'CONFIRMED':
      return isApart ? 'ANOTHER' : 'UPDATE'
    case 'DISMISSED':
      // What was counted before the decision was before the eyes of who decided; half as much again was not.
      return isApart || (seen.at > decided && seen.count >= known.count * MORE) ? 'REOPEN' : 'NOTHING'
  }
}
