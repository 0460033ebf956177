import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { demoOrganisations } from '../../city/organisations/demo-organisations.ts'
import { DESK, DESK_MATTER, startTestGateway } from '../kit/gateway.ts'
import type { TestGateway } from '../kit/gateway.ts'
import { departmentsSeen } from '../kit/gateway-departments.ts'
import { codesOf } from '../kit/gateway-http.ts'
import type { Reply } from '../kit/gateway-http.ts'
import {
  ADOPTION,
  CERTIFICATE,
  claim,
  numberOf,
  outcomesOf,
  personKey,
  rowsOf,
  SCHOOL,
  VERIFY,
  verify,
} from '../kit/verify.ts'
import { attack, leaksAfter, person } from './attack.ts'
import type { Outcome } from './attack.ts'

/* Attempts to learn by comparing what may not be seen: a value, a record, another department's question. */

const STUDENT = numberOf('student')
const STRANGER = numberOf('parent')
const GUESS = '演示收字第2015990777号'

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startTestGateway({ settings: { verification: { gridMs: 10, attemptsPerDepartment: 1_000 } } })
})
afterAll(() => gateway.stop())
afterEach(() => gateway.heal())

let officers = 0
/** An officer who has not asked yet: attempts are counted. */
const fresh = () => ({ ...SCHOOL, officer: `EDU-7${String((officers += 1)).padStart(3, '0')}` })
const compare = (number: string, claimed: string, more: object = {}): Promise<Reply> =>
  verify(gateway, [{ person: personKey(number), items: [claim(ADOPTION, claimed)] }], { as: fresh(), ...more })

