import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { residentNumber } from '../../city/identity.ts'
import { demoOrganisations } from '../../city/organisations/demo-organisations.ts'
import { DESK, startTestGateway } from '../kit/gateway.ts'
import type { TestGateway } from '../kit/gateway.ts'
import { codesOf } from '../kit/gateway-http.ts'
import { ADOPTION, CERTIFICATE, claim, numberOf, outcomesOf, personKey, SCHOOL, verify } from '../kit/verify.ts'
import { leaksAfter, NUMBER, person } from './attack.ts'

/* Attempts to learn by comparing what a grant, a mask or the few values of an item were to keep (ZS-4.09, wall 17). */

const REPRESENTATIVE = 'Enterprise.legalRepresentativeIdNumber'
const DIVISION = 'Enterprise.divisionCode'
const REGISTERED = 'SocialInsuranceEnrolment.registrationDate'
const INSURANCE_NUMBER = 'SocialInsuranceEnrolment.socialInsuranceNumber'
const [STATUS, HOLDER, OPENED] = [
  'HousingFundAccount.accountStatus',
  'HousingFundAccount.name',
  'HousingFundAccount.registrationDate',
] as const

const matter = (code: string, fields: readonly string[], verified: readonly string[] = []) => ({
  code,
  title: '演示事项',
  department: DESK.department,
  fields,
  verify: verified,
})
const grant = (id: string, matters: readonly string[], given: object) => ({
  id,
  consumer: DESK.department,
  matters,
  validFrom: '2026-01-01T00:00:00+08:00',
  validUntil: '2031-01-01T00:00:00+08:00',
  approver: 'MR-0002',
  agreement: `XY-${id}`,
  ...given,
})
const REGISTERS = {
  cases: { cases: [] },
  matters: {
    matters: [
      matter('bounded', [REPRESENTATIVE, DIVISION, 'Person.idDocumentNumber']),
      matter('compared', ['Person.idDocumentNumber'], [REPRESENTATIVE]),
      matter('partly', ['SocialInsuranceEnrolment.employerName'], [REGISTERED]),
      matter('shown', [INSURANCE_NUMBER, 'Person.idDocumentNumber']),
      matter('checked', ['Person.idDocumentNumber'], [INSURANCE_NUMBER]),
      matter('open', [OPENED, 'Person.idDocumentNumber']),
      matter('status', ['Person.name'], [STATUS, HOLDER, OPENED]),
    ],
  },
  grants: {
    grants: [
      grant('P-1', ['bounded'], { clear: [REPRESENTATIVE], parameters: { [DIVISION]: ['320602'] } }),
      grant('P-2', ['compared'], { verifyOnly: [REPRESENTATIVE], parameters: { [DIVISION]: ['320602'] } }),
      grant('P-3', ['partly'], {
        clear: ['SocialInsuranceEnrolment.employerName'],
        parameters: { [DIVISION]: ['320602'] },
      }),
      grant('C-1', ['open'], { clear: [OPENED] }),
      grant('M-1', ['shown', 'checked'], { masked: [INSURANCE_NUMBER] }),
    ],
  },
}
const SETTINGS = {
  verification: { gridMs: 10, attemptsPerDepartment: 1_000 },
  limits: { missSubjects: 5, missPercent: 50 },
}

let gateway: TestGateway
let school: TestGateway
beforeAll(async () => {
  gateway = await startTestGateway({ registers: REGISTERS, settings: SETTINGS })
  school = await startTestGateway({ settings: SETTINGS })
})
afterAll(async () => {
  await gateway.stop()
  await school.stop()
})
afterEach(() => school.heal())

let officers = 0
/** An officer who has not asked yet. */
const fresh = (of = DESK) => ({ ...of, officer: `X-7${String((officers += 1)).padStart(3, '0')}` })

describe('a number that a grant opens for named divisions only', () => {
  const firm = { identifierType: 'USCC', identifier: demoOrganisations.firm.uscc ?? '' }
  const guess = (claimed: string, as = fresh()) =>
    verify(gateway, [{ legalEntity: firm, items: [claim(REPRESENTATIVE, claimed)] }], { as, matter: 'bounded' })

  test('is not read of a firm elsewhere', async () => {
    const query = `query ($i: String!) {
      legalEntity(identifierType: USCC, identifier: $i) { enterprise { legalRepresentativeIdNumber } } }`
    const reply = await gateway.ask({ as: fresh(), matter: 'bounded', query, variables: { i: firm.identifier } })
    expect(codesOf(reply)).toEqual(['PARAMETER_OUT_OF_GRANT'])
  })

  test('nor compared there, be the guess right or wrong, or the grant for comparing alone', async () => {
    const as = fresh()
    for (const number of [numberOf('certificateCancelled'), numberOf('student')])
      expect(codesOf(await guess(number, as))).toEqual(['PARAMETER_OUT_OF_GRANT'])
    const [row] = [{ legalEntity: firm, items: [claim(REPRESENTATIVE, numberOf('certificateCancelled'))] }]
    const compared = await verify(gateway, [row], { as, matter: 'compared' })
    expect(codesOf(compared)).toEqual(['PARAMETER_OUT_OF_GRANT'])
  })
})

