import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { demoPeople } from '../../city/demo-people.ts'
import { residentNumber } from '../../city/identity.ts'
import { ANALYST, ANALYST_MATTER, DESK_MATTER, MARKET, MARKET_MATTER, startTestGateway } from '../kit/gateway.ts'
import type { Ask, TestGateway } from '../kit/gateway.ts'
import { departmentsSeen } from '../kit/gateway-departments.ts'
import { codesOf } from '../kit/gateway-http.ts'
import type { Reply } from '../kit/gateway-http.ts'

const ALL_THREE = demoPeople.allThree.document.idDocumentNumber
const WITHOUT_CERTIFICATE = demoPeople.publicSecurityOnly.document.idDocumentNumber
/** Well formed, in a division that was never assigned: nobody's. */
const NOBODY = residentNumber('442090', '1900-01-01', 1)
const MARKET_ASK = { as: MARKET, ...MARKET_MATTER, case: null }
const ANALYST_ASK = { as: ANALYST, ...ANALYST_MATTER }

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startTestGateway()
})
afterAll(() => gateway.stop())

function ask(selection: string, further: Ask & { number?: string } = {}): Promise<Reply> {
  const { number = ALL_THREE, ...rest } = further
  const query = `query($n: IdNumber!) { person(idDocumentType: RESIDENT_ID, idDocumentNumber: $n) { ${selection} } }`
  gateway.forget()
  return gateway.ask({ ...DESK_MATTER, query, variables: { n: number }, ...rest })
}

/** An answer without what is of this one request. */
function comparable(reply: Reply): unknown {
  const { 'x-receipt': _receipt, date: _date, ...headers } = reply.headers
  return [reply.status, headers, reply.text.replaceAll(reply.receipt, 'RECEIPT')]
}

describe('an object of which nothing may be learned is a constant null', () => {
  test.each([
    ['its refused values', 'disability { disabilityCertificateNumber }', {}, ['VERIFY_ONLY']],
    ['a refused value of another department', 'professionalTitles { qualificationDate }', {}, ['NO_GRANT']],
    [
      'several refused values',
      'socialInsurance { terminationDate registrationDate }',
      {},
      ['NOT_NEEDED', 'NOT_NEEDED'],
    ],
    ['__typename alone', 'disability { __typename }', MARKET_ASK, ['NO_GRANT']],
    ['__typename under an alias', 'a: disability { b: __typename }', ANALYST_ASK, ['NO_GRANT']],
    ['__typename beside refused values', 'disability { __typename issueDate }', MARKET_ASK, ['NO_GRANT']],
    [
      '__typename in a fragment',
      'disability { ... on DisabilityCertificate { __typename } }',
      MARKET_ASK,
      ['NO_GRANT'],
    ],
    ['a list by __typename', 'socialInsurance { __typename }', MARKET_ASK, ['NO_GRANT']],
  ] as const)('%s', async (_name, selection, caller, codes) => {
    const reply = await ask(selection, caller)
    expect(Object.values(reply.body.data?.['person'] ?? {})).toEqual([null])
    expect(codesOf(reply)).toEqual(codes)
    expect(departmentsSeen(gateway.seen)).toEqual([])
    const absent = await ask(selection, { ...caller, number: NOBODY })
    expect(comparable(absent)).toEqual(comparable(reply))
    expect(departmentsSeen(gateway.seen)).toEqual([])
  })

  test('a person with a record, one without, and nobody cannot be told apart', async () => {
    const selection = 'name household { registrationStatus } disability { issuingAuthority }'
    for (const caller of [
      { ...DESK_MATTER, case: null },
      { matter: null, case: null },
    ]) {
      const answers = []
      for (const number of [ALL_THREE, WITHOUT_CERTIFICATE, NOBODY])
        answers.push(comparable(await ask(selection, { ...caller, number })))
      expect(answers[1]).toEqual(answers[0])
      expect(answers[2]).toEqual(answers[0])
    }
  })

  test('refused beside allowed: who has a certificate and who has none give one answer', async () => {
    const selection = 'sex disability { issueDate __typename } professionalTitles { appointingUnit }'
    const other = demoPeople.movedOut.document.idDocumentNumber
    const [first, second] = [
      await ask(selection, { ...MARKET_ASK }),
      await ask(selection, { ...MARKET_ASK, number: other }),
    ]
    expect(first.body.data).toEqual({ person: { sex: '2', disability: null, professionalTitles: null } })
    expect(comparable(second)).toEqual(comparable(first))
    expect(departmentsSeen(gateway.seen)).toEqual(['public-security'])
  })

  test('where existence may be known, no record is null without an error', async () => {
    const reply = await ask(
      'household { registrationStatus } disability { issuingAuthority } socialInsurance { insuranceType }',
      {
        number: WITHOUT_CERTIFICATE,
      },
    )
    expect(reply.body.data).toEqual({
      person: { household: { registrationStatus: 'NORMAL' }, disability: null, socialInsurance: null },
    })
    expect(reply.body.errors).toBeUndefined()
    const nobody = await ask('name household { registrationStatus }', { number: NOBODY })
    expect([nobody.body.data, nobody.body.errors]).toEqual([{ person: { name: null, household: null } }, undefined])
  })
})

