import type { Clock } from '../../vocabulary/ports.ts'
import type { GovernanceStore } from '../store/store.ts'
import type { AlarmDeliveryRow } from '../store/tables.ts'
import { alarmById } from './alarms.ts'
import { addEvent } from './file-alarm.ts'
import { alarmMessage } from './message.ts'
import type { AlarmMessage } from './message.ts'
import { DAY, HOUR } from './windows.ts'

/** Where alarms go beside the log and the graph: a port. */
export interface AlarmSink {
  /** Word of our own, in the store and in events. */
  readonly name: string
  /** @throws where it was not taken; it is tried again then */
  send(message: AlarmMessage): Promise<void>
}

/** What deliveries are made with. */
export interface DeliveryParts {
  readonly store: Pick<GovernanceStore, 'db'>
  readonly sink: AlarmSink
  readonly clock: Pick<Clock, 'now'>
  /** Who delivers, another one in each process. */
  readonly holder: string
  /** Told of each try that failed; must not throw. */
  readonly failed: (where: string, error: unknown) => void
}

/** Kinds of event that a sink is told of. */
const TOLD = ['RAISED', 'REOPENED', 'CONFIRMED', 'DISMISSED', 'SUSPENDED']

/** Milliseconds for which one try has the claim; longer than a sink may take. */
const CLAIM = 60_000
/** Milliseconds before the first try after one that failed, doubled each time, up to the longest. */
const PAUSE = { first: 5_000, longest: HOUR } as const
/** How old an event may be: what was not taken within three days is given up, and older ones are not begun. */
const HORIZON = 3 * DAY
const AT_ONCE = 20

/**
 * Delivers what is due, each event at least once and, as long as nobody ends in the middle of it, once: the claim stands in
 * the store, so that replicas and restarts keep it.
 *
 * @returns how many were delivered
 */
export async function deliverAlarms(parts: DeliveryParts): Promise<number> {
  await enlist(parts)
  let delivered = 0
  for (const row of await due(parts)) {
    if ((await claim(parts, row)) && (await deliver(parts, row))) delivered += 1
  }
  return delivered
}

/** Events that nobody has put in line yet. */
async function enlist({ store: { db }, sink, clock }: DeliveryParts): Promise<void> {
  const news = await db
    .selectFrom('alarm_event as e')
    .leftJoin('alarm_delivery as d', (join) => join.onRef('d.event', '=', 'e.id').on('d.sink', '=', sink.name))
    .select('e.id')
    .where('d.event', 'is', null)
    .where('e.kind', 'in', TOLD)
    .where('e.at', '>', clock.now() - HORIZON)
    .execute()
  if (news.length === 0) return
  const common = { sink: sink.name, holder: null, held_until: 0, attempts: 0, next_at: 0, done_at: null }
  await db
    .insertInto('alarm_delivery')
    .values(news.map(({ id }) => ({ event: Number(id), ...common })))
    .onConflict((oc) => oc.columns(['event', 'sink']).doNothing())
    .execute()
}

function due({ store: { db }, sink, clock }: DeliveryParts): Promise<readonly AlarmDeliveryRow[]> {
  const now = clock.now()
  return db
    .selectFrom('alarm_delivery')
    .selectAll()
    .where('sink', '=', sink.name)
    .where('done_at', 'is', null)
    .where('next_at', '<=', now)
    .where('held_until', '<=', now)
    .orderBy('event')
    .limit(AT_ONCE)
    .execute()
}

/** Whether it is ours: one statement, so that of several who try one has it. */
async function claim({ store: { db }, clock, holder }: DeliveryParts, row: AlarmDeliveryRow): Promise<boolean> {
  const now = clock.now()
  const { numUpdatedRows: updated } = await db
    .updateTable('alarm_delivery')
    .set({ holder, held_until: now + CLAIM, attempts: row.attempts + 1 })
    .where('event', '=', row.event)
    .where('sink', '=', row.sink)
    .where('done_at', 'is', null)
    .where('attempts', '=', row.attempts)
    .where('held_until', '<=', now)
    .executeTakeFirstOrThrow()
  return Number(updated) === 1
}

async function deliver(parts: DeliveryParts, row: AlarmDeliveryRow): Promise<boolean> {
  const { store, sink, clock, failed } = parts
  const found = await store.db.selectFrom('alarm_event').selectAll().where('id', '=', row.event).executeTakeFirst()
  const alarm = found && (await alarmById(store, found.alarm))
  const event = alarm?.events.find(({ id }) => id === row.event)
  if (!alarm || !event) return false
  try {
    await sink.send(alarmMessage(alarm, event))
  } catch (error) {
    failed(`alarms: ${sink.name}`, error)
    await putOff(parts, row, alarm.id, event.at)
    return false
  }
  await finish(parts, row, alarm.id, 'DELIVERED', clock.now())
  return true
}

/** Tried again later, longer each time; given up where it is too old to be news. */
async function putOff(parts: DeliveryParts, row: AlarmDeliveryRow, alarm: string, at: number): Promise<void> {
  const now = parts.clock.now()
  if (now - at > HORIZON) return finish(parts, row, alarm, 'UNDELIVERED', now)
  const pause = Math.min(PAUSE.longest, PAUSE.first * 2 ** Math.min(row.attempts, 20))
  await parts.store.db
    .updateTable('alarm_delivery')
    .set({ holder: null, held_until: 0, next_at: now + pause })
    .where('event', '=', row.event)
    .where('sink', '=', row.sink)
    .where('holder', '=', parts.holder)
    .execute()
}

async function finish(
  { store, sink, holder }: DeliveryParts,
  row: AlarmDeliveryRow,
  alarm: string,
  kind: 'DELIVERED' | 'UNDELIVERED',
  now: number,
): Promise<void> {
  await store.db.transaction().execute(async (trx) => {
    const { numUpdatedRows: updated } = await trx
      .updateTable('alarm_delivery')
      .set({ holder: null, held_until: 0, done_at: now })
      .where('event', '=', row.event)
      .where('sink', '=', row.sink)
      .where('holder', '=', holder)
      .where('done_at', 'is', null)
      .executeTakeFirstOrThrow()
    // Whoever was too slow has lost the claim; whoever has it tells what became of it.
    if (Number(updated) === 1) await addEvent(trx, { alarm, at: now, kind, reason: `${sink.name}: event ${row.event}` })
  })
}
