import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { demoPeople } from '../../city/demo-people.ts'
import { codesOf } from '../kit/gateway-http.ts'
import type { Reply } from '../kit/gateway-http.ts'
import { departmentsSeen } from '../kit/gateway-departments.ts'
import { DESK, DESK_MATTER, startTestGateway } from '../kit/gateway.ts'
import type { Ask, TestGateway } from '../kit/gateway.ts'
import { numberOf, personKey, SCHOOL, SCHOOL_MATTER } from '../kit/verify.ts'

/* The desk asks once, and is told of each material whether the citizen need bring it (ZS-3.01, HZ-61.1, FS-19). */

const QUERY = `query ($person: PersonKeyInput, $matter: String) {
  deskCheck(person: $person, matter: $matter) {
    receipt token matter matterTitle
    materials { code title status clause text items { coordinate status decision values code clause source asOf } }
  }
}`
const RECEIPT =
  'query ($token: String!) { receipt(token: $token) { receipt matter items { coordinate outcome asOf } } }'

interface Material {
  readonly code: string
  readonly status: string
  readonly clause: string | null
  readonly items: readonly {
    readonly coordinate: string
    readonly status: string
    readonly values: readonly unknown[]
  }[]
}

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startTestGateway({ settings: { verification: { gridMs: 10 } } })
})
afterAll(() => gateway.stop())

function check(person: object, more: Ask = {}, at: TestGateway = gateway): Promise<Reply> {
  return at.ask({ as: DESK, ...DESK_MATTER, query: QUERY, variables: { person }, ...more })
}

function deskOf({ body }: Reply) {
  return body.data?.['deskCheck'] as { receipt: string; token: string; matter: string; materials: readonly Material[] }
}

function statusesOf(reply: Reply): Readonly<Record<string, string>> {
  return Object.fromEntries(deskOf(reply).materials.map(({ code, status }) => [code, status]))
}

describe('a desk check', () => {
  test('says of each material where it stands, under the view of the desk', async () => {
    gateway.forget()
    const reply = await check(personKey(numberOf('allThree')))
    expect(reply.body.errors).toBeUndefined()
    expect(statusesOf(reply)).toEqual({
      'identity-card': 'OBTAINED',
      'household-register': 'OBTAINED',
      'insurance-certificate': 'OBTAINED',
      'disability-certificate': 'VERIFIABLE',
    })
    const { materials, receipt } = deskOf(reply)
    expect(receipt).toBe(reply.receipt)
    expect(materials.map(({ clause }) => clause)).toEqual(['ZS-3.01', 'ZS-3.01', 'ZS-3.01', 'ZS-3.01'])
    const items = new Map(materials.flatMap((one) => one.items.map((item) => [item.coordinate, item])))
    expect(items.get('Person.name')?.values).toEqual([demoPeople.allThree.household?.name])
    expect(items.get('SocialInsuranceEnrolment.insuranceType')?.values).toHaveLength(5)
    expect(items.get('SocialInsuranceEnrolment.socialInsuranceNumber')?.values[0]).toMatch(/\*/)
    expect(items.get('DisabilityCertificate.disabilityCertificateNumber')).toMatchObject({
      status: 'VERIFIABLE',
      values: [],
    })
    const record = await gateway.recordOf(reply.receipt)
    expect(record).toMatchObject({ method: 'query', matter: DESK_MATTER.matter, case: DESK_MATTER.case })
    expect(record.grants).toEqual(['G-101', 'G-102'])
    expect(record.subjects).toHaveLength(1)
    expect(departmentsSeen(gateway.seen)).toEqual([
      'disabled-persons',
      'human-resources-social-security',
      'public-security',
    ])
  })

  test('asks the citizen for what the city does not hold, and for nothing that a silent source may hold', async () => {
    const reply = await check(personKey(numberOf('publicSecurityOnly')))
    expect(statusesOf(reply)).toMatchObject({
      'household-register': 'OBTAINED',
      'insurance-certificate': 'TO_BE_ASKED',
      'disability-certificate': 'TO_BE_ASKED',
    })
    expect(deskOf(reply).materials.find(({ code }) => code === 'insurance-certificate')?.clause).toBeNull()
    gateway.disturb('human-resources-social-security', () => Promise.reject(new Error('down')))
    const silent = await check(personKey(numberOf('allThree')))
    gateway.heal()
    expect(statusesOf(silent)).toMatchObject({ 'insurance-certificate': 'UNAVAILABLE' })
  })

  test('takes the matter from the call where no header states it, and refuses another one', async () => {
    const variables = { person: personKey(numberOf('allThree')), matter: DESK_MATTER.matter }
    const stated = await check({}, { variables, matter: null })
    expect(deskOf(stated).matter).toBe(DESK_MATTER.matter)
    expect((await gateway.recordOf(stated.receipt)).matter).toBe(DESK_MATTER.matter)
    const other = await check({}, { variables: { ...variables, matter: 'tax-registration' } })
    const foreign = await check({}, { variables: { ...variables, matter: 'tax-registration' }, matter: null })
    const none = await check({}, { variables: { person: variables.person }, matter: null })
    expect([other, foreign, none].map(codesOf)).toEqual([
      ['PURPOSE_MISMATCH'],
      ['PURPOSE_MISMATCH'],
      ['PURPOSE_MISSING'],
    ])
  })

  test('about a number that cannot exist tells so, and stands in the record', async () => {
    const reply = await check(personKey('110101199003074510'))
    expect(codesOf(reply)).toEqual(['INVALID_ID_NUMBER'])
    expect((await gateway.recordOf(reply.receipt)).subjects).toHaveLength(1)
  })

  test('stands alone', async () => {
    const query = `query ($p: PersonKeyInput) {
      deskCheck(person: $p) { receipt }
      person(idDocumentType: RESIDENT_ID, idDocumentNumber: "11010519491231002X") { name }
    }`
    const reply = await gateway.ask({ ...DESK_MATTER, query, variables: { p: personKey(numberOf('allThree')) } })
    expect(codesOf(reply)).toEqual(['LIMIT_EXCEEDED'])
  })
})

