import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { demoPeople } from '../../city/demo-people.ts'
import { demoOrganisations } from '../../city/organisations/demo-organisations.ts'
import { generate } from '../../city/generate.ts'
import { DESK, MARKET, startTestGateway } from '../kit/gateway.ts'
import type { TestGateway } from '../kit/gateway.ts'
import { CITY } from '../kit/gateway-canaries.ts'
import { codesOf } from '../kit/gateway-http.ts'
import { NUMBER } from './attack.ts'

const NUMBERS = [...generate(CITY)]
  .filter(({ document }) => document.idDocumentType === 'RESIDENT_ID')
  .map(({ document }) => document.idDocumentNumber)
const keys = (from: number, to: number) =>
  NUMBERS.slice(from, to).map((idDocumentNumber) => ({ idDocumentType: 'RESIDENT_ID', idDocumentNumber }))
const PERSONS = 'query ($keys: [PersonKeyInput!]!) { persons(keys: $keys) { name } }'

const matter = (code: string, department: string, fields: readonly string[]) => ({ code, title: code, department, fields })
const M = {
  matters: {
    matters: [
      matter('m', DESK.department, ['Person.name', 'SocialInsuranceEnrolment.employerName']),
      matter('reg', MARKET.department, [
        'LegalEntityConnection.nodes', 'LegalEntity.identifier', 'LegalEntity.enterprise', 'Enterprise.divisionCode',
        'Enterprise.legalRepresentativeIdNumber', 'Enterprise.legalRepresentative', 'Person.name', 'Person.sex',
        'Person.idDocumentNumber', 'Enterprise.enterpriseName','LegalEntityConnection.endCursor',
      ]),
    ],
  },
  cases: { cases: [{ number: 'C-1', matter: 'm', department: DESK.department }] },
  grants: { grants: [{ id: 'G-1', consumer: DESK.department, matters: ['m'], clear: ['SocialInsuranceEnrolment.employerName'], validFrom: '2020-01-01T00:00:00+08:00', validUntil: '2099-01-01T00:00:00+08:00', approver: 'H', agreement: 'X', quota: { callsPerDay: 4 } }] },
}
let gateway: TestGateway
afterEach(() => gateway.stop())
const B = { ...DESK, officer: 'HUR-0200' }

describe('starve', () => {
  test('officer over limit starves department', async () => {
    gateway = await startTestGateway({ registers: M, settings: { limits: { subjectsPerOfficerDay: 2, subjectsPerDepartmentDay: 6 } } })
    const ask = (as: typeof DESK, from: number, to: number, more = {}) => gateway.ask({ as, matter: 'm', query: PERSONS, variables: { keys: keys(from, to) }, ...more })
    expect(codesOf(await ask(DESK, 0, 2))).toEqual([])
    for (let at = 2; at < 12; at += 1) expect(codesOf(await ask(DESK, at, at + 1))).toEqual(['RATE_LIMIT'])
    const r = await ask(B, 30, 31)
    console.log('B', r.status, r.text)
  })
  test('case over limit', async () => {
    gateway = await startTestGateway({ registers: M, settings: { limits: { subjectsPerCase: 1, subjectsPerOfficerDay: 4, subjectsPerDepartmentDay: 400 } } })
    const ask = (as: typeof DESK, from: number, to: number, more = {}) => gateway.ask({ as, matter: 'm', query: PERSONS, variables: { keys: keys(from, to) }, ...more })
    await ask(DESK, 0, 1, { case: 'C-1' })
    for (let at = 2; at < 12; at += 1) await ask(DESK, at, at + 1, { case: 'C-1' })
    const r = await ask(DESK, 30, 31)
    console.log('case', r.status, codesOf(r))
  })
  test('grant calls burned by refused', async () => {
    gateway = await startTestGateway({ registers: M, settings: { limits: { subjectsPerOfficerDay: 1 } } })
    const Q = 'query ($keys: [PersonKeyInput!]!) { persons(keys: $keys) { socialInsurance { employerName } } }'
    const ask = (as: typeof DESK, from: number, to: number, more = {}) => gateway.ask({ as, matter: 'm', query: Q, variables: { keys: keys(from, to) }, ...more })
    console.log(codesOf(await ask(DESK, 0, 1)))
    for (let at = 2; at < 12; at += 1) await ask(DESK, at, at + 1)
    const r = await ask(B, 30, 31)
    console.log('grant', r.status, r.text.slice(0, 300))
  })
  test('unknown case', async () => {
    gateway = await startTestGateway({ registers: M, settings: { limits: { subjectsPerOfficerDay: 100 } } })
    const r = await gateway.ask({ as: MARKET, matter: 'reg', query: `query($f:LegalEntityFilter!) { legalEntities(filter: $f, first: 50) { nodes { identifier enterprise { enterpriseName legalRepresentative { name sex } } } endCursor} }`, variables: { f: { divisionCode: '442000' } } })
    const rec = await gateway.recordOf(r.receipt)
    console.log(r.text.slice(0, 1500), JSON.stringify(rec.subjects), rec.arguments)
  })
  test('forms', async () => {
    gateway = await startTestGateway({ registers: M, settings: { limits: { subjectsPerOfficerDay: 1000 } } })
    const n15 = NUMBER.slice(0, 6) + NUMBER.slice(8, 17)
    for (const key of [['RESIDENT_ID', n15], ['PASSPORT', NUMBER], ['OTHER', NUMBER], ['PASSPORT', n15], ['HMT_RESIDENCE_PERMIT', NUMBER]]) {
      const r = await gateway.ask({ as: DESK, matter: 'm', query: 'query($k:[PersonKeyInput!]!){persons(keys:$k){name socialInsurance {employerName}}}', variables: { k: [{ idDocumentType: key[0], idDocumentNumber: key[1] }] } })
      console.log(key[0], key[1]?.length, r.text.slice(0, 200))
    }
    void demoPeople, demoOrganisations
  })
})
