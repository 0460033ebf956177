import { SignJWT, generateKeyPair } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { demoPeople } from '../../city/demo-people.ts'
import type { TokenSubject } from '../../gateway/caller/development-issuer.ts'
import { DESK, DESK_MATTER, MARKET, startTestGateway } from '../kit/gateway.ts'
import type { TestGateway } from '../kit/gateway.ts'
import { leaksIn } from '../kit/gateway-canaries.ts'
import { codesOf } from '../kit/gateway-http.ts'
import { breachesOf } from '../kit/gateway-refusals.ts'

const NUMBER = demoPeople.allThree.document.idDocumentNumber
const QUERY = `{ person(idDocumentType: RESIDENT_ID, idDocumentNumber: "${NUMBER}") { name } }`

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startTestGateway({
    settings: { limits: { officerPerMinute: 40, strangerPerMinute: 30 } },
  })
})
afterAll(() => gateway.stop())

describe('callers who are known and refused are recorded by name', () => {
  const subjects: readonly (readonly [string, TokenSubject, string, string])[] = [
    [
      'an application of another department',
      { ...DESK, application: 'licence-service' },
      'AUDIENCE_MISMATCH',
      'ZS-4.06',
    ],
    ['a department that nobody registered', { ...DESK, department: 'water-polo' }, 'UNKNOWN_PARTY', 'ZS-1.06'],
    ['no named officer', { ...DESK, officer: '' }, 'END_USER_MISSING', 'ZS-6.03'],
    ['a shared account', { ...DESK, officer: 'housing-urban-rural' }, 'END_USER_MISSING', 'ZS-6.03'],
    ["a role that is not the department's to give", { ...DESK, roles: ['AUTHORITY'] }, 'AUDIENCE_MISMATCH', 'ZS-1.10'],
  ]
  test.each(subjects)('%s', async (_name, as, code, clause) => {
    gateway.forget()
    const reply = await gateway.ask({ as, ...DESK_MATTER, query: QUERY })
    expect([reply.status, codesOf(reply), reply.body.errors?.[0]?.extensions.clause]).toEqual([403, [code], clause])
    expect(breachesOf(reply, [NUMBER])).toEqual([])
    expect(gateway.seen).toEqual([])
    const record = await gateway.recordOf(reply.receipt)
    expect(record).toMatchObject({
      method: 'refused',
      department: as.department,
      application: as.application,
      officer: as.officer === '' ? null : as.officer,
      outcome: { status: 403, codes: [code] },
    })
  })

  test('too many requests of one officer, not of another', async () => {
    const eager = { ...DESK, officer: 'HUR-0999' }
    const replies = []
    for (let index = 0; index < 42; index += 1)
      replies.push(await gateway.ask({ as: eager, ...DESK_MATTER, query: '{ __typename }' }))
    expect(replies.findIndex(({ status }) => status !== 200)).toBe(40)
    expect(replies.slice(40).map(({ status }) => status)).toEqual([429, 429])
    const last = replies[41]
    expect([last?.headers['retry-after'], last && codesOf(last), last && breachesOf(last)]).toEqual([
      '60',
      ['RATE_LIMIT'],
      [],
    ])
    expect((await gateway.ask({ ...DESK_MATTER, query: '{ __typename }' })).status).toBe(200)
  })
})

describe('strangers are told nothing and are counted', () => {
  test('no token, a wrong one, an old one, one of another issuer', async () => {
    const old = await gateway.token(DESK, -60)
    const { privateKey } = await generateKeyPair('EdDSA')
    const forged = await new SignJWT({ name: 'x', dept: DESK.department, app: DESK.application, roles: ['DESK'] })
      .setProtectedHeader({ alg: 'EdDSA' })
      .setIssuer(gateway.config.identity.issuer)
      .setAudience(gateway.config.identity.audience)
      .setSubject(DESK.officer)
      .setExpirationTime('1h')
      .sign(privateKey)
    const before = (await gateway.records()).length
    for (const authorization of [null, 'Bearer x', 'Bearer a.b.c', 'Basic eDp5', `Bearer ${old}`, `Bearer ${forged}`]) {
      const reply = await gateway.send({
        headers: [
          ['content-type', 'application/json'],
          ...(authorization === null ? [] : [['authorization', authorization] as const]),
        ],
        body: '{"query": ',
      })
      // Not even that the body is broken.
      expect([reply.status, codesOf(reply)]).toEqual([401, ['UNAUTHENTICATED']])
      expect(reply.headers['www-authenticate']).toBe('Bearer')
      expect(breachesOf(reply)).toEqual([])
    }
    expect((await gateway.records()).length).toBe(before)
  })

  test('whoever keeps guessing is told to wait; who is known is not', async () => {
    const statuses = []
    for (let index = 0; index < 32; index += 1)
      statuses.push((await gateway.ask({ as: null, query: '{ __typename }' })).status)
    expect(statuses.at(-1)).toBe(429)
    expect((await gateway.ask({ as: MARKET, query: '{ __typename }' })).status).toBe(200)
  })

  test('at the end they stand in the record as counted summaries, by code', async () => {
    await gateway.halt()
    const summaries = (await gateway.records()).filter(({ method }) => method === 'summary')
    const counted = (code: string, department: string | null): number =>
      summaries
        .filter((one) => one.outcome.codes.includes(code) && one.department === department)
        .reduce((sum, { count = 0 }) => sum + count, 0)
    expect(counted('UNAUTHENTICATED', null)).toBe(30)
    expect(counted('RATE_LIMIT', null)).toBe(8)
    // Who is known and asks too often is counted by name.
    expect(counted('RATE_LIMIT', 'housing-urban-rural')).toBe(2)
    expect(summaries.every(({ data, subjects }) => data.length === 0 && subjects.length === 0)).toBe(true)
    expect((await gateway.verify()).faults).toEqual([])
    expect(await leaksIn(gateway.directory)).toEqual([])
  })
})
