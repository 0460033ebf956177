import { signedBody, signedBytes } from './line.ts'
import type { SignedLine } from './line-types.ts'
import type { RawLine } from './read-line.ts'
import type { SignatureState } from './signature.ts'

/** As `signatureChecker` makes it. */
export type CheckSignature = (keyId: string, bytes: Uint8Array, signature: Uint8Array) => SignatureState

/** What is wrong with a line's signature; null when nothing is. */
export function signatureFault(
  check: CheckSignature,
  raw: RawLine,
  line: SignedLine,
): 'bad-signature' | 'unknown-key' | null {
  const state = check(line.key, signedBytes(signedBody(raw.bytes)), Buffer.from(line.signature, 'base64url'))
  if (state === 'good') return null
  return state === 'bad' ? 'bad-signature' : 'unknown-key'
}
