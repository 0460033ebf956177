import { createHash, sign, verify } from 'node:crypto'
import type { KeyObject } from 'node:crypto'

/** Who signs headers, seals and heads. A port: the key may live in a file, a key ring or a device. */
export interface AuditSigner {
  /** Names the public key in every signed line (`auditKeyId`). */
  readonly keyId: string
  /** Ed25519 signature (RFC 8032), 64 bytes. */
  sign(bytes: Uint8Array): Uint8Array
}

/** The ID of a public key: the first 16 hex digits of SHA-256 over its SubjectPublicKeyInfo (DER). */
function auditKeyId(publicKey: KeyObject): string {
  const der = publicKey.export({ type: 'spki', format: 'der' })
  return createHash('sha256').update(der).digest('hex').slice(0, 16)
}

/** A signer over a private Ed25519 key and its public half. */
export function ed25519Signer(privateKey: KeyObject, publicKey: KeyObject): AuditSigner {
  return { keyId: auditKeyId(publicKey), sign: (bytes) => sign(null, bytes, privateKey) }
}

/** What a reader knows of a signature. */
export type SignatureState = 'good' | 'bad' | 'unknown-key'

/** Checks signatures against the public keys that the reader trusts. */
export function signatureChecker(
  publicKeys: readonly KeyObject[],
): (keyId: string, bytes: Uint8Array, signature: Uint8Array) => SignatureState {
  const known = new Map(publicKeys.map((key) => [auditKeyId(key), key]))
  return (keyId, bytes, signature) => {
    const key = known.get(keyId)
    if (key === undefined) return 'unknown-key'
    return verify(null, bytes, key, signature) ? 'good' : 'bad'
  }
}
