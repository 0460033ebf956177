import { afterEach, describe, expect, test, vi } from 'vitest'
import { generate } from '../../city/generate.ts'
import { LONGEST_WINDOW, windowEnd } from '../../gateway/limits/counters.ts'
import { CITY } from '../kit/gateway-canaries.ts'
import { departmentsSeen } from '../kit/gateway-departments.ts'
import { codesOf } from '../kit/gateway-http.ts'
import type { Reply } from '../kit/gateway-http.ts'
import { ANALYST, startTestGateway } from '../kit/gateway.ts'
import type { TestGateway } from '../kit/gateway.ts'
import { numberOf } from '../kit/verify.ts'

/*
 * S09: Zhejiang's restricted data needs two approvals (ZJ-22.2), and is asked for, not copied (ZJ-23.2): not by one long
 * list, not by many aliases, not by a crawl over days. The consent to copying stands in the record.
 */

const FIELDS = [
  'SocialInsuranceEnrolment.enrolmentStatus',
  'SocialInsuranceEnrolment.socialInsuranceNumber',
  'Person.idDocumentNumber',
]
const CONSENT = '浙数函〔2026〕1号'
const AGENCY = { by: 'AGENCY', officer: 'WA-0002' }
const PROVIDER = { by: 'PROVIDER', officer: 'HRSS-0031' }

function registers(facts: object) {
  const grant = {
    id: 'G-9',
    consumer: ANALYST.department,
    matters: ['insurance-survey'],
    clear: FIELDS.slice(0, 1),
    masked: FIELDS.slice(1),
    validFrom: '2026-01-01T00:00:00+08:00',
    validUntil: '2031-01-01T00:00:00+08:00',
    approvals: [AGENCY, PROVIDER],
    ...facts,
  }
  const matter = { code: 'insurance-survey', title: '参保调查', department: ANALYST.department, fields: FIELDS }
  return {
    matters: { matters: [matter] },
    cases: { cases: [{ number: 'SURVEY-1', matter: 'insurance-survey', department: ANALYST.department }] },
    grants: { grants: [grant] },
  }
}

let gateway: TestGateway | null = null
afterEach(async () => {
  vi.useRealTimers()
  await gateway?.stop()
  gateway = null
})

async function open(limits: object = {}, facts: object = {}): Promise<TestGateway> {
  gateway = await startTestGateway({ regime: 'zhejiang', registers: registers(facts), settings: { limits } })
  return gateway
}

const NUMBERS = [...generate(CITY)]
  .filter(({ document }) => document.idDocumentType === 'RESIDENT_ID')
  .map(({ document }) => document.idDocumentNumber)

const ONE = `query ($n: IdNumber!) { person(idDocumentType: RESIDENT_ID, idDocumentNumber: $n) {
  socialInsurance { enrolmentStatus socialInsuranceNumber } } }`
const MANY = `query ($keys: [PersonKeyInput!]!) { persons(keys: $keys) { socialInsurance { enrolmentStatus } } }`

function ask(of: TestGateway, query: string, variables: object, file?: string): Promise<Reply> {
  of.forget()
  return of.ask({
    as: ANALYST,
    matter: 'insurance-survey',
    query,
    variables: { ...variables },
    ...(file ? { case: file } : {}),
  })
}
const keysOf = (from: number, to: number) => ({
  keys: NUMBERS.slice(from, to).map((idDocumentNumber) => ({ idDocumentType: 'RESIDENT_ID', idDocumentNumber })),
})
const told = (reply: Reply): readonly unknown[] => [reply.status, codesOf(reply)]

describe('two approvals (ZJ-22.2)', () => {
  test.each([
    ['the provider’s alone', [PROVIDER]],
    ['the agency’s alone', [AGENCY]],
  ])('%s opens nothing', async (_name, approvals) => {
    const own = await open({}, { approvals })
    const reply = await ask(own, ONE, { n: numberOf('allThree') })
    expect(new Set(codesOf(reply))).toEqual(new Set(['NO_GRANT']))
    expect(departmentsSeen(own.seen)).toEqual([])
    expect((await own.recordOf(reply.receipt)).approvals).toBeUndefined()
  })

  test('both open what was granted, and mask what was to be masked; the record has both', async () => {
    const own = await open()
    const reply = await ask(own, ONE, { n: numberOf('allThree') })
    const { person } = reply.body.data as { readonly person: { readonly socialInsurance: readonly unknown[] } }
    expect(person.socialInsurance[0]).toEqual({ enrolmentStatus: 'ENROLLED', socialInsuranceNumber: '************' })
    const record = await own.recordOf(reply.receipt)
    expect(record.approvals).toEqual([{ grant: 'G-9', approvers: [AGENCY, PROVIDER] }])
    expect(record.data.map(({ coordinate, decision, rule }) => [coordinate, decision, rule])).toEqual([
      ['SocialInsuranceEnrolment.enrolmentStatus', 'ALLOW', undefined],
      ['SocialInsuranceEnrolment.socialInsuranceNumber', 'MASK', expect.stringMatching(/^M-/)],
    ])
  })
})

