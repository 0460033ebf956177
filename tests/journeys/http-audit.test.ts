import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { demoPeople } from '../../city/demo-people.ts'
import type { AuditRecord } from '../../gateway/audit/record.ts'
import { ANALYST, ANALYST_MATTER, DESK, DESK_MATTER, MARKET, MARKET_MATTER, startTestGateway } from '../kit/gateway.ts'
import type { Ask, TestGateway } from '../kit/gateway.ts'
import { leaksIn } from '../kit/gateway-canaries.ts'
import type { Reply } from '../kit/gateway-http.ts'

const NUMBER = demoPeople.allThree.document.idDocumentNumber
const QUERY = `query($n: IdNumber!) { person(idDocumentType: RESIDENT_ID, idDocumentNumber: $n) {
  name sex household { registrationStatus photo } socialInsurance { insuranceType socialInsuranceNumber } disability { issuingAuthority disabilityCertificateNumber } } }`

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startTestGateway()
})
afterAll(() => gateway.stop())

function ask(further: Ask = {}): Promise<Reply> {
  return gateway.ask({ ...DESK_MATTER, query: QUERY, variables: { n: NUMBER }, ...further })
}

const GIVEN: ReadonlySet<string> = new Set(['ALLOW', 'MASK'])

/** Elements of ZS-6.03 (具体途径、使用人员、批准人员、数据内容、获取时间、获取方式、介质类型) that a record leaves empty. */
function missingElements(record: AuditRecord): readonly string[] {
  const elements: Readonly<Record<string, boolean>> = {
    route: record.route.length > 0 && record.route.every(({ department }) => department !== ''),
    user: [record.department, record.application, record.officer].every((one) => one !== null && one !== ''),
    // Nobody approves what is not given.
    approver: record.approvers.length > 0 === record.data.some(({ decision }) => GIVEN.has(decision)),
    data: record.method === 'refused' || record.method === 'introspection' || record.data.length > 0,
    time: Math.abs(Date.parse(record.time) - Date.now()) < 600_000,
    method: ['query', 'introspection', 'refused'].includes(record.method),
    medium: record.medium === 'api-response',
  }
  return Object.keys(elements).filter((name) => elements[name] !== true)
}

