import { createHash } from 'node:crypto'
import { SignJWT, UnsecuredJWT, exportJWK, generateKeyPair } from 'jose'
import { beforeAll, describe, expect, test } from 'vitest'
import { callVerifier, signCallContext, verifyCallContext } from '../../../subgraphs/kit/call-context.ts'
import type { CallKey, CallVerifier } from '../../../subgraphs/kit/call-context.ts'

const NOW = Date.parse('2026-11-20T10:00:00+08:00')
const CONTEXT = { receipt: 'gx_01', consumer: 'housing', matter: 'public-rental-housing' }
const BODY = Buffer.from('{"query":"{ __typename }"}')

function clockAt(milliseconds: number) {
  return { now: () => milliseconds, monotonic: () => milliseconds }
}

async function newKey(kid: string) {
  const { privateKey, publicKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519' })
  return { key: { kid, privateKey } satisfies CallKey, jwk: { ...(await exportJWK(publicKey)), kid, alg: 'EdDSA' } }
}

describe('a call context', () => {
  let gateway: Awaited<ReturnType<typeof newKey>>
  let verifier: CallVerifier
  beforeAll(async () => {
    gateway = await newKey('g1')
    verifier = callVerifier({ keys: [gateway.jwk] }, 'public-security', clockAt(NOW))
  })

  function sign(audience = 'public-security', at = NOW, key: CallKey = gateway.key) {
    return signCallContext(key, CONTEXT, audience, BODY, clockAt(at))
  }

  test('gives back for whom and for what the gateway asks', async () => {
    expect(await verifyCallContext(verifier, await sign(), BODY)).toEqual(CONTEXT)
    const none = await signCallContext(gateway.key, { ...CONTEXT, matter: null }, 'public-security', BODY, clockAt(NOW))
    expect(await verifyCallContext(verifier, none, BODY)).toEqual({ ...CONTEXT, matter: null })
  })

  const refused: Readonly<Record<string, () => Promise<string | undefined>>> = {
    'no token': async () => undefined,
    'no JWT': async () => 'x.y.z',
    'another department': () => sign('disabled-persons'),
    expired: () => sign('public-security', NOW - 36_000),
    'from the future': () => sign('public-security', NOW + 60_000),
    'another key under the same name': async () => sign('public-security', NOW, (await newKey('g1')).key),
    'an unknown key': async () => sign('public-security', NOW, (await newKey('g2')).key),
    unsigned: async () => new UnsecuredJWT({ ...CONTEXT, body: '' }).setAudience('public-security').encode(),
    'another purpose of the same key': () => lookalike('JWT', 30),
    'without expiry': () => lookalike('gongxiang-context+jwt', null),
  }
  function lookalike(typ: string, lifetime: number | null) {
    const body = createHash('sha256').update(BODY).digest('base64url')
    const claims = new SignJWT({ ...CONTEXT, body }).setProtectedHeader({ alg: 'EdDSA', kid: 'g1', typ })
    claims.setAudience('public-security').setIssuedAt(NOW / 1000)
    if (lifetime !== null) claims.setExpirationTime(NOW / 1000 + lifetime)
    return claims.sign(gateway.key.privateKey)
  }

  test('the lookalike below differs in one thing only', async () => {
    expect(await verifyCallContext(verifier, await lookalike('gongxiang-context+jwt', 30), BODY)).toEqual(CONTEXT)
  })

  test.each(Object.entries(refused))('is refused: %s', async (_name, token) => {
    await expect(verifyCallContext(verifier, await token(), BODY)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
  })

  test('is refused with another body, however little it differs', async () => {
    const token = await sign()
    for (const body of [Buffer.from(`${BODY.toString()} `), Buffer.alloc(0)]) {
      await expect(verifyCallContext(verifier, token, body)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
    }
  })

  test('is good for 30 seconds, and for a small difference of clocks', async () => {
    expect(await verifyCallContext(verifier, await sign('public-security', NOW - 29_000), BODY)).toEqual(CONTEXT)
    expect(await verifyCallContext(verifier, await sign('public-security', NOW + 3000), BODY)).toEqual(CONTEXT)
  })
})
