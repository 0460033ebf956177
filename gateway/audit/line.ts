/**
 * The lines of a segment and of the file of heads, as bytes. A line is JSON without spaces, members in the order of
 * line-shapes.ts, UTF-8, ended by one line feed. Its last member proves it: `hash` chains a record to the one before,
 * `signature` signs everything else. Both cover the line without that member, so a reader checks the very bytes on disk.
 */
import { createHash } from 'node:crypto'
import { ENTRY_SHAPE } from './line-shapes.ts'
import { writerOf } from './shape-writer.ts'
import { GENESIS } from './line-types.ts'
import type { SignedLine, Tip } from './line-types.ts'
import type { AuditEntry } from './record.ts'
import type { AuditSigner } from './signature.ts'
import { Failure } from '../vocabulary/failure.ts'

type Unsigned<L> = L extends SignedLine ? Omit<L, 'key' | 'signature'> : never

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

/** A record's line, and the tip that it makes. */
export function recordLine(chain: string, after: Tip, json: string): { readonly bytes: Uint8Array; readonly tip: Tip } {
  const seq = after.seq + 1
  const open = `{"v":1,"kind":"record","chain":${JSON.stringify(chain)},"seq":${seq},"prev":"${after.hash}",${json.slice(1, -1)}`
  const hash = recordHash(after.hash, Buffer.from(open))
  return { bytes: Buffer.from(`${open},"hash":"${hash}"}\n`), tip: { seq, hash } }
}

/** SHA-256 over `prev` and the record's line without `hash`: `open` is that line without its closing brace. */
export function recordHash(prev: string, open: Uint8Array): string {
  return createHash('sha256').update(prev).update(open).update('}').digest('hex')
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

/** A record's line (without its line feed) up to `hash`, as `recordHash` takes it. */
export function recordBody(line: Uint8Array): Uint8Array {
  return line.subarray(0, Math.max(0, line.length - HASH_TAIL))
}

/** A signed line (without its line feed) up to `signature`, as `signedBytes` takes it. */
export function signedBody(line: Uint8Array): Uint8Array {
  return line.subarray(0, Math.max(0, line.length - SIGNATURE_TAIL))
}
