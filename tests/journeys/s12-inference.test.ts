import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { codesOf } from '../kit/gateway-http.ts'
import { ANALYST, startTestGateway } from '../kit/gateway.ts'
import type { TestGateway } from '../kit/gateway.ts'
import { numberOf } from '../kit/verify.ts'

/*
 * S12: an analyst sees an address, a birth date and a number masked, and tries to get behind the masks: by filters,
 * orders, groups, distinct values, references, cursors, and by differences of counts. The whole operation is refused, the
 * record has the place that was tried and never the value (ZJ-22.3, HZ-47.2, NT-33.1(3)).
 */

const MASKED = ['Person.idDocumentNumber', 'ResidencePermit.birthDate', 'ResidencePermit.residenceAddressDetail']
const FIELDS = [
  ...MASKED,
  'ResidencePermit.idDocumentNumber',
  'Enterprise.enterpriseName',
  'Enterprise.divisionCode',
  'LegalEntityConnection.nodes',
  'LegalEntityConnection.endCursor',
]
const BIRTH = '1980-05-17'
const ADDRESS = '演示路一百号'
const registers = {
  matters: { matters: [{ code: 'study', title: '研究', department: ANALYST.department, fields: FIELDS }] },
  cases: { cases: [] },
  grants: {
    grants: [
      {
        id: 'Z-1',
        consumer: ANALYST.department,
        matters: ['study'],
        clear: FIELDS.slice(4),
        masked: [...MASKED, 'ResidencePermit.idDocumentNumber'],
        validFrom: '2026-01-01T00:00:00+08:00',
        validUntil: '2031-01-01T00:00:00+08:00',
        approvals: [
          { by: 'AGENCY', officer: 'WA-0002' },
          { by: 'PROVIDER', officer: 'RP-0001' },
          { by: 'PLATFORM', officer: 'PF-0001' },
        ],
      },
    ],
  },
}

const PERSON = `person(idDocumentType: RESIDENT_ID, idDocumentNumber: "${numberOf('movedOut')}")`

describe.each(['zhejiang', 'nantong'])('%s', (regime) => {
  let gateway: TestGateway
  beforeAll(async () => {
    gateway = await startTestGateway({ regime, registers })
  })
  afterAll(() => gateway.stop())
  const ask = (query: string, matter = 'study') => gateway.ask({ as: ANALYST, matter, query })

  // Most of these the schema does not even have: what is not there cannot be left open by mistake.
  test.each<[string, string]>([
    [
      'a filter by the beginning of an address',
      `{ persons(filter: { residenceAddressDetail: { startsWith: "${ADDRESS}" } }) { name } }`,
    ],
    ['an order by birth date', `{ persons(keys: [], orderBy: birthDate) { name } }`],
    [
      'a count of one birth date',
      `{ populationStatistics(groupBy: [], filter: { birthDate: { eq: "${BIRTH}" } }) { groups { count } } }`,
    ],
    ['groups by birth date', '{ populationStatistics(groupBy: [BIRTH_DATE]) { groups { count } } }'],
    ['distinct values', `{ ${PERSON} { residencePermit { residenceAddressDetail(distinct: true) } } }`],
    [
      'a filter through a reference',
      `{ legalEntities(filter: { legalRepresentativeIdNumber: "${numberOf('movedOut')}" }, first: 5) { endCursor } }`,
    ],
    [
      'a join by a value',
      `{ ${PERSON} { residencePermit { sameAddress: residents(residenceAddressDetail: "${ADDRESS}") { name } } } }`,
    ],
  ])('%s is refused whole; nothing is fetched, and the value is nowhere', async (_name, query) => {
    gateway.forget()
    const reply = await ask(query)
    expect(reply.body.data).toBeUndefined()
    expect(['GRAPHQL_VALIDATION_FAILED', 'FILTER_NOT_ALLOWED']).toContain(codesOf(reply)[0])
    expect(gateway.seen).toEqual([])
    const record = await gateway.recordOf(reply.receipt)
    expect(record.method).toBe('refused')
    for (const value of [BIRTH, ADDRESS, numberOf('movedOut')])
      expect(JSON.stringify(record) + reply.text).not.toContain(value)
  })

  test('a filter by what the matter shows not at all is recorded by its place, as refused', async () => {
    gateway.forget()
    const reply = await ask(
      '{ legalEntities(filter: { divisionCode: "442000", industry: "I65" }, first: 5) { nodes { enterprise { enterpriseName } } } }',
    )
    expect([codesOf(reply), gateway.seen]).toEqual([['FILTER_NOT_ALLOWED'], []])
    const { data, arguments: given } = await gateway.recordOf(reply.receipt)
    expect(data).toMatchObject([
      { coordinate: 'LegalEntityFilter.industry', decision: 'DENY', code: 'FILTER_NOT_ALLOWED' },
    ])
    expect(given.map(({ name }) => name)).toEqual(['Query.legalEntities(filter:)', 'Query.legalEntities(first:)'])
  })

  test('masked values do not add up: no tail and no birth digits beside a masked date', async () => {
    const reply = await ask(`{ ${PERSON} { idDocumentNumber residencePermit { birthDate residenceAddressDetail } } }`)
    const text = JSON.stringify(reply.body.data)
    const number = numberOf('movedOut')
    for (const part of [number.slice(6, 14), number.slice(10, 18), number.slice(14)]) expect(text).not.toContain(part)
    const masks = (await gateway.recordOf(reply.receipt)).data.map(({ decision }) => decision)
    expect(masks).not.toContain('ALLOW')
  })

  test('a cursor tells nothing of where it stands, and is good for its own filter alone', async () => {
    const page = async (more: string) => {
      const reply = await ask(
        `{ legalEntities(filter: { divisionCode: "442000" }, first: 1${more}) { endCursor nodes { enterprise { enterpriseName } } } }`,
      )
      return {
        reply,
        list: reply.body.data?.['legalEntities'] as
          | { readonly endCursor: string | null; readonly nodes: readonly unknown[] }
          | undefined,
      }
    }
    const first = await page('')
    const cursor = first.list?.endCursor ?? ''
    expect(cursor.length).toBeGreaterThan(20)
    const plain = Buffer.from(cursor, 'base64url').toString('latin1') + Buffer.from(cursor, 'base64').toString('utf8')
    expect(plain).not.toMatch(/9144|442000|divisionCode|offset/)
    // Sealed anew each time: two that stand at one place cannot be told to.
    expect((await page('')).list?.endCursor).not.toBe(cursor)
    expect((await page(`, after: "${cursor}"`)).list?.nodes).not.toEqual(first.list?.nodes)
    const foreign = await ask(
      `{ legalEntities(filter: { divisionCode: "442090" }, first: 1, after: "${cursor}") { nodes { enterprise { enterpriseName } } } }`,
    )
    expect(foreign.body.data?.['legalEntities'] ?? null).toBeNull()
    const forged = `${cursor.slice(0, -4)}AAAA`
    expect((await page(`, after: "${forged}"`)).list ?? null).toBeNull()
  })
})
