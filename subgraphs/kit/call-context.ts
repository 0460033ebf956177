import { hash, timingSafeEqual } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { createLocalJWKSet, jwtVerify } from 'jose'
import type { JSONWebKeySet, JWTPayload, JWTVerifyGetKey } from 'jose'
import { Failure } from '../../gateway/vocabulary/failure.ts'
import { systemClock } from '../../gateway/vocabulary/ports.ts'
import type { Clock } from '../../gateway/vocabulary/ports.ts'
import { CALL_CLAIM, CALL_TOKEN_TYPE, createCallSigner } from './call-signer.ts'
import type { CallKey } from './call-signer.ts'
import type { CallContext } from './contract.ts'

export type { CallKey } from './call-signer.ts'

/** The header that carries the signed call context. */
export const CALL_CONTEXT_HEADER = 'x-gongxiang-context'

/** Seconds for which a call context is good: one call, not a session. */
const LIFETIME = 30
/** Seconds by which the clocks of two machines may differ. */
const SKEW = 5

/**
 * Signs for whom and for what the gateway asks (HZ-10.4: no way to a department's data beside the platform): a token with
 * EdDSA, good for one department, for 30 s, and for this body alone (call-signer.ts).
 */
export function signCallContext(
  key: CallKey,
  { receipt, consumer, matter }: CallContext,
  audience: string,
  body: Uint8Array,
  clock: Clock = systemClock,
): Promise<string> {
  const signer = signers.get(key.privateKey) ?? createCallSigner(key, LIFETIME)
  signers.set(key.privateKey, signer)
  return signer({ receipt, consumer, matter, body: hash('sha256', body, 'base64url'), aud: audience }, clock.now())
}

/** By their keys: a key names itself by one ID. */
const signers = new WeakMap<KeyObject, ReturnType<typeof createCallSigner>>()

/** A verified token, whose body is still to be compared: the token alone turns strangers away before a body is read. */
export interface SignedCall {
  readonly context: CallContext
  /** Throws `UNAUTHENTICATED` where the token was made for another body. */
  checkBody(body: Uint8Array): void
}

/** Verifies the token of a call; throws `UNAUTHENTICATED` without saying which check failed. */
export type CallVerifier = (token: string | undefined) => Promise<SignedCall>

/** A verifier for one department, from the gateway's public JWK set, or from what looks its keys up each time. */
export function callVerifier(
  jwks: JSONWebKeySet | JWTVerifyGetKey,
  audience: string,
  clock: Clock = systemClock,
): CallVerifier {
  const keys = typeof jwks === 'function' ? jwks : createLocalJWKSet(jwks)
  return async (token = '') => {
    const [signed = '', disclosure = '', ...rest] = token.split('~')
    const { payload } = await jwtVerify(signed, keys, {
      algorithms: ['EdDSA'],
      typ: CALL_TOKEN_TYPE,
      requiredClaims: ['iat', 'exp', '_sd'],
      maxTokenAge: LIFETIME,
      clockTolerance: SKEW,
      currentDate: new Date(clock.now()),
    }).catch(() => {
      throw refused()
    })
    // One claim, and no proof that whoever holds it has a key of its own (RFC 9901, 4).
    if (rest.length !== 1 || rest[0] !== '') throw refused()
    return signedCall(disclosed(payload, disclosure), audience)
  }
}

/** What is disclosed of a verified token: the one claim whose digest the gateway has signed (RFC 9901, 7.1). */
function disclosed({ _sd: digests, _sd_alg: algorithm }: JWTPayload, disclosure: string): object {
  const signed = Array.isArray(digests) && digests.includes(hash('sha256', disclosure, 'base64url'))
  if (!signed || algorithm !== 'sha-256') throw refused()
  const parsed = parseDisclosure(disclosure)
  if (!Array.isArray(parsed) || parsed.length !== 3 || parsed[1] !== CALL_CLAIM) throw refused()
  const claims: unknown = parsed[2]
  if (typeof claims !== 'object' || claims === null) throw refused()
  return claims
}

function parseDisclosure(disclosure: string): unknown {
  try {
    return JSON.parse(Buffer.from(disclosure, 'base64url').toString())
  } catch {
    throw refused()
  }
}

/** Verifies a token together with its body; throws `UNAUTHENTICATED`. */
export async function verifyCallContext(verifier: CallVerifier, token: string | undefined, body: Uint8Array) {
  const call = await verifier(token)
  call.checkBody(body)
  return call.context
}

function signedCall(claims: object, audience: string): SignedCall {
  const { receipt, consumer, body, aud, matter = null }: Readonly<Record<string, unknown>> = { ...claims }
  if (aud !== audience) throw refused()
  if (typeof receipt !== 'string' || typeof consumer !== 'string' || typeof body !== 'string') throw refused()
  if (matter !== null && typeof matter !== 'string') throw refused()
  const signed = Buffer.from(body, 'base64url')
  return {
    context: { receipt, consumer, matter },
    checkBody(bytes) {
      const actual = hash('sha256', bytes, 'buffer')
      if (signed.length !== actual.length || !timingSafeEqual(signed, actual)) throw refused()
    },
  }
}

function refused(): Failure {
  return new Failure('UNAUTHENTICATED', { clause: 'HZ-10.4', detail: 'The call context is not the gateway’s' })
}
