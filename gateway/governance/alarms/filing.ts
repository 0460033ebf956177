import type { Clock } from '../../vocabulary/ports.ts'
import type { GovernanceStore } from '../store/store.ts'
import { alarmById } from './alarms.ts'
import type { Alarm } from './alarm.ts'
import { addEvent, fileSighting } from './file-alarm.ts'
import type { AlarmRuleCode } from './rules.ts'
import type { AlarmSettings } from './settings.ts'
import type { Sighting } from './sighting.ts'
import { alarmState } from './states.ts'

/** What has just become of an alarm, for the log. */
export interface AlarmNews {
  readonly what: 'RAISED' | 'REOPENED' | 'SUSPENDED'
  readonly alarm: Alarm
}

/** What a watch is built over. */
export interface AlarmWatchParts {
  readonly store: Pick<GovernanceStore, 'db'>
  readonly clock: Pick<Clock, 'now'>
  /** Read at each batch: the file may have changed. */
  readonly settings: () => AlarmSettings
  /** Told after it stands in the store; must not throw. */
  readonly publish: (news: AlarmNews) => void
  /**
   * Suspends an officer, with a sentence of our own; null where alarms suspend nobody.
   * It must not be undone by what comes late: an officer whom somebody restored is suspended by a new alarm alone.
   */
  readonly suspend: ((who: { department: string; officer: string }, reason: string) => Promise<void>) | null
  /** Waits before a rule that failed is asked again; by default as long as it is told to, in milliseconds. */
  readonly pause?: (milliseconds: number) => Promise<unknown>
  /** Told of a rule that could not judge; must not throw. */
  readonly failed: (where: string, error: unknown) => void
}

/** Files what the rules saw, tells of it, and suspends where that is wanted. */
export async function fileAll(parts: AlarmWatchParts, sightings: readonly Sighting[]): Promise<void> {
  const { store, clock, publish } = parts
  for (const sighting of sightings) {
    const filed = await fileSighting(store, sighting, clock.now())
    if (filed.kind === 'RAISED' || filed.kind === 'REOPENED') {
      const alarm = await alarmById(store, filed.alarm)
      if (alarm !== null) publish({ what: filed.kind, alarm })
    }
    if (parts.settings().suspending.includes(sighting.rule)) await suspend(parts, filed.alarm)
  }
}

/**
 * Suspends whom an open alarm is about, once for each time that it was raised or opened again: also where the process
 * ended between the alarm and the suspension.
 */
async function suspend(parts: AlarmWatchParts, id: string): Promise<void> {
  const { store, clock, publish, failed } = parts
  const alarm = await alarmById(store, id)
  if (parts.suspend === null || alarm === null || !owesSuspension(alarm)) return
  const { department, officer } = alarm.concerned
  if (department === null || officer === null) return
  try {
    await parts.suspend({ department, officer }, suspensionReason(alarm.rule, id))
    await store.db.transaction().execute((trx) => addEvent(trx, { alarm: id, at: clock.now(), kind: 'SUSPENDED' }))
  } catch (error) {
    // The alarm stands whatever becomes of it, and the next sighting tries again.
    return failed('alarms: suspension', error)
  }
  publish({ what: 'SUSPENDED', alarm })
}

function owesSuspension({ events }: Alarm): boolean {
  if (alarmState(events) !== 'OPEN') return false
  const opened = events.findLastIndex(({ kind }) => kind === 'RAISED' || kind === 'REOPENED')
  return !events.slice(opened + 1).some(({ kind }) => kind === 'SUSPENDED')
}

/** A sentence for the operator, who finds the alarm by it. */
function suspensionReason(rule: AlarmRuleCode, id: string): string {
  return `alarm ${id} (${rule}): see gongxiang alarm show ${id}, then gongxiang officer restore`
}
