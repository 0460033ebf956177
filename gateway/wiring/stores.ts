import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { auditFiles } from '../adapters/audit-file.ts'
import { createLeasedCounters } from '../adapters/counters-leased.ts'
import type { AskCounts } from '../adapters/counters-leased.ts'
import { createRedisCounters } from '../adapters/counters-redis.ts'
import { createEmbeddedCounters } from '../adapters/counters-sqlite.ts'
import { createRedisIdempotency } from '../adapters/idempotency-redis.ts'
import { openSqliteIdempotency } from '../adapters/idempotency-sqlite.ts'
import { openOfficerFile } from '../adapters/officer-events.ts'
import { watchedAudit } from '../adapters/watched-audit.ts'
import { openAuditLog } from '../audit/audit-log.ts'
import type { AuditLog } from '../audit/audit-log.ts'
import { ed25519Signer } from '../audit/signature.ts'
import { officerEventsFile, stateDirectory } from '../config/config.ts'
import type { Config } from '../config/config.ts'
import type { KeyRing } from '../keys/key-ring.ts'
import type { Counters } from '../limits/counters.ts'
import { publishFailure } from '../observe/channels.ts'
import type { Idempotency } from '../verify/idempotency.ts'
import type { Closers } from '../vocabulary/closers.ts'
import type { Clock } from '../vocabulary/ports.ts'

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
}

/** The longest audit record; room for as much is reserved before anything is fetched. */
export const MAX_RECORD_BYTES = 64 * 1024

/** What is written while requests are served. The audit folder's lock comes first: there is one writer. */
export async function openStores(parts: StoreParts, clock: Clock, closers: Closers) {
  const { config } = parts
  const opened = await openAudit(parts, clock)
  const audit = config.metrics.port === null ? opened : watchedAudit(opened)
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
  const { directory, segmentBytes, headEveryRecords, headEveryMs } = config.audit
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const audit = await openAuditLog({
    files: auditFiles(directory),
    clock,
    // Read for each signed line, which names its key: the next head is signed by the next key.
    get signer() {
      const { privateKey, publicKey } = keys.signing('audit-head')
      return ed25519Signer(privateKey, publicKey)
    },
    chain: process ? `gateway-${process.number}` : 'gateway',
    segmentBytes,
    maxRecordBytes: MAX_RECORD_BYTES,
    headEveryRecords,
    headEveryMillis: headEveryMs,
  })
  for (const finding of audit.findings) {
    publishFailure(() => ({ receipt: null, where: `audit: ${finding}`, code: null, error: null }))
  }
  return audit
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
