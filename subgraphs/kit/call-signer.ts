import { hash, randomUUID, sign } from 'node:crypto'
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

/** Calls under one signature: as many as may wait for the one before, and few enough for a header. */
const MOST_TOGETHER = 16

/** One call that waits for its signature. */
interface Waiting {
  readonly digest: string
  readonly disclosure: string
  readonly resolve: (token: string) => void
  readonly reject: (error: Error) => void
}

/**
 * Signs calls, those that come together, or while a signature is being made, under one: a signature takes longer than all
 * the rest of a call. Each is a claim of a selective-disclosure JWT (RFC 9901) and travels with that claim alone;
 * of the others a department sees a salted digest.
 *
 * @param now milliseconds since the epoch
 * @param lifetime seconds for which a token is good
 */
export function createCallSigner(
  { kid, privateKey }: CallKey,
  lifetime: number,
): (claims: object, now: number) => Promise<string> {
  const header = base64url(JSON.stringify({ alg: 'EdDSA', kid, typ: CALL_TOKEN_TYPE }))
  const waiting: Waiting[] = []
  let busy = false
  let latest = 0

  const signNext = (): void => {
    const together = waiting.splice(0, MOST_TOGETHER)
    const iat = Math.floor(latest / 1_000)
    const payload = { iat, exp: iat + lifetime, _sd_alg: 'sha-256', _sd: together.map(({ digest }) => digest) }
    const signed = `${header}.${base64url(JSON.stringify(payload))}`
    const done = (error: Error | null, signature?: Buffer): void => {
      busy = false
      if (waiting.length > 0) begin()
      for (const { disclosure, resolve, reject } of together)
        if (error || !signature) reject(error ?? new Error('nothing was signed'))
        else resolve(`${signed}.${signature.toString('base64url')}~${disclosure}~`)
    }
    try {
      // Beside the thread that answers.
      sign(null, Buffer.from(signed, 'latin1'), privateKey, done)
    } catch (error) {
      // A key that cannot sign.
      done(error instanceof Error ? error : new Error('the key cannot sign'))
    }
  }
  /** After what else this turn of the event loop brings: requests that came together are signed together. */
  const begin = (): void => {
    busy = true
    setImmediate(signNext)
  }
  return (claims, now) =>
    new Promise((resolve, reject) => {
      const disclosure = base64url(JSON.stringify([randomUUID(), CALL_CLAIM, claims]))
      waiting.push({ digest: hash('sha256', disclosure, 'base64url'), disclosure, resolve, reject })
      latest = now
      if (!busy) begin()
    })
}

function base64url(text: string): string {
  return Buffer.from(text).toString('base64url')
}
