import type { KeyObject } from 'node:crypto'
import type { KeyRing } from '../keys/key-ring.ts'
import type { SecretPurpose } from '../keys/purposes.ts'
import type { Secrets } from '../request/exchange.ts'

/**
 * The keys of a request's pseudonyms and hashes as bytes, by the ring of this moment: a rotation holds from the next
 * request on. Bytes are taken out of each key once.
 */
export function createSecrets(ring: KeyRing): () => Secrets {
  const exported = new WeakMap<KeyObject, Uint8Array>()
  const bytesOf = (key: KeyObject): Uint8Array => {
    const known = exported.get(key) ?? key.export()
    exported.set(key, known)
    return known
  }
  return () => {
    // One moment for all of them.
    const keys = ring.snapshot()
    const secret = (purpose: SecretPurpose): Uint8Array => bytesOf(keys.secret(purpose).key)
    const accepted = keys.usedSecrets('counter-member')
    const inOrder = accepted.length > 1 ? accepted.toSorted((one, other) => (one.id < other.id ? -1 : 1)) : accepted
    return {
      subject: secret('subject-pseudonym'),
      argument: secret('argument-hash'),
      counter: secret('counter-member'),
      calls: inOrder.map(({ key }) => bytesOf(key)),
    }
  }
}
