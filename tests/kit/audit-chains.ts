/** Logs of several segments, of other versions and suites, for the tests of the chain. */
import { generateKeyPairSync } from 'node:crypto'
import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { AuditLogOptions } from '../../gateway/audit/audit-log.ts'
import { sm2Signer } from '../../gateway/audit/sm2.ts'
import { appendAll, openTestLog, receipts } from './audit-samples.ts'
import { FaultyAuditFiles } from './faulty-audit-files.ts'

/** A directory that version 1 wrote: two runs, one of them killed, and a third; 25 records of `test-chain`. */
export async function versionOneFiles(): Promise<FaultyAuditFiles> {
  const folder = join(import.meta.dirname, '../fixtures/audit-v1')
  const files = new FaultyAuditFiles()
  for (const name of await readdir(folder)) files.tamper(name, await readFile(join(folder, name)))
  return files
}

/** A new key of the national suite; its chain is hashed with SM3. */
export function sm2Key() {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'SM2' })
  return { publicKey, signer: sm2Signer(privateKey, publicKey) }
}

/** Appends runs of `count` records, each opened and closed: every run leaves one sealed segment or more. */
export async function runs(
  files: FaultyAuditFiles,
  names: readonly string[],
  count: number,
  changes: Partial<AuditLogOptions> = {},
): Promise<void> {
  for (const name of names) {
    const log = await openTestLog(files, changes)
    await appendAll(log, receipts(name, count))
    await log.close()
  }
}

/** Lines of a file, without line feeds. */
export async function linesOf(files: FaultyAuditFiles, name: string): Promise<readonly string[]> {
  const text = Buffer.from(await files.read(name)).toString('utf8')
  return text.replace(/\0+$/, '').trimEnd().split('\n')
}
