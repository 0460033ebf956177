import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { AuditEntry } from '../../../gateway/audit/record.ts'
import { citizenEntries } from '../../../gateway/governance/reports/citizen.ts'
import { citizenDocument } from '../../../gateway/governance/reports/citizen-document.ts'
import { consumerReport } from '../../../gateway/governance/reports/consumer.ts'
import { OPEN_DISCLOSURE } from '../../../gateway/governance/reports/disclosure.ts'
import type { Disclosure } from '../../../gateway/governance/reports/disclosure.ts'
import { providerReport } from '../../../gateway/governance/reports/provider.ts'
import { yearlyReport } from '../../../gateway/governance/reports/yearly.ts'
import type { GovernanceStore } from '../../../gateway/governance/store/store.ts'
import { chained, insertRecords, storesForTests } from '../../kit/governance.ts'
import {
  aboutSubject,
  answeredBy,
  CATALOG,
  given,
  GRANTS,
  MATTERS,
  NAMES,
  receiptOf,
} from '../../kit/report-samples.ts'

/* Reports over records that are written out here, on each kind of store (ZS-6.03, ZS-6.08 to 6.11, HZ-50, NT-26, NT-31.1). */

const ANN = 'subject-ann'
const BOB = 'subject-bob'
const DESK = {
  department: 'housing-urban-rural',
  application: 'housing-desk',
  officer: 'HUR-0117',
  case: null,
  grants: [],
}
const HRSS = 'human-resources-social-security'
const STATUS = 'SocialInsuranceEnrolment.enrolmentStatus'
const NUMBER = 'SocialInsuranceEnrolment.socialInsuranceNumber'
const NAME = 'Person.name'
const at = (day: string): string => `2026-${day}+08:00`
const instant = (day: string): number => Date.parse(at(day))
const YEAR = { since: instant('01-01T00:00:00'), until: Date.parse('2027-01-01T00:00:00+08:00') }
const OK = { status: 200, codes: [] }

/** Ann's insurance, one item masked and one refused. */
function insured(number: number, day: string, changes: Partial<AuditEntry> = {}): AuditEntry {
  return aboutSubject(number, ANN, {
    ...DESK,
    time: at(day),
    matter: 'public-rental-housing',
    data: [
      given(NAME),
      given(STATUS, { grant: 'G-101' }),
      given(NUMBER, { decision: 'MASK', rule: 'M-NO', grant: 'G-101' }),
      given('Person.sex', { decision: 'DENY', code: 'NOT_NEEDED' }),
    ],
    route: answeredBy('public-security', HRSS),
    outcome: { status: 200, codes: ['NOT_NEEDED'] },
    ...changes,
  })
}

function compared(number: number, day: string, about: string, outcome: 'MATCH' | 'NO_MATCH', of?: string): AuditEntry {
  const item = { coordinate: STATUS, outcome, code: null, attempt: 1, claim: null }
  return aboutSubject(number, about, {
    ...DESK,
    time: at(day),
    method: 'verify',
    matter: 'public-rental-housing',
    data: [given(STATUS, { decision: 'VERIFY_ONLY', code: 'VERIFY_ONLY' })],
    route: answeredBy(HRSS),
    outcome: OK,
    verification: { rows: of === undefined ? 1 : 2, items: [item], ...(of === undefined ? {} : { of, row: 1 }) },
  })
}

const POLICE = { department: 'public-security', application: 'command-centre', officer: 'PS-0031' }
const search = (number: number, day: string): AuditEntry =>
  insured(number, day, { ...POLICE, matter: 'missing-person-search' })

/** A firm's record that reached Ann: never hers. */
const reached = (number: number, day: string): AuditEntry =>
  insured(number, day, { subjects: ['firm', ANN], objects: 1 })

/** The operation of a batch, and its rows. */
function batch(number: number, day: string): readonly AuditEntry[] {
  const operation = {
    ...compared(number, day, ANN, 'MATCH'),
    subjects: [ANN, BOB],
    objects: 2,
    verification: { rows: 2, items: [] },
  }
  const of = receiptOf(number)
  return [operation, compared(number + 1, day, ANN, 'MATCH', of), compared(number + 2, day, BOB, 'NO_MATCH', of)]
}

