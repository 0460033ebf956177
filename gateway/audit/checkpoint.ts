/**
 * Checkpoints: signed statements of how far a chain had come, as C2SP tlog-checkpoint (a signed note), so that witnesses
 * and readers of other makes understand size and root. What only an auditor of this log needs stands in extension lines.
 */
import { createHash } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { CHAIN_ID } from './line-types.ts'
import type { HeadReason } from './line-types.ts'
import { verifySignature } from './signature.ts'
import type { SignatureState } from './signature.ts'
import type { AuditSigner, DigestName } from './suite.ts'

/** What a checkpoint states. */
export interface CheckpointFacts {
  /** Names the log to the world; also the name of the key in the note. */
  readonly origin: string
  readonly chain: string
  /** Number of the last record, which is the size of the tree. */
  readonly seq: number
  /** Root of the Merkle tree, base64. */
  readonly root: string
  readonly digest: DigestName
  /** Hash of the last record. */
  readonly hash: string
  /** 1, 2, 3 … without gaps. */
  readonly head: number
  readonly segment: number
  readonly time: string
  readonly reason: HeadReason
}

/** A checkpoint understood; its signatures are yet to be checked. */
export interface Checkpoint extends CheckpointFacts {
  /** The whole note: text, empty line, signatures. */
  readonly note: string
}

/** The origin of a chain that is given none. */
export function originOf(chain: string): string {
  return `gongxiang/${chain}`
}

/** What may be an origin here: it is the key's name too, which holds neither spaces nor a plus sign (C2SP signed-note). */
export const ORIGIN = /^[^\s+]{1,200}$/u

const SIGNATURE_LINE = /^— (\S+) ([A-Za-z0-9+/]+={0,2})$/u

/** Writes and signs a checkpoint. */
export function formatCheckpoint(facts: CheckpointFacts, signer: AuditSigner): Checkpoint {
  const { origin, chain, seq, root, digest, hash, head, segment, time, reason } = facts
  const extensions = { chain, digest, hash, head, segment, time, reason }
  const lines = [origin, String(seq), root, ...Object.entries(extensions).map(([name, value]) => `${name} ${value}`)]
  const text = `${lines.join('\n')}\n`
  const signature = Buffer.concat([noteKeyId(origin, signer.publicKey), signer.sign(Buffer.from(text))])
  return { ...facts, note: `${text}\n— ${origin} ${signature.toString('base64')}\n` }
}

/** Reads a note as a checkpoint of ours; null when it is none. Proves nothing: `checkpointState` does. */
export function parseCheckpoint(note: string): Checkpoint | null {
  const parts = noteParts(note)
  if (parts === null) return null
  const [origin = '', size = '', root = '', ...extensions] = parts.text.slice(0, -1).split('\n')
  const said = new Map(extensions.map((line) => [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)]))
  const member = (name: string): string => said.get(name) ?? ''
  const [digest, reason] = [digestNamed(member('digest')), reasonNamed(member('reason'))]
  const numbers = [size, member('head'), member('segment')].map(count)
  const [seq, head, segment] = numbers
  if (!ORIGIN.test(origin) || !ROOT.test(root) || digest === null || reason === null) return null
  if (seq === undefined || head === undefined || segment === undefined || numbers.includes(-1)) return null
  const [chain, hash, time] = [member('chain'), member('hash'), member('time')]
  if (!CHAIN_ID.test(chain) || !HASH.test(hash) || !Number.isFinite(Date.parse(time))) return null
  return { origin, chain, seq, root, digest, hash, head, segment, time, reason, note }
}

const ROOT = /^[A-Za-z0-9+/]{43}=$/
const HASH = /^[0-9a-f]{64}$/

function count(text: string): number {
  return /^(0|[1-9]\d{0,15})$/.test(text) ? Number(text) : -1
}

function digestNamed(text: string): DigestName | null {
  return text === 'SHA-256' || text === 'SM3' ? text : null
}

function reasonNamed(text: string): HeadReason | null {
  return text === 'start' || text === 'interval' || text === 'stop' ? text : null
}

/**
 * What a reader who trusts these keys knows of a note: `good` with one good signature and no bad one of theirs; a
 * signature is theirs when its key's name and ID are.
 */
export function noteState(note: string, publicKeys: readonly KeyObject[]): SignatureState {
  const parts = noteParts(note)
  if (parts === null) return 'bad'
  const text = Buffer.from(parts.text)
  let state: SignatureState = 'unknown-key'
  for (const { name, bytes } of parts.signatures) {
    const id = bytes.subarray(0, KEY_ID_BYTES)
    for (const key of publicKeys) {
      if (!noteKeyId(name, key).equals(id)) continue
      if (!verifySignature(key, text, bytes.subarray(KEY_ID_BYTES))) return 'bad'
      state = 'good'
    }
  }
  return state
}

const KEY_ID_BYTES = 4
const CONTROL = /\p{Cc}/u

interface NoteParts {
  /** What is signed: with its last line feed. */
  readonly text: string
  readonly signatures: readonly { readonly name: string; readonly bytes: Buffer }[]
}

/** A signed note taken apart (C2SP signed-note): text, empty line, signature lines. */
function noteParts(note: string): NoteParts | null {
  const end = note.lastIndexOf('\n\n')
  if (end < 1 || !note.endsWith('\n') || note.split('\n').some((line) => CONTROL.test(line))) return null
  const signatures = note
    .slice(end + 2, -1)
    .split('\n')
    .map((line) => SIGNATURE_LINE.exec(line))
  const read = signatures.flatMap((found) => {
    const [, name, base64] = found ?? []
    if (name === undefined || base64 === undefined) return []
    const bytes = Buffer.from(base64, 'base64')
    // Bits that mean nothing must be zero: a note has one form.
    return bytes.toString('base64') === base64 ? [{ name, bytes }] : []
  })
  return read.length === signatures.length ? { text: note.slice(0, end + 1), signatures: read } : null
}

/** SHA-256(key name ‖ line feed ‖ signature type ‖ public key), its first four bytes (C2SP signed-note). */
export function noteKeyId(name: string, publicKey: KeyObject): Buffer {
  const { type, point } = noteKey(publicKey)
  return createHash('sha256').update(`${name}\n`).update(type).update(point).digest().subarray(0, KEY_ID_BYTES)
}

const ED25519_TYPE = Buffer.from([1])
// The note's specification has no byte for SM2: 0xff, and a name that cannot be taken for another's.
const SM2_TYPE = Buffer.concat([Buffer.from([0xff]), Buffer.from('gongxiang/sm2-with-sm3')])

/** The key as a note names it: 32 bytes of Ed25519, or the uncompressed point of SM2; both end their SPKI. */
function noteKey(publicKey: KeyObject): { readonly type: Buffer; readonly point: Buffer } {
  const der = publicKey.export({ type: 'spki', format: 'der' })
  if (publicKey.asymmetricKeyType === 'ed25519') return { type: ED25519_TYPE, point: der.subarray(-32) }
  return { type: SM2_TYPE, point: der.subarray(-65) }
}

/** The verifier key of a log in the form that tools for signed notes read: `<name>+<id>+<base64 of type and key>`. */
export function verifierKey(origin: string, publicKey: KeyObject): string {
  const { type, point } = noteKey(publicKey)
  return `${origin}+${noteKeyId(origin, publicKey).toString('hex')}+${Buffer.concat([type, point]).toString('base64')}`
}
