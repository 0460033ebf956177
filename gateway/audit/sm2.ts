/**
 * SM2 signatures with SM3 (GM/T 0003.2-2012, GB/T 32918.2-2016) under the recommended curve (GM/T 0003.5) and the usual
 * signer's ID. The arithmetic is that of sm-crypto-v2; what it leaves open is closed here: nonces come from OpenSSL, and
 * a signature is 64 bytes with both halves in range, before anything is computed from it.
 *
 * Not `crypto.sign`: with an SM2 key that Node made it signs plain ECDSA, and with one that it read from a file SM2
 * without a signer's ID. No other implementation takes either for SM2 with the usual ID, and neither does `verifySm2`.
 */
import { createECDH } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { sm2 } from 'sm-crypto-v2'
import { auditKeyId } from './suite.ts'
import type { AuditSigner } from './suite.ts'

/** The signer's ID that GM/T 0009-2012 names for use where none was agreed upon. */
const USER_ID = '1234567812345678'

/** Order of the group of points (GM/T 0003.5). */
const ORDER = 0xfffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123n

const SCALAR_BYTES = 32
const SIGNATURE_BYTES = 64

/** SubjectPublicKeyInfo and PKCS #8 of a key of the curve 1.2.156.10197.1.301, up to its point and its scalar. */
const SPKI = Buffer.from('3059301306072a8648ce3d020106082a811ccf5501822d034200', 'hex')
const PKCS8 = Buffer.from('308187020100301306072a8648ce3d020106082a811ccf5501822d046d306b0201010420', 'hex')

/** Whether a key, private or public, is one of the SM2 curve. Node names no type for one that it has read. */
export function isSm2Key(key: KeyObject): boolean {
  if (key.asymmetricKeyType !== undefined && key.asymmetricKeyType !== 'ec') return false
  if (key.type === 'secret') return false
  const frame = key.type === 'private' ? PKCS8 : SPKI
  return derOf(key).subarray(0, frame.length).equals(frame)
}

function derOf(key: KeyObject): Buffer {
  return key.type === 'private'
    ? key.export({ type: 'pkcs8', format: 'der' })
    : key.export({ type: 'spki', format: 'der' })
}

/** A signer over a private SM2 key and its public half. */
export function sm2Signer(privateKey: KeyObject, publicKey: KeyObject): AuditSigner {
  return {
    algorithm: 'SM2',
    keyId: auditKeyId(publicKey),
    publicKey,
    sign: (bytes) => sm2Sign(privateKey, bytes),
  }
}

/**
 * Signs with a private SM2 key.
 *
 * @param nonce for known answers alone: a fresh one is drawn where it is not given
 * @returns `r` and `s`, 32 bytes each
 * @throws TypeError where the key is of another curve
 */
export function sm2Sign(privateKey: KeyObject, bytes: Uint8Array, nonce: Buffer | null = null): Uint8Array {
  const d = privateHalf(privateKey)
  const publicKey = publicHalf(d)
  const hex = sm2.doSignature(bytes, d.toString('hex'), {
    hash: true,
    publicKey: publicKey.toString('hex'),
    userId: USER_ID,
    pointPool: [nonceOf(nonce)],
  })
  return Buffer.from(hex, 'hex')
}

/** Checks `r` and `s`, 32 bytes each, by a public SM2 key; false for anything else, a key of another curve too. */
export function verifySm2(publicKey: KeyObject, bytes: Uint8Array, signature: Uint8Array): boolean {
  if (!isSm2Key(publicKey) || signature.length !== SIGNATURE_BYTES) return false
  const hex = Buffer.from(signature).toString('hex')
  const halves = [BigInt(`0x${hex.slice(0, 64)}`), BigInt(`0x${hex.slice(64)}`)]
  if (!halves.every((half) => half > 0n && half < ORDER)) return false
  return sm2.doVerifySignature(bytes, hex, pointOf(publicKey).toString('hex'), { hash: true, userId: USER_ID })
}

// Uncompressed, as Node writes it: 04, x, y.
function pointOf(publicKey: KeyObject): Buffer {
  return derOf(publicKey).subarray(SPKI.length)
}

function privateHalf(privateKey: KeyObject): Buffer {
  if (!isSm2Key(privateKey)) throw new TypeError('the private key is no SM2 key')
  return derOf(privateKey).subarray(PKCS8.length, PKCS8.length + SCALAR_BYTES)
}

function publicHalf(d: Buffer): Buffer {
  const pair = createECDH('SM2')
  pair.setPrivateKey(d)
  return pair.getPublicKey()
}

function nonceOf(given: Buffer | null): { readonly k: bigint; readonly x1: bigint } {
  const pair = createECDH('SM2')
  if (given === null) pair.generateKeys()
  else pair.setPrivateKey(given)
  const point = pair.getPublicKey()
  const number = (bytes: Buffer): bigint => BigInt(`0x${bytes.toString('hex')}`)
  return { k: number(pair.getPrivateKey()), x1: number(point.subarray(1, 33)) }
}
