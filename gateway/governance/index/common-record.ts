import type { Kysely } from 'kysely'
import type { Tip } from '../../audit/line-types.ts'
import type { GovernanceTables } from '../store/tables.ts'
import { chainOf, namesOf } from './chains.ts'
import { BEGINNING, createFollower } from './follower.ts'
import type { ChainSource } from './source.ts'

/** Compared at once. */
const MOST = 500

/** What both have in common, and how far the segments go. */
export interface Common {
  readonly tip: Tip
  /** Number of the last record in the segments; the first that differs where one does. */
  readonly written: number
}

/**
 * The last record that segments and copy have in common, each record before it being the same in both. Reads the whole
 * chain: it is asked for only where records were lost.
 */
export async function commonRecord(
  source: ChainSource,
  db: Kysely<GovernanceTables>,
  name: string,
  copied: Tip,
): Promise<Common> {
  // What stands there now counts: nothing is waited for.
  const follower = createFollower({ source, after: BEGINNING, now: () => 0, settle: 0, most: MOST })
  let common: Tip = BEGINNING
  for (;;) {
    const batch = await follower.next(Number.MAX_SAFE_INTEGER)
    const [first] = batch.records
    const last = batch.records.at(-1)
    if (batch.state !== 'more' && last === undefined) return { tip: common, written: batch.tip.seq }
    if (first === undefined || last === undefined) continue
    // Removed in order: the chain begins later now.
    if (common.seq === 0) common = { seq: first.seq - 1, hash: first.prev }
    const known = await hashesOf(db, chainOf(name), first.seq, last.seq)
    for (const { seq, hash } of batch.records) {
      if (seq > copied.seq || known.get(seq)?.has(hash) !== true) return { tip: common, written: Infinity }
      common = { seq, hash }
    }
  }
}

/** What was copied under each number, in whichever branch. */
async function hashesOf(
  db: Kysely<GovernanceTables>,
  chain: string,
  from: number,
  to: number,
): Promise<ReadonlyMap<number, ReadonlySet<string>>> {
  const names = (await namesOf(db, chain)).map((row) => row.chain)
  const rows = await db
    .selectFrom('audit_record')
    .select(['seq', 'hash'])
    .where('chain', 'in', names)
    .where('seq', '>=', from)
    .where('seq', '<=', to)
    .execute()
  const bySeq = Map.groupBy(rows, ({ seq }) => seq)
  return new Map([...bySeq].map(([seq, some]) => [seq, new Set(some.map(({ hash }) => hash))]))
}
