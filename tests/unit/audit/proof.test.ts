import { spawnSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Checkpoint } from '../../../gateway/audit/checkpoint.ts'
import type { AuditReader } from '../../../gateway/audit/files.ts'
import { checkpointsIn } from '../../../gateway/audit/heads.ts'
import { checkConsistency, checkInclusion, consistencyProof, inclusionProof } from '../../../gateway/audit/proof.ts'
import type { ConsistencyProof, InclusionProof } from '../../../gateway/audit/proof.ts'
import { linesOf, runs, sm2Key, versionOneFiles } from '../../kit/audit-chains.ts'
import { AUDIT_KEY, STRANGER_KEY } from '../../kit/audit-samples.ts'
import { FaultyAuditFiles } from '../../kit/faulty-audit-files.ts'

const KEYS = [AUDIT_KEY.publicKey]
const files = new FaultyAuditFiles()
beforeAll(() => runs(files, ['a', 'b', 'c', 'd', 'e'], 7, { segmentBytes: 1 << 16, headEveryRecords: 100 }))

async function proofOf(
  record: number | string,
  from: AuditReader = files,
  against: Checkpoint | null = null,
): Promise<InclusionProof> {
  const proof = await inclusionProof(from, record, against)
  if (proof.kind !== 'inclusion-proof') throw new Error(`no proof: ${proof.kind}`)
  return proof
}

/** A directory that says which segments were read whole. */
function watched(read: string[]): AuditReader {
  return {
    list: () => files.list(),
    writer: () => files.writer(),
    read: (name, length) => {
      if (length === undefined && /^\d/.test(name)) read.push(name)
      return files.read(name, length)
    },
  }
}

describe('an inclusion proof of the log', () => {
  it('holds for every record, against the first checkpoint that knows it', async () => {
    for (let seq = 1; seq <= 35; seq += 1) {
      const proof = await proofOf(seq)
      expect(proof.size).toBe(Math.ceil(seq / 7) * 7)
      expect(checkInclusion(proof, KEYS)).toMatchObject({ kind: 'proved', seq })
      expect(JSON.parse(proof.record)).toMatchObject({ seq })
    }
  })

  it('is found by a receipt, and against a checkpoint of choice', async () => {
    const proof = await proofOf('c-2')
    expect(proof).toMatchObject({ index: 16, size: 21, chain: 'test-chain' })
    const last = (await checkpointsIn(files)).at(-1) ?? null
    const far = await proofOf('c-2', files, last)
    expect(far.size).toBe(35)
    expect(checkInclusion(far, KEYS).kind).toBe('proved')
  })

  it('reads the segment of the record alone where its checkpoint is in it', async () => {
    const read: string[] = []
    await proofOf(17, watched(read))
    expect(read).toEqual(['00000003.ndjson'])
  })

  it('is none for a record that is not there, that no checkpoint knows, or in a damaged log', async () => {
    expect(await inclusionProof(files, 36)).toEqual({ kind: 'unknown-record' })
    expect(await inclusionProof(files, 'none')).toEqual({ kind: 'unknown-record' })
    const early = (await checkpointsIn(files)).find(({ seq }) => seq === 7) ?? null
    expect(await inclusionProof(files, 9, early)).toEqual({ kind: 'no-checkpoint', seq: 9 })
    const copy = files.copy()
    const lines = await linesOf(copy, '00000003.ndjson')
    copy.tamper('00000003.ndjson', Buffer.from(`${lines.toSpliced(5, 1).join('\n')}\n`))
    expect(await inclusionProof(copy, 16)).toEqual({ kind: 'damaged', seq: 16 })
    expect((await inclusionProof(copy, 22)).kind).toBe('inclusion-proof')
  })

  it('is refused with anything in it changed', async () => {
    const proof = await proofOf('c-2')
    const { hashes } = proof
    const other = await proofOf('d-2')
    const record = proof.record.replace('H-1017', 'H-1018')
    const changed: readonly (readonly [InclusionProof, string])[] = [
      [{ ...proof, record }, 'record'],
      [{ ...proof, record: other.record }, 'record'],
      [{ ...proof, index: 15 }, 'record'],
      [{ ...proof, size: 35 }, 'form'],
      [{ ...proof, checkpoint: 'x' }, 'form'],
      [{ ...proof, checkpoint: other.checkpoint, size: other.size }, 'path'],
      [{ ...proof, hashes: hashes.slice(1) }, 'path'],
      [{ ...proof, hashes: hashes.toReversed() }, 'path'],
      [{ ...proof, digests: [{ from: 1, digest: 'SM3' }] }, 'record'],
      [{ ...proof, checkpoint: proof.checkpoint.replace('reason', 'reason ') }, 'form'],
      [{ ...proof, checkpoint: proof.checkpoint.replace('segment 3', 'segment 4') }, 'bad-signature'],
    ]
    for (const [one, why] of changed) expect(checkInclusion(one, KEYS), why).toEqual({ kind: 'refused', why })
    expect(checkInclusion(proof, [STRANGER_KEY.publicKey])).toEqual({ kind: 'refused', why: 'unknown-key' })
  })

  it('holds over a change of version and of suite', async () => {
    const national = sm2Key()
    const old = await versionOneFiles()
    await runs(old, ['d'], 5)
    await runs(old, ['e', 'f'], 5, { signer: national.signer })
    for (let seq = 1; seq <= 40; seq += 1) {
      const proof = await proofOf(seq, old)
      expect(checkInclusion(proof, [...KEYS, national.publicKey]), `${seq}`).toMatchObject({ kind: 'proved', seq })
    }
    expect((await proofOf(3, old)).size).toBe(25)
    expect((await proofOf(40, old)).digests).toEqual([
      { from: 1, digest: 'SHA-256' },
      { from: 31, digest: 'SM3' },
    ])
  })
})

