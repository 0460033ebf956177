import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { parse } from 'yaml'
import { demoPeople } from '../../city/demo-people.ts'
import { subjectPseudonyms } from '../../gateway/audit/pseudonym.ts'
import { openReportDesk } from '../../gateway/cli/report-desk.ts'
import type { ReportDesk } from '../../gateway/cli/report-desk.ts'
import { citizenEntries } from '../../gateway/governance/reports/citizen.ts'
import type { CitizenEntry } from '../../gateway/governance/reports/citizen.ts'
import { OPEN_DISCLOSURE } from '../../gateway/governance/reports/disclosure.ts'
import type { Disclosure } from '../../gateway/governance/reports/disclosure.ts'
import { codesOf } from '../kit/gateway-http.ts'
import { startTestGateway } from '../kit/gateway.ts'
import type { Registers, TestGateway } from '../kit/gateway.ts'
import { askingOf, PEOPLE } from '../kit/random-asking.ts'
import type { Asking, Name, Seen } from '../kit/random-asking.ts'
import { dice } from '../kit/report-samples.ts'
import { numberOf, SCHOOL } from '../kit/verify.ts'

/*
 * A citizen's report equals what really left: the test keeps every answer and finds by itself who was told what of whom,
 * from questions and answers alone (FS-27, ZS-6.03).
 */

let gateway: TestGateway
let desk: ReportDesk
let asking: Asking

/** A matter of the school that reads the mother of a child, and a firm's representative, beside those of the city. */
async function registers(): Promise<Registers> {
  const read = async (name: string): Promise<Record<string, object[]>> =>
    parse(await readFile(`city/registers/${name}.yaml`, 'utf8')) as Record<string, object[]>
  const [{ matters = [] }, { grants = [] }] = await Promise.all([read('matters'), read('grants')])
  const references = [
    'BirthRecord.mother',
    'BirthRecord.motherIdNumber',
    'Enterprise.legalRepresentative',
    'Enterprise.legalRepresentativeIdNumber',
  ]
  const matter = {
    code: 'guardians',
    title: '监护人核对',
    department: SCHOOL.department,
    fields: [
      ...references,
      'Person.name',
      'Person.idDocumentType',
      'Person.idDocumentNumber',
      'LegalEntity.identifierType',
      'LegalEntity.identifier',
      'Enterprise.enterpriseName',
      'Enterprise.divisionCode',
      'LegalEntityConnection.nodes',
    ],
  }
  const grant = {
    id: 'G-GUARDIANS',
    consumer: SCHOOL.department,
    matters: ['guardians'],
    clear: references,
    validFrom: '2026-01-01T00:00:00+08:00',
    validUntil: '2031-01-01T00:00:00+08:00',
    approvals: [
      { by: 'PROVIDER', officer: 'HL-0001' },
      { by: 'AGENCY', officer: 'DA-0001' },
    ],
    agreement: 'XY-1',
  }
  return { matters: { matters: [...matters, matter] }, grants: { grants: [...grants, grant] } }
}

/** Receipts of requests that reached somebody through another's record. */
const reaching = { child: '', firms: '', impossible: '', representatives: [] as readonly string[] }

async function reachOthers(): Promise<void> {
  const caller = { as: SCHOOL, matter: 'guardians' }
  const selection = { name: 'Person.name', birth: { mother: { name: 'Person.name' } } }
  const child = await asking.one(caller, 'student', selection)
  expect(codesOf(child)).toEqual([])
  const firms = await gateway.ask({
    ...caller,
    query: `{ legalEntities(filter: { divisionCode: "442000" }, first: 5) {
      nodes { identifier enterprise { legalRepresentativeIdNumber legalRepresentative { name } } } } }`,
  })
  expect(codesOf(firms)).toEqual([])
  const { legalEntities } = firms.body.data as {
    legalEntities: {
      nodes: readonly { readonly enterprise: { readonly legalRepresentativeIdNumber: string | null } | null }[]
    }
  }
  const impossible = await gateway.ask({
    ...caller,
    query: '{ person(idDocumentType: RESIDENT_ID, idDocumentNumber: "110101199003074510") { name } }',
  })
  expect(codesOf(impossible)).toEqual(['INVALID_ID_NUMBER'])
  const representatives = legalEntities.nodes.flatMap(({ enterprise }) => enterprise?.legalRepresentativeIdNumber ?? [])
  Object.assign(reaching, {
    child: child.receipt,
    firms: firms.receipt,
    impossible: impossible.receipt,
    representatives,
  })
}

beforeAll(async () => {
  gateway = await startTestGateway({
    index: true,
    registers: await registers(),
    settings: { verification: { gridMs: 10 }, cache: { enabled: true } },
  })
  asking = askingOf(gateway)
  await asking.around(90, dice(2_026))
  await reachOthers()
  desk = await openReportDesk(gateway.config)
  const records = await gateway.records()
  await vi.waitFor(
    async () => {
      const chains = await desk.store.db.selectFrom('audit_chain').select(['seq']).execute()
      expect(chains.map(({ seq }) => Number(seq))).toEqual([records.length])
    },
    { timeout: 20_000, interval: 50 },
  )
}, 120_000)
afterAll(async () => {
  await desk.close()
  await gateway.stop()
})

