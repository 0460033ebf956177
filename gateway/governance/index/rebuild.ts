import type { KeyObject } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Transaction } from 'kysely'
import type { Tip } from '../../audit/line-types.ts'
import type { AuditRecord } from '../../audit/record.ts'
import type { Clock } from '../../vocabulary/ports.ts'
import { BULK_TABLES } from '../store/columns.ts'
import type { GovernanceStore } from '../store/store.ts'
import type { GovernanceTables } from '../store/tables.ts'
import { chainEnd } from './chain-end.ts'
import { copiedChain, writeNewFound } from './chains.ts'
import type { CopiedChain } from './chains.ts'
import { BEGINNING, createFollower } from './follower.ts'
import type { Batch } from './follower.ts'
import { advanceTo, holdChain } from './index-records.ts'
import { removedInOrder } from './removed.ts'
import { rowsOf } from './rows.ts'
import { createSegmentTable } from './segment-table.ts'
import type { ChainSource } from './source.ts'
import { gap } from './take-lines.ts'

/** What a rebuild needs. */
export interface RebuildParts {
  readonly store: GovernanceStore
  readonly source: ChainSource
  readonly clock: Pick<Clock, 'now'>
  /** Keys that orders of removal are checked with: what no order removed is the only copy, and stays. */
  readonly publicKeys: readonly KeyObject[]
  /** Milliseconds that a line which nobody acknowledged must have stood there; default 500. */
  readonly settle?: number
  /** Told how many records are done, and of how many. */
  readonly progress: (done: number, of: number) => void
}

/** What a rebuild did. */
export interface Rebuilt {
  readonly chain: string
  readonly records: number
  /** Rows of records whose segments were removed in order, dropped. */
  readonly dropped: number
  /** Copies of records that the segments have lost: they are evidence, and stay. */
  readonly kept: number
}

/** Records of one transaction. */
const BATCH = 500
const SETTLE = 500

/**
 * Makes the rows of a chain anew from its segments, whatever the tables hold of it. Each step replaces the rows of some
 * records in one transaction: queries and the gateway beside it always see whole records, and alarms, their events and
 * what was found stay. Null where the folder holds no segment.
 */
export async function rebuildChain(parts: RebuildParts): Promise<Rebuilt | null> {
  const { store, source, progress } = parts
  const [first] = await createSegmentTable(source)()
  if (first === undefined) return null
  const copied = await copiedChain(store.db, first.header.chain)
  const start = await startOf(store, copied)
  const end = (await chainEnd(source))?.seq ?? 0
  const removed = await removedInOrder(source, parts.publicKeys, first.header.chain)
  const begin = Math.max(first.header.first, start.seq + 1)
  const dropped = await dropBefore(store, copied.name, Math.min(begin, removed + 1))
  const missing = gap(Math.max(removed, start.seq) + 1, begin - 1)
  if (missing.from <= missing.to) await writeNewFound(store.db, copied.name, [missing], parts.clock.now())
  let [tip, records]: [Tip, number] = [{ ...start, seq: begin - 1 }, 0]
  for await (const batch of batchesFrom(parts, start, copied.tip.seq)) {
    await replace(parts, copied, tip.seq, batch)
    tip = batch.tip
    records += batch.records.length
    progress(tip.seq, Math.max(end, tip.seq))
  }
  const kept = (await countBefore(store, copied.name, begin)) + (await countAfter(store, copied.name, tip.seq))
  return { chain: copied.name, records, dropped, kept }
}

/** A branch begins behind the last record that it has in common with the one before it (chains.ts). */
async function startOf({ db }: GovernanceStore, { name, tip }: CopiedChain): Promise<Tip> {
  if (!name.includes('~')) return BEGINNING
  const first = await db
    .selectFrom('audit_record')
    .select(['seq', 'record'])
    .where('chain', '=', name)
    .orderBy('seq')
    .limit(1)
    .executeTakeFirst()
  if (first === undefined) return tip
  const { prev } = JSON.parse(first.record) as Pick<AuditRecord, 'prev'>
  return { seq: first.seq - 1, hash: prev }
}

/** Everything that counts: what was copied before counted, and what stands there for a while does. */
async function* batchesFrom(
  { source, clock, settle = SETTLE }: RebuildParts,
  after: Tip,
  acknowledged: number,
): AsyncGenerator<Batch> {
  const now = (): number => clock.now()
  const follower = createFollower({ source, after, now, settle, most: BATCH })
  for (let idle = 0; idle < 2;) {
    const batch = await follower.next(acknowledged)
    // A branch whose beginning is not in the segments either has nothing that could be replaced.
    if (batch.state === 'lost') return
    if (batch.state === 'more') yield batch
    if (batch.state === 'more') continue
    idle += 1
    if (idle < 2 && settle > 0) await sleep(settle + 50)
  }
}

async function replace(
  { store, source, clock }: RebuildParts,
  chain: CopiedChain,
  after: number,
  batch: Batch,
): Promise<void> {
  const { tip, records, found } = batch
  // What the segments lost, or what was changed in them, may stand here alone by now.
  const lost = found.filter(({ kind }) => kind === 'GAP' || kind === 'CHANGED')
  const rows = rowsOf(chain.name, records)
  await store.prepareMonths(rows.audit_record.map(({ at }) => at))
  await store.db.transaction().execute(async (trx) => {
    await holdChain(trx, { chain: chain.name, replica: source.replica }, clock.now(), store.kind)
    for (const table of BULK_TABLES) {
      const replaced = trx
        .deleteFrom(table)
        .where('chain', '=', chain.name)
        .where('seq', '>', after)
        .where('seq', '<=', tip.seq)
      const kept = lost.map(({ from, to }) => [from, to] as const)
      await kept
        .reduce((query, [from, to]) => query.where((is) => is.or([is('seq', '<', from), is('seq', '>', to)])), replaced)
        .execute()
      await store.addRows(trx, table, rows[table])
    }
    await writeNewFound(trx, chain.name, batch.found, clock.now())
    await advanceTo(trx, chain.name, tip, clock.now())
  })
}

/**
 * Drops the rows of records before a number, whose segments were removed in order (sealed deletion).
 *
 * @returns how many records they were
 */
export async function dropBefore(store: GovernanceStore, chain: string, first: number): Promise<number> {
  return store.db.transaction().execute(async (trx) => {
    const dropped = await deleteBefore(trx, 'audit_record', chain, first)
    for (const table of BULK_TABLES) await deleteBefore(trx, table, chain, first)
    return dropped
  })
}

async function deleteBefore(
  trx: Transaction<GovernanceTables>,
  table: (typeof BULK_TABLES)[number],
  chain: string,
  first: number,
): Promise<number> {
  const result = await trx.deleteFrom(table).where('chain', '=', chain).where('seq', '<', first).executeTakeFirst()
  return Number(result.numDeletedRows)
}

async function countBefore({ db }: GovernanceStore, chain: string, seq: number): Promise<number> {
  const row = await db
    .selectFrom('audit_record')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('chain', '=', chain)
    .where('seq', '<', seq)
    .executeTakeFirstOrThrow()
  return row.count
}

async function countAfter({ db }: GovernanceStore, chain: string, seq: number): Promise<number> {
  const row = await db
    .selectFrom('audit_record')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('chain', '=', chain)
    .where('seq', '>', seq)
    .executeTakeFirstOrThrow()
  return row.count
}
