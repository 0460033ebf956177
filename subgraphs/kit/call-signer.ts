import { hash, randomBytes, randomUUID, sign } from 'node:crypto'
import type { KeyObject } from 'node:crypto'

/** The gateway's signing key and the name under which its public half is in the JWK set. */
export interface CallKey {
  readonly kid: string
  /** Ed25519 private key. */
  readonly privateKey: KeyObject
}

/** Type of the token (RFC 7519, `typ`): a selective-disclosure JWT (RFC 9901). */
export const CALL_TOKEN_TYPE = 'gongxiang-context+sd-jwt'

/** Name of the one claim that is disclosed. */
export const CALL_CLAIM = 'call'

/** Calls under one signature: as many as come together, and few enough for a header. */
const MOST_TOGETHER = 16

/** Calls that are signed together. */
interface Batch {
  readonly digests: string[]
  /** Milliseconds since the epoch, of the last of them. */
  latest: number
  /** The signed part, once it is there. */
  readonly signed: Promise<string>
}

/**
 * Signs calls, those that come in one turn of the event loop under one signature, which takes longer than all the rest of
 * a call. Each is a claim of a selective-disclosure JWT (RFC 9901) and travels with that claim alone; of the others a
 * department sees a salted digest.
 *
 * Not in another thread: for so few signatures the way there and back costs more than it spares.
 *
 * @param lifetime seconds for which a token is good
 * @returns signs claims, at an instant in milliseconds since the epoch
 */
export function createCallSigner(
  { kid, privateKey }: CallKey,
  lifetime: number,
): (claims: object, now: number) => Promise<string> {
  const header = base64url(JSON.stringify({ alg: 'EdDSA', kid, typ: CALL_TOKEN_TYPE }))
  let open: Batch | null = null

  const signTogether = ({ digests, latest }: Batch): string => {
    const iat = Math.floor(latest / 1_000)
    const payload = { iat, exp: iat + lifetime, _sd_alg: 'sha-256', _sd: amongDecoys(digests) }
    const signed = `${header}.${base64url(JSON.stringify(payload))}`
    return `${signed}.${sign(null, Buffer.from(signed, 'latin1'), privateKey).toString('base64url')}`
  }
  const begin = (): Batch => {
    const { promise: signed, resolve } = Promise.withResolvers<string>()
    const batch: Batch = { digests: [], latest: 0, signed }
    setImmediate(() => {
      if (open === batch) open = null
      resolve(Promise.try(signTogether, batch))
    })
    return batch
  }
  return async (claims, now) => {
    const disclosure = base64url(JSON.stringify([randomUUID(), CALL_CLAIM, claims]))
    if (open === null || open.digests.length >= MOST_TOGETHER) open = begin()
    const batch = open
    batch.digests.push(hash('sha256', disclosure, 'base64url'))
    batch.latest = now
    return `${await batch.signed}~${disclosure}~`
  }
}

/** In an order that tells nothing, and always as many: how much else is asked at a moment is no department's business. */
function amongDecoys(digests: readonly string[]): readonly string[] {
  const missing = MOST_TOGETHER - digests.length
  const chance = missing > 0 ? randomBytes(missing * DIGEST_BYTES) : null
  const decoys = Array.from({ length: missing }, (_, at) =>
    (chance ?? Buffer.alloc(0)).toString('base64url', at * DIGEST_BYTES, (at + 1) * DIGEST_BYTES),
  )
  return [...digests, ...decoys].toSorted()
}

/** Of SHA-256. */
const DIGEST_BYTES = 32

function base64url(text: string): string {
  return Buffer.from(text).toString('base64url')
}
