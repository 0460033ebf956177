import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { registerReplica } from '../adapters/audit-replicas.ts'
import { auditFiles } from '../adapters/audit-file.ts'
import { READABLE, admitAuditReaders } from '../adapters/audit-readers.ts'
import { createLeasedCounters } from '../adapters/counters-leased.ts'
import type { AskCounts } from '../adapters/counters-leased.ts'
import { createRedisCounters } from '../adapters/counters-redis.ts'
import { createEmbeddedCounters } from '../adapters/counters-sqlite.ts'
import { createRedisIdempotency } from '../adapters/idempotency-redis.ts'
import { openSqliteIdempotency } from '../adapters/idempotency-sqlite.ts'
import { openOfficerFile } from '../adapters/officer-events.ts'
import { toldAudit, watchedAudit } from '../adapters/watched-audit.ts'
import { openAuditLog } from '../audit/audit-log.ts'
import type { AuditLog } from '../audit/audit-log.ts'
import type { LogHealth } from '../audit/port.ts'
import { replicaCheck } from '../audit/replicas.ts'
import { ed25519Signer } from '../audit/signature.ts'
import type { AuditSigner } from '../audit/signature.ts'
import { sm2Signer } from '../audit/sm2.ts'
import { officerEventsFile, stateDirectory } from '../config/config.ts'
import type { Config } from '../config/config.ts'
import type { KeyRing } from '../keys/key-ring.ts'
import type { Counters } from '../limits/counters.ts'
import { publishFailure, publishLifecycle } from '../observe/channels.ts'
import type { Idempotency } from '../verify/idempotency.ts'
import type { Closers } from '../vocabulary/closers.ts'
import type { Clock } from '../vocabulary/ports.ts'
import { anchorDetail, openAnchors, signersOf } from './anchors.ts'
import type { Anchors } from './anchors.ts'

/** What one of several processes has from its supervisor. */
export interface ProcessOfMany {
  /** From 1 on; names its audit chain. */
  readonly number: number
  readonly counts: AskCounts
}

/** What the stores are opened over. */
export interface StoreParts {
  readonly config: Config
  readonly keys: KeyRing
  /** Where the house is one of several processes of this machine. */
  readonly process?: ProcessOfMany
  /** Told up to which record the chain is durable: the index copies what is. */
  readonly durable?: (seq: number) => void
}

/** The longest audit record; room for as much is reserved before anything is fetched. */
export const MAX_RECORD_BYTES = 64 * 1024

/** What is written while requests are served. The audit folder's lock comes first: there is one writer. */
export async function openStores(parts: StoreParts, clock: Clock, closers: Closers) {
  const { config } = parts
  const opened = await openAudit(parts, clock)
  const told = parts.durable ? toldAudit(opened, parts.durable) : opened
  const audit = config.metrics.port === null ? told : watchedAudit(told)
  closers.add(() => audit.close())
  const counters = createCounters(parts, clock)
  closers.add(() => counters.close())
  const idempotency = createIdempotency(config, clock)
  closers.add(() => idempotency.close())
  const suspensions = openOfficerFile(officerEventsFile(config), clock)
  closers.add(() => suspensions.close())
  return { audit, counters, idempotency, suspensions }
}

async function openAudit({ config, keys, process }: StoreParts, clock: Clock): Promise<AuditLog> {
  const { directory, replica, segmentBytes, headEveryRecords, headEveryMs, group = null } = config.audit
  await mkdir(directory, { recursive: true, mode: 0o700 })
  // Of several processes each has a folder of its own below the one that is configured.
  if (group !== null) await admitAuditReaders(process ? [dirname(directory), directory] : [directory], group)
  const files = auditFiles(directory, group === null ? undefined : READABLE)
  const chain = process ? `${replica}-${process.number}` : replica
  const anchors = openAnchors({ config, keys, chain, files }, clock)
  const audit = await openAuditLog({
    files,
    clock,
    // Read for each signed line, which names its key: the next head is signed by the next key.
    get signer() {
      return auditSigner(config, keys)
    },
    publicKeys: signersOf(keys),
    chain,
    ...(anchors === null ? {} : { onCheckpoint: (checkpoint) => anchors.take(checkpoint) }),
    onHealth: (health) => tellHealth(health),
    segmentBytes,
    maxRecordBytes: MAX_RECORD_BYTES,
    headEveryRecords,
    headEveryMillis: headEveryMs,
  })
  await register({ directory, chain, number: process?.number ?? null, time: clock.now() }, config, keys).catch(
    async (error: unknown) => {
      await audit.close()
      throw error
    },
  )
  for (const finding of audit.findings) {
    publishFailure(() => ({ receipt: null, where: `audit: ${finding}`, code: null, error: null }))
  }
  return anchors === null ? audit : anchoredAudit(audit, anchors)
}

/** Where a chain is written; `number` of a process, null for one by itself. */
interface Written {
  readonly directory: string
  readonly chain: string
  readonly number: number | null
  readonly time: number
}

/** Of several processes each has a folder of its own below the root, where all of them are registered. */
async function register({ directory, chain, number, time }: Written, config: Config, keys: KeyRing): Promise<void> {
  const place =
    number === null ? { root: directory, folder: '.' } : { root: dirname(directory), folder: String(number) }
  const at = new Date(time).toISOString()
  await registerReplica({ ...place, chain, time: at }, auditSigner(config, keys), replicaCheck(signersOf(keys)))
}

/** An alert while nothing is answered, and while room runs short; and the end of both (S20). */
function tellHealth({ ok, detail }: LogHealth): void {
  const well = ok && detail === 'durable'
  publishLifecycle(() => ({ step: well ? 'recovered' : 'degraded', subject: 'audit' }))
  if (well) return
  const code = ok ? null : 'AUDIT_UNAVAILABLE'
  publishFailure(() => ({ receipt: null, where: `audit: ${detail}`, code, error: null }))
}

/** The log, with how second places stand in what it says of itself, and with their last word at its close. */
function anchoredAudit(audit: AuditLog, anchors: Anchors): AuditLog {
  return {
    findings: audit.findings,
    reserve: () => audit.reserve(),
    append: (reservation, entry) => audit.append(reservation, entry),
    release: (reservation) => audit.release(reservation),
    health() {
      const { ok, detail } = audit.health()
      return { ok, detail: `${detail}; ${anchorDetail(anchors.standing())}` }
    },
    async close() {
      try {
        await audit.close()
      } finally {
        await anchors.close()
      }
    },
  }
}

/** Who signs the record, by the suite that is configured. */
export function auditSigner({ audit }: Pick<Config, 'audit'>, keys: KeyRing): AuditSigner {
  const { privateKey, publicKey } = audit.suite === 'sm' ? keys.sm2('audit-head-sm2') : keys.signing('audit-head')
  return audit.suite === 'sm' ? sm2Signer(privateKey, publicKey) : ed25519Signer(privateKey, publicKey)
}

function createCounters({ config, process }: StoreParts, clock: Clock): Counters {
  if (config.redis.url !== null) return createRedisCounters(config.redis.url, clock)
  const directory = stateDirectory(config)
  return process ? createLeasedCounters(directory, process.counts, clock) : createEmbeddedCounters(directory, clock)
}

function createIdempotency(config: Config, clock: Clock): Idempotency {
  return config.redis.url === null
    ? openSqliteIdempotency(join(stateDirectory(config), 'idempotency.sqlite'), clock)
    : createRedisIdempotency(config.redis.url)
}
