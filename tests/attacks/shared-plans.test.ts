import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { stringify } from 'yaml'
import { demoPeople } from '../../city/demo-people.ts'
import { DESK, startTestGateway } from '../kit/gateway.ts'
import type { TestGateway } from '../kit/gateway.ts'
import { codesOf } from '../kit/gateway-http.ts'
import type { Reply } from '../kit/gateway-http.ts'
import { attack, decided, leaksAfter, NUMBER, OTHER_NUMBER, person } from './attack.ts'

/* Attempts to be served what was compiled, decided or read for another document, case, value or register. */

const EMPLOYER = 'SocialInsuranceEnrolment.employerName'
const matter = (code: string, fields: readonly string[], caseRequired = true) => ({
  code,
  title: '审核',
  department: DESK.department,
  caseRequired,
  fields,
})
const MATTERS = [
  matter('review', ['Person.name', 'Person.sex']),
  matter('other', ['Person.name']),
  matter('shrinks', ['Person.name', EMPLOYER], false),
  matter('revoked', ['Person.name', EMPLOYER], false),
]
const CASES = [
  { number: 'REVIEW-1', matter: 'review', department: DESK.department },
  { number: 'OTHER-1', matter: 'other', department: DESK.department },
]
const GRANT = {
  id: 'G-1',
  consumer: DESK.department,
  matters: ['shrinks'],
  clear: [EMPLOYER],
  validFrom: '2020-01-01T00:00:00+08:00',
  validUntil: '2099-01-01T00:00:00+08:00',
  approver: 'HRSS-0031',
  agreement: 'XY-1',
}

let gateway: TestGateway
beforeAll(async () => {
  const registers = {
    matters: { matters: MATTERS },
    cases: { cases: CASES },
    grants: { grants: [GRANT, { ...GRANT, id: 'G-2', matters: ['revoked'] }] },
  }
  gateway = await startTestGateway({ registers })
})
afterAll(() => gateway.stop())

const AS_REVIEW = { as: DESK, matter: 'review', case: 'REVIEW-1' } as const
const NAMES = new Map([NUMBER, OTHER_NUMBER].map((n) => [n, { person: { name: nameOf(n) } }]))
function nameOf(number: string): string {
  return Object.values(demoPeople).find(({ document }) => document.idDocumentNumber === number)?.name ?? ''
}

describe('one document is not another', () => {
  test('that has the same fragment name and other fields in it', async () => {
    const documents = [
      [`${person('...F')} fragment F on Person { name }`, ['Person.name']],
      [`${person('...F')} fragment F on Person { sex }`, ['Person.sex']],
      [`${person('...F')} fragment F on Person { name sex }`, ['Person.name', 'Person.sex']],
    ] as const
    for (const [query, coordinates] of documents) {
      const outcome = await attack(gateway, { ...AS_REVIEW, query })
      expect(Object.keys(decided(outcome))).toEqual(coordinates)
      const fields = coordinates.map((one) => one.slice('Person.'.length))
      expect(Object.keys(outcome.reply.body.data?.['person'] ?? {})).toEqual(fields)
    }
  })

  test('that has the same text and another number in it', async () => {
    for (const n of [NUMBER, OTHER_NUMBER, NUMBER]) {
      const query = `{ person(idDocumentType: RESIDENT_ID, idDocumentNumber: "${n}") { name } }`
      const { reply, record } = await attack(gateway, { ...AS_REVIEW, query })
      expect(reply.body.data).toEqual(NAMES.get(n))
      expect(record.subjects).toHaveLength(1)
      expect(gateway.seen.map(({ query: text }) => text).join()).not.toContain(n)
    }
  })

  test('that has another default, or a value in its place', async () => {
    const query = person('name').replace('IdNumber!', `IdNumber! = "${OTHER_NUMBER}"`)
    for (const n of [undefined, NUMBER, undefined]) {
      const { reply } = await attack(gateway, { ...AS_REVIEW, query, variables: { n } })
      expect(reply.body.data).toEqual(NAMES.get(n ?? OTHER_NUMBER))
    }
  })

  test('that includes what this one leaves out', async () => {
    const query = person('name @include(if: $x) sex @skip(if: $x)', ', $x: Boolean!')
    for (const x of [true, false, true]) {
      const outcome = await attack(gateway, { ...AS_REVIEW, query, variables: { n: NUMBER, x } })
      expect(Object.keys(decided(outcome))).toEqual([x ? 'Person.name' : 'Person.sex'])
      expect(Object.keys(outcome.reply.body.data?.['person'] ?? {})).toEqual([x ? 'name' : 'sex'])
    }
  })
})

