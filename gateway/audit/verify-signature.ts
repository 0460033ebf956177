import type { KeyObject } from 'node:crypto'
import { noteState } from './checkpoint.ts'
import { signedBody, signedBytes } from './line.ts'
import type { SignedLine } from './line-types.ts'
import type { RawLine } from './read-line.ts'
import { signatureChecker } from './signature.ts'
import type { SignatureState } from './signature.ts'

/** What a reader who trusts some keys asks of signatures: those of lines, and those of notes. */
export interface CheckSignature {
  readonly line: (keyId: string, bytes: Uint8Array, signature: Uint8Array) => SignatureState
  readonly note: (note: string) => SignatureState
}

/** Checks against the public keys that the reader trusts, all that ever signed. */
export function checkSignatures(publicKeys: readonly KeyObject[]): CheckSignature {
  return { line: signatureChecker(publicKeys), note: (note) => noteState(note, publicKeys) }
}

/** What is wrong with a signature; null when nothing is. */
type SignatureFault = 'bad-signature' | 'unknown-key' | null

/** Of a line. */
export function signatureFault(check: CheckSignature, raw: RawLine, line: SignedLine): SignatureFault {
  const signature = Buffer.from(line.signature, 'base64url')
  // The last character has bits that mean nothing: they too must be as they were written.
  if (signature.toString('base64url') !== line.signature) return 'bad-signature'
  return faultOf(check.line(line.key, signedBytes(signedBody(raw.bytes)), signature))
}

/** Of a checkpoint. */
export function noteFault(check: CheckSignature, note: string): SignatureFault {
  return faultOf(check.note(note))
}

function faultOf(state: SignatureState): SignatureFault {
  if (state === 'good') return null
  return state === 'bad' ? 'bad-signature' : 'unknown-key'
}
