import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { demoPeople } from '../../city/demo-people.ts'
import { demoOrganisations } from '../../city/organisations/demo-organisations.ts'
import { codesOf } from '../kit/gateway-http.ts'
import type { Reply } from '../kit/gateway-http.ts'
import { departmentsSeen } from '../kit/gateway-departments.ts'
import { DESK, startTestGateway } from '../kit/gateway.ts'
import type { TestGateway } from '../kit/gateway.ts'
import { claim, numberOf, outcomesOf, personKey, rowsOf, verify } from '../kit/verify.ts'

/* Lists are verified row by row, each with a record and a receipt; what can be guessed is told together (HZ-28, ZS-4.09). */

const STATUS = 'SocialInsuranceEnrolment.enrolmentStatus'
const TYPE = 'SocialInsuranceEnrolment.insuranceType'
const SINCE = 'SocialInsuranceEnrolment.enrolmentDate'
const CERTIFICATE = 'DisabilityCertificate.disabilityCertificateNumber'
const MATTER = { matter: 'subsidy-check' } as const
const registers = {
  matters: {
    matters: [
      {
        code: 'subsidy-check',
        title: '补贴核查',
        department: DESK.department,
        // The certificate's number holds the ID number (wall 8).
        fields: ['Person.idDocumentNumber', 'Enterprise.enterpriseName', 'Enterprise.unifiedSocialCreditCode'],
        verify: [STATUS, TYPE, SINCE, CERTIFICATE],
      },
    ],
  },
  cases: { cases: [] },
  grants: { grants: [] },
}
const FIRM = demoOrganisations.firm
const ALL = personKey(numberOf('allThree'))
const HERS = demoPeople.allThree.disability?.certificateNumber ?? ''

let gateway: TestGateway
let officer = 0
/** An officer of the desk who has not asked yet. */
const fresh = () => ({ ...DESK, officer: `HUR-9${String((officer += 1)).padStart(3, '0')}` })
const ask = (rows: readonly object[], more: object = {}) =>
  verify(gateway, rows, { as: fresh(), matter: MATTER.matter, ...more })

beforeAll(async () => {
  gateway = await startTestGateway({
    registers,
    settings: { verification: { gridMs: 10, attemptsPerDepartment: 100 } },
  })
})
afterAll(() => gateway.stop())

describe('an item of few possible values', () => {
  test('is not verified alone', async () => {
    const reply = await ask([{ person: ALL, items: [claim(STATUS, 'ENROLLED')] }])
    expect([codesOf(reply), outcomesOf(reply)]).toEqual([['VERIFY_NOT_OFFERED'], [[null]]])
  })

  test('has one outcome together with the unpredictable item of its record', async () => {
    const right = await ask([{ person: ALL, items: [claim(TYPE, '110'), claim(SINCE, '2008年7月1日')] }])
    const guessed = await ask([{ person: ALL, items: [claim(TYPE, '999'), claim(SINCE, '2008-07-01')] }])
    const blind = await ask([{ person: ALL, items: [claim(TYPE, '110'), claim(SINCE, '2009-07-01')] }])
    expect([right, guessed, blind].map(outcomesOf)).toEqual([
      [['MATCH', 'MATCH']],
      [['NO_MATCH', 'NO_MATCH']],
      [['NO_MATCH', 'NO_MATCH']],
    ])
  })

  test('is not made safe by an item of another record', async () => {
    const reply = await ask([{ person: ALL, items: [claim(STATUS, 'ENROLLED'), claim(CERTIFICATE, HERS)] }])
    expect(outcomesOf(reply)).toEqual([[null, expect.any(String)]])
  })
})