const { objects: _none, ...oldForm } = insured(90, '02-02T09:00:00')
const ENTRIES: readonly AuditEntry[] = [
  insured(1, '01-05T09:00:00'),
  insured(2, '01-05T10:30:00'),
  insured(3, '03-01T22:15:00', { officer: 'hur-0118', time: at('03-01T22:15:00') }),
  insured(4, '03-02T09:00:00', {
    route: [{ ...answeredBy(HRSS)[0], department: HRSS, outcome: 'failed', entities: 0, milliseconds: 1, asOf: [] }],
  }),
  insured(5, '03-03T09:00:00', {
    method: 'refused',
    data: [],
    route: [],
    outcome: { status: 429, codes: ['RATE_LIMIT'] },
  }),
  search(6, '04-01T09:00:00'),
  reached(7, '04-02T09:00:00'),
  ...batch(10, '05-01T09:00:00'),
  insured(20, '06-01T09:00:00', { subjects: [ANN, BOB], objects: 2 }),
  // Version 1 does not say who was only reached: of one subject it cannot be another.
  oldForm,
  { ...oldForm, receipt: receiptOf(91), subjects: [ANN, BOB] },
]

const DISCLOSURE: Disclosure = {
  notice: { zh: '可能未列入', en: 'may be missing', basis: '某法' },
  delays: [
    {
      id: 'D-1',
      department: 'public-security',
      matters: ['missing-person-search'],
      cases: null,
      reason: '查找',
      basis: '某法',
      delay: { kind: 'UNTIL', until: Date.parse('2027-06-01T00:00:00+08:00') },
      by: 'PS-0003',
    },
  ],
}

const stores = await storesForTests()
afterAll(() => stores.close())

const lateBefore = (): number => instant('03-01T00:00:00')

