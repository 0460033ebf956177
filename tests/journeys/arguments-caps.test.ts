import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { generate } from '../../city/generate.ts'
import { CITY } from '../kit/gateway-canaries.ts'
import { codesOf } from '../kit/gateway-http.ts'
import type { Reply } from '../kit/gateway-http.ts'
import { DESK, DESK_MATTER, startTestGateway } from '../kit/gateway.ts'
import type { Ask, TestGateway } from '../kit/gateway.ts'

const NUMBERS = [...generate(CITY)]
  .filter(({ document }) => document.idDocumentType === 'RESIDENT_ID')
  .map(({ document }) => document.idDocumentNumber)

const COLLEAGUE = { ...DESK, officer: 'HUR-0118' }
const OTHER_CASE = { ...DESK_MATTER, case: 'PRH-2026-0002' }
const PERSONS = 'query ($keys: [PersonKeyInput!]!) { persons(keys: $keys) { name } }'
const INSURED = 'query ($keys: [PersonKeyInput!]!) { persons(keys: $keys) { socialInsurance { insuranceType } } }'

let gateway: TestGateway | null = null
// Dates alone: timers of sockets and files go on.
beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-06-02T12:00:00+08:00') }))
afterEach(async () => {
  vi.useRealTimers()
  await gateway?.stop()
  gateway = null
})

async function open(limits: object, registers: object = {}): Promise<TestGateway> {
  gateway = await startTestGateway({ settings: { limits }, registers })
  return gateway
}

function ask(of: TestGateway, from: number, to: number, facts: Ask = DESK_MATTER, query = PERSONS): Promise<Reply> {
  const keys = NUMBERS.slice(from, to).map((idDocumentNumber) => ({ idDocumentType: 'RESIDENT_ID', idDocumentNumber }))
  of.forget()
  return of.ask({ ...facts, query, variables: { keys } })
}

const refusedFor = (reply: Reply): readonly unknown[] => [reply.status, codesOf(reply)]
const TOO_MANY = [429, ['RATE_LIMIT']]
const ANSWERED = [200, []]

describe('different subjects', () => {
  test('of one case: over the bound nothing is fetched, the refusal is recorded with its subjects', async () => {
    const own = await open({ subjectsPerCase: 3 })
    expect(refusedFor(await ask(own, 0, 3))).toEqual(ANSWERED)
    const reply = await ask(own, 2, 4, { ...DESK_MATTER, headers: { 'accept-language': 'en' } })
    expect(refusedFor(reply)).toEqual(TOO_MANY)
    expect(reply.body.data).toBeUndefined()
    expect(reply.body.errors?.[0]?.message).toContain('more than 3 different subjects in this case')
    expect(reply.body.errors?.[0]?.extensions.clause).toMatch(/^ZS-/)
    expect(own.seen).toEqual([])
    const record = await own.recordOf(reply.receipt)
    expect(record).toMatchObject({ method: 'refused', data: [], grants: [], approvers: [] })
    expect([record.outcome, record.subjects.length]).toEqual([{ status: 429, codes: ['RATE_LIMIT'] }, 2])
    expect(refusedFor(await ask(own, 0, 3, { as: COLLEAGUE, ...DESK_MATTER }))).toEqual(ANSWERED)
    expect(refusedFor(await ask(own, 3, 4, { as: COLLEAGUE, ...DESK_MATTER }))).toEqual(TOO_MANY)
    expect(refusedFor(await ask(own, 3, 4, OTHER_CASE))).toEqual(ANSWERED)
    expect((await own.verify()).faults).toEqual([])
  })

  test('of one officer in a day: a colleague is not affected, and midnight in the city begins anew', async () => {
    const own = await open({ subjectsPerOfficerDay: 2 })
    vi.setSystemTime(Date.parse('2026-06-02T23:59:59+08:00'))
    expect(refusedFor(await ask(own, 0, 2))).toEqual(ANSWERED)
    expect(refusedFor(await ask(own, 2, 3, OTHER_CASE))).toEqual(TOO_MANY)
    expect(refusedFor(await ask(own, 2, 3, { as: COLLEAGUE, ...OTHER_CASE }))).toEqual(ANSWERED)
    expect(refusedFor(await ask(own, 1, 2))).toEqual(ANSWERED)
    vi.setSystemTime(Date.parse('2026-06-03T00:00:00+08:00'))
    expect(refusedFor(await ask(own, 2, 4))).toEqual(ANSWERED)
    expect(refusedFor(await ask(own, 4, 5))).toEqual(TOO_MANY)
    // Midnight in Greenwich.
    vi.setSystemTime(Date.parse('2026-06-03T08:00:00+08:00'))
    expect(refusedFor(await ask(own, 4, 5))).toEqual(TOO_MANY)
  })

  test('of one department in a day, over its officers', async () => {
    const own = await open({ subjectsPerDepartmentDay: 3 })
    expect(refusedFor(await ask(own, 0, 2))).toEqual(ANSWERED)
    expect(refusedFor(await ask(own, 2, 3, { as: COLLEAGUE, ...OTHER_CASE }))).toEqual(ANSWERED)
    const reply = await ask(own, 3, 4, { as: COLLEAGUE, ...OTHER_CASE })
    expect(refusedFor(reply)).toEqual(TOO_MANY)
    expect(reply.text).toContain('本部门今日')
  })

  test('parallel requests cannot all take the last place', async () => {
    const own = await open({ subjectsPerOfficerDay: 4 })
    const replies = await Promise.all(
      Array.from({ length: 12 }, (_, at) => ask(own, at, at + 1, at % 2 === 0 ? DESK_MATTER : OTHER_CASE)),
    )
    expect(replies.filter(({ status }) => status === 200)).toHaveLength(4)
  })
})

