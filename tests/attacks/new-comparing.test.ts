import { open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { demoOrganisations } from '../../city/organisations/demo-organisations.ts'
import { DESK, startTestGateway } from '../kit/gateway.ts'
import type { TestGateway } from '../kit/gateway.ts'
import { codesOf } from '../kit/gateway-http.ts'
import type { Reply } from '../kit/gateway-http.ts'
import { ADOPTION, CERTIFICATE, claim, numberOf, outcomesOf, personKey, rowsOf, SCHOOL, verify } from '../kit/verify.ts'
import { attack, NUMBER, person } from './attack.ts'

/* Attempts to learn by comparing what a grant, a mask or the few values of an item were to keep (ZS-4.09, wall 17). */

const GRID = { gridMs: 10, attemptsPerDepartment: 1_000 }
const VALID = { validFrom: '2026-01-01T00:00:00+08:00', validUntil: '2031-01-01T00:00:00+08:00' }
const matter = (code: string, fields: readonly string[], verified: readonly string[] = []) => ({
  code,
  title: '演示事项',
  department: DESK.department,
  fields,
  verify: verified,
})
const grant = (id: string, matters: readonly string[], more: object) => ({
  id,
  consumer: DESK.department,
  matters,
  ...VALID,
  approver: 'MR-0002',
  agreement: `XY-${id}`,
  ...more,
})

const REPRESENTATIVE = 'Enterprise.legalRepresentativeIdNumber'
const DIVISION = 'Enterprise.divisionCode'
const INSURANCE_NUMBER = 'SocialInsuranceEnrolment.socialInsuranceNumber'
const STATUS = 'HousingFundAccount.accountStatus'
const REGISTERS = {
  cases: { cases: [] },
  matters: {
    matters: [
      matter('bounded', [REPRESENTATIVE, DIVISION, 'Person.idDocumentNumber']),
      matter('shown', [INSURANCE_NUMBER, 'Person.idDocumentNumber']),
      matter('checked', ['Person.idDocumentNumber'], [INSURANCE_NUMBER]),
      matter('status', ['Person.name'], [STATUS, 'HousingFundAccount.name']),
    ],
  },
  grants: {
    grants: [
      grant('P-1', ['bounded'], { clear: [REPRESENTATIVE], parameters: { [DIVISION]: ['320602'] } }),
      grant('M-1', ['shown', 'checked'], { masked: [INSURANCE_NUMBER] }),
    ],
  },
}

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startTestGateway({ registers: REGISTERS, settings: { verification: GRID } })
})
afterAll(() => gateway.stop())
afterEach(() => gateway.heal())
let officers = 0
const fresh = (of = DESK) => ({ ...of, officer: `X-7${String((officers += 1)).padStart(3, '0')}` })

describe('a grant for named divisions only (NT-18.1)', () => {
  const { uscc } = demoOrganisations.firm
  const firm = { identifierType: 'USCC', identifier: uscc ?? '' }
  const read = (as = fresh()) =>
    gateway.ask({
      as,
      matter: 'bounded',
      query: `query ($i: String!) {
        legalEntity(identifierType: USCC, identifier: $i) { enterprise { legalRepresentativeIdNumber } } }`,
      variables: { i: uscc },
    })
  const guess = (claimed: string, as = fresh()) =>
    verify(gateway, [{ legalEntity: firm, items: [claim(REPRESENTATIVE, claimed)] }], { as, matter: 'bounded' })

  test('does not let the number be read of a firm elsewhere', async () => {
    expect(codesOf(await read())).toEqual(['PARAMETER_OUT_OF_GRANT'])
  })

  test('nor be compared', async () => {
    const one = fresh()
    const got = []
    for (let at = 0; at < 6; at += 1) got.push(outcomesOf(await guess(numberOf('student'), one)), (await guess('x', one)).body.errors?.[0]?.extensions.code)
    console.log(JSON.stringify(got), JSON.stringify(outcomesOf(await guess(numberOf('certificateCancelled')))))
  })
})

describe('an item that is shown masked in one matter', () => {
  test('x', async () => {
    const as = fresh()
    const shown = await gateway.ask({ as, matter: 'shown', query: person('socialInsurance { socialInsuranceNumber }'), variables: { n: NUMBER } })
    console.log(shown.text.slice(0, 600))
    const v = await verify(gateway, [{ person: personKey(NUMBER), items: [claim(INSURANCE_NUMBER, 'x')] }], { as, matter: 'checked' })
    console.log(v.text.slice(0, 600))
  })
})

describe('few values', () => {
  test('x', async () => {
    const as = fresh()
    const name = await gateway.ask({ as, matter: 'status', query: person('name'), variables: { n: NUMBER } })
    const known = (name.body.data?.['person'] as { name: string }).name
    for (const s of ['SEALED', 'NORMAL', 'CLOSED']) {
      const v = await verify(gateway, [{ person: personKey(NUMBER), items: [claim('HousingFundAccount.name', known), claim(STATUS, s)] }], { as, matter: 'status' })
      console.log(s, JSON.stringify(outcomesOf(v)), codesOf(v))
    }
    void [open, rm, join, vi, ADOPTION, CERTIFICATE, rowsOf, SCHOOL, attack]
    void ({} as Reply)
  })
})
