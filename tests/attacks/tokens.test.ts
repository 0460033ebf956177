import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { SignJWT } from 'jose'
import { openKeyFiles } from '../../gateway/adapters/key-files.ts'
import { keysDirectory } from '../../gateway/config/config.ts'
import type { KeyRing } from '../../gateway/keys/key-ring.ts'
import { systemClock } from '../../gateway/vocabulary/ports.ts'
import { DESK, startTestGateway } from '../kit/gateway.ts'
import type { TestGateway } from '../kit/gateway.ts'
import { codesOf } from '../kit/gateway-http.ts'
import type { Reply } from '../kit/gateway-http.ts'
import { AS_DESK, attack, leaksAfter, NUMBER, OTHER_NUMBER, person } from './attack.ts'

/* Tokens that the city's own key has signed, and that are good for nothing here all the same. */

let now = Date.now()
let gateway: TestGateway
let key: ReturnType<KeyRing['signing']>
beforeAll(async () => {
  const clock = { now: () => now, monotonic: () => performance.now() }
  gateway = await startTestGateway({ clock, settings: { limits: { strangerPerMinute: 20 } } })
  const keys = await openKeyFiles(keysDirectory(gateway.config), gateway.config.mode, systemClock)
  key = keys.signing('token-signing')
})
afterAll(() => gateway.stop())

const QUERY = person('name')

function signed(changes: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const { issuer, audience } = gateway.config.identity
  const claims = {
    iss: issuer,
    aud: audience,
    sub: DESK.officer,
    name: DESK.name,
    dept: DESK.department,
    app: DESK.application,
    roles: DESK.roles,
    exp: Math.floor(now / 1_000) + 600,
    ...changes,
  }
  return new SignJWT(claims).setProtectedHeader({ alg: 'EdDSA', kid: key.id }).sign(key.privateKey)
}

function send(...authorizations: readonly string[]): Promise<Reply> {
  gateway.forget()
  const headers: (readonly [string, string])[] = [
    ['content-type', 'application/json'],
    ...authorizations.map((one) => ['authorization', `Bearer ${one}`] as const),
    ['x-matter', 'public-rental-housing'],
    ['x-case', 'PRH-2026-0001'],
  ]
  return gateway.send({ headers, body: JSON.stringify({ query: QUERY, variables: { n: NUMBER } }) })
}

describe('claims that are not for this gateway, or not of one person', () => {
  test('and the good ones that all of these start from', async () => {
    expect((await send(await signed())).body.data).toEqual({ person: { name: '欧阳静怡' } })
  })

  test.each<[string, Readonly<Record<string, unknown>>, string]>([
    ['another issuer of the same key', { iss: 'https://other.example' }, 'UNAUTHENTICATED'],
    ['no issuer', { iss: undefined }, 'UNAUTHENTICATED'],
    ['a token for another system', { aud: 'mail' }, 'UNAUTHENTICATED'],
    ['a token of tomorrow', { nbf: Math.floor(Date.now() / 1_000) + 86_400 }, 'UNAUTHENTICATED'],
    ['no end', { exp: undefined }, 'UNAUTHENTICATED'],
    ['a token bound to a certificate', { cnf: { 'x5t#S256': 'AAAA' } }, 'UNAUTHENTICATED'],
    ['a role that does not exist', { roles: ['DESK', 'ROOT'] }, 'UNAUTHENTICATED'],
    ['no role', { roles: [] }, 'UNAUTHENTICATED'],
    ["a citizen's number for an officer", { sub: OTHER_NUMBER }, 'UNAUTHENTICATED'],
    ['an officer of no name', { name: ' ' }, 'END_USER_MISSING'],
    ['nobody', { sub: undefined }, 'END_USER_MISSING'],
    ['an account of the application', { sub: 'housing-desk' }, 'END_USER_MISSING'],
    [
      'one who runs the data and watches over it',
      { dept: 'data-authority', app: 'authority-console', roles: ['SECURITY_ADMIN', 'DATA_OPERATOR'] },
      'UNAUTHENTICATED',
    ],
  ])('%s', async (_name, changes, code) => {
    const reply = await send(await signed(changes))
    expect(codesOf(reply)).toEqual([code])
    expect(reply.body.data).toBeUndefined()
    expect(reply.text).not.toContain(OTHER_NUMBER)
    expect(gateway.seen).toEqual([])
  })
})

describe('a token that was good once', () => {
  test('ends at its time, though it is known already', async () => {
    const token = await signed()
    expect(codesOf(await send(token))).toEqual([])
    now += 3_600_000
    expect(codesOf(await send(token))).toEqual(['UNAUTHENTICATED'])
    expect(gateway.seen).toEqual([])
  })

  test('is not good with another signature, nor in another spelling', async () => {
    const token = await signed()
    expect(codesOf(await send(token))).toEqual([])
    const [head = '', claims = '', signature = ''] = token.split('.')
    const zeros = Buffer.alloc(64).toString('base64url')
    // The last character carries two bits of the signature and four of nothing: several stand for the same bytes.
    const spelled = signature.slice(0, -1) + String.fromCodePoint((signature.codePointAt(85) ?? 0) + 1)
    for (const tail of [zeros, spelled]) {
      expect(codesOf(await send(`${head}.${claims}.${tail}`))).toEqual(['UNAUTHENTICATED'])
      expect(gateway.seen).toEqual([])
    }
  })

  test('is not one of two', async () => {
    const [mine, other] = [await signed(), await signed({ sub: 'HUR-0118' })]
    expect(codesOf(await send(mine, other))).toEqual(['UNAUTHENTICATED'])
    expect(gateway.seen).toEqual([])
  })
})

describe('whoever guesses', () => {
  test('is told to wait, known tokens aside', async () => {
    now += 120_000
    const codes = new Set<string>()
    for (let at = 0; at < 40; at += 1) for (const code of codesOf(await send(`e30.e30.${at}AAA`))) codes.add(code)
    expect([...codes]).toEqual(['UNAUTHENTICATED', 'RATE_LIMIT'])
    expect(codesOf(await send(await signed()))).toEqual([])
  })
})

describe('whom one acts for', () => {
  const TOWN = { ...DESK, department: 'town-governments', application: 'town-desk', officer: 'TW-0001' }
  test.each([
    ['a department that has charged somebody else', 'tax'],
    ['oneself', 'town-governments'],
    ['a name of Object.prototype', 'constructor'],
  ])('%s', async (_name, department) => {
    const { reply, departments } = await attack(gateway, {
      as: TOWN,
      matter: 'tax-registration',
      headers: { 'x-acting-for': department },
      query: QUERY,
    })
    expect([codesOf(reply), departments]).toEqual([['AUDIENCE_MISMATCH'], []])
  })

  test('a charge is no charge for others', async () => {
    const headers = { 'x-acting-for': 'civil-affairs' }
    const { reply, departments } = await attack(gateway, { ...AS_DESK, headers, query: QUERY })
    expect([codesOf(reply), departments]).toEqual([['AUDIENCE_MISMATCH'], []])
  })
})

test('and nothing of all this is in the record or the log', async () => {
  expect(await leaksAfter(gateway)).toEqual([])
})
