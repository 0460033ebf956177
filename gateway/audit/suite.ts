/**
 * What an audit chain is hashed and signed with: the international suite, or the national one (GB/T 32905 SM3,
 * GB/T 32918 SM2). All digests are 32 bytes and all signatures 64, so that lines have one form whatever the suite.
 */
import { createHash, hash } from 'node:crypto'
import type { KeyObject } from 'node:crypto'

/** A digest, as headers name it. */
export type DigestName = 'SHA-256' | 'SM3'
/** A signature algorithm. */
export type SignatureName = 'Ed25519' | 'SM2'

/** A digest and a signature; a chain may change both, from one segment to the next. */
export interface AuditSuite {
  readonly digest: DigestName
  readonly signature: SignatureName
}

const DIGESTS: Readonly<Record<DigestName, string>> = { 'SHA-256': 'sha256', SM3: 'sm3' }

/** The suite that goes with a signature where nobody says otherwise: SM2 signs what SM3 chained. */
export function suiteOf(signature: SignatureName): AuditSuite {
  return { digest: signature === 'SM2' ? 'SM3' : 'SHA-256', signature }
}

/** A digest in lower-case hex, 64 digits. */
export function digestHex(name: DigestName, data: Uint8Array | string): string {
  return hash(DIGESTS[name], data, 'hex')
}

/** A digest, 32 bytes as a string of as many characters (Latin-1). */
export function digestBinary(name: DigestName, bytes: Uint8Array): string {
  return hash(DIGESTS[name], bytes, 'latin1')
}

/** Who signs headers, seals and checkpoints. A port: the key may live in a file, a key ring or a device. */
export interface AuditSigner {
  readonly algorithm: SignatureName
  /** Names the public key in every signed line (`auditKeyId`). */
  readonly keyId: string
  /** The public half, whose bytes a checkpoint's key ID is made of. */
  readonly publicKey: KeyObject
  /** 64 bytes: Ed25519 (RFC 8032), or SM2 with the default identifier, as r and s of 32 bytes each. */
  sign(bytes: Uint8Array): Uint8Array
}

/** The ID of a public key: the first 16 hex digits of SHA-256 over its SubjectPublicKeyInfo (DER). */
export function auditKeyId(publicKey: KeyObject): string {
  const der = publicKey.export({ type: 'spki', format: 'der' })
  return createHash('sha256').update(der).digest('hex').slice(0, 16)
}