/** The answer without what differs from request to request. */
const told = ({ body }: Reply): unknown =>
  JSON.parse(JSON.stringify(body.data).replaceAll(/"(receipt|token)":"[^"]+"/g, '"$1":""'))
const payloadOf = (reply: Reply): Readonly<Record<string, unknown>> =>
  JSON.parse(Buffer.from(rowsOf(reply)[0]?.token?.split('.')[1] ?? '', 'base64url').toString()) as Record<
    string,
    unknown
  >

/** What a receipt says, without what differs from request to request. */
function receiptFacts(reply: Reply): unknown {
  const { items, ...said } = payloadOf(reply)
  const facts = (items as readonly object[]).map((item) => ({ ...item, claim: '' }))
  return { ...said, items: facts, receipt: '', subject: '', officer: '', issuedAt: '' }
}

describe('whether there is a record', () => {
  test('is told neither by outcome nor by time, source, length or receipt', async () => {
    const [wrong, none] = [await compare(STUDENT, GUESS), await compare(STRANGER, GUESS)]
    expect(outcomesOf(wrong)).toEqual([['NO_MATCH']])
    expect(told(none)).toEqual(told(wrong))
    expect(none.text.length).toBe(wrong.text.length)
    expect(receiptFacts(none)).toEqual(receiptFacts(wrong))
  })
})

describe('what is claimed', () => {
  test('is told to no department, stands in no answer, receipt or record, and neither does what is true', async () => {
    gateway.forget()
    const reply = await compare(STUDENT, GUESS)
    expect(departmentsSeen(gateway.seen)).toEqual(['civil-affairs'])
    expect(JSON.stringify(gateway.seen)).not.toContain(GUESS)
    const record = JSON.stringify(await gateway.recordOf(reply.receipt))
    for (const value of [GUESS, CERTIFICATE, STUDENT]) {
      expect(reply.text).not.toContain(value)
      expect(record).not.toContain(value)
      expect(JSON.stringify(payloadOf(reply))).not.toContain(value)
    }
  })

  test.each([
    ['nothing', ''],
    ['blanks', '   '],
    ['a mask', '*'],
    ['a pattern', '%'],
    ['half a character', '\ud800'],
    ['a megabyte', 'x'.repeat(500_000)],
    ['the beginning', CERTIFICATE.slice(0, -2)],
  ])('is not the value where it is %s', async (_name, claimed) => {
    const reply = await compare(STUDENT, claimed)
    // What cannot be read at all is refused, and is no outcome.
    expect(['NO_MATCH', null]).toContain(outcomesOf(reply)[0]?.[0])
    expect(reply.text.length).toBeLessThan(5_000)
  })
})

describe('attempts', () => {
  const wide = (text: string): string => text.replace(/\d/g, (one) => String.fromCodePoint(0xff10 + Number(one)))
  test('are the same under every spelling of person and item', async () => {
    const as = fresh()
    const spelled = [STUDENT, ` ${STUDENT} `, wide(STUDENT), STUDENT]
    const codes = []
    for (const [at, number] of spelled.entries()) {
      const item = claim(at % 2 === 0 ? ADOPTION : `civil-affairs.${ADOPTION}`, GUESS)
      codes.push(codesOf(await verify(gateway, [{ person: personKey(number), items: [item] }], { as })))
    }
    expect(codes).toEqual([[], [], [], ['RATE_LIMIT']])
  })

  test('are no more in one call than in several', async () => {
    const row = { person: personKey(numberOf('deceased')), items: [claim(ADOPTION, GUESS)] }
    const reply = await verify(
      gateway,
      Array.from({ length: 6 }, () => row),
      { as: fresh() },
    )
    expect(
      outcomesOf(reply)
        .flat()
        .filter((one) => one !== null),
    ).toHaveLength(3)
  })

  test('are no more at once than one after another', async () => {
    const as = fresh()
    const crowd = Array.from({ length: 8 }, (_, at) =>
      verify(gateway, [{ person: personKey(numberOf('movedOut')), items: [claim(ADOPTION, `${GUESS}${at}`)] }], { as }),
    )
    const outcomes = (await Promise.all(crowd)).flatMap(outcomesOf).flat()
    expect(outcomes.filter((one) => one !== null)).toHaveLength(3)
  })
})

describe('attempts at a firm', () => {
  const REPRESENTATIVE = 'Enterprise.legalRepresentativeIdNumber'
  const { uscc, registrationNumber } = demoOrganisations.firm
  const firm = (identifierType: string, identifier: string) => ({ legalEntity: { identifierType, identifier } })
  const ROWS = [firm('USCC', uscc ?? ''), firm('REGISTRATION_NUMBER', registrationNumber ?? '')]
  let firms: TestGateway
  beforeAll(async () => {
    // What a number contains has to be as open as the number.
    const verified = [REPRESENTATIVE, 'Person.idDocumentNumber']
    const matter = { code: 'firms', title: '企业核验', department: DESK.department, fields: [], verify: verified }
    const registers = { matters: { matters: [matter] }, cases: { cases: [] }, grants: { grants: [] } }
    firms = await startTestGateway({ registers, settings: { verification: { gridMs: 10 } } })
  })
  afterAll(() => firms.stop())
  const guess = async (row: object): Promise<readonly string[]> =>
    codesOf(await verify(firms, [{ ...row, items: [claim(REPRESENTATIVE, STUDENT)] }], { as: DESK, matter: 'firms' }))

  // A firm has a code and a registration number, and the register finds it by either (HZ-15.2, wall 17).
  test('are the same under each of its identifiers', async () => {
    const codes = []
    for (const row of [...ROWS, ...ROWS]) codes.push(await guess(row))
    expect(codes).toEqual([[], [], [], ['RATE_LIMIT']])
  })
})

describe('a key of one’s own choosing', () => {
  test('sent at once is one attempt and one record of it', async () => {
    const [as, idempotencyKey] = [fresh(), 'window-3-0001']
    gateway.forget()
    const replies = await Promise.all(Array.from({ length: 6 }, () => compare(STUDENT, GUESS, { as, idempotencyKey })))
    const codes = new Set(replies.flatMap(codesOf))
    expect([...codes].filter((code) => code !== 'IDEMPOTENCY_CONFLICT')).toEqual([])
    expect(gateway.seen.filter(({ department }) => department === 'civil-affairs')).toHaveLength(1)
    expect(codesOf(await compare(STUDENT, GUESS, { as, idempotencyKey }))).toEqual([])
  })

  test('says nothing to a colleague, nor in another matter', async () => {
    const [as, idempotencyKey] = [fresh(), 'window-3-0002']
    expect(outcomesOf(await compare(STUDENT, CERTIFICATE, { as, idempotencyKey }))).toEqual([['MATCH']])
    const colleague = await compare(STUDENT, CERTIFICATE, { idempotencyKey })
    expect(colleague.body.data?.['verifyItems']).toMatchObject({ repeated: false })
    gateway.forget()
    const elsewhere = await compare(STUDENT, CERTIFICATE, { as, idempotencyKey, matter: 'no-such-matter' })
    expect(outcomesOf(elsewhere)).toEqual([[null]])
    expect([codesOf(elsewhere), departmentsSeen(gateway.seen)]).toEqual([['PURPOSE_MISMATCH'], []])
  })
})

describe('a verification stands alone', () => {
  const input = { rows: [{ person: personKey(STUDENT), items: [claim(ADOPTION, GUESS)] }] }
  test.each([
    ['twice', 'a: verifyItems(input: $input) { repeated } b: verifyItems(input: $input) { repeated }'],
    [
      'twice, of which one is left out',
      'a: verifyItems(input: $input) { repeated } b: verifyItems(input: $input) @include(if: $no) { repeated }',
    ],
    ['twice in a fragment', '...F ... on Mutation { b: verifyItems(input: $input) { repeated } }'],
  ])('not %s', async (_name, selection) => {
    gateway.forget()
    const query = `mutation ($input: VerifyItemsInput!, $no: Boolean = false) { ${selection} c: __typename @include(if: $no) }
      ${selection.includes('...F') ? 'fragment F on Mutation { a: verifyItems(input: $input) { repeated } }' : ''}`
    const reply = await gateway.ask({ as: fresh(), matter: 'school-enrolment', query, variables: { input } })
    expect([codesOf(reply), gateway.seen]).toEqual([['LIMIT_EXCEEDED'], []])
  })

  test('and only in the caller’s own matter', async () => {
    for (const matter of [null, 'public-rental-housing', 'no-such-matter']) {
      gateway.forget()
      const reply = await gateway.ask({ as: fresh(), matter, query: VERIFY, variables: { input } })
      expect(outcomesOf(reply)).toEqual([[null]])
      expect(codesOf(reply)).toEqual([matter === null ? 'PURPOSE_MISSING' : 'PURPOSE_MISMATCH'])
      expect(departmentsSeen(gateway.seen)).toEqual([])
    }
  })
})

describe('a receipt', () => {
  const CHECK = 'query ($token: String!) { receipt(token: $token) { receipt matter items { outcome } } }'
  const check = (token: string, as = SCHOOL, matter: string | null = null) =>
    attack(gateway, { as, matter, query: CHECK, variables: { token } })

  test('speaks to its own department, and to others as if it were none', async () => {
    const token = rowsOf(await compare(STUDENT, CERTIFICATE))[0]?.token ?? ''
    const [head = '', claims = '', signature = ''] = token.split('.')
    expect((await check(token)).reply.body.data).toMatchObject({ receipt: { items: [{ outcome: 'MATCH' }] } })
    const content = JSON.parse(Buffer.from(claims, 'base64url').toString()) as { items: object[] }
    const altered = Buffer.from(JSON.stringify({ ...content, department: DESK.department })).toString('base64url')
    const forgeries = [`${head}.${altered}.${signature}`, `${token}x`, 'a.b.c', await gateway.token(SCHOOL)]
    const foreign = await check(token, DESK, DESK_MATTER.matter)
    const messagesOf = ({ reply }: Outcome) => reply.body.errors?.map(({ message }) => message)
    for (const forgery of [token, ...forgeries]) {
      const outcome = await check(forgery, DESK, DESK_MATTER.matter)
      expect([codesOf(outcome.reply), outcome.reply.body.data]).toEqual([['RECEIPT_INVALID'], { receipt: null }])
      expect([messagesOf(outcome), outcome.departments]).toEqual([messagesOf(foreign), []])
    }
  })

  // The record's own pseudonym of a person, one for the whole city, is handed out with each receipt: receipts of several
  // departments are joined by it, and whoever then sees the record of others knows whom it is about (HZ-47.2, wall 18).
  test('names its subject by no pseudonym of the record', async () => {
    const reply = await compare(STUDENT, CERTIFICATE)
    const { subjects } = await gateway.recordOf(reply.receipt)
    expect(subjects).not.toContain(payloadOf(reply)['subject'])
  })

  test('is no token of a caller', async () => {
    const token = rowsOf(await compare(STUDENT, CERTIFICATE))[0]?.token ?? ''
    const reply = await gateway.send({
      headers: [
        ['authorization', `Bearer ${token}`],
        ['content-type', 'application/json'],
      ],
      body: JSON.stringify({ query: person('name') }),
    })
    expect(codesOf(reply)).toEqual(['UNAUTHENTICATED'])
  })
})

describe('bounds', () => {
  let narrow: TestGateway
  beforeAll(async () => {
    const verification = { gridMs: 10, attemptsPerDepartment: 2 }
    narrow = await startTestGateway({ settings: { verification, limits: { subjectsPerOfficerDay: 2 } } })
  })
  afterAll(() => narrow.stop())
  const asked = (number: string, as = fresh()): Promise<Reply> =>
    verify(narrow, [{ person: personKey(number), items: [claim(ADOPTION, GUESS)] }], { as })

  test('of attempts hold over all officers of a department', async () => {
    const codes = []
    for (let at = 0; at < 4; at += 1) codes.push(codesOf(await asked(STUDENT)))
    expect(codes).toEqual([[], [], ['RATE_LIMIT'], ['RATE_LIMIT']])
  })

  test('of people hold for those who are compared', async () => {
    const as = fresh()
    for (const one of ['allThree', 'deceased'] as const) expect(codesOf(await asked(numberOf(one), as))).toEqual([])
    narrow.forget()
    const third = await asked(numberOf('movedOut'), as)
    expect([codesOf(third), departmentsSeen(narrow.seen)]).toEqual([['RATE_LIMIT'], []])
    expect((await narrow.recordOf(third.receipt)).subjects).toHaveLength(1)
  })
})

test('and nothing of all this is in the record or the log', async () => {
  expect(await leaksAfter(gateway, [GUESS, CERTIFICATE])).toEqual([])
})
