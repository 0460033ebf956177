import { ORIGIN, originOf } from './checkpoint.ts'
import { Heads } from './heads.ts'
import type { HeadsOptions } from './heads.ts'
import { CHAIN_ID } from './line-types.ts'
import type { AuditLimits, AuditLog, AuditLogOptions, Schedule } from './port.ts'
import { recover } from './recover.ts'
import { SegmentedLog } from './segmented-log.ts'
import { Segments } from './segments.ts'
import { reason, unavailable } from './unavailable.ts'
import { checkSignatures } from './verify-signature.ts'
import type { CheckSignature } from './verify-signature.ts'
import { Failure } from '../vocabulary/failure.ts'

export type { AuditLog, AuditLogOptions, Reservation } from './port.ts'

const schedule: Schedule = (callback, milliseconds) => {
  const timer = setTimeout(callback, milliseconds).unref()
  return () => {
    clearTimeout(timer)
  }
}

const DEFAULTS: AuditLimits = {
  segmentBytes: 8 * 1024 * 1024,
  maxRecordBytes: 64 * 1024,
  headEveryRecords: 1_000,
  headEveryMillis: 30_000,
  retryMillis: 1_000,
  schedule,
}

/**
 * Becomes the one writer of a directory, goes on where its chain ends, in a new segment.
 * @throws Failure `AUDIT_UNAVAILABLE` with a reason for the operator: another writer, another chain, no room, no right.
 */
export async function openAuditLog(options: AuditLogOptions): Promise<AuditLog> {
  const limits = { ...DEFAULTS, ...options }
  if (!CHAIN_ID.test(options.chain)) throw unavailable(`"${options.chain}" is no chain ID`)
  const origin = options.origin ?? originOf(options.chain)
  if (!ORIGIN.test(origin)) throw unavailable(`"${origin}" is no origin of checkpoints`)
  if (limits.segmentBytes < 4 * limits.maxRecordBytes) throw unavailable('segmentBytes is below 4 × maxRecordBytes')
  const unlock = await options.files.lock().catch((error: unknown) => {
    throw unavailable(`the audit directory cannot be written: ${reason(error)}`, error)
  })
  try {
    const start = await recover(options.files, options.chain, checkOf(options))
    const heads = new Heads(options.files, headsOptions(options, origin), start)
    const segments = new Segments(options.files, options, limits.segmentBytes, start)
    await segments.begin(heads.written)
    await heads.write(segments.reached, 'start')
    const { onHealth = () => undefined } = options
    return new SegmentedLog({ segments, heads, unlock, findings: start.findings, onHealth }, limits, options.chain)
  } catch (error) {
    await unlock()
    throw error instanceof Failure ? error : unavailable(`the audit log cannot start: ${reason(error)}`, error)
  }
}

function checkOf({ publicKeys }: AuditLogOptions): CheckSignature | null {
  return publicKeys === undefined ? null : checkSignatures(publicKeys)
}

/** The signer is read for each line: it may be another at the next. */
function headsOptions(options: AuditLogOptions, origin: string): HeadsOptions {
  const { chain, clock, onCheckpoint } = options
  const told = onCheckpoint === undefined ? {} : { onCheckpoint }
  return {
    chain,
    clock,
    origin,
    ...told,
    get signer() {
      return options.signer
    },
  }
}
