import { createPublicKey, sign } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { KeyFault } from './key-fault.ts'
import type { KeyProblem } from './key-fault.ts'
import { keyObjectOf, publicKeyOf, publicKeysOf } from './key-source.ts'
import type { PublicJwk, StoredKey, StoredRing } from './key-source.ts'
import { isProvenLater, isPublishedPurpose, isSigningPurpose, isSm2Purpose } from './purposes.ts'
import type { Purpose } from './purposes.ts'

/** An Ed25519 key that signs. */
export interface SigningKey {
  readonly id: string
  readonly development: boolean
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
  /** Ed25519 signature, 64 bytes. */
  sign(bytes: Uint8Array): Uint8Array
}

/** An SM2 pair. Who signs with it brings the arithmetic: that of `crypto.sign` is not GM/T 0003's. */
export interface Sm2Pair {
  readonly id: string
  readonly development: boolean
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
}

/** A secret for keyed hashes. */
export interface SecretKey {
  readonly id: string
  readonly development: boolean
  /** 32 bytes, for HMAC-SHA-256. */
  readonly key: KeyObject
}

/** The keys of one purpose, ready for use, in the order of their ring. */
export interface OpenKeys {
  readonly ring: StoredRing
  /** Empty for any but a signing purpose, and the others for any but theirs. */
  readonly signing: readonly SigningKey[]
  readonly pairs: readonly Sm2Pair[]
  readonly secrets: readonly SecretKey[]
  /** Public halves of the ring; where proof is asked for years later, then those of all older keys. */
  readonly published: readonly PublicJwk[]
  /** The same by key ID. */
  readonly publicKeys: ReadonlyMap<string, KeyObject>
}

/** How a ring is taken. */
export interface OpenKeysOptions {
  readonly allowDevelopment: boolean
  /** Public keys that were published for the purpose so far. */
  readonly published: readonly PublicJwk[]
}

/**
 * Opens the keys of one purpose.
 * @throws KeyFault where the ring cannot serve it
 */
export function openKeys(purpose: Purpose, ring: StoredRing, options: OpenKeysOptions): OpenKeys {
  const problem = problemOf(purpose, ring, options.allowDevelopment)
  if (problem) throw new KeyFault([problem])
  const signing = isSigningPurpose(purpose) ? ring.map(signingKey) : []
  const pairs = isSm2Purpose(purpose) ? ring.map(sm2Pair) : []
  const secrets = isPublishedPurpose(purpose) ? [] : ring.map(secretKey)
  const published = publishedOf(purpose, publicKeysOf(ring), options)
  const publicKeys = new Map(published.map((jwk) => [jwk.kid, publicKeyOf(jwk)] as const))
  return Object.freeze({ ring, signing, pairs, secrets, published, publicKeys })
}

/** What was signed while the city tried things out proves nothing in production. */
function publishedOf(
  purpose: Purpose,
  own: readonly PublicJwk[],
  { published, allowDevelopment }: OpenKeysOptions,
): readonly PublicJwk[] {
  if (!isProvenLater(purpose)) return own
  const known = new Set(own.map(({ kid }) => kid))
  return [...own, ...published.filter(({ kid, development }) => !known.has(kid) && (allowDevelopment || !development))]
}

function signingKey(stored: StoredKey): SigningKey {
  const privateKey = keyObjectOf(stored)
  return Object.freeze({
    id: stored.id,
    development: stored.development,
    privateKey,
    publicKey: createPublicKey(privateKey),
    sign: (bytes: Uint8Array) => sign(null, bytes, privateKey),
  })
}

function sm2Pair(stored: StoredKey): Sm2Pair {
  const privateKey = keyObjectOf(stored)
  const [jwk] = publicKeysOf([stored])
  if (jwk === undefined) throw new TypeError('an SM2 key has a public half')
  return Object.freeze({ id: stored.id, development: stored.development, privateKey, publicKey: publicKeyOf(jwk) })
}

function secretKey(stored: StoredKey): SecretKey {
  return Object.freeze({ id: stored.id, development: stored.development, key: keyObjectOf(stored) })
}

/** Why a ring cannot serve its purpose, or null. */
function problemOf(purpose: Purpose, ring: StoredRing, allowDevelopment: boolean): KeyProblem | null {
  if (ring[0] === undefined) return { purpose, kind: 'NO_CURRENT', message: 'the ring is empty' }
  const wanted = isSigningPurpose(purpose) ? 'ed25519' : isSm2Purpose(purpose) ? 'sm2' : 'secret'
  if (ring.some(({ material }) => material.kind !== wanted))
    return { purpose, kind: 'INVALID', message: `the ring holds a key that is not ${wanted}` }
  // An accepted old key still opens doors: production refuses the whole ring, not only the current key.
  if (!allowDevelopment && ring.some(({ development }) => development))
    return {
      purpose,
      kind: 'DEVELOPMENT',
      message: 'is a development key, which production refuses; make one with: gongxiang keys generate',
    }
  return null
}
