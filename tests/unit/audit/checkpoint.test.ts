import { createHash, createPrivateKey, createPublicKey, verify } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import {
  formatCheckpoint,
  noteKeyId,
  noteState,
  parseCheckpoint,
  verifierKey,
} from '../../../gateway/audit/checkpoint.ts'
import { latestCheckpoint } from '../../../gateway/audit/heads.ts'
import { keptHeads } from '../../../gateway/audit/kept-heads.ts'
import { ed25519Signer } from '../../../gateway/audit/signature.ts'
import { AUDIT_KEY, STRANGER_KEY, appendAll, openTestLog, receipts } from '../../kit/audit-samples.ts'
import { FaultyAuditFiles } from '../../kit/faulty-audit-files.ts'

/** The key and the note of the tests of golang.org/x/mod/sumdb/note. */
const GO_VERIFIER = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW'
const GO_SIGNER = 'PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz'
const GO_TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
const GO_NOTE = `${GO_TEXT}\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n`

const rawOf = (key: string): Buffer => Buffer.from(key.split('+').slice(-1)[0] ?? '', 'base64').subarray(1)
const goPublic = createPublicKey({
  key: Buffer.concat([
    Buffer.from('302a300506032b6570032100', 'hex'),
    Buffer.from(GO_VERIFIER.split('+').slice(2).join('+'), 'base64').subarray(1),
  ]),
  format: 'der',
  type: 'spki',
})
const goPrivate = createPrivateKey({
  key: Buffer.concat([
    Buffer.from('302e020100300506032b657004220420', 'hex'),
    Buffer.from(GO_SIGNER.split('+').slice(4).join('+'), 'base64').subarray(1),
  ]),
  format: 'der',
  type: 'pkcs8',
})

/** A verifier of signed notes written from c2sp.org/signed-note alone, with nothing of the gateway. */
function openNote(note: string, verifier: string): string | null {
  const [name = '', id = '', ...rest] = verifier.split('+')
  const typed = Buffer.from(rest.join('+'), 'base64')
  const key = createPublicKey({
    key: { kty: 'OKP', crv: 'Ed25519', x: typed.subarray(1).toString('base64url') },
    format: 'jwk',
  })
  const digest = createHash('sha256')
    .update(Buffer.concat([Buffer.from(`${name}\n`), typed]))
    .digest('hex')
  if (typed[0] !== 1 || digest.slice(0, 8) !== id) return null
  const split = note.lastIndexOf('\n\n')
  const text = note.slice(0, split + 1)
  for (const line of note.slice(split + 2).split('\n')) {
    const found = /^\u2014 ([^ +]+) ([A-Za-z0-9+/=]+)$/u.exec(line)
    const bytes = Buffer.from(found?.[2] ?? '', 'base64')
    if (found?.[1] !== name || bytes.subarray(0, 4).toString('hex') !== id) continue
    return verify(null, Buffer.from(text), key, bytes.subarray(4)) ? text : null
  }
  return null
}

const FACTS = {
  origin: 'gongxiang/test-chain',
  chain: 'test-chain',
  seq: 20,
  root: Buffer.alloc(32, 7).toString('base64'),
  digest: 'SHA-256',
  hash: 'ab'.repeat(32),
  head: 3,
  segment: 2,
  time: '2026-11-23T02:00:00.000Z',
  reason: 'interval',
} as const

describe('a signed note', () => {
  it('is read as Go reads its own: key ID, verifier key and signature of the known vector', () => {
    expect(rawOf(GO_VERIFIER).length).toBe(32)
    expect(noteKeyId('PeterNeumann', goPublic).toString('hex')).toBe('c74f20a3')
    expect(verifierKey('PeterNeumann', goPublic)).toBe(GO_VERIFIER)
    expect(noteState(GO_NOTE, [AUDIT_KEY.publicKey, goPublic])).toBe('good')
    expect(noteState(GO_NOTE, [AUDIT_KEY.publicKey])).toBe('unknown-key')
    expect(noteState(GO_NOTE.replace('answer', 'Answer'), [goPublic])).toBe('bad')
    expect(openNote(GO_NOTE, GO_VERIFIER)).toBe(GO_TEXT)
  })

  it('has the signature that Go makes of the same text', () => {
    const signature = Buffer.from(ed25519Signer(goPrivate, goPublic).sign(Buffer.from(GO_TEXT)))
    const line = Buffer.concat([noteKeyId('PeterNeumann', goPublic), signature]).toString('base64')
    expect(GO_NOTE).toContain(`— PeterNeumann ${line}\n`)
  })

  it('may be signed by others too: unknown ones count for nothing, a bad one of a known key for all', () => {
    const { note } = formatCheckpoint(FACTS, AUDIT_KEY.signer)
    const other = formatCheckpoint(FACTS, STRANGER_KEY.signer).note.split('\n\n')[1] ?? ''
    const cosigned = `${note}${other}`
    expect(parseCheckpoint(cosigned)).toMatchObject(FACTS)
    expect(noteState(cosigned, [AUDIT_KEY.publicKey])).toBe('good')
    expect(noteState(cosigned, [AUDIT_KEY.publicKey, STRANGER_KEY.publicKey])).toBe('good')
    const foreign = formatCheckpoint({ ...FACTS, seq: 21 }, STRANGER_KEY.signer).note.split('\n\n')[1] ?? ''
    expect(noteState(`${note}${foreign}`, [AUDIT_KEY.publicKey, STRANGER_KEY.publicKey])).toBe('bad')
  })
})