describe('the quota of a grant', () => {
  const granted = (quota: object) => ({
    grants: {
      grants: [
        {
          id: 'G-Q',
          consumer: 'housing-urban-rural',
          matters: [DESK_MATTER.matter],
          clear: ['SocialInsuranceEnrolment.insuranceType', 'Person.socialInsurance'],
          validFrom: '2026-01-01T00:00:00+08:00',
          validUntil: '2027-01-01T00:00:00+08:00',
          approver: 'HRSS-0031',
          agreement: 'XY-1',
          quota,
        },
      ],
    },
  })
  const USED_UP = [429, ['QUOTA_EXCEEDED']]
  const insured = (of: TestGateway, from: number, to: number) => ask(of, from, to, DESK_MATTER, INSURED)

  test('calls a day: only for operations that use it, until midnight', async () => {
    const own = await open({}, granted({ callsPerDay: 2 }))
    expect(refusedFor(await insured(own, 0, 1))).toEqual(ANSWERED)
    expect(refusedFor(await insured(own, 0, 1))).toEqual(ANSWERED)
    const reply = await insured(own, 0, 1)
    expect(refusedFor(reply)).toEqual(USED_UP)
    expect(reply.body.errors?.[0]).toMatchObject({ message: expect.stringContaining('G-Q') as unknown })
    expect(reply.body.errors?.[0]?.extensions.clause).toMatch(/^ZS-/)
    expect(own.seen).toEqual([])
    expect(refusedFor(await ask(own, 0, 1))).toEqual(ANSWERED)
    vi.setSystemTime(Date.parse('2026-06-03T00:00:00+08:00'))
    expect(refusedFor(await insured(own, 0, 1))).toEqual(ANSWERED)
  })

  test('subjects a day, each counted once', async () => {
    const own = await open({}, granted({ subjectsPerDay: 2 }))
    expect(refusedFor(await insured(own, 0, 2))).toEqual(ANSWERED)
    expect(refusedFor(await insured(own, 1, 2))).toEqual(ANSWERED)
    expect(refusedFor(await insured(own, 1, 3))).toEqual(USED_UP)
    expect(own.seen).toEqual([])
  })

  test('rows a day: what would exceed it is withheld, and the record says who was asked', async () => {
    const own = await open({}, granted({ rowsPerDay: 1 }))
    const reply = await insured(own, 0, 20)
    expect(refusedFor(reply)).toEqual(USED_UP)
    expect(reply.body.data).toBeUndefined()
    const record = await own.recordOf(reply.receipt)
    expect(record).toMatchObject({ method: 'refused', data: [], result: { entities: 0 } })
    expect(record.route.map(({ department }) => department)).toContain('human-resources-social-security')
  })
})
