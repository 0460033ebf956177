import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { AuditRecord } from '../../gateway/audit/record.ts'
import { checkDigit } from '../../gateway/vocabulary/id-number.ts'
import { codesOf } from '../kit/gateway-http.ts'
import { DESK, startTestGateway } from '../kit/gateway.ts'
import type { Ask, TestGateway } from '../kit/gateway.ts'
import { numberOf } from '../kit/verify.ts'

/* What version 2 of the record says beside: whom an operation was about, of whose data, and by whose approval. */

const REPRESENTATIVE = 'Enterprise.legalRepresentative'
const FIELDS = [
  'LegalEntityConnection.nodes',
  'LegalEntity.identifierType',
  'LegalEntity.identifier',
  'LegalEntity.enterprise',
  'Enterprise.divisionCode',
  'Enterprise.enterpriseName',
  'Enterprise.legalRepresentativeIdNumber',
  REPRESENTATIVE,
  'Person.name',
  'Person.idDocumentNumber',
  'HouseholdRegistration.registrationStatus',
  'SocialInsuranceEnrolment.enrolmentStatus',
]
const within = { validFrom: '2026-01-01T00:00:00+08:00', validUntil: '2031-01-01T00:00:00+08:00' }
const grant = (id: string, clear: readonly string[], facts: object) => ({
  id,
  consumer: DESK.department,
  matters: ['firms'],
  clear,
  ...within,
  ...facts,
})
const registers = {
  matters: { matters: [{ code: 'firms', title: '企业核验', department: DESK.department, fields: FIELDS }] },
  cases: { cases: [{ number: 'C-1', matter: 'firms', department: DESK.department }] },
  grants: {
    grants: [
      grant('G-REP', ['Enterprise.legalRepresentativeIdNumber', REPRESENTATIVE], {
        approvals: [
          { by: 'PROVIDER', officer: 'MR-0001' },
          { by: 'AGENCY', officer: 'DA-0001' },
        ],
        agreement: 'XY-1',
      }),
      grant('G-SI', ['SocialInsuranceEnrolment.enrolmentStatus'], {
        approvals: [{ by: 'PROVIDER', officer: 'HRSS-0031' }],
        copyConsent: '浙数函〔2026〕1号',
        agreement: 'XY-2',
      }),
    ],
  },
}

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startTestGateway({ registers, settings: { limits: { subjectsPerOfficerDay: 12 } } })
})
afterAll(() => gateway.stop())

let officers = 0
async function recorded(query: string, variables: object = {}, facts: Ask = {}): Promise<AuditRecord> {
  officers += 1
  const as = { ...DESK, officer: `HUR-7${officers}` }
  const reply = await gateway.ask({ as, matter: 'firms', query, variables: { ...variables }, ...facts })
  return gateway.recordOf(reply.receipt)
}

const PERSON = 'query ($n: IdNumber!) { person(idDocumentType: RESIDENT_ID, idDocumentNumber: $n)'
const LIST = 'query { legalEntities(filter: { divisionCode: "442000" }, first: 4)'

describe('a record says whom its operation was about', () => {
  test('the firms of a list, and behind them those whom it reached from these', async () => {
    const { subjects, objects } = await recorded(`${LIST} { nodes { enterprise { legalRepresentative { name } } } } }`)
    const alone = await recorded(`${LIST} { nodes { enterprise { enterpriseName } } } }`)
    expect(alone.objects).toBeGreaterThan(1)
    expect([objects, alone.subjects.length]).toEqual([alone.objects, alone.objects])
    expect(subjects.slice(0, objects)).toEqual(alone.subjects)
    expect(subjects.length).toBeGreaterThan(alone.subjects.length)
  })

  test('who is looked up is an object, found or not, and each once', async () => {
    const key = { idDocumentType: 'RESIDENT_ID', idDocumentNumber: numberOf('allThree') }
    const record = await recorded('query ($keys: [PersonKeyInput!]!) { persons(keys: $keys) { name } }', {
      keys: [key, key, { ...key, idDocumentNumber: numberOf('deceased') }],
    })
    expect([record.subjects.length, record.objects]).toEqual([2, 2])
  })

  test('nobody, where nobody was asked about', async () => {
    const record = await recorded('{ __typename }')
    expect([record.subjects, record.objects, record.neighbours]).toEqual([[], 0, undefined])
  })
})