describe('a checkpoint', () => {
  it('opens for a verifier written from the specification, and says what it was given', () => {
    const { note } = formatCheckpoint(FACTS, AUDIT_KEY.signer)
    const text = openNote(note, verifierKey(FACTS.origin, AUDIT_KEY.publicKey))
    expect(text?.split('\n').slice(0, 3)).toEqual([FACTS.origin, '20', FACTS.root])
    expect(
      text
        ?.split('\n')
        .slice(3, -1)
        .every((line) => line !== ''),
    ).toBe(true)
    expect(parseCheckpoint(note)).toEqual({ ...FACTS, note })
    expect(openNote(note, verifierKey(FACTS.origin, STRANGER_KEY.publicKey))).toBeNull()
  })

  it('is none with anything else in it', () => {
    const { note } = formatCheckpoint(FACTS, AUDIT_KEY.signer)
    const broken = [
      '',
      'text',
      GO_NOTE,
      note.slice(0, -1),
      note.replace('\n20\n', '\n020\n'),
      note.replace('\n20\n', '\n-1\n'),
      note.replace(FACTS.root, 'AAAA'),
      note.replace('head 3', 'head x'),
      note.replace('digest SHA-256', 'digest MD5'),
      note.replace('reason interval\n', ''),
      note.replace('chain test-chain', 'chain a b'),
      note.replace('— gongxiang', '-- gongxiang'),
      note.replace('time ', 'time\u0007 '),
    ]
    for (const other of broken) expect(parseCheckpoint(other), other).toBeNull()
  })

  it('has one form: no bit of its signature can be another', () => {
    const { note } = formatCheckpoint(FACTS, AUDIT_KEY.signer)
    const start = note.lastIndexOf(' ') + 1
    for (let at = start; at < note.length - 2; at += 1) {
      const code = String.fromCharCode(note.charCodeAt(at) ^ 1)
      const changed = `${note.slice(0, at)}${code}${note.slice(at + 1)}`
      expect(noteState(changed, [AUDIT_KEY.publicKey]), changed).not.toBe('good')
    }
  })

  it('is told of when it is durable, is found as the latest, and whoever listens badly stops nothing', async () => {
    const files = new FaultyAuditFiles()
    const told: number[] = []
    const log = await openTestLog(files, {
      origin: 'data.example/audit',
      onCheckpoint: ({ seq }) => {
        told.push(seq)
        throw new Error('the listener fails')
      },
    })
    await appendAll(log, receipts('a', 6))
    await log.close()
    expect(told).toEqual([0, 6, 6])
    const latest = await latestCheckpoint(files)
    expect(latest).toMatchObject({ origin: 'data.example/audit', seq: 6, reason: 'stop', chain: 'test-chain' })
    expect(openNote(latest?.note ?? '', verifierKey('data.example/audit', AUDIT_KEY.publicKey))).not.toBeNull()
    expect(await latestCheckpoint(new FaultyAuditFiles())).toBeNull()
    await expect(openTestLog(files, { origin: 'with space' })).rejects.toThrow('no origin')
  })
})

describe('kept checkpoints', () => {
  it('are read one behind the other, as notes and as lines, whatever stands between', () => {
    const one = formatCheckpoint(FACTS, AUDIT_KEY.signer).note
    const two = formatCheckpoint({ ...FACTS, chain: 'other', seq: 40 }, AUDIT_KEY.signer).note
    const line = JSON.stringify({ v: 2, kind: 'checkpoint', checkpoint: one })
    const kept = keptHeads(Buffer.from(`${one}${two}\n\n${line}\nrubbish\n\n${two.replaceAll('\n', '\r\n')}`))
    expect(kept.map(({ chain }) => chain)).toEqual(['test-chain', 'other', 'test-chain', null, 'other'])
    expect(kept.map(({ read }) => read.kind)).toEqual([
      'checkpoint',
      'checkpoint',
      'checkpoint',
      'unreadable',
      'checkpoint',
    ])
    expect(kept[1]?.text).toBe(two)
  })
})
