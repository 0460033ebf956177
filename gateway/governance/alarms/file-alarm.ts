import { createHash } from 'node:crypto'
import type { Transaction } from 'kysely'
import type { GovernanceStore } from '../store/store.ts'
import type { AlarmRow, GovernanceTables } from '../store/tables.ts'
import { evidenceOf } from './alarm.ts'
import { mergeEvidence } from './sighting.ts'
import type { Evidence, Sighting } from './sighting.ts'
import { alarmState, decidedAt, renewal, toldAt } from './states.ts'

/** What became of a sighting. */
export type Filed =
  | { readonly kind: 'NOTHING' | 'UPDATED'; readonly alarm: string }
  | { readonly kind: 'RAISED' | 'REOPENED'; readonly alarm: string; readonly event: number }

/**
 * Files a sighting: as a new alarm, as more of an open one, or as the reason to open one again. The same sighting twice
 * changes nothing, and of two replicas that have the same one files it: the ID follows from rule, key and how many there
 * were before.
 *
 * @param now milliseconds since the epoch, by which decisions are dated too
 */
export function fileSighting(store: Pick<GovernanceStore, 'db'>, sighting: Sighting, now: number): Promise<Filed> {
  return store.db.transaction().execute(async (trx) => {
    const known = await alarmsOf(trx, sighting)
    const last = known.at(-1)
    if (last === undefined) return (await raise(trx, sighting, 0, now)) ?? refile(trx, sighting, now)
    return renew(trx, last, known.length, sighting, now)
  })
}

async function alarmsOf(trx: Transaction<GovernanceTables>, { rule, key }: Sighting): Promise<readonly AlarmRow[]> {
  const rows = await trx
    .selectFrom('alarm')
    .selectAll()
    .where('rule', '=', rule)
    .where('key', '=', JSON.stringify(key))
    .execute()
  const ids = rows.map((_, before) => alarmId(rule, key, before))
  return rows.toSorted((a, b) => ids.indexOf(a.id) - ids.indexOf(b.id))
}

/** Another replica has raised it meanwhile: then this sighting is more of the same. */
async function refile(trx: Transaction<GovernanceTables>, sighting: Sighting, now: number): Promise<Filed> {
  const known = await alarmsOf(trx, sighting)
  const last = known.at(-1)
  if (last === undefined) throw new Error('an alarm is neither there nor can it be added')
  return renew(trx, last, known.length, sighting, now)
}

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** `al_` and 26 characters: the n-th alarm of a rule's key has one ID, whoever raises it. */
function alarmId(rule: string, key: readonly string[], before: number): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([rule, key, before]))
    .digest()
  return `al_${[...digest.subarray(0, 26)].map((byte) => ALPHABET.charAt(byte & 31)).join('')}`
}

/** Null where it is there already. */
async function raise(
  trx: Transaction<GovernanceTables>,
  sighting: Sighting,
  before: number,
  now: number,
): Promise<Filed | null> {
  const { rule, key, concerned, at, evidence } = sighting
  const id = alarmId(rule, key, before)
  const row: AlarmRow = {
    id,
    rule,
    key: JSON.stringify(key),
    ...concerned,
    raised_at: now,
    seen_at: at,
    times: 1,
    evidence: JSON.stringify(evidence),
  }
  const added = await trx
    .insertInto('alarm')
    .values(row)
    .onConflict((oc) => oc.column('id').doNothing())
    .returning('id')
    .executeTakeFirst()
  if (added === undefined) return null
  return { kind: 'RAISED', alarm: id, event: await addEvent(trx, { alarm: id, at: now, kind: 'RAISED' }) }
}

/** Adds an event inside a transaction; its number says the order. */
export async function addEvent(
  trx: Transaction<GovernanceTables>,
  event: {
    readonly alarm: string
    readonly at: number
    readonly kind: string
    readonly officer?: string
    readonly reason?: string
  },
): Promise<number> {
  const { officer = null, reason = null } = event
  const { id } = await trx
    .insertInto('alarm_event')
    .values({ ...event, officer, reason })
    .returning('id')
    .executeTakeFirstOrThrow()
  return Number(id)
}

/** Holds an alarm until the transaction's end: decisions and sightings of it take turns, on either kind of store. */
export async function holdAlarm(trx: Transaction<GovernanceTables>, id: string): Promise<AlarmRow | null> {
  const held = await trx
    .updateTable('alarm')
    .set((row) => ({ times: row.ref('times') }))
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirst()
  return held ?? null
}

async function renew(
  trx: Transaction<GovernanceTables>,
  { id }: AlarmRow,
  before: number,
  sighting: Sighting,
  now: number,
): Promise<Filed> {
  const held = await holdAlarm(trx, id)
  if (held === null) throw new Error('an alarm is gone')
  const events = await trx
    .selectFrom('alarm_event')
    .select(['kind', 'at'])
    .where('alarm', '=', id)
    .orderBy('id')
    .execute()
  const known = evidenceOf(held)
  const state = alarmState(events)
  const { at, evidence } = sighting
  const what = renewal(
    { state, decidedAt: decidedAt(events), toldAt: toldAt(events), seenAt: held.seen_at, count: known.count },
    { at, from: Date.parse(evidence.from), window: sighting.window, count: evidence.count },
  )
  switch (what) {
    case 'NOTHING':
      return { kind: 'NOTHING', alarm: id }
    case 'ANOTHER':
      return (await raise(trx, sighting, before, now)) ?? { kind: 'NOTHING', alarm: id }
    case 'UPDATE':
      await update(trx, held, at, mergeEvidence(known, evidence))
      return { kind: 'UPDATED', alarm: id }
    case 'REOPEN': {
      // What is counted from here on is held against this sighting, not against what was dismissed.
      const merged = mergeEvidence(known, evidence)
      await update(trx, held, at, { ...merged, ...mainOf(evidence) })
      return { kind: 'REOPENED', alarm: id, event: await addEvent(trx, { alarm: id, at: now, kind: 'REOPENED' }) }
    }
  }
}

function mainOf({
  measure,
  count,
  limit,
  from,
  until,
  numbers,
}: Evidence): Omit<Evidence, 'receipts' | 'subjects' | 'named'> {
  return { measure, count, limit, from, until, numbers }
}

async function update(trx: Transaction<GovernanceTables>, held: AlarmRow, at: number, evidence: Evidence) {
  await trx
    .updateTable('alarm')
    .set({ seen_at: Math.max(held.seen_at, at), times: held.times + 1, evidence: JSON.stringify(evidence) })
    .where('id', '=', held.id)
    .execute()
}
