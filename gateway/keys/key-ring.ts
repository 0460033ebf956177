import { createPublicKey, sign, verify } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { KeyFault } from './key-fault.ts'
import type { KeyProblem } from './key-fault.ts'
import { keyObjectOf } from './key-source.ts'
import type { KeySource, StoredKey, StoredRing } from './key-source.ts'
import { isSigningPurpose, PURPOSES } from './purposes.ts'
import type { Purpose, SecretPurpose, SigningPurpose } from './purposes.ts'

/** The public half of an Ed25519 key (RFC 8037). */
export interface PublicJwk {
  readonly kty: 'OKP'
  readonly crv: 'Ed25519'
  readonly x: string
  readonly kid: string
  readonly alg: 'EdDSA'
  readonly use: 'sig'
}

/** A JSON Web Key Set (RFC 7517) of public keys only, the current one first. */
export interface PublicJwks {
  readonly keys: readonly PublicJwk[]
}

/** An Ed25519 key that signs. */
export interface SigningKey {
  readonly id: string
  readonly development: boolean
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
  /** Ed25519 signature, 64 bytes. */
  sign(bytes: Uint8Array): Uint8Array
}

/** A secret for keyed hashes. */
export interface SecretKey {
  readonly id: string
  readonly development: boolean
  /** 32 bytes, for HMAC-SHA-256. */
  readonly key: KeyObject
}

/** One key per purpose, each with the older ones that are still accepted (Wall 18). */
export interface KeyRing {
  /** The key that signs now. */
  signing(purpose: SigningPurpose): SigningKey
  /** Checks a signature by any accepted key of the purpose; false for an unknown key ID too. */
  verify(purpose: SigningPurpose, keyId: string, bytes: Uint8Array, signature: Uint8Array): boolean
  /** Public halves of all accepted keys. */
  publicJwks(purpose: SigningPurpose): PublicJwks
  /** The secret that hashes now. */
  secret(purpose: SecretPurpose): SecretKey
  /** All accepted secrets, the current one first. */
  secrets(purpose: SecretPurpose): readonly SecretKey[]
  /** Purposes whose current key was made by the embedded mode. */
  readonly development: readonly Purpose[]
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

function secretKey(stored: StoredKey): SecretKey {
  return Object.freeze({ id: stored.id, development: stored.development, key: keyObjectOf(stored) })
}

/** The public set of a stored ring; for publishing beside the private file. */
export function publicJwksOf(ring: StoredRing): PublicJwks {
  const keys = ring.flatMap(({ id, material }): readonly PublicJwk[] =>
    material.kind === 'ed25519'
      ? [{ kty: 'OKP', crv: 'Ed25519', x: material.x, kid: id, alg: 'EdDSA', use: 'sig' }]
      : [],
  )
  return { keys }
}

function problemOf(purpose: Purpose, ring: StoredRing, allowDevelopment: boolean): KeyProblem | null {
  if (ring[0] === undefined) return { purpose, kind: 'NO_CURRENT', message: 'the ring is empty' }
  const wanted = isSigningPurpose(purpose) ? 'ed25519' : 'secret'
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

async function loadRings(source: KeySource, allowDevelopment: boolean): Promise<ReadonlyMap<Purpose, StoredRing>> {
  const rings = new Map<Purpose, StoredRing>()
  const problems: KeyProblem[] = []
  for (const purpose of PURPOSES) {
    const loaded = await source.load(purpose)
    const problem = 'kind' in loaded ? loaded : problemOf(purpose, loaded, allowDevelopment)
    if (problem !== null) problems.push(problem)
    else if (!('kind' in loaded)) rings.set(purpose, loaded)
  }
  if (problems.length > 0) throw new KeyFault(problems)
  return rings
}

/**
 * Opens the ring of every purpose.
 * @param allowDevelopment true in the embedded mode only
 * @throws KeyFault naming every purpose that is missing, damaged or made for development
 */
export async function openKeyRing(
  source: KeySource,
  { allowDevelopment }: { readonly allowDevelopment: boolean },
): Promise<KeyRing> {
  const rings = await loadRings(source, allowDevelopment)
  const ringOf = (purpose: Purpose): StoredRing => rings.get(purpose) ?? []
  const signing = new Map(PURPOSES.filter(isSigningPurpose).map((one) => [one, ringOf(one).map(signingKey)] as const))
  const secrets = new Map<Purpose, readonly SecretKey[]>(
    PURPOSES.filter((one) => !isSigningPurpose(one)).map((one) => [one, ringOf(one).map(secretKey)] as const),
  )

  function current<Key>(keys: readonly Key[] | undefined, purpose: Purpose): Key {
    const key = keys?.[0]
    if (key === undefined) throw new KeyFault([{ purpose, kind: 'NO_CURRENT', message: 'the ring is empty' }])
    return key
  }

  return Object.freeze({
    signing: (purpose: SigningPurpose) => current(signing.get(purpose), purpose),
    verify(purpose: SigningPurpose, keyId: string, bytes: Uint8Array, signature: Uint8Array) {
      const key = signing.get(purpose)?.find(({ id }) => id === keyId)
      return key !== undefined && verify(null, bytes, key.publicKey, signature)
    },
    publicJwks: (purpose: SigningPurpose) => publicJwksOf(ringOf(purpose)),
    secret: (purpose: SecretPurpose) => current(secrets.get(purpose), purpose),
    secrets: (purpose: SecretPurpose) => secrets.get(purpose) ?? [],
    development: PURPOSES.filter((purpose) => ringOf(purpose)[0]?.development === true),
  })
}
