import { readFile, writeFile } from 'node:fs/promises'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { DESK, startTestGateway } from '../kit/gateway.ts'
import type { TestGateway } from '../kit/gateway.ts'
import { codesOf } from '../kit/gateway-http.ts'
import { NUMBER, person } from './attack.ts'

const matter = (code: string, department: string, fields: readonly string[]) => ({ code, title: code, department, fields })
const M = {
  matters: {
    matters: [
      matter('m', DESK.department, ['Person.name', 'SocialInsuranceEnrolment.employerName']),
      matter('living-allowance-review', 'civil-affairs', ['Person.name', 'SocialInsuranceEnrolment.employerName']),
    ],
  },
  cases: { cases: [] },
  grants: { grants: [{ id: 'G-1', consumer: 'civil-affairs', matters: ['living-allowance-review'], clear: ['SocialInsuranceEnrolment.employerName'], validFrom: '2020-01-01T00:00:00+08:00', validUntil: '2099-01-01T00:00:00+08:00', approver: 'H', agreement: 'X' }] },
}
const TOWN = { ...DESK, department: 'town-governments', application: 'town-desk', officer: 'TW-1' }
const CIVIL = { ...DESK, department: 'civil-affairs', application: 'allowance-review', officer: 'CA-1' }
let gateway: TestGateway
afterEach(() => gateway.stop())
const Q = person('name socialInsurance { employerName }')
const CITY = await readFile('city/registers/parties.yaml', 'utf8')
const suspend = (code: string) => CITY.replace(`  - code: ${code}\n`, `  - code: ${code}\n    suspended: true\n`)

describe('standing', () => {
  test.each([['zhongshan'], ['huizhou'], ['nantong'], ['fushun'], ['zhejiang'], ['national']])('delegate of a suspended department %s', async (regime) => {
    gateway = await startTestGateway({ regime, registers: { ...M, parties: suspend('civil-affairs') } })
    const variables = { n: NUMBER }
    const own = await gateway.ask({ as: CIVIL, matter: 'living-allowance-review', query: Q, variables })
    const town = await gateway.ask({ as: TOWN, matter: 'living-allowance-review', headers: { 'x-acting-for': 'civil-affairs' }, query: Q, variables })
    console.log(regime, codesOf(own), codesOf(town), town.text.slice(0, 200))
  })
  test('party type', async () => {
    gateway = await startTestGateway({ regime: 'huizhou', registers: { ...M, parties: CITY } })
    const variables = { n: NUMBER }
    const ask = () => gateway.ask({ as: CIVIL, matter: 'living-allowance-review', query: Q, variables })
    console.log('before', codesOf(await ask()))
    const utility = CITY.replace(/( {2}- code: civil-affairs\n.*\n {4}type: )DEPARTMENT/, '$1PUBLIC_UTILITY\n    byReference: true')
    expect(utility).not.toBe(CITY)
    await writeFile(`${gateway.directory}/parties.yaml`, utility)
    await vi.waitFor(async () => expect((await ask()).text).toContain('UNKNOWN_PARTY'), { timeout: 4000, interval: 200 }).catch((e: unknown) => console.log('STILL OPEN'))
    console.log('after', codesOf(await ask()))
    const rec = (await gateway.records()).at(-1)
    console.log(JSON.stringify(rec?.byReference), JSON.stringify(rec?.data))
    // another application/roles
    console.log(codesOf(await gateway.ask({ as: { ...CIVIL, roles: ['APPLICATION'] }, matter: 'living-allowance-review', query: Q, variables })))
  })
  test('unknown department in delegation', async () => {
    const p = CITY.replace('department: civil-affairs, matters', 'department: nobody-here, matters')
    expect(p).not.toBe(CITY)
    const m = JSON.parse(JSON.stringify(M).replaceAll('civil-affairs', 'nobody-here')) as typeof M
    gateway = await startTestGateway({ registers: { ...m, parties: p } })
    const town = await gateway.ask({ as: TOWN, matter: 'living-allowance-review', headers: { 'x-acting-for': 'nobody-here' }, query: Q, variables: { n: NUMBER } })
    console.log('nobody', codesOf(town), town.text.slice(0, 200))
  })
})
