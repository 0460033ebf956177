import { sign, verify } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { isSm2Key, verifySm2 } from './sm2.ts'
import { auditKeyId } from './suite.ts'
import type { AuditSigner } from './suite.ts'

export type { AuditSigner } from './suite.ts'

/** A signer over a private Ed25519 key and its public half. */
export function ed25519Signer(privateKey: KeyObject, publicKey: KeyObject): AuditSigner {
  return {
    algorithm: 'Ed25519',
    keyId: auditKeyId(publicKey),
    publicKey,
    sign: (bytes) => sign(null, bytes, privateKey),
  }
}

/** Whether a signature over bytes is that of the key, whichever of the suites the key belongs to; false for any other. */
export function verifySignature(key: KeyObject, bytes: Uint8Array, signature: Uint8Array): boolean {
  if (key.asymmetricKeyType === 'ed25519') return verify(null, bytes, key, signature)
  return isSm2Key(key) && verifySm2(key, bytes, signature)
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
    return verifySignature(key, bytes, signature) ? 'good' : 'bad'
  }
}
