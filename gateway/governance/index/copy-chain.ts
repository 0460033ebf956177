import type { AuditRecord } from '../../audit/record.ts'
import type { Clock } from '../../vocabulary/ports.ts'
import type { GovernanceStore } from '../store/store.ts'
import { hostOf } from './missing-chains.ts'
import { beginBranch, chainOf, copiedChain, writeFound } from './chains.ts'
import type { CopiedChain } from './chains.ts'
import { commonRecord } from './common-record.ts'
import { createFollower } from './follower.ts'
import type { Batch, Follower } from './follower.ts'
import type { Found } from './found.ts'
import { copyBatch } from './index-records.ts'
import { createSegmentTable } from './segment-table.ts'
import type { ChainSource } from './source.ts'

/** Told of records after they were copied: the alarms' rules. */
export interface RecordWatch {
  /** Records of one chain, named as it is copied. */
  observe(records: readonly AuditRecord[]): Promise<void>
  /** What is due without records, such as records that were copied and never observed. */
  tick(): Promise<void>
}

/** What one chain is copied with. */
export interface CopyParts {
  readonly store: GovernanceStore
  readonly source: ChainSource
  readonly clock: Pick<Clock, 'now'>
  /** Milliseconds for which a line must have stood there, where nobody says that it is durable. */
  readonly settle: number
  readonly watch: RecordWatch | null
  /** Told of each finding as soon as it is written down. */
  readonly tell: (chain: string, found: Found) => void
}

/** What came of one step. */
export interface CopyStep {
  readonly chain: string
  readonly copied: number
  readonly seq: number
  readonly idle: boolean
}

/** Copies one chain, a batch at a time. After an error it begins anew where the store says that the copy ends. */
export interface ChainCopy {
  /** Null where the folder holds no segment yet. */
  step(acknowledged: number): Promise<CopyStep | null>
}

/** Records of one transaction: long enough to be fast, short enough that others of a file get their turn. */
const BATCH = 500

interface Going {
  readonly chain: CopiedChain
  readonly follower: Follower
}

/** A copy of one chain that has yet to be begun. */
export function createChainCopy(parts: CopyParts): ChainCopy {
  let going: Going | null = null
  return {
    async step(acknowledged) {
      going ??= await begin(parts)
      if (going === null) return null
      try {
        const batch = await going.follower.next(acknowledged)
        await write(parts, going.chain, batch)
        if (batch.state === 'lost') {
          going = await branch(parts, going.chain)
          return { chain: going.chain.name, copied: 0, seq: going.chain.tip.seq, idle: false }
        }
        going = { ...going, chain: { ...going.chain, tip: batch.tip } }
        const { name } = going.chain
        return { chain: name, copied: batch.records.length, seq: batch.tip.seq, idle: batch.state === 'idle' }
      } catch (error) {
        // Whatever was written is written; the store knows up to where.
        going = null
        throw error
      }
    },
  }
}

async function begin(parts: CopyParts): Promise<Going | null> {
  const [first] = await createSegmentTable(parts.source)()
  if (first === undefined) return null
  return follow(parts, await copiedChain(parts.store.db, first.header.chain))
}

function follow({ source, clock, settle }: CopyParts, chain: CopiedChain): Going {
  const now = (): number => clock.now()
  return { chain, follower: createFollower({ source, after: chain.tip, now, settle, most: BATCH }) }
}

async function write(
  { store, source, clock, watch, tell }: CopyParts,
  chain: CopiedChain,
  batch: Batch,
): Promise<void> {
  const { records, found } = batch
  const isNews = records.length > 0 || found.length > 0
  if (isNews) await copyBatch(store, { chain: chain.name, replica: source.replica }, batch, clock.now())
  for (const one of found) tell(chain.name, one)
  if (records.length > 0) await watch?.observe(records.map((record) => ({ ...record, chain: chain.name })))
}

/** What was copied is kept as evidence; the segments go on in a branch behind what both have in common. */
async function branch(parts: CopyParts, chain: CopiedChain): Promise<Going> {
  const { store, source, clock, tell } = parts
  // The batch before may have moved on; what counts is what the store holds.
  const copied = await copiedChain(store.db, chainOf(chain.name))
  await assertOwn(parts, copied.name)
  const common = await commonRecord(source, store.db, copied.name, copied.tip)
  const { seq: to } = copied.tip
  if (common.tip.seq >= to) return follow(parts, copied)
  const kind = common.written < to ? 'TAIL_MISSING' : 'FORKED'
  const found: Found = {
    kind,
    from: common.tip.seq + 1,
    to,
    detail: 'these records were copied and are not in the segments any more; the copies are kept',
  }
  const next = await beginBranch(store, { ...copied, replica: source.replica }, common.tip, clock.now())
  await writeFound(store.db, copied.name, [found], clock.now())
  tell(copied.name, found)
  return follow(parts, next)
}

/** Milliseconds since a chain was seen, up to which its writer is taken to be alive; it is seen twice as often. */
const ALIVE = 90_000

/** @throws Error `CHAIN_TAKEN` where another machine copies a chain of this name: two would be taken for one that changed */
async function assertOwn({ store, source, clock }: CopyParts, name: string): Promise<void> {
  const row = await store.db.selectFrom('audit_chain').selectAll().where('chain', '=', name).executeTakeFirst()
  if (row === undefined || hostOf(row.replica) === hostOf(source.replica)) return
  if (clock.now() - row.last_seen > ALIVE) return
  const message = `another machine copies a chain ${name} into this store: give each its own audit.replica`
  throw Object.assign(new Error(message), { code: 'CHAIN_TAKEN' })
}
