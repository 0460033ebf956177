import type { Kysely } from 'kysely'
import type { AuditChainRow, GovernanceTables } from '../store/tables.ts'
import type { Found } from './found.ts'

/** Milliseconds after which a chain of another machine counts as gone. */
const SILENT = 86_400_000

/** The chains that are there, and who writes on this machine. */
export interface Present {
  readonly names: readonly string[]
  readonly replicas: readonly string[]
}

/**
 * Chains that the store knows and nobody finds: those of this machine at once, those of others when nothing was heard of
 * them for a day. Each is told once, until it was there again.
 */
export async function missingChains(
  db: Kysely<GovernanceTables>,
  { names, replicas }: Present,
  now: number,
): Promise<readonly { readonly chain: string; readonly found: Found }[]> {
  const hosts = new Set(replicas.map(hostOf))
  const expected = await db.selectFrom('audit_chain').selectAll().where('retired_at', 'is', null).execute()
  const gone = expected.filter(
    ({ chain, replica, last_seen }) =>
      !names.includes(chain) && (hosts.has(hostOf(replica)) || now - last_seen > SILENT),
  )
  const told = await toldChains(db, gone)
  return gone
    .filter(({ chain }) => !told.has(chain))
    .map(({ chain, replica, seq }) => {
      const detail = `the chain of ${replica} is gone; ${seq} of its records were copied, and the copies are kept`
      return { chain, found: { kind: 'CHAIN_MISSING', from: 1, to: seq, detail } }
    })
}

/** The machine of a replica. */
export function hostOf(replica: string): string {
  return replica.split('/')[0] ?? replica
}

async function toldChains(db: Kysely<GovernanceTables>, gone: readonly AuditChainRow[]): Promise<ReadonlySet<string>> {
  if (gone.length === 0) return new Set()
  const rows = await db
    .selectFrom('audit_gap')
    .innerJoin('audit_chain', 'audit_chain.chain', 'audit_gap.chain')
    .select('audit_gap.chain')
    .where('kind', '=', 'CHAIN_MISSING')
    .where(
      'audit_gap.chain',
      'in',
      gone.map(({ chain }) => chain),
    )
    .whereRef('audit_gap.found_at', '>=', 'audit_chain.last_seen')
    .execute()
  return new Set(rows.map(({ chain }) => chain))
}
