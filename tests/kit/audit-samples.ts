/** Entries, keys and clocks for tests of the audit log. */
import { createPrivateKey, createPublicKey } from 'node:crypto'
import { openAuditLog } from '../../gateway/audit/audit-log.ts'
import type { AuditLog, AuditLogOptions } from '../../gateway/audit/audit-log.ts'
import type { AuditFiles, AuditReader } from '../../gateway/audit/files.ts'
import { readRecords } from '../../gateway/audit/read-records.ts'
import type { AuditEntry, AuditRecord } from '../../gateway/audit/record.ts'
import { ed25519Signer } from '../../gateway/audit/signature.ts'
import type { Clock } from '../../gateway/vocabulary/ports.ts'

function keyPair(seed: number) {
  // PKCS #8 frame of an Ed25519 key (RFC 8410) around a seed of our own: the same key in every run.
  const frame = Buffer.from('302e020100300506032b657004220420', 'hex')
  const privateKey = createPrivateKey({
    key: Buffer.concat([frame, Buffer.alloc(32, seed)]),
    format: 'der',
    type: 'pkcs8',
  })
  const publicKey = createPublicKey(privateKey)
  return { publicKey, signer: ed25519Signer(privateKey, publicKey) }
}

/** The gateway's key, and one that nobody trusts. */
export const AUDIT_KEY = keyPair(1)
export const STRANGER_KEY = keyPair(2)

/** A clock that stands, or goes where the test sets it. */
export function testClock(start = Date.parse('2026-11-23T02:00:00Z')): Clock & { set(now: number): void } {
  let now = start
  return {
    now: () => now,
    monotonic: () => now,
    set: (to) => {
      now = to
    },
  }
}

/** A complete entry: a desk clerk reads a citizen at three departments, one field masked, one refused. */
export function sampleEntry(receipt: string, changes: Partial<AuditEntry> = {}): AuditEntry {
  return {
    receipt,
    time: '2026-11-23T10:00:00+08:00',
    method: 'query',
    medium: 'api-response',
    route: [
      {
        department: 'public-security',
        outcome: 'ok',
        entities: 1,
        milliseconds: 3.25,
        asOf: [{ type: 'Household', asOf: '2026-11-22T18:00:00+08:00' }],
      },
    ],
    department: 'housing',
    application: 'housing-desk',
    officer: 'H-1017',
    roles: ['DESK'],
    matter: 'public-rental-housing',
    case: 'C-2026-000123',
    approvers: ['NONE-UNCONDITIONAL', 'public-security:P-20'],
    grants: ['G-101'],
    data: [
      { coordinate: 'Person.name', decision: 'ALLOW', clause: 'ZS-4.07' },
      { coordinate: 'Household.address', decision: 'MASK', clause: 'ZS-4.08', grant: 'G-101', rule: 'M-ADDR' },
      { coordinate: 'Household.photo', decision: 'DENY', code: 'NO_GRANT', clause: 'ZS-4.08' },
    ],
    subjects: ['Zr1C0TnJ0v9uKQmYQ8mW3l'],
    operation: { hash: 'a'.repeat(64), aliases: { who: 'person' } },
    arguments: [{ name: 'idDocumentNumber', hash: 'q80' }],
    salt: 'c2FsdHNhbHRzYWx0c2FsdA',
    versions: { regime: 'zhongshan', catalog: 'sha256-1', gateway: '0.1.0' },
    generation: 1,
    outcome: { status: 200, codes: ['NO_GRANT'] },
    result: { bytes: 412, entities: 1 },
    milliseconds: 6.5,
    lane: 'fast',
    degraded: [],
    ...changes,
  }
}

/** A log with small segments, a head every few records and no timers. */
export function openTestLog(files: AuditFiles, changes: Partial<AuditLogOptions> = {}): Promise<AuditLog> {
  return openAuditLog({
    files,
    clock: testClock(),
    signer: AUDIT_KEY.signer,
    ...(changes.signer === undefined ? { publicKeys: [AUDIT_KEY.publicKey] } : {}),
    chain: 'test-chain',
    maxRecordBytes: 2048,
    segmentBytes: 16_384,
    headEveryRecords: 5,
    schedule: () => () => undefined,
    ...changes,
  })
}

/** Appends one record per receipt, all at once; resolves with how each ended. */
export function appendAll(
  log: AuditLog,
  receipts: readonly string[],
  acknowledged: (receipt: string) => void = () => undefined,
) {
  return Promise.allSettled(
    receipts.map(async (receipt) => {
      await log.append(await log.reserve(), sampleEntry(receipt))
      acknowledged(receipt)
    }),
  )
}

/** `prefix-0` … */
export function receipts(prefix: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}-${index}`)
}

export async function recordsIn(files: AuditReader): Promise<readonly AuditRecord[]> {
  return Array.fromAsync(readRecords(files))
}
