import { verify } from 'node:crypto'
import { systemClock } from '../vocabulary/ports.ts'
import { KeyFault } from './key-fault.ts'
import type { KeyProblem } from './key-fault.ts'
import { hasBegun, placeInUse } from './key-source.ts'
import type { KeySource, PublicJwk } from './key-source.ts'
import { openKeys } from './open-keys.ts'
import type { OpenKeys, SecretKey, SigningKey, Sm2Pair } from './open-keys.ts'
import { isPublishedPurpose, PURPOSES } from './purposes.ts'
import type { Purpose, PublishedPurpose, SecretPurpose, SigningPurpose, Sm2Purpose } from './purposes.ts'

export type { SecretKey, SigningKey } from './open-keys.ts'

/** A JSON Web Key Set (RFC 7517) of public keys only, the newest first. */
export interface PublicJwks {
  readonly keys: readonly PublicJwk[]
}

/**
 * One key per purpose, each with the others that are accepted beside it (Wall 18). A ring may be followed: then each
 * call answers by the keys of that moment, and whoever needs several answers by the same keys takes a snapshot.
 */
export interface KeyRing {
  /** The key that signs now. */
  signing(purpose: SigningPurpose): SigningKey
  /**
   * Checks a signature by any accepted key of the purpose, and for receipts and the audit record by any that was ever
   * published; false for an unknown key ID too.
   */
  verify(purpose: SigningPurpose, keyId: string, bytes: Uint8Array, signature: Uint8Array): boolean
  /** Public halves of all keys that `verify` checks by. */
  publicJwks(purpose: PublishedPurpose): PublicJwks
  /** The SM2 pair that signs now. */
  sm2(purpose: Sm2Purpose): Sm2Pair
  /** The secret that hashes now. */
  secret(purpose: SecretPurpose): SecretKey
  /** All accepted secrets: the one in use, then the older ones from the newest on, then those that are not used yet. */
  secrets(purpose: SecretPurpose): readonly SecretKey[]
  /** The same without those that are not used yet: what nothing was made by so far. */
  usedSecrets(purpose: SecretPurpose): readonly SecretKey[]
  /** Purposes with a key that was made by the embedded mode in use. */
  readonly development: readonly Purpose[]
  /** The ring as it is at this moment: it changes no more, neither with its files nor with the time. */
  snapshot(): KeyRing
}

/** The keys of every purpose. */
export type KeyRings = ReadonlyMap<Purpose, OpenKeys>

/**
 * A ring over keys that may be others at the next call.
 * @param now milliseconds since the epoch: a key can be announced before it is used
 */
export function createKeyRing(rings: () => KeyRings, now: () => number): KeyRing {
  function ofPurpose(purpose: Purpose): OpenKeys {
    const found = rings().get(purpose)
    if (!found) throw new KeyFault([{ purpose, kind: 'NO_CURRENT', message: 'there is no ring' }])
    return found
  }
  function inUse<Key>(keys: readonly Key[], purpose: Purpose): Key {
    const key = keys[placeInUse(ofPurpose(purpose).ring, now())]
    if (key === undefined) throw new KeyFault([{ purpose, kind: 'NO_CURRENT', message: 'the ring is empty' }])
    return key
  }

  return Object.freeze({
    signing: (purpose: SigningPurpose) => inUse(ofPurpose(purpose).signing, purpose),
    verify(purpose: SigningPurpose, keyId: string, bytes: Uint8Array, signature: Uint8Array) {
      const key = ofPurpose(purpose).publicKeys.get(keyId)
      return key !== undefined && verify(null, bytes, key, signature)
    },
    sm2: (purpose: Sm2Purpose) => inUse(ofPurpose(purpose).pairs, purpose),
    publicJwks: (purpose: PublishedPurpose) => ({ keys: ofPurpose(purpose).published }),
    secret: (purpose: SecretPurpose) => inUse(ofPurpose(purpose).secrets, purpose),
    secrets(purpose: SecretPurpose) {
      const { ring, secrets } = ofPurpose(purpose)
      const place = placeInUse(ring, now())
      return [...secrets.slice(place), ...secrets.slice(0, place)]
    },
    usedSecrets(purpose: SecretPurpose) {
      const { ring, secrets } = ofPurpose(purpose)
      const at = now()
      const place = placeInUse(ring, at)
      // A later rotation may have taken the place of an announced key, which then stands among the older ones.
      return secrets.filter((_, index) => index === place || (index > place && hasBegun(ring[index], at)))
    },
    get development() {
      return PURPOSES.filter((purpose) => {
        const { ring } = ofPurpose(purpose)
        return ring[placeInUse(ring, now())]?.development === true
      })
    },
    snapshot() {
      const [then, at] = [rings(), now()]
      return createKeyRing(
        () => then,
        () => at,
      )
    },
  })
}

/**
 * Opens the ring of every purpose, once.
 * @param allowDevelopment true in the embedded mode only
 * @throws KeyFault naming every purpose that is missing, damaged or made for development
 */
export async function openKeyRing(
  source: KeySource,
  {
    allowDevelopment,
    now = () => systemClock.now(),
  }: { readonly allowDevelopment: boolean; readonly now?: () => number },
): Promise<KeyRing> {
  const rings = new Map<Purpose, OpenKeys>()
  const problems: KeyProblem[] = []
  for (const purpose of PURPOSES) {
    const ring = await source.load(purpose)
    if ('kind' in ring) problems.push(ring)
    else {
      const published = isPublishedPurpose(purpose) ? await source.published(purpose) : []
      const opened = opening(purpose, ring, { allowDevelopment, published })
      if ('problems' in opened) problems.push(...opened.problems)
      else rings.set(purpose, opened)
    }
  }
  if (problems.length > 0) throw new KeyFault(problems)
  return createKeyRing(() => rings, now)
}

function opening(...asked: Parameters<typeof openKeys>): OpenKeys | KeyFault {
  try {
    return openKeys(...asked)
  } catch (error) {
    if (error instanceof KeyFault) return error
    throw error
  }
}
