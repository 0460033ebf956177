import { holdsIdNumber } from '../../vocabulary/id-number.ts'
import type { GovernanceStore } from '../store/store.ts'
import type { AlarmRow } from '../store/tables.ts'
import { alarmOf } from './alarm.ts'
import type { Alarm, AlarmEvent } from './alarm.ts'
import { addEvent, holdAlarm } from './file-alarm.ts'
import { officerKey, officerOfKey } from './keys.ts'
import type { AlarmRuleCode } from './rules.ts'
import { refusedDecision } from './states.ts'
import type { AlarmDecision, AlarmState } from './states.ts'

/** Which alarms are wanted; a member that is left out leaves none out. Instants are milliseconds since the epoch. */
export interface AlarmFilter {
  readonly state?: AlarmState
  readonly rule?: AlarmRuleCode
  readonly department?: string
  readonly officer?: string
  /** Raised at this instant or later, and before the other one. */
  readonly since?: number
  readonly until?: number
  /** Those behind this one, in the order of the list: `raisedAt` and `id` of the last one that was shown. */
  readonly after?: { readonly raisedAt: number; readonly id: string }
  /** At most so many; default 100. */
  readonly first?: number
}

/** Kinds of event that say where an alarm stands. */
const DECIDING = ['RAISED', 'REOPENED', 'CONFIRMED', 'DISMISSED']
/** After which of them it stands where. */
const LAST_OF: Readonly<Record<AlarmState, readonly string[]>> = {
  OPEN: ['RAISED', 'REOPENED'],
  CONFIRMED: ['CONFIRMED'],
  DISMISSED: ['DISMISSED'],
}

/** Alarms, the newest first. */
export async function listAlarms(
  { db }: Pick<GovernanceStore, 'db'>,
  filter: AlarmFilter = {},
): Promise<readonly Alarm[]> {
  const { state, rule, department, officer, since, until, after, first = 100 } = filter
  let query = db.selectFrom('alarm').selectAll('alarm')
  if (rule !== undefined) query = query.where('rule', '=', rule)
  if (department !== undefined) query = query.where('department', '=', department)
  if (officer !== undefined)
    query = query.where((is) => is.fn<string>('upper', ['officer']), '=', officer.toUpperCase())
  if (since !== undefined) query = query.where('raised_at', '>=', since)
  if (until !== undefined) query = query.where('raised_at', '<', until)
  if (after !== undefined)
    query = query.where((is) =>
      is.or([
        is('raised_at', '<', after.raisedAt),
        is.and([is('raised_at', '=', after.raisedAt), is('id', '<', after.id)]),
      ]),
    )
  if (state !== undefined)
    query = query.where(
      (is) =>
        is
          .selectFrom('alarm_event as e')
          .select('e.kind')
          .whereRef('e.alarm', '=', 'alarm.id')
          .where('e.kind', 'in', DECIDING)
          .orderBy('e.id', 'desc')
          .limit(1),
      'in',
      LAST_OF[state],
    )
  const rows = await query.orderBy('raised_at', 'desc').orderBy('id', 'desc').limit(first).execute()
  return withEvents(db, rows)
}

/** One alarm, or null. */
export async function alarmById({ db }: Pick<GovernanceStore, 'db'>, id: string): Promise<Alarm | null> {
  const rows = await db.selectFrom('alarm').selectAll().where('id', '=', id).execute()
  return (await withEvents(db, rows))[0] ?? null
}

async function withEvents(db: GovernanceStore['db'], rows: readonly AlarmRow[]): Promise<readonly Alarm[]> {
  if (rows.length === 0) return []
  const ids = rows.map(({ id }) => id)
  const events = await db.selectFrom('alarm_event').selectAll().where('alarm', 'in', ids).orderBy('id').execute()
  const byAlarm = Map.groupBy(events, ({ alarm }) => alarm)
  return rows.map((row) =>
    alarmOf(
      row,
      (byAlarm.get(row.id) ?? []).map(({ id, at, kind, officer, reason }): AlarmEvent => ({
        id,
        at,
        kind,
        officer,
        reason,
      })),
    ),
  )
}

/** What an officer decides about an alarm. */
export interface AlarmVerdict {
  readonly id: string
  readonly kind: AlarmDecision
  /** Who decides: staff numbers are each department's own. */
  readonly officer: string
  readonly department: string
  readonly reason: string
  /** Milliseconds since the epoch. */
  readonly at: number
}

/**
 * Why a decision does not stand. `CONCERNED`: nobody decides on an alarm that is about themselves or their department
 * (ZS-6.16); `NO_REASON`, `NUMBER`: the reason is missing, or holds a citizen's number (HZ-47.2).
 */
export type VerdictRefusal = 'UNKNOWN' | 'ALREADY' | 'OPEN_ALREADY' | 'CONCERNED' | 'NO_REASON' | 'NUMBER'

/** Of two who decide at the same moment the second one decides over the first. */
export async function decideAlarm(
  { db }: Pick<GovernanceStore, 'db'>,
  verdict: AlarmVerdict,
): Promise<
  { readonly kind: 'DECIDED'; readonly alarm: Alarm } | { readonly kind: 'REFUSED'; readonly why: VerdictRefusal }
> {
  const { id, kind, officer, department, at } = verdict
  const reason = verdict.reason.trim()
  if (reason === '') return { kind: 'REFUSED', why: 'NO_REASON' }
  if (holdsIdNumber(reason) || holdsIdNumber(officer)) return { kind: 'REFUSED', why: 'NUMBER' }
  const why = await db.transaction().execute(async (trx): Promise<VerdictRefusal | null> => {
    const held = await holdAlarm(trx, id)
    const alarm = held && (await alarmById({ db: trx }, id))
    if (alarm === null) return 'UNKNOWN'
    if (isAbout(alarm, department)) return 'CONCERNED'
    const refused = refusedDecision(alarm.state, kind)
    if (refused !== null) return refused
    await addEvent(trx, { alarm: id, at, kind, officer: officerKey(verdict), reason: reason.slice(0, 500) })
    return null
  })
  if (why !== null) return { kind: 'REFUSED', why }
  const alarm = await alarmById({ db }, id)
  return alarm === null ? { kind: 'REFUSED', why: 'UNKNOWN' } : { kind: 'DECIDED', alarm }
}

/** Whether an alarm is about a department, or about one of its officers, or one of them is part of the pattern. */
function isAbout({ concerned, evidence }: Alarm, department: string): boolean {
  const named = (evidence.named['officers'] ?? []).flatMap((name) => officerOfKey(name)?.department ?? [])
  return concerned.department === department || named.includes(department)
}