describe('a consistency proof of the log', () => {
  it('holds between any two checkpoints, and is refused with another path or log', async () => {
    const other = new FaultyAuditFiles()
    await runs(other, ['x', 'y', 'z'], 7, { segmentBytes: 1 << 16, headEveryRecords: 100 })
    const checkpoints = (await checkpointsIn(files)).filter(({ seq }) => seq > 0)
    for (const older of checkpoints) {
      for (const newer of checkpoints.filter(({ seq }) => seq >= older.seq)) {
        const proof = await consistencyProof(files, older, newer)
        if (proof.kind !== 'consistency-proof') throw new Error(`${older.seq} to ${newer.seq}: ${proof.kind}`)
        expect(checkConsistency(proof, KEYS)).toMatchObject({ kind: 'proved', seq: newer.seq })
      }
    }
    const [older, newer] = [checkpoints.at(0), checkpoints.at(-1)]
    const fork = (await checkpointsIn(other)).findLast(({ seq }) => seq === 7)
    if (!older || !newer || !fork) throw new Error('a checkpoint is missing')
    expect(await consistencyProof(files, fork, newer)).toMatchObject({ kind: 'damaged' })
    const proof = (await consistencyProof(files, older, newer)) as ConsistencyProof
    expect(checkConsistency({ ...proof, hashes: proof.hashes.slice(1) }, KEYS)).toEqual({
      kind: 'refused',
      why: 'path',
    })
    expect(checkConsistency({ ...proof, older: fork.note }, KEYS)).toEqual({ kind: 'refused', why: 'path' })
    expect(checkConsistency(proof, [STRANGER_KEY.publicKey])).toEqual({ kind: 'refused', why: 'unknown-key' })
  })
})

describe('the script for a third party', () => {
  const script = join(import.meta.dirname, '../../../examples/verify-proof/verify.mjs')
  let folder = ''
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gongxiang-proof-'))
    await writeFile(join(folder, 'key.pem'), AUDIT_KEY.publicKey.export({ type: 'spki', format: 'pem' }))
  })
  afterAll(() => rm(folder, { recursive: true }))

  async function run(proof: unknown, key = 'key.pem') {
    await writeFile(join(folder, 'proof.json'), JSON.stringify(proof))
    const { status, stdout, stderr } = spawnSync(process.execPath, [script, 'proof.json', key], {
      cwd: folder,
      encoding: 'utf8',
    })
    return { status, said: `${stdout}${stderr}` }
  }

  it('proves what holds, with nothing but the proof and the public key', async () => {
    const { status, said } = await run(await proofOf('c-2'))
    expect(said).toBe(
      'Record 17 (receipt c-2, 2026-11-23T10:00:00+08:00) stands in the log gongxiang/test-chain of 21 records.\n',
    )
    expect(status).toBe(0)
  })

  it('tries each key of a file that has several, as after a rotation', async () => {
    const pem = [STRANGER_KEY, AUDIT_KEY].map(
      ({ publicKey }) => `# a comment\n${publicKey.export({ type: 'spki', format: 'pem' })}`,
    )
    await writeFile(join(folder, 'both.pem'), pem.join(''))
    expect((await run(await proofOf('c-2'), 'both.pem')).status).toBe(0)
    await writeFile(join(folder, 'none.pem'), '# a comment\n')
    expect((await run(await proofOf('c-2'), 'none.pem')).said).toContain('no Ed25519 public key')
  })

  it('refuses what does not, and says why', async () => {
    const proof = await proofOf('c-2')
    const size = proof.checkpoint.replace('\n21\n', '\n22\n')
    const cases: readonly (readonly [unknown, string])[] = [
      [{ ...proof, record: proof.record.replace('H-1017', 'H-1018') }, 'the record was changed'],
      [{ ...proof, record: (await proofOf('c-3')).record }, 'the record is another one'],
      [{ ...proof, hashes: proof.hashes.toReversed() }, 'the record is not in this log'],
      [{ ...proof, hashes: proof.hashes.slice(1) }, 'the proof is too short'],
      [{ ...proof, checkpoint: size, size: 22 }, 'the checkpoint is not signed by this key'],
      [{ ...proof, size: 22 }, 'the proof is for another checkpoint'],
    ]
    for (const [one, why] of cases) expect(await run(one)).toEqual({ status: 1, said: `Not proved: ${why}.\n` })
    await writeFile(join(folder, 'other.pem'), STRANGER_KEY.publicKey.export({ type: 'spki', format: 'pem' }))
    expect((await run(proof, 'other.pem')).said).toContain('not signed by this key')
  })
})