async function reportOf(number: string, disclosure: Disclosure): Promise<readonly CitizenEntry[]> {
  const keys = desk.keys.secrets('subject-pseudonym').map(({ key }) => key.export())
  const pseudonyms = subjectPseudonyms(keys, 'RESIDENT_ID', number)
  const sources = { ...desk, disclosure, officerCode: desk.officerCodes(number), now: Date.now() }
  return citizenEntries(sources, pseudonyms, { since: 0, until: Date.now() + 1_000 })
}

const asked = (person: Name, hidden: boolean): readonly Seen[] =>
  asking.seen.filter((one) => one.person === person && (hidden || !one.hidden))

describe.each(PEOPLE)('the report of %s', (person) => {
  test.each([
    ['with nothing kept back', true],
    ['by the register of delayed release', false],
  ] as const)('%s names every use, and no other', async (_name, hidden) => {
    const entries = await reportOf(numberOf(person), hidden ? OPEN_DISCLOSURE : desk.disclosure)
    const telling = asked(person, hidden).filter(({ told, outcomes }) => told.size > 0 || outcomes.length > 0)
    const answered = entries.filter(({ told, verified }) => told.length > 0 || verified.length > 0)
    const mixed = new Set(asking.seen.flatMap((one) => (one.mixed ? one.receipt : [])))
    const plainly = (some: readonly { readonly receipt: string }[]): readonly string[] =>
      some.flatMap(({ receipt }) => (mixed.has(receipt) ? [] : receipt)).toSorted()
    expect(plainly(answered)).toEqual(plainly(telling))
    const reported = new Set(answered.map(({ receipt }) => receipt))
    expect(telling.filter(({ receipt }) => !reported.has(receipt))).toEqual([])
    // Uses that told nothing stand there too, and every one was asked for.
    const receipts = new Set(asked(person, hidden).map(({ receipt }) => receipt))
    expect(entries.filter(({ receipt }) => !receipts.has(receipt))).toEqual([])
  })

  test('names the very items that were told, and the outcomes', async () => {
    const entries = await reportOf(numberOf(person), OPEN_DISCLOSURE)
    const found = new Map(entries.map((one) => [one.receipt, one]))
    const itemsOf = (receipt: string): readonly string[] =>
      (found.get(receipt)?.told ?? []).map(({ coordinate }) => coordinate).toSorted()
    const [mixed, plain] = [true, false].map((kind) => asked(person, true).filter((one) => one.mixed === kind))
    const told = (plain ?? []).map(({ receipt, told: items }) => [receipt, [...items].toSorted()])
    expect(told.map(([receipt]) => [receipt, itemsOf(String(receipt))])).toEqual(told)
    // Where one request asks different things of different people, its record does not tell them apart: it names no fewer.
    const fewer = (mixed ?? []).filter((one) => [...one.told].some((item) => !itemsOf(one.receipt).includes(item)))
    expect(fewer).toEqual([])
    const compared = asked(person, true).map(({ receipt, outcomes }) => [receipt, outcomes])
    const reported = compared.map(([receipt]) => [
      receipt,
      (found.get(String(receipt))?.verified ?? []).map(({ coordinate, outcome }) => `${coordinate} ${outcome}`),
    ])
    expect(reported).toEqual(compared)
  })
})

describe('whoever is reached through another’s record', () => {
  const receiptsOf = async (number: string): Promise<readonly string[]> =>
    (await reportOf(number, OPEN_DISCLOSURE)).map(({ receipt }) => receipt)

  test('does not learn of it: a mother of who asked about her child', async () => {
    const { child } = reaching
    const mother = demoPeople.student.birth?.mother.documentNumber ?? ''
    expect(await receiptsOf(numberOf('student'))).toContain(child)
    expect((await gateway.recordOf(child)).subjects).toHaveLength(2)
    expect(await receiptsOf(mother)).not.toContain(child)
  })

  test('nor a representative of who asked about the firm', async () => {
    const { firms, representatives } = reaching
    expect(representatives.length).toBeGreaterThan(0)
    for (const number of representatives) expect(await receiptsOf(number)).not.toContain(firms)
  })

  test('a number that cannot exist was told of nothing', async () => {
    const { impossible } = reaching
    const [entry] = await reportOf('110101199003074510', OPEN_DISCLOSURE)
    expect(entry).toMatchObject({ receipt: impossible, told: [], verified: [] })
  })
})

test('the rounds were of every kind', () => {
  expect(asking.seen.some(({ told }) => told.size > 3)).toBe(true)
  expect(asking.seen.some(({ told, outcomes }) => told.size === 0 && outcomes.length === 0)).toBe(true)
  expect(asking.seen.some(({ outcomes }) => outcomes.length > 0)).toBe(true)
  expect(asking.seen.some(({ mixed }) => mixed)).toBe(true)
  expect(asking.seen.filter(({ hidden, told }) => hidden && told.size > 0).length).toBeGreaterThan(0)
})