describe('a record of which a grant opens a part for named values only', () => {
  const compare = (number: string) =>
    verify(gateway, [{ person: personKey(number), items: [claim(REGISTERED, '1999-01-01')] }], {
      as: fresh(),
      matter: 'partly',
    })

  // What opens the record's own value cannot be met by asking for a person, so nothing of it may be read: that there is no
  // record is told all the same, since `findExistence` looks at the decision and not at its parameters.
  test('is not told to be missing', async () => {
    const query = person('socialInsurance { employerName }')
    const read = await gateway.ask({ as: fresh(), matter: 'partly', query, variables: { n: NUMBER } })
    expect(codesOf(read)).toEqual(['PARAMETER_OUT_OF_GRANT'])
    expect(outcomesOf(await compare(NUMBER))).toEqual([['NO_MATCH']])
    expect(outcomesOf(await compare(numberOf('publicSecurityOnly')))).toEqual([['NO_MATCH']])
  })
})

describe('an item of few possible values', () => {
  const holder = async (): Promise<string> => {
    const reply = await gateway.ask({ as: fresh(), matter: 'status', query: person('name'), variables: { n: NUMBER } })
    return /"name":"([^"]+)"/.exec(reply.text)?.[1] ?? ''
  }
  const compare = (items: readonly object[]) =>
    verify(gateway, [{ person: personKey(NUMBER), items }], { as: fresh(), matter: 'status' })

  // The name stands on the card that the number was read from, and may be read in this very matter: whoever adds it has
  // satisfied the rule and added nothing. Three guesses at four statuses, or at a cause of death, tell it.
  test('is not told with the person’s own name beside it', async () => {
    const name = await holder()
    const outcomes = []
    for (const status of ['NORMAL', 'SEALED', 'FROZEN', 'CLOSED'])
      outcomes.push(outcomesOf(await compare([claim(HOLDER, name), claim(STATUS, status)]))[0]?.[1])
    expect(outcomes).not.toContain('MATCH')
  })
})

describe('an unpredictable item', () => {
  // Unpredictable to the department in this matter, and read in clear by the same officer in another one: `guessableTypes`
  // looks at the decision under the stated matter alone.
  test('is none where the department reads it in another matter', async () => {
    const as = fresh()
    const query = person('housingFundAccount { registrationDate }')
    const read = await gateway.ask({ as, matter: 'open', query, variables: { n: NUMBER } })
    const known = /"registrationDate":"([^"]+)"/.exec(read.text)?.[1] ?? ''
    expect(known).not.toBe('')
    const items = [claim(OPENED, known), claim(STATUS, 'NORMAL')]
    const reply = await verify(gateway, [{ person: personKey(NUMBER), items }], { as, matter: 'status' })
    expect(outcomesOf(reply)[0]?.[1]).toBeNull()
  })
})

describe('a number that is shown masked', () => {
  const compare = () =>
    verify(gateway, [{ person: personKey(NUMBER), items: [claim(INSURANCE_NUMBER, '28X')] }], {
      as: fresh(),
      matter: 'checked',
    })

  // One grant, `masked`, for two matters of the department: the one shows the end, the other confirms the rest.
  test('is not compared by the same department in another matter', async () => {
    const query = person('socialInsurance { socialInsuranceNumber }')
    const shown = await gateway.ask({ as: fresh(), matter: 'shown', query, variables: { n: NUMBER } })
    expect(shown.text).toMatch(/"socialInsuranceNumber":"\*+\w+"/)
    expect(codesOf(await compare())).toEqual(['VERIFY_NOT_OFFERED'])
  })
})

describe('numbers that are tried out by comparing', () => {
  /** Numbers of nobody, each of another day of birth. */
  const stranger = (at: number): string => residentNumber('442090', `19${60 + at}-03-05`, 871)
  async function attempt(items: readonly string[]): Promise<ReadonlySet<string>> {
    const as = fresh(SCHOOL)
    const codes = new Set<string>()
    for (let at = 0; at < 7; at += 1) {
      const row = { person: personKey(stranger(at)), items: items.map((one) => claim(one, CERTIFICATE)) }
      for (const code of codesOf(await verify(school, [row], { as }))) codes.add(code)
    }
    return codes
  }

  test('are misses', async () => {
    expect(await attempt([ADOPTION])).toContain('ENUMERATION_SUSPECTED')
  })

  // The person itself is there for any well-formed number: with an item of `Person` beside it each miss is a hit.
  test('are misses with an item of the person beside', async () => {
    expect(await attempt([ADOPTION, 'Person.name'])).toContain('ENUMERATION_SUSPECTED')
  })
})

describe('a record that the department cannot answer for', () => {
  const broken = async (number: string): Promise<unknown> => {
    school.disturb('civil-affairs', async (next) => {
      const text = JSON.stringify(await next())
      return JSON.parse(text.replaceAll(/("adoptionCertificateNumber"):"[^"]*"/g, '$1:{}')) as unknown
    })
    const row = { person: personKey(number), items: [claim(ADOPTION, CERTIFICATE)] }
    const reply = await verify(school, [row], { as: fresh(SCHOOL) })
    return [outcomesOf(reply), codesOf(reply)]
  }

  // SOURCE_INVALID where there is a record, NO_MATCH where there is none; and each such attempt is given back.
  test('tells nobody that it is there', async () => {
    expect(await broken(numberOf('student'))).toEqual(await broken(numberOf('parent')))
  })
})

test('nothing of all this is in the record or the log', async () => {
  expect(await leaksAfter(gateway)).toEqual([])
  expect(await leaksAfter(school, [CERTIFICATE])).toEqual([])
})
