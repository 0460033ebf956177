/**
 * The names that entities are kept under, and the keys that they are sealed with (HZ-47.2). Keyed, because ID numbers can
 * be tried out: a plain hash of one is found in minutes. From each secret of the purpose come three kinds of keys, so
 * that none serves two ends.
 */
import { createHmac, createSecretKey, hkdfSync } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import type { KeyRing, SecretKey } from '../keys/key-ring.ts'
import { canonicalNumber } from '../vocabulary/id-number.ts'

/** Keys that follow from one secret. */
export interface CacheKeys {
  /** ID of the secret. */
  readonly id: string
  /** The name of a thing: HMAC-SHA-256, 43 characters of base64url. */
  name(text: string): string
  /** The pseudonym of a subject, for its epoch. */
  subject(type: string, number: string): string
  /** The key that seals the value of a name. */
  valueKey(name: string): KeyObject
}

/**
 * Values are sealed with one of so many keys, by the first character of the name: with random nonces no key should seal
 * more than 2^32 values (NIST SP 800-38D, 8.3), which one key for all would reach within weeks in a large city.
 */
const VALUE_KEYS = 64

/** Derives the keys of one secret; value keys when they are first used. */
export function createCacheKeys({ id, key }: SecretKey): CacheKeys {
  const derive = (use: string): KeyObject =>
    createSecretKey(Buffer.from(hkdfSync('sha256', key, '', `gongxiang cache v1 ${use}`, 32)))
  const names = derive('names')
  const subjects = derive('subjects')
  const values = new Map<string, KeyObject>()
  return {
    id,
    name: (text) => createHmac('sha256', names).update(text).digest('base64url'),
    // As a JSON list: no two different subjects have the same bytes.
    subject: (type, number) =>
      createHmac('sha256', subjects)
        .update(JSON.stringify([type, canonicalNumber(type, number)]))
        .digest('base64url'),
    valueKey(name) {
      const place = name.charAt(0)
      const known = values.get(place) ?? derive(`values ${place}`)
      if (values.size < VALUE_KEYS) values.set(place, known)
      return known
    },
  }
}

/** The keys in use; a rotation holds from the next entity on, and what was kept under the older key is not found. */
export function createKeySupply(ring: Pick<KeyRing, 'secret'>): () => CacheKeys {
  let last: { readonly of: SecretKey; readonly keys: CacheKeys } | null = null
  return () => {
    const secret = ring.secret('cache')
    if (last?.of !== secret) last = { of: secret, keys: createCacheKeys(secret) }
    return last.keys
  }
}

/** Every pseudonym that a subject may have while a rotation is under way. */
export function subjectPseudonyms(ring: Pick<KeyRing, 'secrets'>, type: string, number: string): readonly string[] {
  return ring.secrets('cache').map((secret) => createCacheKeys(secret).subject(type, number))
}
