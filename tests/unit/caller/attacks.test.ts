import { createHmac, generateKeyPairSync, sign } from 'node:crypto'
import { SignJWT } from 'jose'
import { beforeEach, describe, expect, it } from 'vitest'
import { createIdentify } from '../../../gateway/caller/identify.ts'
import { Failure } from '../../../gateway/vocabulary/failure.ts'
import {
  AUDIENCE,
  bearer,
  changeableKeys,
  encode,
  forge,
  forgeText,
  GOOD_CLAIMS,
  ISSUER,
  jwksOf,
  makeKey,
  NOW,
  testParties,
} from './issuer.ts'

const key = makeKey('k1')
const stranger = makeKey('k1')
let keys = changeableKeys(jwksOf(key))

function build(cachedTokens = 100) {
  return createIdentify({
    keys,
    parties: testParties(),
    issuer: ISSUER,
    audience: AUDIENCE,
    clockToleranceSeconds: 30,
    cachedTokens,
  })
}
let identify = build()

beforeEach(() => {
  keys = changeableKeys(jwksOf(key))
  identify = build()
})

async function refused(headers: readonly string[], now = NOW): Promise<Failure> {
  const error: unknown = await identify(headers, now).then(
    () => new Error('was accepted'),
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof Failure)) throw error
  for (const part of headers.filter((text) => text.length > 40))
    expect(`${error.message} ${error.detail}`).not.toContain(part.slice(10, 40))
  return error
}

function unsigned(alg: string): string {
  return `${encode({ alg, kid: 'k1' })}.${encode(GOOD_CLAIMS)}.`
}

