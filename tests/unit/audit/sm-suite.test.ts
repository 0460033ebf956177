import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { parseCheckpoint } from '../../../gateway/audit/checkpoint.ts'
import { checkpointsIn } from '../../../gateway/audit/heads.ts'
import { sm2Signer } from '../../../gateway/audit/sm2.ts'
import { verifyAudit } from '../../../gateway/audit/verify.ts'
import { AUDIT_KEY, appendAll, openTestLog, receipts, recordsIn } from '../../kit/audit-samples.ts'
import { FaultyAuditFiles } from '../../kit/faulty-audit-files.ts'

const pair = generateKeyPairSync('ec', { namedCurve: 'SM2' })
const signer = sm2Signer(pair.privateKey, pair.publicKey)

/** As an auditor has it: read from a file. */
const publicKey = createPublicKey(pair.publicKey.export({ type: 'spki', format: 'pem' }))

async function life(files: FaultyAuditFiles, name: string, changes: Parameters<typeof openTestLog>[1]): Promise<void> {
  const log = await openTestLog(files, changes)
  for (const wave of [0, 1, 2]) await appendAll(log, receipts(`${name}${wave}`, 6))
  await log.close()
}

const faultsOf = async (files: FaultyAuditFiles, ...keys: readonly KeyObject[]) =>
  (await verifyAudit(files, keys)).faults.map(({ kind }) => kind)

describe('the national suite (HZ-47): SM3 and SM2', () => {
  it('chains and signs, and is proved with the public key alone', async () => {
    const files = new FaultyAuditFiles()
    await life(files, 'a', { signer })
    await life(files, 'b', { signer })
    const report = await verifyAudit(files, [publicKey])
    expect([report.faults, report.records, report.headed]).toEqual([[], 36, 36])
    expect(Buffer.from(await files.read('00000001.ndjson')).toString()).toContain('"digest":"SM3"')
    for (const checkpoint of await checkpointsIn(files)) expect(parseCheckpoint(checkpoint.note)?.digest).toBe('SM3')
    expect(await faultsOf(files, AUDIT_KEY.publicKey)).toContain('unknown-key')
  })

  it('finds what was changed, recomputed, cut or signed by another', async () => {
    const files = new FaultyAuditFiles()
    await life(files, 'a', { signer })
    const name = '00000002.ndjson'
    const text = Buffer.from(await files.read(name)).toString()
    const tampered = async (change: (text: string) => string): Promise<readonly string[]> => {
      const copy = files.copy()
      copy.tamper(name, Buffer.from(change(text)))
      return faultsOf(copy, publicKey)
    }
    expect(await tampered((old) => old.replace('H-1017', 'H-1018'))).toEqual(['changed'])
    expect(await tampered((old) => old.split('\n').toSpliced(2, 1).join('\n'))).toEqual(['removed'])
    expect(await tampered((old) => old.replace(/"signature":"./, '"signature":"_'))).toContain('bad-signature')
    const stranger = generateKeyPairSync('ec', { namedCurve: 'SM2' })
    const forged = new FaultyAuditFiles()
    await life(forged, 'a', { signer: sm2Signer(stranger.privateKey, stranger.publicKey) })
    expect(await faultsOf(forged, publicKey)).toContain('unknown-key')
  })

  it('takes over a chain of the other suite, and gives it back, with both keys proved', async () => {
    const files = new FaultyAuditFiles()
    await life(files, 'a', {})
    await life(files, 'b', { signer })
    await life(files, 'c', { publicKeys: [AUDIT_KEY.publicKey, publicKey] })
    const report = await verifyAudit(files, [AUDIT_KEY.publicKey, publicKey])
    expect([report.faults, report.records]).toEqual([[], 54])
    expect((await recordsIn(files)).map(({ receipt }) => receipt.slice(0, 1)).join('')).toMatch(/^a{18}b{18}c{18}$/)
    expect(await faultsOf(files, AUDIT_KEY.publicKey)).toContain('unknown-key')
  })
})
