import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { leaksIn } from '../kit/gateway-canaries.ts'
import { codesOf } from '../kit/gateway-http.ts'
import type { Reply } from '../kit/gateway-http.ts'
import { DESK, startTestGateway } from '../kit/gateway.ts'
import type { TestGateway } from '../kit/gateway.ts'

/** The district that the grant is for, and another one. */
const [OWN, FOREIGN] = ['442000', '441302']

const grant = (id: string, facts: object) => ({
  id,
  consumer: DESK.department,
  validFrom: '2026-01-01T00:00:00+08:00',
  validUntil: '2031-01-01T00:00:00+08:00',
  approvals: [
    { by: 'PROVIDER', officer: 'MR-0001' },
    { by: 'AGENCY', officer: 'DA-0001' },
  ],
  agreement: 'XY-1',
  ...facts,
})

const matter = (code: string, fields: readonly string[]) => ({
  code,
  title: '企业核验',
  department: DESK.department,
  fields,
})

const NAME = 'Enterprise.enterpriseName'
const DIVISION = 'Enterprise.divisionCode'
const REPRESENTATIVE = 'Enterprise.legalRepresentativeIdNumber'
/** What the representative's number contains. */
const NUMBER = 'Person.idDocumentNumber'

const REGISTERS = {
  matters: {
    matters: [
      matter('names-only', [NAME]),
      matter('own-district', [NAME, DIVISION, REPRESENTATIVE, NUMBER]),
      matter('copies', [NAME, DIVISION, REPRESENTATIVE, NUMBER]),
    ],
  },
  cases: { cases: [] },
  grants: {
    grants: [
      grant('G-OWN', { matters: ['own-district'], clear: [REPRESENTATIVE], parameters: { [DIVISION]: [OWN] } }),
      // Where even unconditional data needs one.
      grant('G-OPEN', { matters: ['own-district'], clear: [NAME, DIVISION, NUMBER] }),
      grant('G-COPY', {
        matters: ['copies'],
        clear: [NAME, DIVISION, REPRESENTATIVE, NUMBER],
        copyConsent: '浙数函〔2026〕1号',
      }),
    ],
  },
}

const LIST = `query ($f: LegalEntityFilter!, $first: Int) {
  legalEntities(filter: $f, first: $first) { nodes { enterprise { enterpriseName } } }
}`
const REPRESENTATIVES = `query ($f: LegalEntityFilter!) {
  legalEntities(filter: $f) { nodes { enterprise { enterpriseName legalRepresentativeIdNumber } } }
}`

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startTestGateway({ registers: REGISTERS })
})
afterAll(() => gateway.stop())
beforeEach(() => gateway.forget())

function ask(matterCode: string, query: string, variables: Readonly<Record<string, unknown>>): Promise<Reply> {
  return gateway.ask({ matter: matterCode, query, variables })
}

const departments = (of: TestGateway = gateway) => [...new Set(of.seen.map(({ department }) => department))]

describe('a filter by a field that the caller may not see (INV-6, S12)', () => {
  test.each<[string, string, Readonly<Record<string, unknown>>, string]>([
    ['in a variable', LIST, { f: { divisionCode: OWN } }, 'LegalEntityFilter.divisionCode'],
    ['in a list', LIST, { f: { divisionCodeIn: [OWN, FOREIGN] } }, 'LegalEntityFilter.divisionCodeIn'],
    ['that is null', LIST, { f: { divisionCode: null } }, 'LegalEntityFilter.divisionCode'],
    [
      'in a literal',
      `{ legalEntities(filter: { divisionCode: "${OWN}" }) { endCursor } }`,
      {},
      'LegalEntityFilter.divisionCode',
    ],
    [
      "in a variable's default",
      `query ($f: LegalEntityFilter = { divisionCode: "${OWN}" }) { legalEntities(filter: $f) { hasNextPage } }`,
      {},
      'LegalEntityFilter.divisionCode',
    ],
  ])('%s fails the whole operation and is recorded by its place', async (_what, query, variables, place) => {
    const reply = await ask('names-only', query, variables)
    expect([reply.status, codesOf(reply)]).toEqual([403, ['FILTER_NOT_ALLOWED']])
    expect(reply.body.data).toBeUndefined()
    expect(reply.text).not.toContain(OWN)
    expect(gateway.seen).toEqual([])
    const record = await gateway.recordOf(reply.receipt)
    expect(record.method).toBe('refused')
    expect(record.data).toMatchObject([{ coordinate: place, decision: 'DENY', code: 'FILTER_NOT_ALLOWED' }])
    expect(record.data[0]?.clause).toMatch(/^ZS-/)
    expect(JSON.stringify(record)).not.toContain(OWN)
  })

  test('does not stand in the way of a filter by what the caller may see', async () => {
    const reply = await ask('own-district', LIST, { f: { divisionCode: FOREIGN } })
    expect([reply.status, codesOf(reply)]).toEqual([200, []])
    expect(departments()).toContain('market-registration')
  })
})

