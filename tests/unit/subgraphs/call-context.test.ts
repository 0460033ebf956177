import { createHash, generateKeyPairSync } from 'node:crypto'
import { SignJWT, UnsecuredJWT, createLocalJWKSet, jwtVerify } from 'jose'
import { beforeAll, describe, expect, test } from 'vitest'
import { callVerifier, signCallContext, verifyCallContext } from '../../../subgraphs/kit/call-context.ts'
import type { CallKey, CallVerifier } from '../../../subgraphs/kit/call-context.ts'

const NOW = Date.parse('2026-11-20T10:00:00+08:00')
const CONTEXT = { receipt: 'gx_01', consumer: 'housing', matter: 'public-rental-housing' }
const TYPE = 'gongxiang-context+sd-jwt'
const BODY = Buffer.from('{"query":"{ __typename }"}')

function clockAt(milliseconds: number) {
  return { now: () => milliseconds, monotonic: () => milliseconds }
}

function newKey(kid: string) {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const jwk = { ...publicKey.export({ format: 'jwk' }), kty: 'OKP', kid, alg: 'EdDSA' }
  return { key: { kid, privateKey } satisfies CallKey, jwk }
}

/** Salt, name and claims of what a token discloses. */
function saidBy(token: string): readonly unknown[] {
  const said: unknown = JSON.parse(Buffer.from(token.split('~')[1] ?? '', 'base64url').toString())
  return Array.isArray(said) ? said : []
}