describe.each(stores.kinds)('over $kind', (kind) => {
  let store: GovernanceStore
  beforeAll(async () => {
    store = await kind.open()
    await insertRecords(store, chained(ENTRIES))
  })
  const entriesOf = (about: string, disclosure: Disclosure, now = YEAR.until) =>
    citizenEntries(
      { store, names: NAMES, disclosure, officerCode: (department, one) => `code of ${department} ${one}`, now },
      [about, 'older key'],
      YEAR,
    )

  test('a citizen is told of every use whose object they were, the newest first', async () => {
    const entries = await entriesOf(ANN, OPEN_DISCLOSURE)
    const numbers = [20, 11, 6, 5, 4, 3, 90, 2, 1]
    expect(entries.map(({ receipt }) => receipt)).toEqual(numbers.map(receiptOf))
    expect(entries.at(-1)).toMatchObject({
      department: DESK.department,
      officer: `code of ${DESK.department} HUR-0117`,
      method: 'QUERY',
      told: [
        { coordinate: NAME, masked: false },
        { coordinate: STATUS, masked: false },
        { coordinate: NUMBER, masked: true },
      ],
      refused: [{ coordinate: 'Person.sex', code: 'NOT_NEEDED' }],
      among: false,
    })
    const byReceipt = new Map(entries.map((one) => [one.receipt, one]))
    expect(byReceipt.get(receiptOf(4))?.told).toEqual([])
    expect(byReceipt.get(receiptOf(4))?.refused.map(({ code }) => code)).toContain('SOURCE_UNAVAILABLE')
    expect(byReceipt.get(receiptOf(5))).toMatchObject({ method: 'REFUSED', codes: ['RATE_LIMIT'], told: [] })
    expect(byReceipt.get(receiptOf(11))).toMatchObject({
      method: 'VERIFY',
      told: [],
      verified: [{ coordinate: STATUS, outcome: 'MATCH' }],
    })
    expect(byReceipt.get(receiptOf(20))?.among).toBe(true)
  })

  test('nothing of another person of the same batch', async () => {
    const [first, second] = await entriesOf(BOB, OPEN_DISCLOSURE)
    expect([first?.receipt, second?.receipt]).toEqual([receiptOf(20), receiptOf(12)])
    expect(JSON.stringify([first, second])).not.toContain(ANN)
  })

  test('what is kept back leaves no trace, and comes back when its time is over', async () => {
    const facts = { names: NAMES, period: YEAR, disclosure: DISCLOSURE, subjectType: 'RESIDENT_ID' }
    const hidden = await entriesOf(ANN, DISCLOSURE)
    const without = (await entriesOf(ANN, OPEN_DISCLOSURE)).filter(({ receipt }) => receipt !== receiptOf(6))
    expect(hidden).toHaveLength(8)
    expect(citizenDocument(hidden, facts)).toEqual(citizenDocument(without, facts))
    expect(await entriesOf(ANN, DISCLOSURE, Date.parse('2027-06-01T00:00:00+08:00'))).toHaveLength(9)
    // The notice is the register's, for everybody alike: also for somebody of whom nothing is kept back, or nothing known.
    const notices = [hidden, await entriesOf(BOB, DISCLOSURE), []].map((some) =>
      citizenDocument(some, facts).notes.at(-1),
    )
    expect(notices).toEqual(notices.map(() => ({ zh: '可能未列入(某法)', en: 'may be missing (某法)' })))
  })

  test('a search of the record for somebody is nothing that is told of them', async () => {
    const found = { coordinate: 'AuditRecord.receipt', decision: 'ALLOW' as const, providers: ['authority'] }
    const supervised = MATTERS.find(({ supervision }) => supervision === true)?.code ?? 'none'
    const search = { ...POLICE, matter: supervised, arguments: [{ name: '0:Query.auditRecords(filter:)', hash: 'h' }] }
    const own = await kind.open()
    const looked = (number: number, changes: Partial<AuditEntry>): AuditEntry =>
      insured(number, '04-01T09:00:00', { subjects: ['subject-cy'], ...search, ...changes })
    await insertRecords(
      own,
      chained([
        looked(60, { data: [found], route: answeredBy('authority') }),
        looked(61, { data: [{ ...found, decision: 'DENY', code: 'NOT_NEEDED' }], matter: 'missing-person-search' }),
        looked(62, { data: [], method: 'refused', route: [], outcome: { status: 429, codes: ['LIMIT_EXCEEDED'] } }),
        // Beside an attempt on a citizen's data, which nothing opens under such a matter.
        looked(63, { data: [found, given(NAME, { decision: 'DENY', code: 'NOT_NEEDED' })] }),
        // Under a matter of business it hides no use.
        looked(64, { data: [found, given(NAME)], matter: 'public-rental-housing', department: DESK.department }),
        // Without a search it is an attempt like any other, kept back with whatever is.
        looked(65, { data: [given(NAME, { decision: 'DENY', code: 'NOT_NEEDED' })], arguments: [] }),
      ]),
    )
    const told = async (disclosure: Disclosure) => {
      const sources = { store: own, names: NAMES, disclosure, officerCode: () => 'code', now: YEAR.until }
      return (await citizenEntries(sources, ['subject-cy'], YEAR)).map(({ receipt }) => receipt)
    }
    expect(await told(OPEN_DISCLOSURE)).toEqual([65, 64].map(receiptOf))
    expect(await told(DISCLOSURE)).toEqual([receiptOf(64)])
  })

  test('what another department did for one is in the reports of both, under its own officers', async () => {
    const own = await kind.open()
    const acted = { department: 'town', actingFor: DESK.department }
    await insertRecords(own, chained([insured(70, '01-05T09:00:00'), insured(71, '02-05T09:00:00', acted)]))
    const officerCode = (department: string | null, one: string) => `${department} ${one}`
    const sources = { store: own, names: NAMES, grants: GRANTS, officerCode, idleMonths: 3 }
    const report = await consumerReport(sources, { department: DESK.department, matter: null }, YEAR)
    expect(report.operations).toBe(2)
    expect(report.officers.map(({ officer }) => officer)).toEqual([`${DESK.department} HUR-0117`, 'town HUR-0117'])
    const grant = report.grants.find(({ id }) => id === 'G-101')
    expect(grant).toMatchObject({ uses: 4, lastUsed: instant('02-05T09:00:00') })
    const town = await consumerReport(sources, { department: 'town', matter: null }, YEAR)
    expect(town).toMatchObject({ operations: 1, grants: [] })
    expect((await consumerReport(sources, { department: 'tax', matter: null }, YEAR)).operations).toBe(0)
  })

  test('a provider is told of its own data by consumer, field and month, and of no person', async () => {
    const report = await providerReport({ store, names: NAMES, lateBefore }, HRSS, YEAR)
    const status = report.fields.find(({ coordinate }) => coordinate === STATUS)
    // Given to 1, 2, 3, the search, the reached, 20 and the two of version 1; the failed call gave nothing.
    expect(status).toMatchObject({ given: 8, masked: 0, match: 1, noMatch: 1, consumers: 2 })
    expect(report.fields.find(({ coordinate }) => coordinate === NUMBER)).toMatchObject({ given: 0, masked: 8 })
    expect(report.fields.some(({ coordinate }) => coordinate === NAME)).toBe(false)
    expect(report.fields.at(-1)).toMatchObject({ given: 0, lastUsed: null })
    expect(report.failures).toBe(1)
    expect(report.operations).toBe(10)
    expect(report.consumers.map(({ department, matter }) => [department, matter])).toEqual([
      ['housing-urban-rural', 'public-rental-housing'],
      ['public-security', 'missing-person-search'],
    ])
    expect(report.months.find(({ month }) => month === '2026-01')).toMatchObject({ operations: 2, given: 4 })
    expect(report.freshness[0]).toMatchObject({ type: 'HouseholdRegistration', late: 9 })
    expect(JSON.stringify(report)).not.toMatch(/subject-|HUR-|PS-/)
  })

  test('a consumer is told what it never used, asked beyond need, and met', async () => {
    const sources = {
      store,
      names: NAMES,
      grants: GRANTS,
      officerCode: (department: string | null, one: string) => `code of ${department} ${one}`,
      idleMonths: 3,
    }
    const asked = { department: DESK.department, matter: null }
    const report = await consumerReport(sources, asked, YEAR)
    const grant = report.grants.find(({ id }) => id === 'G-101')
    expect(grant).toMatchObject({ state: 'ACTIVE', uses: 14, idle: true })
    expect(grant?.unused).not.toContain(STATUS)
    expect(grant?.unused).toContain('SocialInsuranceEnrolment.employerName')
    expect(report.beyond).toContainEqual({
      department: DESK.department,
      matter: 'public-rental-housing',
      coordinate: 'Person.sex',
      code: 'NOT_NEEDED',
      times: 8,
      officers: 2,
      repeated: true,
    })
    expect(report.limits).toEqual([{ code: 'RATE_LIMIT', matter: 'public-rental-housing', times: 1 }])
    expect(report.officers.find(({ officer }) => officer === `code of ${DESK.department} hur-0118`)).toMatchObject({
      operations: 1,
      offHours: 1,
    })
    expect(report).toMatchObject({ operations: 10, refusedOperations: 1 })
    const early = await consumerReport(sources, asked, { ...YEAR, until: instant('06-20T00:00:00') })
    expect(early.grants.find(({ id }) => id === 'G-101')?.idle).toBe(false)
    const unlimited = await consumerReport({ ...sources, idleMonths: null }, asked, YEAR)
    expect(unlimited.grants.some(({ idle }) => idle)).toBe(false)
    const seasonal = GRANTS.map((one) => ({ ...one, seasonal: true }))
    expect((await consumerReport({ ...sources, grants: seasonal }, asked, YEAR)).grants.some(({ idle }) => idle)).toBe(
      false,
    )
  })

  test('the year’s figures are those of its regime, and what is missing is named', async () => {
    const sources = { store, names: NAMES, catalog: CATALOG, matters: MATTERS, grants: GRANTS, lateBefore }
    const annual = { clause: 'ZS-6.10', who: 'AUTHORITY', by: '03-31' }
    const report = await yearlyReport(sources, { regime: 'zhongshan', annual }, 2026)
    const value = (code: string) => report.figures.find((one) => one.code === code)?.value
    expect(report.duty).toEqual({ clause: 'ZS-6.10', who: 'AUTHORITY', due: '2027-03-31' })
    expect([value('USE-1'), value('USE-2'), value('USE-9'), value('USE-10')]).toEqual([11, 1, 2, 50])
    expect(value('SEC-1')).toBe(9)
    expect(
      report.figures.every(({ clauses }) => clauses.length > 0 && clauses.every((one) => one.startsWith('ZS-'))),
    ).toBe(true)
    expect(report.missing.map(({ clauses }) => clauses[0])).toContain('ZS-6.08')
    expect(report.departments.find(({ department }) => department === HRSS)).toMatchObject({ compared: 2, failures: 1 })
    const huizhou = await yearlyReport(
      sources,
      { regime: 'huizhou', annual: { clause: 'HZ-50', who: 'DEPARTMENTS', by: '11-30' } },
      2026,
    )
    expect(huizhou.duty?.due).toBe('2026-11-30')
    expect(huizhou.missing.flatMap(({ clauses }) => clauses)).toContain('HZ-50')
    const empty = await yearlyReport(sources, { regime: 'zhongshan', annual }, 2024)
    expect(empty.figures.find(({ code }) => code === 'USE-10')?.value).toBeNull()
  })
})
