import { createHash, createPrivateKey, createSecretKey, generateKeyPairSync, randomBytes } from 'node:crypto'
import type { KeyProblem } from './key-fault.ts'
import { isSigningPurpose } from './purposes.ts'
import type { Purpose, SigningPurpose } from './purposes.ts'

/** One key as it is kept. */
export interface StoredKey {
  /** Names the key in tokens and records; derived from the key, tells nothing about it. */
  readonly id: string
  /** ISO 8601 instant. */
  readonly created: string
  /** ISO 8601 instant before which it is accepted and published, and not used yet; absent: used at once. */
  readonly usedFrom?: string
  /** Made by the embedded mode; production refuses it. */
  readonly development: boolean
  readonly material:
    | { readonly kind: 'ed25519'; readonly d: string; readonly x: string }
    | { readonly kind: 'secret'; readonly k: string }
}

/** The keys of one purpose, newest first: the newest whose time has come is used, the others are accepted. */
export type StoredRing = readonly StoredKey[]

/** The public half of an Ed25519 key (RFC 8037). */
export interface PublicJwk {
  readonly kty: 'OKP'
  readonly crv: 'Ed25519'
  readonly x: string
  readonly kid: string
  readonly alg: 'EdDSA'
  readonly use: 'sig'
  /** A member of our own (RFC 7517, 4): made by the embedded mode. */
  readonly development?: true
}

/** The public halves of a stored ring. */
export function publicKeysOf(ring: StoredRing): readonly PublicJwk[] {
  return ring.flatMap(({ id, development, material }): readonly PublicJwk[] => {
    if (material.kind !== 'ed25519') return []
    const jwk = { kty: 'OKP', crv: 'Ed25519', x: material.x, kid: id, alg: 'EdDSA', use: 'sig' } as const
    return [development ? { ...jwk, development } : jwk]
  })
}

/** Port: where keys are kept. */
export interface KeySource {
  /** The ring of a purpose, newest first; a problem instead of a ring where it cannot be used. */
  load(purpose: Purpose): Promise<StoredRing | KeyProblem>
  /** Every public key that was ever published for a purpose, as far as it is known. */
  published(purpose: SigningPurpose): Promise<readonly PublicJwk[]>
}

/** When a key was made, and whether production must refuse it. */
export interface NewKeyOptions {
  readonly development: boolean
  /** Milliseconds since the epoch. */
  readonly now: number
  /** Milliseconds since the epoch; absent or past: the key is used at once. */
  readonly usedFrom?: number
}

function identifier(purpose: Purpose, bytes: Uint8Array): string {
  return createHash('sha256').update(`gongxiang ${purpose} `).update(bytes).digest('base64url').slice(0, 16)
}

/** A new random key for a purpose: Ed25519, or 32 secret bytes. */
export function newKey(purpose: Purpose, { development, now, usedFrom = now }: NewKeyOptions): StoredKey {
  const times = {
    created: new Date(now).toISOString(),
    ...(usedFrom > now ? { usedFrom: new Date(usedFrom).toISOString() } : {}),
  }
  if (!isSigningPurpose(purpose)) {
    const bytes = randomBytes(32)
    const material = { kind: 'secret', k: bytes.toString('base64url') } as const
    return { id: identifier(purpose, bytes), ...times, development, material }
  }
  const { d, x } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' })
  if (d === undefined || x === undefined) throw new Error('Ed25519 export without d and x')
  const id = identifier(purpose, Buffer.from(x, 'base64url'))
  return { id, ...times, development, material: { kind: 'ed25519', d, x } }
}

/** The private or secret key object; throws where the material is damaged. */
export function keyObjectOf({ material }: StoredKey): ReturnType<typeof createPrivateKey> {
  if (material.kind === 'secret') return createSecretKey(Buffer.from(material.k, 'base64url'))
  return createPrivateKey({ format: 'jwk', key: { kty: 'OKP', crv: 'Ed25519', d: material.d, x: material.x } })
}

/** Place in a ring of the key that is used at an instant: the newest whose time has come, or else the oldest. */
export function placeInUse(ring: readonly { readonly usedFrom?: string }[], now: number): number {
  const place = ring.findIndex((key) => hasBegun(key, now))
  return place < 0 ? ring.length - 1 : place
}

/** Whether the time from which a key may be used has come. */
export function hasBegun(key: { readonly usedFrom?: string } | undefined, now: number): boolean {
  return key !== undefined && (key.usedFrom === undefined || Date.parse(key.usedFrom) <= now)
}
