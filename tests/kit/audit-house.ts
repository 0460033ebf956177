/** A folder as the embedded mode leaves it: keys of its own, and an audit log that they sign. */
import { join } from 'node:path'
import { auditFiles } from '../../gateway/adapters/audit-file.ts'
import { createKeyFiles, generateKeys } from '../../gateway/adapters/key-files.ts'
import { openAuditLog } from '../../gateway/audit/audit-log.ts'
import type { AuditLog } from '../../gateway/audit/audit-log.ts'
import { ed25519Signer } from '../../gateway/audit/signature.ts'
import { openKeyRing } from '../../gateway/keys/key-ring.ts'
import { testClock } from './audit-samples.ts'

/** Where a folder keeps what the embedded mode keeps. */
export const dataOf = (folder: string): string => join(folder, '.gongxiang')
export const auditOf = (folder: string): string => join(dataOf(folder), 'audit')

/** Makes the keys, once. */
export async function makeKeys(folder: string): Promise<void> {
  await generateKeys(join(dataOf(folder), 'keys'), { development: true, now: Date.parse('2026-01-01T00:00:00Z') })
}

/** Opens the log of a folder that has keys; small segments, a head every few records, no timers. */
export async function openHouseLog(
  folder: string,
  { clock = testClock(), chain = 'gateway', directory = auditOf(folder) } = {},
): Promise<AuditLog> {
  const keys = await openKeyRing(createKeyFiles(join(dataOf(folder), 'keys')), { allowDevelopment: true })
  const { privateKey, publicKey } = keys.signing('audit-head')
  return openAuditLog({
    files: auditFiles(directory),
    clock,
    signer: ed25519Signer(privateKey, publicKey),
    chain,
    maxRecordBytes: 2048,
    segmentBytes: 16_384,
    headEveryRecords: 5,
    schedule: () => () => undefined,
  })
}
