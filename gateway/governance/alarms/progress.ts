import { z } from 'zod'
import type { AuditRecord } from '../../audit/record.ts'
import type { GovernanceStore } from '../store/store.ts'

type Db = Pick<GovernanceStore, 'db'>

const SINCE = 'alarms:since'
const GAPS = 'alarms:gaps'

/**
 * Since when alarms are raised in this store: what was recorded before is learned from and raises none, so that whoever
 * switches alarms on over the records of years is not told of all of them at once.
 */
export async function alarmsSince({ db }: Db, now: number): Promise<number> {
  await db
    .insertInto('store_fact')
    .values({ name: SINCE, value: String(now) })
    .onConflict((oc) => oc.column('name').doNothing())
    .execute()
  return (await factOf({ db }, SINCE)) ?? now
}

/** The last record of a chain that was judged; 0 for none. */
export async function judgedUntil(store: Db, chain: string): Promise<number> {
  return (await factOf(store, nameOf(chain))) ?? 0
}

/** Notes up to which record a chain was judged; it never goes back. */
export function noteJudged(store: Db, chain: string, seq: number): Promise<void> {
  return raise(store, nameOf(chain), seq)
}

/** The last gap that was told. */
export async function gapsUntil(store: Db): Promise<number> {
  return (await factOf(store, GAPS)) ?? 0
}

/** Notes the last gap that was told. */
export function noteGaps(store: Db, id: number): Promise<void> {
  return raise(store, GAPS, id)
}

/** Chains of which the index has records that were not judged, with the first of these. */
export async function unjudged(store: Db): Promise<readonly { readonly chain: string; readonly after: number }[]> {
  const chains = await store.db.selectFrom('audit_chain').select(['chain', 'seq']).execute()
  const places = await Promise.all(chains.map(async (one) => ({ ...one, after: await judgedUntil(store, one.chain) })))
  return places.filter(({ seq, after }) => after < seq)
}

const record = z.custom<AuditRecord>((value) => typeof value === 'object' && value !== null && 'receipt' in value)

/** The next records of a chain as the index has them, in order. */
export async function recordsAfter(
  { db }: Db,
  chain: string,
  { after, before, most }: { readonly after: number; readonly before: number; readonly most: number },
): Promise<readonly AuditRecord[]> {
  const rows = await db
    .selectFrom('audit_record')
    .select('record')
    .where('chain', '=', chain)
    .where('seq', '>', after)
    .where('seq', '<', before)
    .orderBy('seq')
    .limit(most)
    .execute()
  // Under the name that the index has for the chain: two that were one fork under one name.
  return rows.map((row) => ({ ...record.parse(JSON.parse(row.record)), chain }))
}

function nameOf(chain: string): string {
  return `alarms:judged:${chain}`
}

async function factOf({ db }: Db, name: string): Promise<number | null> {
  const row = await db.selectFrom('store_fact').select('value').where('name', '=', name).executeTakeFirst()
  return row === undefined ? null : Number(row.value)
}

/** Never lower: a batch that comes again changes nothing. */
async function raise(store: Db, name: string, to: number): Promise<void> {
  const before = await factOf(store, name)
  if (before !== null && before >= to) return
  await store.db
    .insertInto('store_fact')
    .values({ name, value: String(to) })
    .onConflict((oc) => oc.column('name').doUpdateSet({ value: String(to) }))
    .execute()
}
