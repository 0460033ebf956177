import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createRemoteJwks, openJwks, parseJwks } from '../../../gateway/adapters/jwks.ts'
import { createIdentify } from '../../../gateway/caller/identify.ts'
import type { TokenKeys } from '../../../gateway/caller/token.ts'
import { Failure } from '../../../gateway/vocabulary/failure.ts'
import { AUDIENCE, bearer, forge, handClock, ISSUER, jwksOf, makeKey, NOW, testParties } from './issuer.ts'

const [first, second] = [makeKey('k1'), makeKey('k2')]

function identifyWith(keys: TokenKeys) {
  const identify = createIdentify({
    keys,
    parties: testParties(),
    issuer: ISSUER,
    audience: AUDIENCE,
    clockToleranceSeconds: 0,
  })
  return async (token: string): Promise<string> => {
    try {
      return (await identify(bearer(token), NOW)).officer
    } catch (error) {
      if (error instanceof Failure) return error.code
      throw error
    }
  }
}

describe('a key set', () => {
  it.each([
    ['no JSON', '{'],
    ['no set', '[]'],
    ['an empty set', '{"keys":[]}'],
    ['a symmetric key', JSON.stringify({ keys: [{ kty: 'oct', k: 'c2VjcmV0' }] })],
    ['a private key', JSON.stringify({ keys: [first.privateKey.export({ format: 'jwk' })] })],
  ])('is refused when it is %s, without quoting it', (_, text) => {
    expect(() => parseJwks(text)).toThrow(expect.objectContaining({ code: 'JWKS_INVALID' }))
    expect(() => parseJwks(text)).not.toThrow(/c2VjcmV0/)
  })
})

describe('a file of keys', () => {
  let path = ''
  let keys: ReturnType<typeof openJwks>
  let who: (token: string) => Promise<string>

  beforeEach(async () => {
    path = join(await mkdtemp(join(tmpdir(), 'gongxiang-jwks-')), 'jwks.json')
    await writeFile(path, JSON.stringify(jwksOf(first)))
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    keys = openJwks(path, handClock())
    who = identifyWith(keys)
  })
  afterEach(() => {
    keys.close()
    vi.useRealTimers()
  })

  async function replace(text: string): Promise<void> {
    await writeFile(`${path}.new`, text)
    await rename(`${path}.new`, path)
  }

  it('is read again when it changes, and remembered tokens of a removed key are refused', async () => {
    expect(await who(forge(first))).toBe('HUR-0117')
    await replace(JSON.stringify(jwksOf(second)))
    vi.advanceTimersByTime(1_000)
    expect(await who(forge(first))).toBe('UNAUTHENTICATED')
    expect(await who(forge(second))).toBe('HUR-0117')
  })

  it('is looked at no more than once a second', async () => {
    await who(forge(first))
    await replace(JSON.stringify(jwksOf(second)))
    vi.advanceTimersByTime(999)
    expect(await who(forge(second))).toBe('UNAUTHENTICATED')
  })

  it('keeps its last good content while it is half-written or gone', async () => {
    await replace('{"keys": [')
    vi.advanceTimersByTime(1_000)
    expect(await who(forge(first))).toBe('HUR-0117')
    await rm(path)
    vi.advanceTimersByTime(1_000)
    expect(await who(forge(first))).toBe('HUR-0117')
    await writeFile(path, JSON.stringify(jwksOf(second)))
    vi.advanceTimersByTime(1_000)
    expect(await who(forge(second))).toBe('HUR-0117')
  })

  it('is not opened when it is not there or no key set', async () => {
    expect(() => openJwks(`${path}.none`, handClock())).toThrow('ENOENT')
    await replace('{}')
    expect(() => openJwks(path, handClock())).toThrow('no JWKS')
  })
})

describe('keys at an address', () => {
  let answer: { status: number; body: string; location?: string } = { status: 200, body: '' }
  let asked = 0
  let url = ''
  const server = createServer((_, response) => {
    asked += 1
    response.writeHead(answer.status, answer.location === undefined ? {} : { location: answer.location })
    response.end(answer.body)
  })

  beforeEach(async () => {
    asked = 0
    answer = { status: 200, body: JSON.stringify(jwksOf(first)) }
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`
  })
  afterEach(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })

  it('are fetched once for many tokens', async () => {
    const who = identifyWith(createRemoteJwks(url, handClock()))
    const tokens = ['A-1', 'A-2', 'A-3'].map((officer) => forge(first, { sub: officer }))
    expect(await Promise.all(tokens.map(who))).toEqual(['A-1', 'A-2', 'A-3'])
    expect(asked).toBe(1)
  })

  it('are fetched again after five minutes: a removed key ends with its remembered tokens', async () => {
    const clock = handClock()
    const who = identifyWith(createRemoteJwks(url, clock))
    expect(await who(forge(first))).toBe('HUR-0117')
    answer.body = JSON.stringify(jwksOf(second))
    expect(await who(forge(first))).toBe('HUR-0117')
    clock.pass(300_001)
    expect(await who(forge(first))).toBe('UNAUTHENTICATED')
    expect(await who(forge(second))).toBe('HUR-0117')
    expect(asked).toBe(2)
  })

  it('while the address fails are believed for an hour, and then no more', async () => {
    const clock = handClock()
    const who = identifyWith(createRemoteJwks(url, clock))
    await who(forge(first))
    answer = { status: 503, body: '' }
    clock.pass(3_000_000)
    expect(await who(forge(first))).toBe('HUR-0117')
    clock.pass(700_000)
    expect(await who(forge(first))).toBe('NOT_READY')
    answer = { status: 200, body: JSON.stringify(jwksOf(first)) }
    clock.pass(5_001)
    expect(await who(forge(first))).toBe('HUR-0117')
  })

  it('are not asked for again and again by tokens with made-up key IDs', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: NOW })
    try {
      const who = identifyWith(createRemoteJwks(url, handClock()))
      const invented = (kid: string) => who(forge(first, {}, { kid }))
      await who(forge(first))
      // jose asks again for an unknown ID only after 30 s …
      expect([await invented('x1'), await invented('x2'), asked]).toEqual(['UNAUTHENTICATED', 'UNAUTHENTICATED', 1])
      vi.setSystemTime(NOW + 31_000)
      answer = { status: 500, body: '' }
      // … but then each time, as long as the address fails: there our own pause begins.
      expect([await invented('x3'), await invented('x4'), asked]).toEqual(['NOT_READY', 'NOT_READY', 2])
      expect(await who(forge(first))).toBe('HUR-0117')
    } finally {
      vi.useRealTimers()
    }
  })

  it.each([
    ['an error', { status: 500, body: '' }],
    ['something else than keys', { status: 200, body: '<html>' }],
    ['a symmetric key', { status: 200, body: '{"keys":[{"kty":"oct","k":"AAAA"}]}' }],
    ['a redirection', { status: 302, body: '', location: 'http://127.0.0.1:9/' }],
  ])('are not there when the address gives %s: not the token is to blame', async (_, given) => {
    answer = given
    const who = identifyWith(createRemoteJwks(url, handClock()))
    expect(await who(forge(first))).toBe('NOT_READY')
    // Strangers cannot make us knock again and again at a door that does not open.
    expect(await who(forge(first))).toBe('NOT_READY')
    expect(asked).toBe(1)
  })
})
