import {
  createHash,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  generateKeyPairSync,
  randomBytes,
} from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import type { KeyProblem } from './key-fault.ts'
import { isPublishedPurpose, isSm2Purpose } from './purposes.ts'
import type { Purpose, PublishedPurpose } from './purposes.ts'

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
    | { readonly kind: 'sm2'; readonly d: string; readonly x: string; readonly y: string }
    | { readonly kind: 'secret'; readonly k: string }
}

/** The keys of one purpose, newest first: the newest whose time has come is used, the others are accepted. */
export type StoredRing = readonly StoredKey[]

/** The public half of a key. */
export type PublicJwk = Ed25519Jwk | Sm2Jwk

/** The public half of an Ed25519 key (RFC 8037). */
export interface Ed25519Jwk extends PublishedJwk {
  readonly kty: 'OKP'
  readonly crv: 'Ed25519'
  readonly x: string
  readonly alg: 'EdDSA'
}

/** The public half of an SM2 key, in the form of other curves (RFC 7518, 6.2): no RFC names this one. */
export interface Sm2Jwk extends PublishedJwk {
  readonly kty: 'EC'
  readonly crv: 'SM2'
  readonly x: string
  readonly y: string
  readonly alg: 'SM2'
}

interface PublishedJwk {
  readonly kid: string
  readonly use: 'sig'
  /** A member of our own (RFC 7517, 4): made by the embedded mode. */
  readonly development?: true
}

/** The public halves of a stored ring. */
export function publicKeysOf(ring: StoredRing): readonly PublicJwk[] {
  return ring.flatMap(({ id, development, material }): readonly PublicJwk[] => {
    const frame = { kid: id, use: 'sig', ...(development ? { development } : {}) } as const
    switch (material.kind) {
      case 'ed25519':
        return [{ kty: 'OKP', crv: 'Ed25519', x: material.x, alg: 'EdDSA', ...frame }]
      case 'sm2':
        return [{ kty: 'EC', crv: 'SM2', x: material.x, y: material.y, alg: 'SM2', ...frame }]
      case 'secret':
        return []
    }
  })
}

/** SubjectPublicKeyInfo and PKCS #8 of the curve 1.2.156.10197.1.301, which Node takes in no other form. */
const SM2_SPKI = '3059301306072a8648ce3d020106082a811ccf5501822d034200'
const SM2_PKCS8 = '308187020100301306072a8648ce3d020106082a811ccf5501822d046d306b0201010420'
const SM2_POINT = 'a144034200'

/** The public key object; throws where it is no point of its curve. */
export function publicKeyOf(jwk: PublicJwk): KeyObject {
  if (jwk.kty === 'OKP') return createPublicKey({ format: 'jwk', key: { ...jwk } })
  return createPublicKey({ key: Buffer.from(SM2_SPKI + pointOf(jwk), 'hex'), format: 'der', type: 'spki' })
}

function pointOf({ x, y }: Pick<Sm2Jwk, 'x' | 'y'>): string {
  return `04${hexOf(x)}${hexOf(y)}`
}

function hexOf(base64url: string): string {
  return Buffer.from(base64url, 'base64url').toString('hex')
}

/** Port: where keys are kept. */
export interface KeySource {
  /** The ring of a purpose, newest first; a problem instead of a ring where it cannot be used. */
  load(purpose: Purpose): Promise<StoredRing | KeyProblem>
  /** Every public key that was ever published for a purpose, as far as it is known. */
  published(purpose: PublishedPurpose): Promise<readonly PublicJwk[]>
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

/** A new random key for a purpose: Ed25519, SM2, or 32 secret bytes. */
export function newKey(purpose: Purpose, { development, now, usedFrom = now }: NewKeyOptions): StoredKey {
  const times = {
    created: new Date(now).toISOString(),
    ...(usedFrom > now ? { usedFrom: new Date(usedFrom).toISOString() } : {}),
  }
  if (!isPublishedPurpose(purpose)) {
    const bytes = randomBytes(32)
    const material = { kind: 'secret', k: bytes.toString('base64url') } as const
    return { id: identifier(purpose, bytes), ...times, development, material }
  }
  if (isSm2Purpose(purpose)) {
    const sm2 = newSm2Material()
    const bytes = Buffer.from(pointOf(sm2), 'hex')
    return { id: identifier(purpose, bytes), ...times, development, material: sm2 }
  }
  const { d, x } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' })
  if (d === undefined || x === undefined) throw new Error('Ed25519 export without d and x')
  const id = identifier(purpose, Buffer.from(x, 'base64url'))
  return { id, ...times, development, material: { kind: 'ed25519', d, x } }
}

function newSm2Material(): Extract<StoredKey['material'], { kind: 'sm2' }> {
  const der = generateKeyPairSync('ec', { namedCurve: 'SM2' }).privateKey.export({ type: 'pkcs8', format: 'der' })
  const scalar = SM2_PKCS8.length / 2
  const half = (at: number): string => der.subarray(at, at + 32).toString('base64url')
  return { kind: 'sm2', d: half(scalar), x: half(der.length - 64), y: half(der.length - 32) }
}

/** The private or secret key object; throws where the material is damaged. */
export function keyObjectOf({ material }: StoredKey): ReturnType<typeof createPrivateKey> {
  if (material.kind === 'secret') return createSecretKey(Buffer.from(material.k, 'base64url'))
  if (material.kind === 'sm2') {
    const der = SM2_PKCS8 + hexOf(material.d) + SM2_POINT + pointOf(material)
    return createPrivateKey({ key: Buffer.from(der, 'hex'), format: 'der', type: 'pkcs8' })
  }
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