describe('its receipt', () => {
  test('is checked by the same department, and says nothing to another', async () => {
    const { token, receipt } = deskOf(await check(personKey(numberOf('allThree'))))
    const own = await gateway.ask({ as: DESK, query: RECEIPT, variables: { token } })
    expect(own.body.errors).toBeUndefined()
    const checked = own.body.data?.['receipt'] as { receipt: string; items: readonly { outcome: string }[] }
    expect(checked.receipt).toBe(receipt)
    expect(new Set(checked.items.map(({ outcome }) => outcome))).toEqual(new Set(['OBTAINED', 'MASKED', 'VERIFIABLE']))
    expect(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()).not.toContain('欧阳')
    const [head = '', body = '', signature = ''] = token.split('.')
    const altered = [head, body.replace(/^.{8}/, (one) => [...one].reverse().join('')), signature].join('.')
    const foreign = await gateway.ask({ as: SCHOOL, ...SCHOOL_MATTER, query: RECEIPT, variables: { token } })
    const forged = await gateway.ask({ as: DESK, query: RECEIPT, variables: { token: altered } })
    expect([foreign, forged].map((one) => [one.status, codesOf(one), one.body.data])).toEqual([
      [200, ['RECEIPT_INVALID'], { receipt: null }],
      [200, ['RECEIPT_INVALID'], { receipt: null }],
    ])
    expect(foreign.body.errors?.[0]?.message).toBe(
      (await gateway.ask({ as: SCHOOL, ...SCHOOL_MATTER, query: RECEIPT, variables: { token: altered } })).body
        .errors?.[0]?.message,
    )
  })
})

test('what the gateway makes itself is no material, and what is refused for want of a grant is applied for', async () => {
  const fields = ['Person.name', 'Person.pseudonym', 'SocialInsuranceEnrolment.employerName']
  const matter = { code: 'm', title: '核查', department: DESK.department, fields }
  const registers = { matters: { matters: [matter] }, cases: { cases: [] }, grants: { grants: [] } }
  const own = await startTestGateway({ registers })
  try {
    const reply = await check(personKey(numberOf('allThree')), { matter: 'm', case: null }, own)
    const items = deskOf(reply).materials.flatMap((one) =>
      one.items.map(({ coordinate, status }) => [coordinate, status]),
    )
    expect(items).toEqual([
      ['Person.name', 'OBTAINED'],
      ['SocialInsuranceEnrolment.employerName', 'TO_BE_APPLIED_FOR'],
    ])
    expect(deskOf(reply).materials.map(({ clause }) => clause)).toEqual(['ZS-3.01', 'ZS-3.01'])
  } finally {
    await own.stop()
  }
})

test('under Nantong no clause forbids to ask', async () => {
  const nantong = await startTestGateway({ regime: 'nantong' })
  try {
    const reply = await check(personKey(numberOf('allThree')), {}, nantong)
    expect(deskOf(reply).materials.map(({ clause }) => clause)).toEqual([null, null, null, null])
  } finally {
    await nantong.stop()
  }
})
