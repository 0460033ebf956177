import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { generate } from '../../city/generate.ts'
import { subjectPseudonym } from '../../gateway/audit/pseudonym.ts'
import { usccCheck } from '../../gateway/vocabulary/uscc.ts'
import { CITY, leaksIn } from '../kit/gateway-canaries.ts'
import { departmentsSeen } from '../kit/gateway-departments.ts'
import { codesOf } from '../kit/gateway-http.ts'
import type { Reply } from '../kit/gateway-http.ts'
import { DESK_MATTER, startTestGateway } from '../kit/gateway.ts'
import type { TestGateway } from '../kit/gateway.ts'

const PEOPLE = [...generate(CITY)].filter(({ document }) => document.idDocumentType === 'RESIDENT_ID')
const NUMBERS = PEOPLE.map(({ document }) => document.idDocumentNumber)
const [FIRST = '', SECOND = ''] = NUMBERS
/** The check digit is another. */
const IMPOSSIBLE = FIRST.slice(0, 17) + (FIRST.endsWith('1') ? '2' : '1')

const PERSONS = 'query ($keys: [PersonKeyInput!]!) { persons(keys: $keys) { idDocumentNumber name } }'
const FIRM = 'query ($id: String!) { legalEntity(identifierType: USCC, identifier: $id) { identifier } }'

const keysOf = (numbers: readonly string[]) =>
  numbers.map((idDocumentNumber) => ({ idDocumentType: 'RESIDENT_ID', idDocumentNumber }))

let gateway: TestGateway
beforeAll(async () => {
  const limits = { subjectsPerOperation: 50, subjectsPerCase: 5_000, aliases: 5_000, tokens: 50_000, rootFields: 1_000 }
  gateway = await startTestGateway({ settings: { limits } })
})
afterAll(() => gateway.stop())
beforeEach(() => gateway.forget())

const ask = (query: string, variables: Readonly<Record<string, unknown>> = {}): Promise<Reply> =>
  gateway.ask({ ...DESK_MATTER, query, variables })

test('persons: one result for each key, in their order, a number twice as well', async () => {
  const reply = await ask(PERSONS, { keys: keysOf([SECOND, FIRST, SECOND]) })
  expect(codesOf(reply)).toEqual([])
  const [one, two] = [PEOPLE[0]?.name, PEOPLE[1]?.name]
  expect(reply.body.data?.['persons']).toEqual([
    { idDocumentNumber: SECOND, name: two },
    { idDocumentNumber: FIRST, name: one },
    { idDocumentNumber: SECOND, name: two },
  ])
  const { subjects, outcome } = await gateway.recordOf(reply.receipt)
  expect([subjects.length, new Set(subjects).size, outcome.codes]).toEqual([2, 2, []])
})

test('persons: a number that cannot exist is null at its place and told there; it is a subject all the same', async () => {
  const reply = await ask(PERSONS, { keys: keysOf([FIRST, IMPOSSIBLE, SECOND]) })
  expect(reply.status).toBe(200)
  expect(reply.body.data?.['persons']).toMatchObject([{ idDocumentNumber: FIRST }, null, { idDocumentNumber: SECOND }])
  expect(reply.body.errors).toMatchObject([{ path: ['persons', 1], extensions: { code: 'INVALID_ID_NUMBER' } }])
  const asked = gateway.seen.filter(({ department }) => department !== 'gateway')
  expect(asked.length).toBeGreaterThan(0)
  expect(JSON.stringify(asked)).not.toContain(IMPOSSIBLE)
  const record = await gateway.recordOf(reply.receipt)
  expect(record.subjects).toHaveLength(3)
  expect(record.outcome.codes).toEqual(['INVALID_ID_NUMBER'])
})

test('persons: variables within a literal key are read, for the record too', async () => {
  const query = `query ($n: IdNumber!) {
    persons(keys: [{ idDocumentType: RESIDENT_ID, idDocumentNumber: $n }, { idDocumentType: PASSPORT, idDocumentNumber: "!" }]) { name }
  }`
  const reply = await ask(query, { n: FIRST })
  expect(reply.body.data?.['persons']).toEqual([{ name: PEOPLE[0]?.name }, null])
  const lone = await ask(
    'query ($n: IdNumber!) { person(idDocumentType: RESIDENT_ID, idDocumentNumber: $n) { name } }',
    {
      n: FIRST,
    },
  )
  const [both, one] = [await gateway.recordOf(reply.receipt), await gateway.recordOf(lone.receipt)]
  expect(both.subjects).toContain(one.subjects[0])
  expect(both.arguments.map(({ name }) => name)).toEqual(['Query.persons(keys:)'])
})