describe('a batch', () => {
  test('has one record and one receipt for each row, and asks each department once', async () => {
    gateway.forget()
    const people = ['allThree', 'publicSecurityOnly', 'deceased'] as const
    const rows = people.map((one) => ({ person: personKey(numberOf(one)), items: [claim(CERTIFICATE, HERS)] }))
    const reply = await ask(rows)
    expect(outcomesOf(reply)).toEqual([['MATCH'], ['NO_MATCH'], ['NO_MATCH']])
    expect(gateway.seen.filter(({ department }) => department === 'disabled-persons')).toHaveLength(1)
    expect(departmentsSeen(gateway.seen)).toEqual(['disabled-persons'])
    const main = await gateway.recordOf(reply.receipt)
    expect(main.verification).toEqual({ rows: 3, items: [] })
    expect(main.subjects).toHaveLength(3)
    for (const [index, row] of rowsOf(reply).entries()) {
      const record = await gateway.recordOf(row.receipt)
      expect(record.verification).toMatchObject({ of: reply.receipt, row: index + 1, rows: 3 })
      expect(record.verification?.items).toHaveLength(1)
      expect(record.subjects).toEqual([main.subjects[index]])
      expect(record.data.map(({ coordinate }) => coordinate)).toEqual([CERTIFICATE])
    }
    expect((await gateway.verify()).faults).toEqual([])
  })

  test('asks nobody about a number that cannot exist, and answers as for one that has no record', async () => {
    gateway.forget()
    const rows = [{ person: personKey('110101199003074510'), items: [claim(CERTIFICATE, HERS)] }]
    const reply = await ask(rows)
    expect([outcomesOf(reply), codesOf(reply)]).toEqual([[['NO_MATCH']], []])
    expect(departmentsSeen(gateway.seen)).toEqual([])
  })

  test('gives an attempt back where the source did not answer', async () => {
    const as = fresh()
    gateway.disturb('disabled-persons', () => Promise.reject(new Error('down')))
    const down = await ask([{ person: ALL, items: [claim(CERTIFICATE, HERS)] }], { as })
    gateway.heal()
    expect([codesOf(down), outcomesOf(down)]).toEqual([['SOURCE_UNAVAILABLE'], [[null]]])
    const up = await ask([{ person: ALL, items: [claim(CERTIFICATE, HERS)] }], { as })
    expect(outcomesOf(up)).toEqual([['MATCH']])
    const { verification } = await gateway.recordOf(up.receipt)
    expect(verification?.items[0]?.attempt).toBe(1)
  })
})

function isRepeated({ body }: Reply): unknown {
  const answered = body.data?.['verifyItems'] as { readonly repeated: boolean } | null | undefined
  return answered?.repeated
}

describe('a legal entity', () => {
  const firm = { identifierType: 'USCC', identifier: FIRM.uscc ?? '' }

  test('is verified by its identifier, and what may be read anyway costs no attempt', async () => {
    gateway.forget()
    const items = [claim('Enterprise.enterpriseName', FIRM.name), claim('Enterprise.unifiedSocialCreditCode', 'x')]
    const reply = await ask([{ legalEntity: firm, items }])
    expect([outcomesOf(reply), codesOf(reply)]).toEqual([[['MATCH', 'NO_MATCH']], []])
    const { verification } = await gateway.recordOf(reply.receipt)
    expect(verification?.items.map(({ attempt }) => attempt)).toEqual([null, null])
    expect(departmentsSeen(gateway.seen)).toEqual(['market-registration'])
  })
})

describe('a claim that could equal nothing', () => {
  test('is told so, and counts no attempt', async () => {
    const as = fresh()
    const impossible = await ask([{ person: ALL, items: [claim(SINCE, '2008-02-30')] }], { as })
    expect([outcomesOf(impossible), codesOf(impossible)]).toEqual([[[null]], ['BAD_USER_INPUT']])
    const next = await ask([{ person: ALL, items: [claim(SINCE, '2008-07-01')] }], { as })
    expect((await gateway.recordOf(next.receipt)).verification?.items[0]?.attempt).toBe(1)
  })
})

