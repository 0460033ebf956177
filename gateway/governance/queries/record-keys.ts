import { setImmediate as nextTurn } from 'node:timers/promises'
import { sql } from 'kysely'
import type { Kysely } from 'kysely'
import type { GovernanceTables } from '../store/tables.ts'
import { all } from './branches.ts'
import type { Branch, Span } from './branches.ts'
import type { Position } from './scope.ts'

/** How far one page looks. */
export interface Look {
  /** Rows that one statement looks at: a store in this thread stops everything else for as long as one takes. */
  readonly window: number
  /** Statements of one page: beyond as many it ends, shorter than was asked for, and the next one goes on from there. */
  readonly steps: number
}

const USUAL: Look = { window: 4_000, steps: 25 }

/** What was found on one way. */
export interface FoundOn {
  readonly keys: readonly Position[]
  /** How far was looked, where there may be more; null where everything was seen, or as much was found as is needed. */
  readonly end: Position | null
}

/**
 * Looks for records on one way, window by window, newest first.
 *
 * @param need how many are enough
 */
export async function findKeys(
  db: Kysely<GovernanceTables>,
  branch: Branch,
  whole: Span,
  need: number,
  look: Look = USUAL,
): Promise<FoundOn> {
  const keys: Position[] = []
  let span = whole
  for (let step = 0; step < look.steps; step += 1) {
    if (step > 0) await nextTurn()
    keys.push(...(await matching(db, branch, { span, window: look.window }, need - keys.length)))
    if (keys.length >= need) return { keys, end: null }
    const end = await windowEnd(db, branch, { span, window: look.window })
    if (end === null) return { keys, end: null }
    span = { ...span, after: end }
  }
  return { keys, end: span.after }
}

interface Step {
  readonly span: Span
  readonly window: number
}

async function matching(
  db: Kysely<GovernanceTables>,
  branch: Branch,
  { span, window }: Step,
  most: number,
): Promise<readonly Position[]> {
  // SQLite takes a cross join in the order in which it is written: the window first, whatever else has an index.
  const found = sql<Position>`select r.at, r.chain, r.seq from (${branch.window(span, window)}) w
    cross join audit_record r where r.chain = w.chain and r.seq = w.seq and r.at = w.at and ${all(branch.conditions)}
    order by r.at desc, r.seq desc, r.chain desc limit ${most}`
  return (await found.execute(db)).rows
}

/** The last position of a full window; null where the window holds all that is left. */
async function windowEnd(
  db: Kysely<GovernanceTables>,
  branch: Branch,
  { span, window }: Step,
): Promise<Position | null> {
  const last = sql<Position & { readonly rows: number }>`select w.at, w.chain, w.seq, count(*) over () as rows
    from (${branch.window(span, window)}) w order by w.at asc, w.seq asc, w.chain asc limit 1`
  const [end] = (await last.execute(db)).rows
  return end && Number(end.rows) >= window ? { at: end.at, chain: end.chain, seq: end.seq } : null
}
