import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { demoPeople } from '../../city/demo-people.ts'
import { DEMO_QUERY } from '../../gateway/start/demo.ts'
import { DESK_MATTER, MARKET, MARKET_MATTER, startTestGateway } from '../kit/gateway.ts'
import type { TestGateway } from '../kit/gateway.ts'
import { leaksIn } from '../kit/gateway-canaries.ts'
import { codesOf } from '../kit/gateway-http.ts'

const NUMBER = demoPeople.allThree.document.idDocumentNumber
const ALLOWED = 'query($n: IdNumber!) { person(idDocumentType: RESIDENT_ID, idDocumentNumber: $n) { name } }'

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startTestGateway()
})
afterAll(() => gateway.stop())

describe('one citizen, three departments', () => {
  test('each kind of decision in one answer, nothing refused was fetched', async () => {
    gateway.forget()
    const reply = await gateway.ask({ ...DESK_MATTER, query: DEMO_QUERY, variables: { number: NUMBER } })
    expect(reply.status).toBe(200)
    expect(reply.body.data).toMatchObject({
      person: {
        name: '欧阳静怡',
        household: { registrationStatus: 'NORMAL', householdTownship: '中山市石岐街道', photo: null },
        disability: {
          issuingAuthority: '中山市残疾人联合会',
          issueDate: '2021-**-**',
          disabilityCertificateNumber: null,
        },
      },
    })
    expect(
      reply.body.errors?.map(({ path, extensions }) => [path?.at(-1), extensions.code, extensions.clause]),
    ).toEqual([
      ['photo', 'NO_GRANT', 'ZS-4.08'],
      ['disabilityCertificateNumber', 'VERIFY_ONLY', 'ZS-4.08'],
    ])
    const asked = gateway.seen.map(({ query }) => query).join('\n')
    expect(asked).toContain('householdTownship')
    expect(asked).not.toContain('photo')
    expect(asked).not.toContain('disabilityCertificateNumber')
  })

  test('no department sees a literal: all values travel in variables', async () => {
    gateway.forget()
    await gateway.ask({ ...DESK_MATTER, query: ALLOWED.replace('$n)', `"${NUMBER}")`).replace('($n: IdNumber!)', '') })
    expect(gateway.seen.length).toBeGreaterThan(1)
    for (const { query } of gateway.seen) expect(query).not.toContain(NUMBER)
  })

  test('departments learn the receipt, the consumer and the matter, and nothing else of the caller', async () => {
    gateway.forget()
    const reply = await gateway.ask({ ...DESK_MATTER, query: ALLOWED, variables: { n: NUMBER } })
    for (const { context } of gateway.seen)
      expect(context).toEqual({
        receipt: reply.receipt,
        consumer: 'housing-urban-rural',
        matter: 'public-rental-housing',
      })
  })
})

describe('the facts of sharing', () => {
  test('header and extensions tell one receipt, which is found in the record', async () => {
    const reply = await gateway.ask({ ...DESK_MATTER, query: ALLOWED, variables: { n: NUMBER } })
    expect(reply.receipt).toMatch(/^gx_[0-9A-Z]{26}$/)
    expect(reply.body.extensions?.sharing).toMatchObject({ receipt: reply.receipt, regime: 'zhongshan' })
    const record = await gateway.recordOf(reply.receipt)
    expect(record.versions.catalog).toBe(reply.body.extensions?.sharing.catalogVersion)
  })

  test('decisions are told when one is not ALLOW, or when x-decisions asks', async () => {
    const ask = { ...DESK_MATTER, query: ALLOWED, variables: { n: NUMBER } }
    expect((await gateway.ask(ask)).body.extensions?.sharing.decisions).toBeUndefined()
    expect(
      (await gateway.ask({ ...ask, headers: { 'x-decisions': 'ALL' } })).body.extensions?.sharing.decisions,
    ).toEqual([
      {
        coordinate: 'Person.name',
        path: ['person', 'name'],
        decision: 'ALLOW',
        code: null,
        clause: 'ZS-4.07',
        grant: null,
        rule: null,
      },
    ])
  })

  test("each record of the answer has the source's own time, refused ones none (ZS-3.07, NT-14.1)", async () => {
    const query =
      'query($n: IdNumber!) { person(idDocumentType: RESIDENT_ID, idDocumentNumber: $n) { household { photo registrationStatus } professionalTitles { qualificationDate } } }'
    const reply = await gateway.ask({ ...DESK_MATTER, query, variables: { n: NUMBER } })
    const notes = reply.body.extensions?.sharing.notes ?? []
    expect(notes.map(({ path }) => path)).toEqual([['person', 'household']])
    expect(notes[0]?.asOf).toMatch(/^\d{4}-\d\d-\d\dT.*\+08:00$/)
  })
})

describe('languages', () => {
  const refused = {
    as: MARKET,
    ...MARKET_MATTER,
    query: ALLOWED.replace('name', 'ethnicity'),
    variables: { n: NUMBER },
  }
  test.each([
    ['en', 'This matter does not need the field'],
    ['en-GB,en;q=0.9,zh;q=0.2', 'This matter does not need the field'],
    ['zh-CN', '办理此事项不需要该数据项'],
    ['zh;q=0.9,en;q=0.8', '办理此事项不需要该数据项'],
    ['fr', '办理此事项不需要该数据项'],
    ['*', '办理此事项不需要该数据项'],
    [';;,q=', '办理此事项不需要该数据项'],
  ])('Accept-Language %s', async (language, message) => {
    const reply = await gateway.ask({ ...refused, headers: { 'accept-language': language } })
    expect(reply.body.errors?.[0]?.message).toBe(message)
    expect(reply.body.errors?.[0]?.extensions.remedy).toMatch(/docs\/errors\.md#not_needed\)$/)
  })

  test('a refused request too', async () => {
    const ask = { as: null, query: ALLOWED, variables: { n: NUMBER } }
    expect((await gateway.ask({ ...ask, headers: { 'accept-language': 'en' } })).body.errors?.[0]?.message).toMatch(
      /^The token is missing/,
    )
    expect((await gateway.ask(ask)).body.errors?.[0]?.message).toMatch(/^令牌缺失/)
  })
})

describe('health', () => {
  test('live and ready, without a token', async () => {
    const live = await gateway.send({ method: 'GET', path: '/health/live' })
    expect([live.status, live.text]).toEqual([200, '{"status":"live"}'])
    const ready = await gateway.send({ method: 'GET', path: '/health/ready' })
    expect(ready.status).toBe(200)
    expect(JSON.parse(ready.text)).toMatchObject({ status: 'ready', checks: { audit: { ok: true } } })
    expect((await gateway.send({ method: 'HEAD', path: '/health/ready' })).text).toBe('')
  })

  test('there is nothing elsewhere', async () => {
    for (const path of ['/', '/graphql/', '/graphqlx', '/health', '/.env', '/audit']) {
      const reply = await gateway.send({ method: 'GET', path })
      expect([path, reply.status, codesOf(reply)]).toEqual([path, 404, ['NOT_FOUND']])
    }
  })
})

test('the record is whole, and no value is in record or log (ZS-6.01, HZ-7)', async () => {
  const { faults, records } = await gateway.verify()
  expect(faults).toEqual([])
  expect(records).toBeGreaterThan(10)
  await gateway.halt()
  expect(await leaksIn(gateway.directory)).toEqual([])
})