describe('the same call sent again', () => {
  const items = [claim(CERTIFICATE, HERS)]

  test('under its key is answered as the first time, and counts no attempt', async () => {
    const as = fresh()
    const more = { as, idempotencyKey: 'counter-7-0001' }
    const first = await ask([{ person: ALL, items }], more)
    gateway.forget()
    const again = []
    for (let times = 0; times < 5; times += 1) again.push(await ask([{ person: ALL, items }], more))
    expect(again.map((one) => rowsOf(one)[0]?.token)).toEqual(again.map(() => rowsOf(first)[0]?.token))
    expect(again.map(isRepeated)).toEqual(again.map(() => true))
    expect(departmentsSeen(gateway.seen)).toEqual([])
    const record = await gateway.recordOf(again[0]?.receipt ?? '')
    expect(record).toMatchObject({ method: 'verify', verification: { repeats: first.receipt } })
    expect(record.subjects).toHaveLength(1)
  })

  test('with other content is refused, and so is the key in no form', async () => {
    const more = { as: fresh(), idempotencyKey: 'counter-7-0002' }
    await ask([{ person: ALL, items }], more)
    const other = await ask([{ person: ALL, items: [claim(CERTIFICATE, 'x')] }], more)
    const bad = await ask([{ person: ALL, items }], { idempotencyKey: 'x' })
    expect([codesOf(other), codesOf(bad)]).toEqual([['IDEMPOTENCY_CONFLICT'], ['BAD_USER_INPUT']])
  })

  test('tells no more what was revoked since', async () => {
    const grant = {
      id: 'G-V',
      consumer: DESK.department,
      matters: ['subsidy-check'],
      verifyOnly: [SINCE],
      validFrom: '2026-01-01T00:00:00+08:00',
      validUntil: '2031-01-01T00:00:00+08:00',
      approver: 'HRSS-0031',
      agreement: 'XY-1',
    }
    const own = await startTestGateway({ registers: { ...registers, grants: { grants: [grant] } } })
    try {
      const more = { as: DESK, matter: MATTER.matter, idempotencyKey: 'counter-7-0009' }
      const rows = [{ person: ALL, items: [claim(SINCE, '2008-07-01')] }]
      const before = await verify(own, rows, more)
      // The record of a row has the grants of that row.
      const two = [...rows, { person: ALL, items: [claim(CERTIFICATE, HERS)] }]
      const batch = await verify(own, two, { as: fresh(), matter: MATTER.matter })
      const records = await Promise.all(rowsOf(batch).map(({ receipt }) => own.recordOf(receipt)))
      expect(records.map(({ grants }) => grants)).toEqual([['G-V'], []])
      await own.revoke('G-V')
      const after = await vi.waitFor(
        async () => {
          const reply = await verify(own, rows, more)
          expect(codesOf(reply)).toEqual(['GRANT_REVOKED'])
          return reply
        },
        { timeout: 5_000 },
      )
      expect([outcomesOf(before), outcomesOf(after), rowsOf(after)[0]?.token]).toEqual([[['MATCH']], [[null]], null])
    } finally {
      await own.stop()
    }
  })

  test('by another officer is another call', async () => {
    const idempotencyKey = 'counter-7-0003'
    await ask([{ person: ALL, items }], { idempotencyKey })
    const colleague = await ask([{ person: ALL, items: [claim(CERTIFICATE, 'x')] }], { idempotencyKey })
    expect(outcomesOf(colleague)).toEqual([['NO_MATCH']])
  })
})

describe('a call that cannot be understood is refused', () => {
  test.each([
    ['no rows', [], ['LIMIT_EXCEEDED']],
    ['no items', [{ person: ALL, items: [] }], ['LIMIT_EXCEEDED']],
    ['nobody', [{ items: [claim(CERTIFICATE, HERS)] }], ['BAD_USER_INPUT']],
    ['an item twice', [{ person: ALL, items: [claim(CERTIFICATE, 'a'), claim(CERTIFICATE, 'b')] }], ['BAD_USER_INPUT']],
    ['an item of a firm', [{ person: ALL, items: [claim('Enterprise.enterpriseName', 'x')] }], ['BAD_USER_INPUT']],
    ['an item of nobody', [{ person: ALL, items: [claim('constructor.name', 'x')] }], ['BAD_USER_INPUT']],
    ['a text that is no coordinate', [{ person: ALL, items: [claim('a.b.c.d', 'x')] }], ['BAD_USER_INPUT']],
  ])('with %s', async (_, rows, codes) => {
    gateway.forget()
    expect(codesOf(await ask(rows))).toEqual(codes)
    expect(departmentsSeen(gateway.seen)).toEqual([])
  })

  test('twice, or beside anything else', async () => {
    const input = { rows: [{ person: ALL, items: [claim(CERTIFICATE, HERS)] }] }
    const query = `mutation ($input: VerifyItemsInput!) {
      a: verifyItems(input: $input) { rows { items { outcome } } }
      b: verifyItems(input: $input) { rows { items { outcome } } }
    }`
    gateway.forget()
    const twice = await gateway.ask({ as: fresh(), ...MATTER, query, variables: { input } })
    expect(codesOf(twice)).toEqual(['LIMIT_EXCEEDED'])
    expect(departmentsSeen(gateway.seen)).toEqual([])
  })
})