describe('refusals are told once, without a list index', () => {
  test('a refused value in a list of five', async () => {
    const reply = await ask('socialInsurance { insuranceType terminationDate }')
    expect(reply.body.data?.['person']).toEqual({
      socialInsurance: ['110', '210', '310', '410', '510'].map((insuranceType) => ({
        insuranceType,
        terminationDate: null,
      })),
    })
    expect(reply.body.errors?.map(({ path }) => path)).toEqual([['person', 'socialInsurance', 'terminationDate']])
  })

  test('a coordinate at several places, under several names', async () => {
    const reply = await gateway.ask({
      ...DESK_MATTER,
      query: `query($n: IdNumber!) { person(idDocumentType: RESIDENT_ID, idDocumentNumber: $n) { a: household { p: photo } b: household { photo ...F } household { q: photo registrationStatus } } } fragment F on HouseholdRegistration { r: photo }`,
      variables: { n: ALL_THREE },
    })
    expect(reply.body.data).toEqual({
      person: { a: null, b: null, household: { q: null, registrationStatus: 'NORMAL' } },
    })
    expect(reply.body.errors?.map(({ path, extensions }) => [path, extensions.code, extensions.coordinate])).toEqual([
      [['person', 'a', 'p'], 'NO_GRANT', 'HouseholdRegistration.photo'],
    ])
    const places = reply.body.extensions?.sharing.decisions?.filter(({ decision }) => decision === 'DENY')
    expect(places?.map(({ path }) => path.join('.'))).toEqual([
      'person.a.p',
      'person.b.photo',
      'person.b.r',
      'person.household.q',
    ])
  })

  test('what a condition leaves out is neither refused nor told', async () => {
    const query =
      'query($n: IdNumber!, $x: Boolean = false, $y: Boolean!) { person(idDocumentType: RESIDENT_ID, idDocumentNumber: $n) { name @skip(if: $y) household { photo @include(if: $x) registrationStatus } } }'
    const without = await gateway.ask({ ...DESK_MATTER, query, variables: { n: ALL_THREE, y: true } })
    expect(without.body.data).toEqual({ person: { household: { registrationStatus: 'NORMAL' } } })
    expect([codesOf(without), without.body.extensions?.sharing.decisions]).toEqual([[], undefined])
    const all = await gateway.ask({ ...DESK_MATTER, query, variables: { n: ALL_THREE, x: true, y: false } })
    expect(all.body.data).toEqual({
      person: { name: '欧阳静怡', household: { photo: null, registrationStatus: 'NORMAL' } },
    })
    expect(codesOf(all)).toEqual(['NO_GRANT'])
  })
})