describe('a record groups the numbers that were looked up', () => {
  const neighbours = (shared: string, count: number) =>
    Array.from({ length: count }, (_, at) => {
      const first = shared + String(at + 1).padStart(3, '0')
      return { idDocumentType: 'RESIDENT_ID', idDocumentNumber: first + checkDigit(first) }
    })
  const PERSONS = 'query ($keys: [PersonKeyInput!]!) { persons(keys: $keys) { name } }'

  test('by division and birth date, each different number once, whether or not it can exist', async () => {
    const keys = [...neighbours('44200019620230', 3), ...neighbours('44200019620102', 1)]
    const impossible = { ...keys[0], idDocumentNumber: `${keys[0]?.idDocumentNumber.slice(0, 16)}90` }
    const record = await recorded(PERSONS, { keys: [...keys, keys[0], impossible] })
    expect(record.neighbours?.map(({ count }) => count)).toEqual([4, 1])
    const again = await recorded(PERSONS, { keys: keys.slice(0, 1) })
    expect(again.neighbours).toEqual([{ group: record.neighbours?.[0]?.group, count: 1 }])
    expect(record.subjects).not.toContain(record.neighbours?.[0]?.group)
  })

  test('also where it is refused', async () => {
    const record = await recorded(PERSONS, { keys: neighbours('44200019620231', 6) })
    expect(record).toMatchObject({ method: 'refused', finding: { kind: 'NEIGHBOURHOOD' } })
    expect(record.neighbours?.map(({ count }) => count)).toEqual([6])
  })

  test('of residents alone, and not of those whom an answer only reaches', async () => {
    const passport = await recorded(PERSONS, {
      keys: [{ idDocumentType: 'PASSPORT', idDocumentNumber: '12345678901234567X' }],
    })
    const listed = await recorded(`${LIST} { nodes { enterprise { legalRepresentative { name } } } } }`)
    expect([passport.neighbours, listed.neighbours]).toEqual([undefined, undefined])
  })
})

describe('a record says whose data it was, and by whose approval', () => {
  test('of each coordinate the department that would answer it, asked or not', async () => {
    const { data } = await recorded(
      `${PERSON} { idDocumentNumber name household { registrationStatus } socialInsurance { enrolmentStatus employerName } } }`,
      { n: numberOf('allThree') },
    )
    const of = Object.fromEntries(data.map(({ coordinate, providers }) => [coordinate, providers]))
    expect(of).toMatchObject({
      'Person.name': ['public-security'],
      'SocialInsuranceEnrolment.enrolmentStatus': ['human-resources-social-security'],
      'SocialInsuranceEnrolment.employerName': ['human-resources-social-security'],
    })
    // A key that every register holds is told of those that were asked.
    expect(of['Person.idDocumentNumber']?.toSorted()).toEqual(['human-resources-social-security', 'public-security'])
  })

  test('of each grant who approved it, with its agreement and its consent to copying', async () => {
    const record = await recorded(
      `${PERSON} { socialInsurance { enrolmentStatus } } ${LIST.slice('query { '.length)} { nodes { enterprise { legalRepresentative { name } } } } }`,
      { n: numberOf('allThree') },
    )
    expect(record.approvals).toEqual([
      {
        grant: 'G-SI',
        approvers: [{ by: 'PROVIDER', officer: 'HRSS-0031' }],
        agreement: 'XY-2',
        copyConsent: '浙数函〔2026〕1号',
      },
      {
        grant: 'G-REP',
        approvers: [
          { by: 'PROVIDER', officer: 'MR-0001' },
          { by: 'AGENCY', officer: 'DA-0001' },
        ],
        agreement: 'XY-1',
      },
    ])
    expect(record.grants).toEqual(['G-SI', 'G-REP'])
    const without = await recorded(`${PERSON} { name } }`, { n: numberOf('allThree') })
    expect([without.approvals, without.approvers]).toEqual([undefined, ['NONE-UNCONDITIONAL']])
  })

  test('a reference that is crossed by a grant has the grant in the record, whatever is asked behind it', async () => {
    const record = await recorded(`${LIST} { nodes { enterprise { legalRepresentative { name } } } } }`)
    expect(record.grants).toEqual(['G-REP'])
    expect(record.data.find(({ coordinate }) => coordinate === REPRESENTATIVE)).toMatchObject({ grant: 'G-REP' })
  })
})

describe('a record says how much was asked', () => {
  test('how many different subjects, and which bound stood in the way (S09)', async () => {
    const as = { ...DESK, officer: 'HUR-0801' }
    const ask = async (from: number, count: number) => {
      const keys = Array.from({ length: count }, (_, at) => ({
        idDocumentType: 'PASSPORT',
        idDocumentNumber: `E${String(from + at).padStart(8, '0')}`,
      }))
      const query = 'query ($keys: [PersonKeyInput!]!) { persons(keys: $keys) { name } }'
      const reply = await gateway.ask({ as, matter: 'firms', case: 'C-1', query, variables: { keys } })
      return { codes: codesOf(reply), record: await gateway.recordOf(reply.receipt) }
    }
    const first = await ask(0, 5)
    expect(first.record.counted).toMatchObject({ case: 5, officerHour: 5, officerDay: 5 })
    expect(first.record.exceeded).toBeUndefined()
    // Whoever was counted is not counted again.
    expect((await ask(3, 4)).record.counted).toMatchObject({ case: 7, officerDay: 7 })
    const over = await ask(100, 6)
    expect(over.codes).toEqual(['RATE_LIMIT'])
    expect(over.record).toMatchObject({ exceeded: { bound: 'OFFICER_DAY', count: 13, most: 12 }, method: 'refused' })
    expect(over.record.counted).toBeUndefined()
    expect((await gateway.verify()).faults).toEqual([])
  })
})