describe('one case is not another', () => {
  test('of another matter, though the right one was just answered', async () => {
    expect((await attack(gateway, { ...AS_REVIEW, query: person('name') })).reply.body.data).toEqual(NAMES.get(NUMBER))
    for (const file of ['OTHER-1', 'REVIEW-2', null]) {
      const outcome = await attack(gateway, { ...AS_REVIEW, case: file, query: person('name') })
      expect(codesOf(outcome.reply)).toEqual([file === null ? 'PURPOSE_MISSING' : 'PURPOSE_MISMATCH'])
      expect([outcome.reply.body.data, outcome.departments]).toEqual([{ person: null }, []])
    }
  })
})

describe('what one request says is said once', () => {
  const sent = async (body: string): Promise<Reply> => {
    gateway.forget()
    const headers: readonly (readonly [string, string])[] = [
      ['content-type', 'application/json'],
      ['authorization', `Bearer ${await gateway.token(DESK)}`],
      ['x-matter', 'review'],
      ['x-case', 'REVIEW-1'],
    ]
    return gateway.send({ headers, body })
  }
  const [names, sexes] = [JSON.stringify(person('name')), JSON.stringify(person('sex'))]

  test('two documents under one key: answered and recorded is the same one', async () => {
    const reply = await sent(`{"query":${sexes},"variables":{"n":"${OTHER_NUMBER}","n":"${NUMBER}"},"query":${names}}`)
    const { data, subjects } = await gateway.recordOf(reply.receipt)
    expect(reply.body.data).toEqual(NAMES.get(NUMBER))
    expect([data.map(({ coordinate }) => coordinate), subjects.length]).toEqual([['Person.name'], 1])
    expect(JSON.stringify(gateway.seen)).not.toContain(OTHER_NUMBER)
  })

  test.each([
    ['several operations in a list', `[{"query":${names}},{"query":${sexes}}]`],
    ['a document that is a list', `{"query":[${names}],"variables":{"n":"${NUMBER}"}}`],
    ['variables that are a text', `{"query":${names},"variables":"{}"}`],
    ['extensions that are a list', `{"query":${names},"variables":{"n":"${NUMBER}"},"extensions":[1]}`],
  ])('%s', async (_name, body) => {
    const reply = await sent(body)
    expect([reply.status, gateway.seen]).toEqual([400, []])
    expect((await gateway.recordOf(reply.receipt)).method).toBe('refused')
  })

  test('a document is not kept under a hash, for whoever knows the hash', async () => {
    const sha256Hash = createHash('sha256').update(person('name')).digest('hex')
    const extensions = JSON.stringify({ persistedQuery: { version: 1, sha256Hash } })
    const variables = JSON.stringify({ n: NUMBER })
    await sent(`{"query":${names},"variables":${variables},"extensions":${extensions}}`)
    const reply = await sent(`{"variables":${variables},"extensions":${extensions}}`)
    expect(reply.status).toBeGreaterThanOrEqual(400)
    expect([reply.body.data, gateway.seen]).toEqual([undefined, []])
  })

  test('an operation that the document does not have is not the only one that it has', async () => {
    const { reply, departments } = await attack(gateway, { ...AS_REVIEW, query: person('name'), operationName: 'Q' })
    expect([codesOf(reply), departments]).toEqual([['OPERATION_RESOLUTION_FAILURE'], []])
  })
})

describe('a register that has changed', () => {
  test('ends what was decided by a grant that is revoked', async () => {
    const ask = { as: DESK, matter: 'revoked', query: person('socialInsurance { employerName }') } as const
    expect(decided(await attack(gateway, ask))).toMatchObject({ [EMPLOYER]: 'ALLOW' })
    await gateway.revoke('G-2')
    await vi.waitFor(
      async () => {
        const outcome = await attack(gateway, ask)
        expect(decided(outcome)).toMatchObject({ [EMPLOYER]: 'GRANT_REVOKED' })
        expect(outcome.departments).toEqual([])
      },
      { timeout: 10_000, interval: 100 },
    )
  })

  test('ends what was decided by the old one', async () => {
    const ask = { as: DESK, matter: 'shrinks', query: person('socialInsurance { employerName }') } as const
    expect(decided(await attack(gateway, ask))).toMatchObject({ [EMPLOYER]: 'ALLOW' })
    const smaller = MATTERS.map((one) => (one.code === 'shrinks' ? { ...one, fields: ['Person.name'] } : one))
    await writeFile(gateway.config.registers.matters, stringify({ matters: smaller }))
    await vi.waitFor(
      async () => {
        const outcome = await attack(gateway, ask)
        expect(decided(outcome)).toMatchObject({ [EMPLOYER]: 'NOT_NEEDED' })
        expect(outcome.departments).toEqual([])
      },
      { timeout: 10_000, interval: 100 },
    )
  })
})

test('and nothing of all this is in the record or the log', async () => {
  expect(await leaksAfter(gateway)).toEqual([])
})
