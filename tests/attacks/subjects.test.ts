import { afterEach, describe, expect, test } from 'vitest'
import { generate } from '../../city/generate.ts'
import { DESK, MARKET, startTestGateway } from '../kit/gateway.ts'
import type { TestGateway } from '../kit/gateway.ts'
import { CITY } from '../kit/gateway-canaries.ts'
import { codesOf } from '../kit/gateway-http.ts'
import { NUMBER, OTHER_NUMBER } from './attack.ts'

/* Attempts to ask about more people than one may, to leave no trace of them, or to use up what others may ask (S09, S13). */

const NUMBERS = [...generate(CITY)]
  .filter(({ document }) => document.idDocumentType === 'RESIDENT_ID')
  .map(({ document }) => document.idDocumentNumber)

const EMPLOYER = 'SocialInsuranceEnrolment.employerName'
const matterOf = (code: string, department: string, fields: readonly string[]) => ({
  code,
  title: code,
  department,
  fields,
})
const REGISTERS = {
  matters: {
    matters: [
      matterOf('housing', DESK.department, ['Person.name', EMPLOYER]),
      matterOf('licence', MARKET.department, [
        'LegalEntityConnection.nodes',
        'LegalEntityConnection.endCursor',
        'LegalEntity.identifierType',
        'LegalEntity.identifier',
        'LegalEntity.enterprise',
        'Enterprise.divisionCode',
        'Enterprise.enterpriseName',
        'Enterprise.legalRepresentativeIdNumber',
        'Enterprise.legalRepresentative',
        'Person.idDocumentNumber',
        'Person.name',
      ]),
    ],
  },
  cases: { cases: [{ number: 'C-1', matter: 'housing', department: DESK.department }] },
  grants: {
    grants: [
      {
        id: 'G-1',
        consumer: DESK.department,
        matters: ['housing'],
        clear: [EMPLOYER],
        validFrom: '2020-01-01T00:00:00+08:00',
        validUntil: '2099-01-01T00:00:00+08:00',
        approver: 'HRSS-0031',
        agreement: 'XY-1',
        quota: { callsPerDay: 4 },
      },
    ],
  },
}

let gateway: TestGateway | null = null
afterEach(async () => {
  await gateway?.stop()
  gateway = null
})

async function open(limits: object): Promise<TestGateway> {
  gateway = await startTestGateway({ registers: REGISTERS, settings: { limits } })
  return gateway
}

/** One officer asks about one person. */
async function codesFor(of: TestGateway, at: number, who: { officer?: string; case?: string; select?: string } = {}) {
  const key = { idDocumentType: 'RESIDENT_ID', idDocumentNumber: NUMBERS[at] }
  const reply = await of.ask({
    as: { ...DESK, officer: who.officer ?? 'H-1' },
    matter: 'housing',
    case: who.case ?? null,
    query: `query ($keys: [PersonKeyInput!]!) { persons(keys: $keys) { ${who.select ?? 'name'} } }`,
    variables: { keys: [key] },
  })
  return codesOf(reply)
}

const LATER = [1, 2, 3, 4, 5, 6, 7, 8]

describe('who is refused uses up nothing of others', () => {
  // An officer over the own bound went on, was refused each time, and filled the department's.
  test('an officer, of what colleagues may ask', async () => {
    const own = await open({ subjectsPerOfficerDay: 1, subjectsPerDepartmentDay: 6 })
    expect(await codesFor(own, 0)).toEqual([])
    for (const at of LATER) expect(await codesFor(own, at)).toEqual(['RATE_LIMIT'])
    expect(await codesFor(own, 20, { officer: 'H-2' })).toEqual([])
  })

  // In a case over its bound, each refused question counted against the officer's day.
  test('a case, of what may be asked in others', async () => {
    const own = await open({ subjectsPerCase: 1, subjectsPerOfficerDay: 6 })
    expect(await codesFor(own, 0, { case: 'C-1' })).toEqual([])
    for (const at of LATER) expect(await codesFor(own, at, { case: 'C-1' })).toEqual(['RATE_LIMIT'])
    expect(await codesFor(own, 20)).toEqual([])
  })

  // Calls that were refused for the officer's bound used up the quota of the whole department's grant.
  test('an officer, of the quota of a grant', async () => {
    const own = await open({ subjectsPerOfficerDay: 1 })
    const select = 'socialInsurance { employerName }'
    expect(await codesFor(own, 0, { select })).toEqual([])
    for (const at of LATER) await codesFor(own, at, { select })
    expect(await codesFor(own, 20, { select, officer: 'H-2' })).toEqual([])
  })
})

describe('people that are reached through something else', () => {
  const QUERY = `query ($after: String) {
    legalEntities(filter: { divisionCode: "442000" }, first: 1, after: $after) {
      nodes { identifierType identifier enterprise { enterpriseName legalRepresentative { name } } } endCursor } }`
  const page = (of: TestGateway, after: unknown) =>
    of.ask({ as: MARKET, matter: 'licence', query: QUERY, variables: { after } })

  // A page of fifty firms told fifty names, and the record knew of nobody (ZS-6.03).
  test('are in the record', async () => {
    const own = await open({})
    const reply = await page(own, null)
    expect(reply.text).toMatch(/"legalRepresentative":\{"name":"[^"]+"\}/)
    expect((await own.recordOf(reply.receipt)).subjects).not.toEqual([])
  })

  // Page by page a list told of everybody in it, under a bound of one a day (S09).
  test('count as people', async () => {
    // A firm and its representative.
    const own = await open({ subjectsPerOfficerDay: 2, subjectsPerDepartmentDay: 2 })
    const names = new Set<string>()
    for (let after: unknown = null, at = 0; at < 3; at += 1) {
      const { body, text } = await page(own, after)
      for (const [, name = ''] of text.matchAll(/"legalRepresentative":\{"name":"([^"]+)"\}/g)) names.add(name)
      const list = body.data?.['legalEntities']
      after = typeof list === 'object' && list !== null && 'endCursor' in list ? list.endCursor : null
    }
    expect(names.size).toBe(1)
  })
})

describe('one person', () => {
  test('under all spellings is one; under another kind of document nobody is found', async () => {
    const own = await open({ subjectsPerOfficerDay: 2 })
    const old = NUMBER.slice(0, 6) + NUMBER.slice(8, 17)
    const wide = NUMBER.replace(/\d/g, (one) => String.fromCodePoint(0xff10 + Number(one)))
    const ask = (type: string, ...numbers: readonly string[]) =>
      own.ask({
        as: DESK,
        matter: 'housing',
        query: 'query ($keys: [PersonKeyInput!]!) { persons(keys: $keys) { name } }',
        variables: { keys: numbers.map((idDocumentNumber) => ({ idDocumentType: type, idDocumentNumber })) },
      })
    const spelled = await ask('RESIDENT_ID', NUMBER, old, wide, ` ${NUMBER} `)
    expect(codesOf(spelled)).toEqual([])
    expect((await own.recordOf(spelled.receipt)).subjects).toHaveLength(1)
    expect((await ask('PASSPORT', NUMBER)).body.data).toEqual({ persons: [{ name: null }] })
    expect(codesOf(await ask('RESIDENT_ID', OTHER_NUMBER))).toEqual(['RATE_LIMIT'])
  })
})
