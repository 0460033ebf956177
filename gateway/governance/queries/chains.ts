import type { Kysely, Selectable } from 'kysely'
import type { AuditChainRow, GovernanceTables } from '../store/tables.ts'

/** Chains, and what was found missing or wrong in them. */
export interface Chains {
  readonly chains: readonly AuditChainRow[]
  /** The newest. */
  readonly gaps: readonly Selectable<GovernanceTables['audit_gap']>[]
}

/** More replicas than any city has; and gaps, of which one is already too many. */
const MOST = { chains: 1_000, gaps: 200 } as const

/** How far the index has copied each chain. */
export async function readChains(db: Kysely<GovernanceTables>): Promise<Chains> {
  const chains = await db.selectFrom('audit_chain').selectAll().orderBy('chain').limit(MOST.chains).execute()
  const gaps = await db.selectFrom('audit_gap').selectAll().orderBy('id', 'desc').limit(MOST.gaps).execute()
  return { chains, gaps }
}

/** Records that the writer of a chain has told of and the index has not. */
export function lagOf({ seq, told_seq: told }: Pick<AuditChainRow, 'seq' | 'told_seq'>): number {
  return Math.max(0, told - seq)
}
