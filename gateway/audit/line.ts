/**
 * The lines of a segment and of the file of heads, as bytes. A line is JSON without spaces, members in the order of
 * line-shapes.ts, UTF-8, ended by one line feed. Its last member proves it: `hash` chains a record to the one before,
 * `signature` signs everything else. Both cover the line without that member, so a reader checks the very bytes on disk.
 */
import { ENTRY_SHAPE } from './line-shapes.ts'
import { writerOf } from './shape-writer.ts'
import { GENESIS } from './line-types.ts'
import type { SignedLine, Tip } from './line-types.ts'
import type { AuditEntry } from './record.ts'
import { scratchBytes } from './scratch.ts'
import { digestHex } from './suite.ts'
import type { AuditSigner, DigestName } from './suite.ts'
import { Failure } from '../vocabulary/failure.ts'

/** A line that is yet to be signed. */
export type Unsigned<L> = L extends SignedLine ? Omit<L, 'key' | 'signature'> : never

/** Bytes that a record adds around its entry, at most (`seq` of 16 digits); the chain's ID comes on top. */
export const RECORD_FRAME_BYTES = 256

/**
 * The canonical JSON of an entry.
 * @throws Failure `AUDIT_UNAVAILABLE` when the entry breaks the specification: what cannot be recorded is not answered.
 */
export function entryJson(entry: AuditEntry): string {
  const written = writeEntry(entry)
  if ('json' in written) return written.json
  const { misfit: where } = written
  throw new Failure('AUDIT_UNAVAILABLE', { detail: `the audit entry breaks its specification at ${where}` })
}

const writeEntry = writerOf(ENTRY_SHAPE)

/** A record's line as bytes, and the tip that it makes. */
export interface WrittenRecord {
  readonly bytes: Uint8Array
  readonly tip: Tip
}

/** Writes a record behind `after`. */
export function recordLine(chain: string, after: Tip, json: string, digest: DigestName): WrittenRecord {
  const seq = after.seq + 1
  const open = `{"v":2,"kind":"record","chain":${JSON.stringify(chain)},"seq":${seq},"prev":"${after.hash}",${json.slice(1, -1)}`
  const hash = digestHex(digest, `${after.hash}${open}}`)
  return { bytes: Buffer.from(`${open},"hash":"${hash}"}\n`), tip: { seq, hash } }
}

const scratch = scratchBytes()

const CLOSING_BRACE = 0x7d

/** The digest of `prev` and the record's line without `hash`: `open` is that line without its closing brace. */
export function recordHash(prev: string, open: Uint8Array, digest: DigestName = 'SHA-256'): string {
  return hashOf(prev, open, open.length, digest)
}

/** The same of a whole line as it was read. */
export function lineHash(prev: string, line: Uint8Array, digest: DigestName): string {
  return hashOf(prev, line, Math.max(0, line.length - HASH_TAIL), digest)
}

function hashOf(prev: string, line: Uint8Array, length: number, digest: DigestName): string {
  const bytes = scratch(prev.length + length + 1)
  const start = bytes.write(prev, 0, 'latin1')
  bytes.set(length === line.length ? line : line.subarray(0, length), start)
  bytes[start + length] = CLOSING_BRACE
  return digestHex(digest, bytes)
}

/** Signs a line. */
export function signedLine(line: Unsigned<SignedLine>, signer: AuditSigner): Uint8Array {
  const open = JSON.stringify({ ...line, key: signer.keyId }).slice(0, -1)
  const signature = Buffer.from(signer.sign(signedBytes(Buffer.from(open)))).toString('base64url')
  return Buffer.from(`${open},"signature":"${signature}"}\n`)
}

/** What is signed: a purpose, so that the signature serves nowhere else, and the line without `signature`. */
export function signedBytes(open: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from('gongxiang audit v1\n'), open, Buffer.from('}')])
}

const HASH_TAIL = `,"hash":"${GENESIS}"}`.length
const SIGNATURE_TAIL = `,"signature":"${'A'.repeat(86)}"}`.length

/** A signed line (without its line feed) up to `signature`, as `signedBytes` takes it. */
export function signedBody(line: Uint8Array): Uint8Array {
  return line.subarray(0, Math.max(0, line.length - SIGNATURE_TAIL))
}