test('50 keys are answered and recorded each, 51 are refused with both numbers, and nobody is asked', async () => {
  const fifty = await ask(PERSONS, { keys: keysOf(NUMBERS.slice(0, 50)) })
  expect([fifty.status, codesOf(fifty)]).toEqual([200, []])
  expect((await gateway.recordOf(fifty.receipt)).subjects).toHaveLength(50)
  gateway.forget()
  for (const numbers of [NUMBERS.slice(0, 51), Array.from({ length: 51 }, () => FIRST)]) {
    const reply = await ask(PERSONS, { keys: keysOf(numbers) })
    expect([reply.status, codesOf(reply)]).toEqual([400, ['LIMIT_EXCEEDED']])
    expect(reply.text).toContain('51')
    expect(reply.text).toContain('50')
  }
  expect(gateway.seen).toEqual([])
})

test('500 aliases of person(…) are 500 subjects', async () => {
  const aliased = (count: number): string => {
    const one = (at: number) =>
      `a${at}: person(idDocumentType: PASSPORT, idDocumentNumber: "P${10_000_000 + at}") { name }`
    return `{ ${Array.from({ length: count }, (_, at) => one(at)).join(' ')} }`
  }
  const reply = await ask(aliased(500))
  expect([reply.status, codesOf(reply)]).toEqual([400, ['LIMIT_EXCEEDED']])
  expect(reply.text).toContain('500')
  expect(gateway.seen).toEqual([])
  expect((await gateway.recordOf((await ask(aliased(20))).receipt)).subjects).toHaveLength(20)
})

test('aliases, persons and firms count together, and one subject once', async () => {
  const query = `query ($keys: [PersonKeyInput!]!, $n: IdNumber!) {
    persons(keys: $keys) { name }
    again: person(idDocumentType: RESIDENT_ID, idDocumentNumber: $n) { name }
    other: person(idDocumentType: PASSPORT, idDocumentNumber: "P1234567") { name }
  }`
  const numbers = NUMBERS.slice(0, 50)
  expect(codesOf(await ask(query, { keys: keysOf(numbers), n: FIRST }))).toEqual(['LIMIT_EXCEEDED'])
  const reply = await ask(query, { keys: keysOf(numbers.slice(1)), n: SECOND })
  expect((await gateway.recordOf(reply.receipt)).subjects).toHaveLength(50)
})

test('legalEntity: a reference for every well-formed code, a coded null for any other; pseudonymous in the record', async () => {
  const seventeen = '91442000MA4W00000'
  const code = `${seventeen}${usccCheck(seventeen) ?? ''}`
  const reply = await ask(FIRM, { id: ` ${code.toLowerCase()} ` })
  expect([reply.status, reply.text.includes('INVALID_ID_NUMBER')]).toEqual([200, false])
  const record = await gateway.recordOf(reply.receipt)
  expect(record.subjects).toHaveLength(1)
  expect(JSON.stringify(record)).not.toContain(code)
  expect(record.subjects[0]).not.toBe(subjectPseudonym(Buffer.alloc(32), 'USCC', code))
  const wrong = await ask(FIRM, { id: `${seventeen}${code.endsWith('0') ? '1' : '0'}` })
  expect(wrong.body.errors).toContainEqual(expect.objectContaining({ path: ['legalEntity'] }))
  expect(codesOf(wrong)).toContain('INVALID_ID_NUMBER')
  expect(departmentsSeen(gateway.seen)).toEqual([])
  const old = await ask(
    '{ legalEntity(identifierType: REGISTRATION_NUMBER, identifier: "442000000000013") { identifier } }',
  )
  expect(codesOf(old)).not.toContain('INVALID_ID_NUMBER')
  // Which code the number became is asked of its register, and nothing else of anybody (HZ-15.2).
  expect(departmentsSeen(gateway.seen)).toEqual(['market-registration'])
  const asked = gateway.seen.filter(({ department }) => department === 'market-registration')
  expect(asked.map(({ query }) => query.includes('...on LegalEntity{unifiedSocialCreditCode}'))).toEqual([true])
})

test('no number is in record or log', async () => {
  await gateway.halt()
  expect(await leaksIn(gateway.directory, [IMPOSSIBLE])).toEqual([])
})