function symmetric(secret: string | Buffer): string {
  const input = `${encode({ alg: 'HS256', kid: 'k1' })}.${encode(GOOD_CLAIMS)}`
  return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`
}

describe('who signed it', () => {
  it('accepts the good token that all of these start from', async () => {
    await expect(identify(bearer(forge(key)), NOW)).resolves.toMatchObject({ officer: 'HUR-0117' })
  })

  it.each(['none', 'None', 'NONE', ''])('refuses the algorithm "%s"', async (alg) => {
    expect((await refused(bearer(unsigned(alg)))).code).toBe('UNAUTHENTICATED')
    expect((await refused(bearer(`${unsigned(alg)}AAAA`))).code).toBe('UNAUTHENTICATED')
  })

  it('refuses HS256 with the public key as the secret, in every form', async () => {
    const jwk = key.publicKey.export({ format: 'jwk' })
    expect((await refused(bearer(symmetric(String(key.publicKey.export({ format: 'pem', type: 'spki' })))))).code).toBe(
      'UNAUTHENTICATED',
    )
    expect((await refused(bearer(symmetric(key.publicKey.export({ format: 'der', type: 'spki' }))))).code).toBe(
      'UNAUTHENTICATED',
    )
    expect((await refused(bearer(symmetric(Buffer.from(jwk.x ?? '', 'base64url'))))).code).toBe('UNAUTHENTICATED')
    expect((await refused(bearer(symmetric(JSON.stringify(jwk))))).code).toBe('UNAUTHENTICATED')
  })

  it('refuses an algorithm that the key is not for', async () => {
    expect((await refused(bearer(forge(key, {}, { alg: 'RS256' })))).code).toBe('UNAUTHENTICATED')
    expect((await refused(bearer(forge(key, {}, { alg: 'ES256' })))).code).toBe('UNAUTHENTICATED')
    expect((await refused(bearer(forge(key, {}, { alg: 'ES256K' })))).code).toBe('UNAUTHENTICATED')
  })

  it("refuses a stranger's key under our key ID, and an unknown key ID", async () => {
    expect((await refused(bearer(forge(stranger)))).detail).toBe('The signature of the token is wrong.')
    expect((await refused(bearer(forge(key, {}, { kid: 'k2' })))).detail).toBe('No known key signed the token.')
  })

  it('refuses a token that brings its own key: jwk, jku, x5u, x5c', async () => {
    const jwk = stranger.publicKey.export({ format: 'jwk' })
    for (const header of [
      { jwk },
      { jku: 'https://attacker.example/jwks' },
      { x5u: 'https://attacker.example/cert' },
      { x5c: ['AAAA'] },
    ]) {
      const { detail } = await refused(bearer(forge(stranger, {}, header)))
      expect(detail).toBe('The token brings its own key.')
      // Even where the signature is good: such a header has no honest use here.
      expect((await refused(bearer(forge(key, {}, header)))).code).toBe('UNAUTHENTICATED')
    }
  })

  it('refuses critical headers that it does not know, and an unencoded payload', async () => {
    expect((await refused(bearer(forge(key, {}, { crit: ['exp'] })))).code).toBe('UNAUTHENTICATED')
    expect((await refused(bearer(forge(key, {}, { crit: ['x'], x: 1 })))).code).toBe('UNAUTHENTICATED')
    expect((await refused(bearer(forge(key, {}, { crit: [] })))).code).toBe('UNAUTHENTICATED')
    expect((await refused(bearer(forge(key, {}, { crit: ['b64'], b64: false })))).code).toBe('UNAUTHENTICATED')
  })

  it('accepts ES256, RS256 and PS256 of known keys', async () => {
    const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const pairs = [
      ['ES256', ec],
      ['RS256', rsa],
      ['PS256', rsa],
    ] as const
    keys.change({
      keys: pairs.map(([alg, pair]) => ({ ...pair.publicKey.export({ format: 'jwk' }), kid: alg }) as never),
    })
    for (const [alg, { privateKey }] of pairs) {
      const token = await new SignJWT({ ...GOOD_CLAIMS, roles: ['DESK'] })
        .setProtectedHeader({ alg, kid: alg })
        .sign(privateKey)
      await expect(identify(bearer(token), NOW)).resolves.toBeDefined()
    }
  })
})

describe('for whom, by whom, when', () => {
  it.each([
    ['another audience', { aud: 'other' }],
    ['no audience', { aud: undefined }],
    ['another issuer', { iss: 'https://attacker.example' }],
    ['no issuer', { iss: undefined }],
    ['no expiry', { exp: undefined }],
    ['an expiry in words', { exp: '2030-01-01' }],
    ['an infinite expiry', { exp: 'Infinity' }],
    ['a start in the future', { nbf: NOW / 1000 + 31 }],
    ['a start in words', { nbf: 'now' }],
    ['a binding to a client certificate (RFC 8705)', { cnf: { 'x5t#S256': 'AA' } }],
  ])('refuses %s', async (_, claims) => {
    expect((await refused(bearer(forge(key, claims)))).code).toBe('UNAUTHENTICATED')
  })

  it('accepts a clock that differs by less than the tolerance, and no more', async () => {
    const exp = NOW / 1000 + 100
    const token = bearer(forge(key, { exp }))
    await expect(identify(token, (exp + 29) * 1000)).resolves.toBeDefined()
    expect((await refused(token, (exp + 30) * 1000)).detail).toBe('The token has expired.')
    identify = build()
    expect((await refused(token, (exp + 30) * 1000)).detail).toBe('The token has expired.')
    await expect(identify(bearer(forge(key, { nbf: NOW / 1000 + 30 })), NOW)).resolves.toBeDefined()
  })
})

describe('malformed claims', () => {
  it.each([
    ['roles as text', { roles: 'DESK' }],
    ['roles as an object', { roles: { 0: 'DESK', length: 1 } }],
    ['no roles', { roles: undefined }],
    ['an empty list of roles', { roles: [] }],
    ['an unknown role', { roles: ['DESK', 'ROOT'] }],
    ['a role named like a property of every object', { roles: ['constructor'] }],
    ['a role in a list of lists', { roles: [['DESK']] }],
    ['a department as a list', { dept: ['housing-urban-rural'] }],
    ['no department', { dept: undefined }],
    ['no application', { app: undefined }],
    ['an officer as an object', { sub: { toString: 'x' } }],
    ['an officer with control characters', { sub: 'HUR\u0000117' }],
  ])('refuses %s', async (_, claims) => {
    expect((await refused(bearer(forge(key, claims)))).code).toBe('UNAUTHENTICATED')
  })

  it('takes nothing from a prototype', async () => {
    const body = JSON.stringify({ ...GOOD_CLAIMS, dept: undefined }).replace(
      /^\{/,
      '{"__proto__":{"dept":"housing-urban-rural"},',
    )
    expect((await refused(bearer(forgeText(key, body)))).code).toBe('UNAUTHENTICATED')
    const harmless = JSON.stringify(GOOD_CLAIMS).replace(/^\{/, '{"__proto__":{"roles":["AUTHORITY"]},')
    expect((await identify(bearer(forgeText(key, harmless)), NOW)).roles).toEqual(['DESK'])
    expect(Object.hasOwn(Object.prototype, 'roles')).toBe(false)
  })

  it('takes nothing from a prototype that another module has spoiled', async () => {
    Object.defineProperty(Object.prototype, 'roles', { value: ['DESK'], configurable: true })
    try {
      expect((await refused(bearer(forge(key, { roles: undefined })))).code).toBe('UNAUTHENTICATED')
    } finally {
      Reflect.deleteProperty(Object.prototype, 'roles')
    }
  })

  it.each(['[]', '"text"', 'null', '1', '{', ''])('refuses the payload %s', async (body) => {
    expect((await refused(bearer(forgeText(key, body)))).code).toBe('UNAUTHENTICATED')
  })
})

describe('the Authorization header', () => {
  const good = forge(key)
  it.each([
    ['is missing', []],
    ['is sent twice', ['Authorization', `Bearer ${good}`, 'authorization', `Bearer ${good}`]],
    ['is sent twice, once empty', ['authorization', '', 'Authorization', `Bearer ${good}`]],
    ['is empty', ['authorization', '']],
    ['uses another scheme', ['authorization', `Basic ${good}`]],
    ['has no scheme', ['authorization', good]],
    ['holds two tokens', ['authorization', `Bearer ${good}, Bearer ${good}`]],
    ['has text behind the token', ['authorization', `Bearer ${good} x`]],
    ['has a fourth part', ['authorization', `Bearer ${good}.AAAA`]],
    ['has padding', ['authorization', `Bearer ${good}=`]],
    ['has one byte more', ['authorization', `Bearer ${good}A`]],
    ['has four bytes more', ['authorization', `Bearer ${good}AAAA`]],
    ['has one byte less', ['authorization', `Bearer ${good.slice(0, -1)}`]],
    ['is longer than 8 KiB', ['authorization', `Bearer ${forge(key, { filler: 'x'.repeat(8192) })}`]],
    ['is an encrypted token', ['authorization', 'Bearer e30.e30.e30.e30.e30']],
  ])('is refused when it %s', async (_, headers) => {
    expect((await refused(headers)).code).toBe('UNAUTHENTICATED')
  })

  it('is refused when the last character is another spelling of the same bytes', async () => {
    const last = good.slice(-1)
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    const respelled = good.slice(0, -1) + alphabet.charAt(alphabet.indexOf(last) + 1)
    expect(Buffer.from(respelled.split('.')[2] ?? '', 'base64url')).toEqual(
      Buffer.from(good.split('.')[2] ?? '', 'base64url'),
    )
    expect((await refused(['authorization', `Bearer ${respelled}`])).code).toBe('UNAUTHENTICATED')
  })

  it('takes the scheme in any case', async () => {
    await expect(identify(['AUTHORIZATION', `bearer ${good}`], NOW)).resolves.toBeDefined()
  })

  it('notices a signature by the right key over another body', async () => {
    const [head, , signature] = good.split('.')
    expect(
      (await refused(bearer(`${head}.${encode({ ...GOOD_CLAIMS, dept: 'data-authority' })}.${signature}`))).code,
    ).toBe('UNAUTHENTICATED')
    const other = sign(null, Buffer.from('other'), key.privateKey).toString('base64url')
    expect((await refused(bearer(`${good.split('.').slice(0, 2).join('.')}.${other}`))).code).toBe('UNAUTHENTICATED')
  })
})

describe('the cache of verified tokens (Wall 14)', () => {
  it('checks the expiry of a remembered token', async () => {
    const token = bearer(forge(key))
    await identify(token, NOW)
    expect((await refused(token, NOW + 700_000)).code).toBe('UNAUTHENTICATED')
  })

  it('forgets every token when the keys change', async () => {
    const token = bearer(forge(key))
    await identify(token, NOW)
    keys.change(jwksOf(makeKey('k2')))
    expect((await refused(token)).detail).toBe('No known key signed the token.')
  })

  it('keeps a token no longer than its key, when the key comes back under the same ID', async () => {
    const token = bearer(forge(key))
    await identify(token, NOW)
    keys.change(jwksOf(stranger))
    expect((await refused(token)).detail).toBe('The signature of the token is wrong.')
  })

  it('does not take one token for another that begins alike', async () => {
    const good = forge(key)
    await identify(bearer(good), NOW)
    expect((await refused(bearer(`${good.slice(0, -2)}${good.slice(-2) === 'AA' ? 'BA' : 'AA'}`))).code).toBe(
      'UNAUTHENTICATED',
    )
  })

  it('asks the keys once for a remembered token, and holds no more tokens than it may', async () => {
    let asked = 0
    const inner = await keys.current()
    const counted = { keyFor: (...args: Parameters<typeof inner.keyFor>) => ((asked += 1), inner.keyFor(...args)) }
    identify = createIdentify({
      keys: { current: () => Promise.resolve(counted) },
      parties: testParties(),
      issuer: ISSUER,
      audience: AUDIENCE,
      clockToleranceSeconds: 30,
      cachedTokens: 2,
    })
    const [a = [], b = [], c = []] = ['A-1', 'B-1', 'C-1'].map((officer) => bearer(forge(key, { sub: officer })))
    for (const token of [a, b, a]) await identify(token, NOW)
    expect(asked).toBe(2)
    await identify(c, NOW)
    await identify(a, NOW)
    expect(asked).toBe(3)
    await identify(b, NOW)
    expect(asked).toBe(4)
  })
})
