/** Governance stores for tests: a file in a temporary folder, and a PostgreSQL server of the test's own. */
import { randomUUID } from 'node:crypto'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { GENESIS } from '../../gateway/audit/line-types.ts'
import type { Tip } from '../../gateway/audit/line-types.ts'
import { entryJson, recordLine } from '../../gateway/audit/line.ts'
import type { AuditEntry, AuditRecord } from '../../gateway/audit/record.ts'
import { indexRecords } from '../../gateway/governance/index/index-records.ts'
import { openGovernanceStore } from '../../gateway/governance/store/store.ts'
import type { GovernanceStore, StoreAddress } from '../../gateway/governance/store/store.ts'
import { startPostgres } from './postgres.ts'
import type { PrivatePostgres } from './postgres.ts'

/** One kind of store; `open` makes an empty one each time. */
export interface StoreKind {
  readonly kind: GovernanceStore['kind']
  /** An address of an empty store. */
  address(): Promise<StoreAddress>
  open(): Promise<GovernanceStore>
}

export interface TestStores {
  readonly kinds: readonly StoreKind[]
  /** Null where the machine has no server binaries. */
  readonly postgres: PrivatePostgres | null
  /** Closes all stores that were opened, and the server. */
  close(): Promise<void>
}

/** Both kinds of store; each `open` gives an empty one. SQLite alone where `postgres` is false. */
export async function storesForTests({ postgres: wanted = true } = {}): Promise<TestStores> {
  const postgres = wanted ? await startPostgres() : null
  const opened: GovernanceStore[] = []
  const kindOf = (kind: GovernanceStore['kind'], address: () => Promise<StoreAddress>): StoreKind => ({
    kind,
    address,
    async open() {
      const store = await openGovernanceStore(await address())
      opened.push(store)
      return store
    },
  })
  const sqlite = kindOf('sqlite', sqliteAddress)
  const server =
    postgres &&
    kindOf('postgres', async () => ({
      databaseUrl: postgres.url,
      schema: `g_${randomUUID().replaceAll('-', '')}`,
    }))
  return {
    kinds: server === null ? [sqlite] : [sqlite, server],
    postgres,
    async close() {
      await Promise.allSettled(opened.map((store) => store.close()))
      await postgres?.close()
    },
  }
}

async function sqliteAddress(): Promise<StoreAddress> {
  return { file: join(await mkdtemp(join(tmpdir(), 'gx-governance-')), 'governance.sqlite') }
}

/** An empty SQLite store, for tests that need no other. */
export async function openTestStore(): Promise<GovernanceStore> {
  return openGovernanceStore(await sqliteAddress())
}

/** Records of one chain as they would stand in its segments, from entries. */
export function chained(entries: readonly AuditEntry[], chain = 'test-chain', after?: Tip): readonly AuditRecord[] {
  let tip = after ?? { seq: 0, hash: GENESIS }
  return entries.map((entry) => {
    const { bytes, tip: next } = recordLine(chain, tip, entryJson(entry), 'SHA-256')
    tip = next
    return JSON.parse(Buffer.from(bytes).toString('utf8')) as AuditRecord
  })
}

/** Copies records into a store as the index does, by their chains. */
export async function insertRecords(store: GovernanceStore, records: readonly AuditRecord[]): Promise<void> {
  for (const [chain, some] of Map.groupBy(records, (record) => record.chain)) {
    await indexRecords(store, { chain, replica: 'test' }, some, Date.parse('2026-11-23T02:00:00Z'))
  }
}