describe('argument values that a grant permits (NT-18.1, S06)', () => {
  test('are served', async () => {
    for (const f of [
      { divisionCode: OWN },
      { divisionCodeIn: [OWN, OWN] },
      { divisionCode: OWN, divisionCodeIn: [OWN] },
    ]) {
      const reply = await ask('own-district', REPRESENTATIVES, { f })
      expect([reply.status, codesOf(reply)]).toEqual([200, []])
    }
    expect(departments()).toContain('market-registration')
  })

  test.each<[string, Readonly<Record<string, unknown>>]>([
    ['another value', { divisionCode: FOREIGN }],
    ['one foreign member of a list', { divisionCodeIn: [OWN, FOREIGN] }],
    ['a foreign value beside a permitted one', { divisionCode: OWN, divisionCodeIn: [FOREIGN] }],
    ['a null', { divisionCode: null }],
  ])('%s: refused whole, recorded with the grant, and nothing is fetched', async (_what, f) => {
    const whole = `query ($f: LegalEntityFilter!) {
      legalEntities(filter: $f) { nodes { enterprise { legalRepresentativeIdNumber } } }
    }`
    const reply = await ask('own-district', whole, { f })
    expect([reply.status, codesOf(reply)]).toEqual([403, ['PARAMETER_OUT_OF_GRANT']])
    expect(gateway.seen).toEqual([])
    const record = await gateway.recordOf(reply.receipt)
    expect(record.data).toMatchObject([{ coordinate: DIVISION, code: 'PARAMETER_OUT_OF_GRANT', grant: 'G-OWN' }])
    for (const text of [reply.text, JSON.stringify(record)]) expect(text).not.toMatch(new RegExp(`${OWN}|${FOREIGN}`))
  })

  test('a lookup that is not filtered at all is refused where it asks for what the grant controls', async () => {
    const lookup = (fields: string) =>
      `{ legalEntity(identifierType: REGISTRATION_NUMBER, identifier: "442000000000013") { enterprise { ${fields} } } }`
    expect(codesOf(await ask('own-district', lookup('legalRepresentativeIdNumber'), {}))).toEqual([
      'PARAMETER_OUT_OF_GRANT',
    ])
    expect(codesOf(await ask('own-district', lookup('enterpriseName'), {}))).toEqual([])
  })
})

describe('the size of a page', () => {
  test('over the limit is refused with the limit, and nothing is fetched', async () => {
    const reply = await ask('own-district', LIST, { f: { divisionCode: OWN }, first: 51 })
    expect([reply.status, codesOf(reply)]).toEqual([400, ['LIMIT_EXCEEDED']])
    expect(reply.text).toContain('50')
    expect(gateway.seen).toEqual([])
    expect(codesOf(await ask('own-district', LIST, { f: { divisionCode: OWN }, first: 50 }))).toEqual([])
  })
})

describe('where data is asked for and not copied (ZJ-23.2, S09)', () => {
  let own: TestGateway
  beforeAll(async () => {
    const settings = { limits: { pageSize: 20, subjectsPerOfficerDay: 1 } }
    own = await startTestGateway({ regime: 'zhejiang', registers: REGISTERS, settings })
  })
  afterAll(() => own.stop())

  const list = (matterCode: string, first: number) =>
    own.ask({ matter: matterCode, query: LIST, variables: { f: { divisionCode: OWN }, first } })
  const firm = (matterCode: string, at: number) =>
    own.ask({
      matter: matterCode,
      query: `{ legalEntity(identifierType: REGISTRATION_NUMBER, identifier: "44200000000001${at}") {
        enterprise { legalRepresentativeIdNumber } } }`,
    })

  test('a long page and a long day need the consent on the grant', async () => {
    expect(codesOf(await list('own-district', 1))).toEqual([])
    own.forget()
    const reply = await list('own-district', 21)
    expect([reply.status, codesOf(reply)]).toEqual([403, ['COPY_CONSENT_MISSING']])
    expect(reply.body.errors?.[0]?.extensions.clause).toBe('ZJ-23.2')
    expect((await own.recordOf(reply.receipt)).outcome.codes).toEqual(['COPY_CONSENT_MISSING'])
    const many =
      'query ($n: IdNumber!) { a: person(idDocumentType: PASSPORT, idDocumentNumber: "P1234567") { name } b: person(idDocumentType: PASSPORT, idDocumentNumber: $n) { name } }'
    const crawl = await own.ask({ matter: 'own-district', query: many, variables: { n: 'P7654321' } })
    expect(codesOf(crawl)).toEqual(['COPY_CONSENT_MISSING'])
    expect(own.seen).toEqual([])
  })

  test('with the consent both are served', async () => {
    expect(codesOf(await list('copies', 21))).toEqual([])
    for (const at of [1, 2, 3]) expect(codesOf(await firm('copies', at))).toEqual([])
  })
})

test('no number is in record or log', async () => {
  await gateway.halt()
  expect(await leaksIn(gateway.directory)).toEqual([])
})