describe('the record of an answer', () => {
  test('every receipt is found, once, with the seven elements (ZS-6.03)', async () => {
    const asks: readonly Ask[] = [
      {},
      { variables: { n: demoPeople.publicSecurityOnly.document.idDocumentNumber } },
      { variables: { n: '442090190001010014' } },
      { as: MARKET, ...MARKET_MATTER, case: null },
      { as: ANALYST, ...ANALYST_MATTER },
      { matter: null, case: null },
      { matter: 'no-such-matter' },
      { case: 'BLC-2026-0001' },
      { as: { ...DESK, application: 'nobody' } },
      { query: '{ __typename }' },
      { query: '{ __schema { queryType { name } } }' },
      { query: '{ nonsense }' },
      { query: '{' },
      { query: '' },
      { variables: {} },
      { headers: { 'content-encoding': 'gzip' } },
    ]
    const replies = await Promise.all(Array.from({ length: 3 }, () => asks.map(ask)).flat())
    const records = await gateway.records()
    expect(new Set(replies.map(({ receipt }) => receipt)).size).toBe(replies.length)
    for (const { receipt, status, body } of replies) {
      const found = records.filter((record) => record.receipt === receipt)
      expect(found).toHaveLength(1)
      const [record] = found
      expect([record && missingElements(record), record?.outcome.status]).toEqual([[], status])
      expect(new Set(record?.outcome.codes)).toEqual(new Set(body.errors?.map(({ extensions }) => extensions.code)))
    }
  })

  test('tells coordinates with decisions, grants, approvers, route and what it was for (NT-28.4)', async () => {
    const { receipt, text } = await ask()
    const record = await gateway.recordOf(receipt)
    expect(record).toMatchObject({
      method: 'query',
      department: 'housing-urban-rural',
      application: 'housing-desk',
      officer: 'HUR-0117',
      roles: ['DESK'],
      matter: 'public-rental-housing',
      case: 'PRH-2026-0001',
      grants: ['G-101', 'G-102'],
      approvers: ['HRSS-0031', 'DPF-0004', 'NONE-UNCONDITIONAL'],
      outcome: { status: 200, codes: ['NOT_NEEDED', 'NO_GRANT', 'VERIFY_ONLY'] },
      result: { bytes: Buffer.byteLength(text) },
      lane: 'fast',
      degraded: [],
    })
    expect(Object.fromEntries(record.data.map((one) => [one.coordinate, one.decision]))).toEqual({
      'Person.name': 'ALLOW',
      'Person.sex': 'DENY',
      'HouseholdRegistration.registrationStatus': 'ALLOW',
      'HouseholdRegistration.photo': 'DENY',
      'SocialInsuranceEnrolment.insuranceType': 'ALLOW',
      'SocialInsuranceEnrolment.socialInsuranceNumber': 'MASK',
      'DisabilityCertificate.issuingAuthority': 'ALLOW',
      'DisabilityCertificate.disabilityCertificateNumber': 'VERIFY_ONLY',
    })
    expect(record.route.map(({ department, outcome }) => `${department} ${outcome}`).toSorted()).toEqual([
      'disabled-persons ok',
      'gateway ok',
      'human-resources-social-security ok',
      'public-security ok',
    ])
    expect(record.route.flatMap(({ asOf }) => asOf.map(({ type }) => type)).toSorted()).toEqual([
      'DisabilityCertificate',
      'HouseholdRegistration',
      'SocialInsuranceEnrolment',
    ])
  })

  test('one person has one pseudonym, however the number is written; two persons have two', async () => {
    const pseudonyms = async (n: string): Promise<readonly string[]> => {
      const { receipt } = await ask({ variables: { n } })
      return (await gateway.recordOf(receipt)).subjects
    }
    const first = await pseudonyms(NUMBER)
    expect(first).toHaveLength(1)
    expect(await pseudonyms(` ${NUMBER.toLowerCase()} `)).toEqual(first)
    expect(await pseudonyms(demoPeople.deceased.document.idDocumentNumber)).not.toEqual(first)
    const { receipt } = await ask({
      query: `query($a: IdNumber!, $b: IdNumber!) { a: person(idDocumentType: RESIDENT_ID, idDocumentNumber: $a) { name } b: person(idDocumentType: RESIDENT_ID, idDocumentNumber: $b) { name } c: person(idDocumentType: RESIDENT_ID, idDocumentNumber: $a) { name } }`,
      variables: { a: NUMBER, b: demoPeople.deceased.document.idDocumentNumber },
    })
    expect((await gateway.recordOf(receipt)).subjects).toHaveLength(2)
  })

  test('equal arguments have different hashes in different records', async () => {
    const hashes = []
    for (let index = 0; index < 2; index += 1)
      hashes.push((await gateway.recordOf((await ask()).receipt)).arguments.map(({ hash }) => hash))
    expect(hashes[0]).toHaveLength(2)
    expect(hashes[0]).not.toEqual(hashes[1])
  })

  test('an alias that holds a number is recorded by its place alone', async () => {
    const alias = `x${NUMBER.slice(0, 17)}`
    const { receipt, body } = await ask({ query: QUERY.replace('name sex', `${alias}: name`) })
    expect(body.data).toMatchObject({ person: { [alias]: '欧阳静怡' } })
    expect(Object.keys((await gateway.recordOf(receipt)).operation?.aliases ?? {})).toEqual(['(alias 1)'])
  })

  test('documents that differ in their values alone have one hash', async () => {
    const hashOf = async (further: Ask): Promise<unknown> =>
      (await gateway.recordOf((await ask(further)).receipt)).operation?.hash
    const [first] = [await hashOf({})]
    expect(await hashOf({ variables: { n: demoPeople.deceased.document.idDocumentNumber } })).toBe(first)
    expect(await hashOf({ query: QUERY.replace('sex ', '') })).not.toBe(first)
  })
})

test('the record is whole; no value is in record or log, and the search finds what is planted', async () => {
  const { faults, headed, last } = await gateway.verify()
  expect([faults, headed <= last.seq]).toEqual([[], true])
  await gateway.halt()
  expect((await gateway.verify()).headed).toBe((await gateway.verify()).last.seq)
  expect(await leaksIn(gateway.directory)).toEqual([])
  expect(await leaksIn(gateway.directory, ['housing-urban-rural'])).not.toEqual([])
})
