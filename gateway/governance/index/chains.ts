import { sql } from 'kysely'
import type { Kysely } from 'kysely'
import type { Tip } from '../../audit/line-types.ts'
import type { GovernanceStore } from '../store/store.ts'
import type { AuditChainRow, GovernanceTables } from '../store/tables.ts'
import { BEGINNING } from './follower.ts'
import type { Found } from './found.ts'

/** Under which name a chain is copied, and how far the copy goes. */
export interface CopiedChain {
  readonly name: string
  readonly tip: Tip
}

/**
 * A chain that lost records which had been copied goes on under another name, `<chain>~2`: what was copied stays as
 * evidence, and what follows is copied too. No chain's own ID holds the mark (CHAIN_ID).
 */
const BRANCH = '~'

/** The chain as it is copied now; its beginning where it is new. */
export async function copiedChain(db: Kysely<GovernanceTables>, chain: string): Promise<CopiedChain> {
  const rows = await namesOf(db, chain)
  const last = rows.at(-1)
  return last === undefined ? { name: chain, tip: BEGINNING } : { name: last.chain, tip: last }
}

/** Every name of a chain, in the order in which they were begun. */
export async function namesOf(db: Kysely<GovernanceTables>, chain: string): Promise<readonly AuditChainRow[]> {
  const rows = await db
    .selectFrom('audit_chain')
    .selectAll()
    .where((eb) => eb.or([eb('chain', '=', chain), isBranchOf(chain)]))
    .execute()
  return rows.toSorted((a, b) => branchOf(a.chain) - branchOf(b.chain))
}

/** Compared letter by letter: `_` of a name, which the operator chose, stands for every letter in a LIKE. */
function isBranchOf(chain: string) {
  const prefix = `${chain}${BRANCH}`
  return sql<boolean>`substr(chain, 1, ${sql.lit(prefix.length)}) = ${prefix}`
}

function branchOf(name: string): number {
  return Number(name.split(BRANCH)[1] ?? 1)
}

/** The chain's own ID. */
export function chainOf(name: string): string {
  return name.split(BRANCH)[0] ?? name
}

/** Begins the next branch behind the last record that the segments and the copy have in common. */
export async function beginBranch(
  store: GovernanceStore,
  from: CopiedChain & { readonly replica: string },
  common: Tip,
  now: number,
): Promise<CopiedChain> {
  const name = `${chainOf(from.name)}${BRANCH}${branchOf(from.name) + 1}`
  await store.db.transaction().execute(async (trx) => {
    const { replica } = from
    const { seq, hash } = common
    const row = { chain: name, replica, seq, hash, told_seq: seq, first_seen: now, last_seen: now, retired_at: null }
    await trx
      .insertInto('audit_chain')
      .values(row)
      .onConflict((oc) => oc.column('chain').doNothing())
      .execute()
    await trx.updateTable('audit_chain').set({ retired_at: now }).where('chain', '=', from.name).execute()
  })
  return { name, tip: common }
}

/** Who takes a chain out of service, and why. */
export interface Retirement {
  readonly chain: string
  /** Department and staff number, and a reason without a citizen's number. */
  readonly by: string
  readonly reason: string
  readonly at: number
}

/**
 * Says that a chain has ended in order, so that nobody misses it any more. Who said so is kept beside the findings, and
 * told as one (`AUDIT_TROUBLE`): to silence a chain is what somebody would do who made it disappear.
 *
 * @returns whether there was such a chain
 */
export function retireChain(db: Kysely<GovernanceTables>, { chain, by, reason, at }: Retirement): Promise<boolean> {
  return db.transaction().execute(async (trx) => {
    const ended = await trx
      .updateTable('audit_chain')
      .set({ retired_at: at })
      .where('chain', '=', chain)
      .returning('seq')
      .executeTakeFirst()
    if (ended === undefined) return false
    const detail = `taken out of service by ${by}: ${reason}`
    const row = { chain, found_at: at, kind: 'RETIRED', from_seq: ended.seq, to_seq: ended.seq, detail }
    await trx.insertInto('audit_gap').values(row).execute()
    return true
  })
}

/** Writes down what was found. */
export async function writeFound(
  db: Kysely<GovernanceTables>,
  chain: string,
  found: readonly Found[],
  now: number,
): Promise<void> {
  if (found.length === 0) return
  const rows = found.map(({ kind, from, to, detail }) => ({
    chain,
    found_at: now,
    kind,
    from_seq: from,
    to_seq: to,
    detail,
  }))
  await db.insertInto('audit_gap').values(rows).execute()
}

/** The same, but for what stands there already. */
export async function writeNewFound(
  db: Kysely<GovernanceTables>,
  chain: string,
  found: readonly Found[],
  now: number,
): Promise<void> {
  if (found.length === 0) return
  const rows = await db
    .selectFrom('audit_gap')
    .select(['kind', 'from_seq', 'to_seq'])
    .where('chain', '=', chain)
    .execute()
  const known = new Set(rows.map(({ kind, from_seq: from, to_seq: to }) => `${kind} ${from} ${to}`))
  await writeFound(
    db,
    chain,
    found.filter(({ kind, from, to }) => !known.has(`${kind} ${from} ${to}`)),
    now,
  )
}

/** Notes that chains are there, with and without new records. */
export async function touchChains(db: Kysely<GovernanceTables>, names: readonly string[], now: number): Promise<void> {
  if (names.length === 0) return
  await db
    .updateTable('audit_chain')
    .set({ last_seen: now })
    .where('chain', 'in', [...names])
    .execute()
}