describe('a list that is rebuilt (ZJ-23.2)', () => {
  const aliases = (count: number): string =>
    `{ ${Array.from({ length: count }, (_, at) => `a${at}: person(idDocumentType: RESIDENT_ID, idDocumentNumber: "${NUMBERS[at % NUMBERS.length]}") { socialInsurance { enrolmentStatus } }`).join('\n')} }`

  test('by five hundred aliases is refused before anything is fetched', async () => {
    const own = await open({ tokens: 20_000 })
    const reply = await ask(own, aliases(500), {})
    expect([reply.body.data, codesOf(reply)]).toEqual([undefined, ['LIMIT_EXCEEDED']])
    expect(own.seen).toEqual([])
    expect(await own.recordOf(reply.receipt)).toMatchObject({
      method: 'refused',
      outcome: { codes: ['LIMIT_EXCEEDED'] },
    })
  })

  test('is counted by its subjects where so many aliases are allowed', async () => {
    const limits = { aliases: 1_000, rootFields: 1_000, tokens: 20_000, subjectsPerOperation: 25 }
    const own = await open(limits)
    const reply = await ask(own, aliases(NUMBERS.length), {})
    expect([reply.body.data, codesOf(reply)]).toEqual([undefined, ['LIMIT_EXCEEDED']])
    expect(reply.body.errors?.[0]?.message).toContain('25')
    expect(own.seen).toEqual([])
    expect(codesOf(await ask(own, aliases(20), {}))).toEqual([])
  })

  test('in one day is copying, and needs a consent; the record says how many there would have been', async () => {
    const own = await open({ subjectsPerOfficerDay: 12, subjectsPerCase: 1_000 })
    expect(told(await ask(own, MANY, keysOf(0, 10)))).toEqual([200, []])
    const reply = await ask(own, MANY, keysOf(10, 20))
    expect(told(reply)).toEqual([403, ['COPY_CONSENT_MISSING']])
    expect(reply.body.errors?.[0]?.extensions.clause).toBe('ZJ-23.2')
    expect(departmentsSeen(own.seen)).toEqual([])
    const record = await own.recordOf(reply.receipt)
    expect(record.exceeded).toEqual({ bound: 'OFFICER_DAY', count: 20, most: 12 })
    await own.stop()
    const consented = await open({ subjectsPerOfficerDay: 12 }, { copyConsent: CONSENT })
    expect(told(await ask(consented, MANY, keysOf(0, 20)))).toEqual([200, []])
    const allowed = await consented.recordOf((await ask(consented, MANY, keysOf(0, 20))).receipt)
    expect(allowed.approvals).toMatchObject([{ grant: 'G-9', copyConsent: CONSENT }])
    // The bound does not hold, and what was asked is counted all the same.
    expect(allowed.counted?.officerDay).toBe(20)
  })

  test('by a slow crawl over days is stopped by the different subjects of its case', async () => {
    // The first noon of a window: cases are remembered for about as long as one is worked on.
    const noon = windowEnd(Date.parse('2026-03-02T12:00:00+08:00'), LONGEST_WINDOW) + 43_200_000
    vi.useFakeTimers({ toFake: ['Date'], now: noon })
    const own = await open({ subjectsPerCase: 20, subjectsPerOfficerDay: 6 })
    const seen: unknown[] = []
    for (let day = 0; day < 5; day += 1) {
      vi.setSystemTime(noon + day * 86_400_000)
      const reply = await ask(own, MANY, keysOf(day * 5, day * 5 + 5), 'SURVEY-1')
      const { counted, exceeded } = await own.recordOf(reply.receipt)
      seen.push([...told(reply), counted?.case, counted?.officerDay, exceeded?.bound, exceeded?.count])
    }
    expect(seen).toEqual([
      [200, [], 5, 5, undefined, undefined],
      [200, [], 10, 5, undefined, undefined],
      [200, [], 15, 5, undefined, undefined],
      [200, [], 20, 5, undefined, undefined],
      [429, ['RATE_LIMIT'], undefined, undefined, 'CASE', 25],
    ])
  })
})
