import { createHash, createPrivateKey, createSecretKey, generateKeyPairSync, randomBytes } from 'node:crypto'
import type { KeyProblem } from './key-fault.ts'
import { isSigningPurpose } from './purposes.ts'
import type { Purpose } from './purposes.ts'

/** One key as it is kept. */
export interface StoredKey {
  /** Names the key in tokens and records; derived from the key, tells nothing about it. */
  readonly id: string
  /** ISO 8601 instant. */
  readonly created: string
  /** Made by the embedded mode; production refuses it. */
  readonly development: boolean
  readonly material:
    | { readonly kind: 'ed25519'; readonly d: string; readonly x: string }
    | { readonly kind: 'secret'; readonly k: string }
}

/** The keys of one purpose: the first is current, the others are still accepted. */
export type StoredRing = readonly StoredKey[]

/** Port: where keys are kept. */
export interface KeySource {
  /** The ring of a purpose, newest first; a problem instead of a ring where it cannot be used. */
  load(purpose: Purpose): Promise<StoredRing | KeyProblem>
}

export interface NewKeyOptions {
  readonly development: boolean
  /** Milliseconds since the epoch. */
  readonly now: number
}

function identifier(purpose: Purpose, bytes: Uint8Array): string {
  return createHash('sha256').update(`gongxiang ${purpose} `).update(bytes).digest('base64url').slice(0, 16)
}

/** A new random key for a purpose: Ed25519, or 32 secret bytes. */
export function newKey(purpose: Purpose, { development, now }: NewKeyOptions): StoredKey {
  const created = new Date(now).toISOString()
  if (!isSigningPurpose(purpose)) {
    const bytes = randomBytes(32)
    const material = { kind: 'secret', k: bytes.toString('base64url') } as const
    return { id: identifier(purpose, bytes), created, development, material }
  }
  const { d, x } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' })
  if (d === undefined || x === undefined) throw new Error('Ed25519 export without d and x')
  const id = identifier(purpose, Buffer.from(x, 'base64url'))
  return { id, created, development, material: { kind: 'ed25519', d, x } }
}

/** The private or secret key object; throws where the material is damaged. */
export function keyObjectOf({ material }: StoredKey): ReturnType<typeof createPrivateKey> {
  if (material.kind === 'secret') return createSecretKey(Buffer.from(material.k, 'base64url'))
  return createPrivateKey({ format: 'jwk', key: { kty: 'OKP', crv: 'Ed25519', d: material.d, x: material.x } })
}
