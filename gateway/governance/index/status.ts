import type { Selectable } from 'kysely'
import type { GovernanceStore } from '../store/store.ts'
import type { AuditChainRow, AuditGapRow } from '../store/tables.ts'
import { chainEnd } from './chain-end.ts'
import { chainOf } from './chains.ts'
import type { ChainSource } from './source.ts'

/** How one chain is copied. */
export interface ChainStatus {
  readonly chain: string
  readonly replica: string
  /** Last record copied. */
  readonly copied: number
  /** Last record that can be read in the segments; null for a chain of another machine, or one that is gone. */
  readonly written: number | null
  /** Records that are written and not copied; null where that cannot be seen from here. */
  readonly lag: number | null
  /** When its folder was last seen, milliseconds since the Unix epoch; null where it was never copied. */
  readonly seenAt: number | null
  readonly retired: boolean
}

/** What `gongxiang index status` tells. */
export interface IndexStatus {
  readonly kind: GovernanceStore['kind']
  readonly records: number
  readonly chains: readonly ChainStatus[]
  /** The latest findings, newest first. */
  readonly gaps: readonly Selectable<AuditGapRow>[]
}

/** How many findings are told. */
const LATEST = 20

/** Looks at the store, and at the chains of this machine. */
export async function indexStatus(store: GovernanceStore, sources: readonly ChainSource[]): Promise<IndexStatus> {
  const { db } = store
  const rows = await db.selectFrom('audit_chain').selectAll().orderBy('chain').execute()
  const gaps = await db.selectFrom('audit_gap').selectAll().orderBy('id', 'desc').limit(LATEST).execute()
  const { records } = await db
    .selectFrom('audit_record')
    .select((eb) => eb.fn.countAll<number>().as('records'))
    .executeTakeFirstOrThrow()
  const ends = (await Promise.all(sources.map(endOf))).filter((one) => one !== null)
  const known = rows.map((row) => statusOf(row, ends.find((end) => end.chain === chainOf(row.chain)) ?? null))
  const fresh = ends.filter((end) => !rows.some((row) => chainOf(row.chain) === end.chain))
  return { kind: store.kind, records, chains: [...known, ...fresh.map(neverCopied)], gaps }
}

interface End {
  readonly chain: string
  readonly replica: string
  readonly seq: number
}

async function endOf(source: ChainSource): Promise<End | null> {
  const end = await chainEnd(source)
  return end === null ? null : { ...end, replica: source.replica }
}

function statusOf(row: AuditChainRow, end: End | null): ChainStatus {
  const { chain, replica, seq: copied, last_seen: seenAt } = row
  const retired = row.retired_at !== null
  const written = retired ? null : (end?.seq ?? null)
  return {
    chain,
    replica,
    copied,
    written,
    lag: written === null ? null : Math.max(0, written - copied),
    seenAt,
    retired,
  }
}

function neverCopied({ chain, replica, seq }: End): ChainStatus {
  return { chain, replica, copied: 0, written: seq, lag: seq, seenAt: null, retired: false }
}
