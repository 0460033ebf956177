import { describe, expect, it } from 'vitest'
import { checkpointsIn } from '../../../gateway/audit/heads.ts'
import { signedBytes } from '../../../gateway/audit/line.ts'
import { grown, EMPTY_TREE, hashText, leafHash, rootOf } from '../../../gateway/audit/merkle.ts'
import { readRawRecords } from '../../../gateway/audit/read-records.ts'
import { verifyAudit } from '../../../gateway/audit/verify.ts'
import { linesOf, runs, sm2Key, versionOneFiles } from '../../kit/audit-chains.ts'
import { AUDIT_KEY, STRANGER_KEY, recordsIn } from '../../kit/audit-samples.ts'
import { FaultyAuditFiles } from '../../kit/faulty-audit-files.ts'

const KEYS = [AUDIT_KEY.publicKey]

describe('a chain of version 1', () => {
  it('verifies as it was left, without any root', async () => {
    const report = await verifyAudit(await versionOneFiles(), KEYS)
    expect(report).toMatchObject({ chain: 'test-chain', records: 25, headed: 25, roots: 0, faults: [] })
    expect(report.notices).toEqual([{ kind: 'left-open', file: '00000003.ndjson', lines: 0 }])
    expect((await verifyAudit(await versionOneFiles(), [STRANGER_KEY.publicKey])).faults.length).toBeGreaterThan(5)
  })

  it('goes on in version 2 with its next segment, the tree counting its records too', async () => {
    const files = await versionOneFiles()
    await runs(files, ['d', 'e'], 4)
    const lines = await Promise.all(['00000004.ndjson', '00000005.ndjson'].map((name) => linesOf(files, name)))
    expect(lines.map((some) => some[0]?.slice(0, 7))).toEqual(['{"v":1,', '{"v":2,'])
    const report = await verifyAudit(files, KEYS)
    expect(report).toMatchObject({ records: 33, headed: 33, faults: [] })
    expect(report.roots).toBeGreaterThan(4)
    const leaves = (await Array.fromAsync(readRawRecords(files))).map(({ bytes }) => leafHash('SHA-256', bytes))
    const root = hashText(rootOf(grown(EMPTY_TREE, leaves, 'SHA-256'), 'SHA-256'))
    expect((await checkpointsIn(files)).at(-1)).toMatchObject({ seq: 33, root })
    expect((await recordsIn(files)).map(({ v }) => v).join('')).toBe('1'.repeat(25) + '2'.repeat(8))
  })

  it('is still found changed once it has gone on', async () => {
    const files = await versionOneFiles()
    await runs(files, ['d'], 4)
    const first = await linesOf(files, '00000001.ndjson')
    const changed = first.with(3, (first[3] ?? '').replace('"status":200', '"status":201'))
    files.tamper('00000001.ndjson', Buffer.from(`${changed.join('\n')}\n`))
    expect((await verifyAudit(files, KEYS)).faults).toMatchObject([{ kind: 'changed', line: 4, seq: 3 }])
  })

  it('goes on though it was damaged before: what is missing stays missing, and all that follows is proved', async () => {
    const files = await versionOneFiles()
    const first = await linesOf(files, '00000001.ndjson')
    files.tamper('00000001.ndjson', Buffer.from(`${first.toSpliced(3, 1).join('\n')}\n`))
    await runs(files, ['d', 'e'], 4)
    const report = await verifyAudit(files, KEYS)
    expect(report.faults).toMatchObject([{ kind: 'removed', file: '00000001.ndjson', seq: 3 }])
    expect(report.roots).toBeGreaterThan(2)
  })
})

describe('a chain that changes its suite', () => {
  it('goes over to SM3 and SM2 with a segment, and back, and stays one chain and one tree', async () => {
    const national = sm2Key()
    const files = new FaultyAuditFiles()
    await runs(files, ['a', 'b'], 5)
    await runs(files, ['c', 'd'], 5, { signer: national.signer })
    await runs(files, ['e'], 5, { publicKeys: [...KEYS, national.publicKey] })
    const report = await verifyAudit(files, [...KEYS, national.publicKey])
    expect(report).toMatchObject({ records: 25, headed: 25, faults: [], notices: [] })
    const digests = (await checkpointsIn(files)).map(({ seq, digest }) => `${seq} ${digest}`)
    // A start states what the run before had left.
    expect(digests.map((one) => one.replace('SHA-256', 'SHA')).join(', ')).toBe(
      '0 SHA, 5 SHA, 5 SHA, 5 SHA, 10 SHA, 10 SHA, 10 SHA, 15 SM3, 15 SM3, 15 SM3, 20 SM3, 20 SM3, 20 SM3, 25 SHA, 25 SHA',
    )
    expect(report.roots).toBe(15 + 2 * report.segments)
    expect((await verifyAudit(files, KEYS)).faults.map(({ kind }) => kind)).toContain('unknown-key')
  })

  it('knows the digest of its last record over segments that stayed empty', async () => {
    const national = sm2Key()
    const files = new FaultyAuditFiles()
    await runs(files, ['a'], 5)
    await runs(files, ['', ''], 0, { signer: national.signer })
    await runs(files, ['b'], 5, { publicKeys: [...KEYS, national.publicKey] })
    expect((await verifyAudit(files, [...KEYS, national.publicKey])).faults).toEqual([])
    for (const from of [1, 5, 6, 10]) {
      const range = { kind: 'records', from } as const
      expect((await verifyAudit(files, [...KEYS, national.publicKey], { range })).faults, `${from}`).toEqual([])
    }
  })

  it('is found changed under SM3 as under SHA-256', async () => {
    const national = sm2Key()
    const files = new FaultyAuditFiles()
    await runs(files, ['a'], 5, { signer: national.signer })
    const lines = await linesOf(files, '00000001.ndjson')
    const changed = lines.with(2, (lines[2] ?? '').replace('H-1017', 'H-1018'))
    files.tamper('00000001.ndjson', Buffer.from(`${changed.join('\n')}\n`))
    expect((await verifyAudit(files, [national.publicKey])).faults).toMatchObject([
      { kind: 'changed', line: 3, seq: 2 },
    ])
  })
})

describe('a signed root', () => {
  it('that is none of the records is found, though every hash and signature fits', async () => {
    const files = new FaultyAuditFiles()
    await runs(files, ['a', 'b'], 4)
    const [header = '', ...rest] = await linesOf(files, '00000002.ndjson')
    // Who holds the key can sign anything: another tree over the same records does not pass.
    const tree = JSON.stringify([Buffer.alloc(32, 1).toString('base64')])
    const open = header.replace(/"tree":\[[^\]]*\]/, `"tree":${tree}`).replace(/,"signature":.*$/, '')
    const signature = Buffer.from(AUDIT_KEY.signer.sign(signedBytes(Buffer.from(open)))).toString('base64url')
    const forged = [`${open},"signature":"${signature}"}`, ...rest]
    files.tamper('00000002.ndjson', Buffer.from(`${forged.join('\n')}\n`))
    const { faults } = await verifyAudit(files, KEYS)
    expect(faults.map(({ kind, file, line }) => `${kind} ${file}:${line}`)).toEqual([
      'tree 00000002.ndjson:1',
      'tree 00000002.ndjson:5',
      'tree 00000002.ndjson:6',
    ])
  })
})
