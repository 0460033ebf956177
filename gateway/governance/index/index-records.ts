import type { Transaction } from 'kysely'
import { GENESIS } from '../../audit/line-types.ts'
import type { Tip } from '../../audit/line-types.ts'
import type { AuditRecord } from '../../audit/record.ts'
import { BULK_TABLES } from '../store/columns.ts'
import type { GovernanceStore } from '../store/store.ts'
import type { GovernanceTables } from '../store/tables.ts'
import { writeFound } from './chains.ts'
import type { Found } from './found.ts'
import { rowsOf } from './rows.ts'

/** A chain, as the store is told of it. */
export interface IndexedChain {
  /** Its ID, or the name of its branch (chains.ts). */
  readonly chain: string
  /** Who writes it: host and process, for people. */
  readonly replica: string
}

/** What is copied together: records in order, what was found among them, and the place behind all of it. */
export interface CopiedBatch {
  readonly records: readonly AuditRecord[]
  readonly found: readonly Found[]
  readonly tip: Tip
}

/**
 * Copies records of one chain into the store, in the order of the chain, in one transaction: all rows, and last how far
 * the copy goes. What was copied before stays as it is, so that the same records may come twice.
 *
 * @param now milliseconds since the Unix epoch
 */
export async function indexRecords(
  store: GovernanceStore,
  chain: IndexedChain,
  records: readonly AuditRecord[],
  now: number,
): Promise<void> {
  const last = records.at(-1)
  if (last === undefined) return
  await copyBatch(store, chain, { records, found: [], tip: { seq: last.seq, hash: last.hash } }, now)
}

/** The same, with what was found. */
export async function copyBatch(
  store: GovernanceStore,
  { chain, replica }: IndexedChain,
  { records, found, tip }: CopiedBatch,
  now: number,
): Promise<void> {
  const rows = rowsOf(chain, records)
  await store.prepareMonths(rows.audit_record.map(({ at }) => at))
  await store.db.transaction().execute(async (trx) => {
    await holdChain(trx, { chain, replica }, now, store.kind)
    for (const table of BULK_TABLES) await store.addRows(trx, table, rows[table])
    await writeFound(trx, chain, found, now)
    await advanceTo(trx, chain, tip, now)
  })
}

/** Makes the chain known, and holds it until the transaction's end: two who copy the same chain take turns. */
export async function holdChain(
  trx: Transaction<GovernanceTables>,
  { chain, replica }: IndexedChain,
  now: number,
  kind: GovernanceStore['kind'],
): Promise<Tip> {
  await trx
    .insertInto('audit_chain')
    .values({ chain, replica, seq: 0, hash: GENESIS, told_seq: 0, first_seen: now, last_seen: now, retired_at: null })
    .onConflict((oc) => oc.column('chain').doNothing())
    .execute()
  // Who writes it may have a new name, such as that of a new container.
  await trx.updateTable('audit_chain').set({ replica }).where('chain', '=', chain).execute()
  const query = trx.selectFrom('audit_chain').select(['seq', 'hash']).where('chain', '=', chain)
  return (kind === 'postgres' ? query.forUpdate() : query).executeTakeFirstOrThrow()
}

/** Notes how far the copy goes; never back. */
export async function advanceTo(
  trx: Transaction<GovernanceTables>,
  chain: string,
  tip: Tip,
  now: number,
): Promise<void> {
  await trx
    .updateTable('audit_chain')
    .set({ seq: tip.seq, hash: tip.hash, last_seen: now, retired_at: null })
    .where('chain', '=', chain)
    .where('seq', '<', tip.seq)
    .execute()
  await trx
    .updateTable('audit_chain')
    .set({ told_seq: tip.seq })
    .where('chain', '=', chain)
    .where('told_seq', '<', tip.seq)
    .execute()
}
