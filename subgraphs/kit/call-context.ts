import { createHash, timingSafeEqual } from 'node:crypto'
import { createLocalJWKSet, jwtVerify, SignJWT } from 'jose'
import type { CryptoKey, JSONWebKeySet, JWTVerifyGetKey, KeyObject } from 'jose'
import { Failure } from '../../gateway/vocabulary/failure.ts'
import { systemClock } from '../../gateway/vocabulary/ports.ts'
import type { Clock } from '../../gateway/vocabulary/ports.ts'
import type { CallContext } from './contract.ts'

/** The header that carries the signed call context. */
export const CALL_CONTEXT_HEADER = 'x-gongxiang-context'

/** Seconds for which a call context is good: one call, not a session. */
const LIFETIME = 30
/** Seconds by which the clocks of two machines may differ. */
const SKEW = 5

/** The gateway's signing key and the name under which its public half is in the JWK set. */
export interface CallKey {
  readonly kid: string
  /** Ed25519 private key. */
  readonly privateKey: CryptoKey | KeyObject
}

/**
 * Signs for whom and for what the gateway asks (HZ-10.4: no way to a department's data beside the platform): a compact
 * JWT (RFC 7519) with EdDSA, good for one department, for 30 s, and for this body alone.
 */
export async function signCallContext(
  key: CallKey,
  context: CallContext,
  audience: string,
  body: Uint8Array,
  clock: Clock = systemClock,
): Promise<string> {
  const issued = Math.floor(clock.now() / 1000)
  return new SignJWT({ ...context, body: digest(body).toString('base64url') })
    .setProtectedHeader({ alg: 'EdDSA', kid: key.kid, typ: 'gongxiang-context+jwt' })
    .setAudience(audience)
    .setIssuedAt(issued)
    .setExpirationTime(issued + LIFETIME)
    .sign(key.privateKey)
}

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
  return async (token) => {
    const { payload } = await jwtVerify(token ?? '', keys, {
      audience,
      algorithms: ['EdDSA'],
      typ: 'gongxiang-context+jwt',
      requiredClaims: ['iat', 'exp', 'receipt', 'consumer', 'body'],
      maxTokenAge: LIFETIME,
      clockTolerance: SKEW,
      currentDate: new Date(clock.now()),
    }).catch(() => {
      throw refused()
    })
    return signedCall(payload)
  }
}

/** Verifies a token together with its body; throws `UNAUTHENTICATED`. */
export async function verifyCallContext(verifier: CallVerifier, token: string | undefined, body: Uint8Array) {
  const call = await verifier(token)
  call.checkBody(body)
  return call.context
}

function signedCall(payload: Readonly<Record<string, unknown>>): SignedCall {
  const { receipt, consumer, body } = payload
  const matter = payload['matter'] ?? null
  if (typeof receipt !== 'string' || typeof consumer !== 'string' || typeof body !== 'string') throw refused()
  if (matter !== null && typeof matter !== 'string') throw refused()
  const signed = Buffer.from(body, 'base64url')
  return {
    context: { receipt, consumer, matter },
    checkBody(bytes) {
      const actual = digest(bytes)
      if (signed.length !== actual.length || !timingSafeEqual(signed, actual)) throw refused()
    },
  }
}

function digest(body: Uint8Array): Buffer {
  return createHash('sha256').update(body).digest()
}

function refused(): Failure {
  return new Failure('UNAUTHENTICATED', { clause: 'HZ-10.4', detail: 'The call context is not the gateway’s' })
}
