import { decodeProtectedHeader, errors, jwtVerify } from 'jose'
import type { JWTVerifyGetKey } from 'jose'
import type { Text } from '../vocabulary/codes.ts'
import { Failure } from '../vocabulary/failure.ts'
import { readClaims } from './claims.ts'
import type { Claims } from './claims.ts'

/** The identity provider's public keys at one moment; another object means that they changed. */
export interface TokenKeySet {
  readonly keyFor: JWTVerifyGetKey
}

/** Port: the identity provider's public keys. */
export interface TokenKeys {
  /**
   * The keys now. Cheap where nothing changed.
   * @throws Failure NOT_READY where the keys have never been read, or not for too long.
   */
  current(): Promise<TokenKeySet>
}

/** What a token must say to be accepted. */
export interface TokenRules {
  readonly issuer: string
  readonly audience: string
  readonly clockToleranceSeconds: number
}

/** Asymmetric only: with a symmetric one, whoever can check a token can make one. */
const ALGORITHMS = ['EdDSA', 'ES256', 'RS256', 'PS256']
/** Headers by which a token would bring its own key. */
const CARRIED_KEYS = ['jwk', 'jku', 'x5u', 'x5c']

function detailOf(error: errors.JOSEError): Text {
  if (error instanceof errors.JWTExpired) return { zh: '令牌已过期', en: 'The token has expired.' }
  if (error instanceof errors.JWTClaimValidationFailed)
    return { zh: `令牌的 ${error.claim} 不被接受`, en: `The claim ${error.claim} is not accepted.` }
  if (error instanceof errors.JOSEAlgNotAllowed)
    return { zh: '令牌的算法不被接受', en: 'The algorithm of the token is not accepted.' }
  if (error instanceof errors.JWKSNoMatchingKey)
    return { zh: '令牌不是由已知的密钥签发', en: 'No known key signed the token.' }
  if (error instanceof errors.JWKSMultipleMatchingKeys)
    return { zh: '令牌未写明所用密钥', en: 'The token does not name its key.' }
  if (error instanceof errors.JWSSignatureVerificationFailed)
    return { zh: '令牌的签名不正确', en: 'The signature of the token is wrong.' }
  return NO_JWT
}

const NO_JWT: Text = { zh: '令牌不是有效的 JWT', en: 'The token is no valid JWT.' }

/** Base64url has several spellings of the same bytes; only the canonical one is accepted, so one token has one text. */
function assertCanonical(token: string): void {
  const canonical = token.split('.').every((part) => Buffer.from(part, 'base64url').toString('base64url') === part)
  if (!canonical) throw new Failure('UNAUTHENTICATED', { detail: NO_JWT })
}

function assertNoCarriedKey(token: string): void {
  const header = decodeProtectedHeader(token)
  if (CARRIED_KEYS.some((name) => Object.hasOwn(header, name)))
    throw new Failure('UNAUTHENTICATED', { detail: { zh: '令牌自带密钥', en: 'The token brings its own key.' } })
}

/**
 * Verifies a compact JWT (RFC 7519; algorithms EdDSA, ES256, RS256, PS256) and reads its claims.
 * @param now milliseconds since the epoch
 * @throws Failure UNAUTHENTICATED; the detail says which check failed and never quotes the token
 */
export async function verifyToken(token: string, keys: TokenKeySet, rules: TokenRules, now: number): Promise<Claims> {
  assertCanonical(token)
  try {
    assertNoCarriedKey(token)
    const { payload } = await jwtVerify(token, keys.keyFor, {
      algorithms: ALGORITHMS,
      issuer: rules.issuer,
      audience: rules.audience,
      clockTolerance: rules.clockToleranceSeconds,
      currentDate: new Date(now),
    })
    return readClaims(payload)
  } catch (error) {
    if (error instanceof errors.JOSEError) throw new Failure('UNAUTHENTICATED', { detail: detailOf(error) })
    // jose reports an unreadable header as a TypeError.
    if (error instanceof TypeError) throw new Failure('UNAUTHENTICATED', { detail: NO_JWT })
    throw error
  }
}