describe('a call context', () => {
  let gateway: ReturnType<typeof newKey>
  let verifier: CallVerifier
  beforeAll(() => {
    gateway = newKey('g1')
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

  test.each([
    ['with a matter', CONTEXT],
    ['without one', { ...CONTEXT, matter: null }],
    ['with names that JSON has to escape', { receipt: 'gx_"\\', consumer: '住建\u2028', matter: '\ud800' }],
    ['with more than is said', { ...CONTEXT, officer: 'HUR-0117', aud: 'tax', exp: 9_999_999_999 }],
  ])('is an SD-JWT that says for whom and for what, and no more: %s', async (_name, context) => {
    const { receipt, consumer, matter } = context
    const token = await signCallContext(gateway.key, context, 'public-security', BODY, clockAt(NOW))
    const [signed = '', disclosure = '', end] = token.split('~')
    const key = createLocalJWKSet({ keys: [gateway.jwk] })
    const { payload, protectedHeader } = await jwtVerify(signed, key, { currentDate: new Date(NOW) })
    expect(protectedHeader).toEqual({ alg: 'EdDSA', kid: 'g1', typ: 'gongxiang-context+sd-jwt' })
    const { _sd: digests, ...rest } = payload
    expect(rest).toEqual({ iat: NOW / 1000, exp: NOW / 1000 + 30, _sd_alg: 'sha-256' })
    expect(digests).toContain(createHash('sha256').update(disclosure).digest('base64url'))
    // With others or without, it looks the same.
    expect(digests).toHaveLength(16)
    const body = createHash('sha256').update(BODY).digest('base64url')
    expect(saidBy(token)).toEqual([
      expect.any(String),
      'call',
      { receipt, consumer, matter, body, aud: 'public-security' },
    ])
    expect(end).toBe('')
  })

  test('shares its signature with others that wait, and tells a department of no other', async () => {
    const receipts = Array.from({ length: 40 }, (_, at) => `gx_${at}`)
    const tokens = await Promise.all(
      receipts.map((receipt) => {
        const context = { ...CONTEXT, receipt }
        return signCallContext(gateway.key, context, 'public-security', BODY, clockAt(NOW))
      }),
    )
    for (const [at, token] of tokens.entries()) {
      expect(await verifyCallContext(verifier, token, BODY)).toEqual({ ...CONTEXT, receipt: receipts[at] })
      expect(token.split('~')).toHaveLength(3)
    }
    // By sixteen.
    expect(new Set(tokens.map((token) => token.split('~')[0])).size).toBe(3)
    expect(new Set(tokens.map((token) => saidBy(token)[0])).size).toBe(40)
  })

  test('is signed by the key of each call, also where two keys take turns', async () => {
    const other = newKey('g2')
    const both = callVerifier({ keys: [gateway.jwk, other.jwk] }, 'public-security', clockAt(NOW))
    for (const key of [gateway.key, other.key, gateway.key]) {
      const token = await sign('public-security', NOW, key)
      expect(JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString())).toMatchObject({ kid: key.kid })
      expect(await verifyCallContext(both, token, BODY)).toEqual(CONTEXT)
    }
  })

  test('is not made by a key that cannot sign', async () => {
    const { publicKey } = generateKeyPairSync('ed25519')
    await expect(sign('public-security', NOW, { kid: 'g1', privateKey: publicKey })).rejects.toThrow(/key/i)
  })

  const refused: Readonly<Record<string, () => Promise<string | undefined>>> = {
    'no token': async () => undefined,
    'no JWT': async () => 'x.y.z',
    'another department': () => sign('disabled-persons'),
    expired: () => sign('public-security', NOW - 36_000),
    'from the future': () => sign('public-security', NOW + 60_000),
    'another key under the same name': async () => sign('public-security', NOW, newKey('g1').key),
    'an unknown key': async () => sign('public-security', NOW, newKey('g2').key),
    unsigned: async () => {
      const [, disclosure = ''] = (await sign()).split('~')
      return `${new UnsecuredJWT({ _sd_alg: 'sha-256', _sd: [digestOf(disclosure)] }).encode()}~${disclosure}~`
    },
    'another purpose of the same key': () => lookalike('JWT', 30),
    'without expiry': () => lookalike(TYPE, null),
    'digests of another kind': () => lookalike(TYPE, 30, 'sha-1'),
    'without what is disclosed': async () => `${(await sign()).split('~')[0]}~~`,
    'the signed part alone': async () => (await sign()).split('~')[0],
    'what another signature was given for': async () => {
      const [[signed], [, disclosure]] = [(await sign()).split('~'), (await sign()).split('~')]
      return `${signed}~${disclosure}~`
    },
    'what nobody signed': async () => {
      const token = await sign()
      const [signed] = token.split('~')
      const [salt, name, claims] = saidBy(token)
      const other = JSON.stringify([salt, name, Object.assign({}, claims, { consumer: 'tax' })])
      return `${signed}~${Buffer.from(other).toString('base64url')}~`
    },
    'several claims': async () => `${await sign()}${(await sign()).split('~')[1]}~`,
    'a proof of another key behind it': async () => `${await sign()}x.y.z`,
    'a claim of another name': () => lookalike(TYPE, 30, 'sha-256', 'other'),
  }
  function digestOf(text: string): string {
    return createHash('sha256').update(text).digest('base64url')
  }
  async function lookalike(typ: string, lifetime: number | null, algorithm = 'sha-256', name = 'call') {
    const body = createHash('sha256').update(BODY).digest('base64url')
    const said = JSON.stringify(['salt', name, { ...CONTEXT, body, aud: 'public-security' }])
    const disclosure = Buffer.from(said).toString('base64url')
    const claims = new SignJWT({ _sd: [digestOf(disclosure)], _sd_alg: algorithm })
      .setProtectedHeader({ alg: 'EdDSA', kid: 'g1', typ })
      .setIssuedAt(NOW / 1000)
    if (lifetime !== null) claims.setExpirationTime(NOW / 1000 + lifetime)
    return `${await claims.sign(gateway.key.privateKey)}~${disclosure}~`
  }

  test('the lookalike below differs in one thing only', async () => {
    expect(await verifyCallContext(verifier, await lookalike(TYPE, 30), BODY)).toEqual(CONTEXT)
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
