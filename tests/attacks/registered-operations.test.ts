import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { documentHash } from '../../gateway/request/registered-operation.ts'
import { DESK, DESK_MATTER, MARKET, MARKET_MATTER, startTestGateway } from '../kit/gateway.ts'
import type { TestGateway } from '../kit/gateway.ts'
import { codesOf } from '../kit/gateway-http.ts'
import type { Reply } from '../kit/gateway-http.ts'
import { refusalOf, refusedWith } from '../kit/gateway-refusals.ts'
import type { Refusal } from '../kit/gateway-refusals.ts'
import { partiesAsking, post } from '../kit/registered.ts'
import { leaksAfter, NUMBER, person } from './attack.ts'

const AS_DESK = { as: DESK, ...DESK_MATTER }
const AS_MARKET = { as: MARKET, ...MARKET_MATTER }

const NAME = person('name')
const SEX = person('name sex')
/** Of its two operations one is registered. */
const TWO = `query Own($n: IdNumber!) { person(idDocumentType: RESIDENT_ID, idDocumentNumber: $n) { name } }
query Free($n: IdNumber!) { person(idDocumentType: RESIDENT_ID, idDocumentNumber: $n) { household { registrationStatus } } }`

const housing = { department: 'housing-urban-rural', application: 'housing-desk', matter: 'public-rental-housing' }
const market = { department: 'market-registration', application: 'licence-service', matter: MARKET_MATTER.matter }
const OPERATIONS = [
  { id: 'desk-name', ...housing, document: NAME },
  { id: 'desk-two', ...housing, document: TWO, operationName: 'Own' },
  { id: 'market-sex', ...market, document: SEX },
]

let gateway: TestGateway
beforeAll(async () => {
  const parties = await partiesAsking({
    'housing-urban-rural/housing-desk': 'REQUIRED',
    'market-registration/licence-service': 'REQUIRED',
  })
  gateway = await startTestGateway({ registers: { parties, operations: stringify({ operations: OPERATIONS }) } })
})
afterAll(() => gateway.stop())

const variables = { n: NUMBER }
const NOT_REGISTERED = refusedWith(403, 'OPERATION_NOT_REGISTERED')

/** A refusal without what differs from request to request. */
function wordsOf({ status, text, receipt }: Reply): unknown {
  return [status, JSON.parse(text.replaceAll(receipt, 'receipt'))]
}

/** The refusal, with every rule of refusals that it breaks, and whoever was asked all the same. */
async function refused(reply: Reply): Promise<Refusal> {
  const refusal = await refusalOf(gateway, reply, [NUMBER])
  const asked = gateway.seen.map(({ department }) => `asked ${department}`)
  return { ...refusal, breaches: [...refusal.breaches, ...asked] }
}

describe("somebody else's operation", () => {
  test.each([
    ["another department's id", AS_DESK, { documentId: 'market-sex' }],
    ["another department's hash", AS_DESK, { documentId: `sha256:${documentHash(SEX)}` }],
    ["another department's text", AS_DESK, { query: SEX }],
    ["another matter's id", { ...AS_DESK, matter: 'living-allowance-review' }, { documentId: 'desk-name' }],
    ["another matter's text", { ...AS_DESK, matter: 'business-licence-change' }, { query: NAME }],
    ['without a matter', { ...AS_DESK, matter: null }, { documentId: 'desk-name' }],
    ["another department's matter", { ...AS_MARKET, matter: DESK_MATTER.matter }, { documentId: 'desk-name' }],
    [
      "another department's id for its matter",
      { ...AS_DESK, matter: MARKET_MATTER.matter },
      { documentId: 'market-sex' },
    ],
  ])('is refused, and told from none by no word: %s', async (_what, standing, body) => {
    gateway.forget()
    const reply = await post(gateway, standing, { ...body, variables })
    expect(await refused(reply)).toEqual(NOT_REGISTERED)
    const none = await post(gateway, standing, { documentId: 'there-is-none', variables })
    expect(wordsOf(reply)).toEqual(wordsOf(none))
  })

  test('is not had by acting for its department without a charge', async () => {
    const reply = await post(gateway, { ...AS_MARKET, actingFor: 'housing-urban-rural' }, { documentId: 'desk-name' })
    expect([reply.status, codesOf(reply)]).toEqual([403, ['AUDIENCE_MISMATCH']])
  })
})

describe('an id that is none', () => {
  test.each([
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    'DESK-NAME',
    ' desk-name',
    'desk-name\u0000',
    '*',
  ])('%j', async (documentId) => {
    gateway.forget()
    expect(await refused(await post(gateway, AS_DESK, { documentId, variables }))).toEqual(NOT_REGISTERED)
  })

  test.each([
    ['a list', { documentId: ['desk-name'] }],
    ['an object', { documentId: { toString: 'desk-name' } }],
    ['a very long text', { documentId: 'x'.repeat(10_000) }],
    ['a hash of another kind', { documentId: `sha256:${'g'.repeat(64)}` }],
    [
      'a persisted query under __proto__',
      { extensions: { persistedQuery: { __proto__: { version: 1 }, sha256Hash: 'a'.repeat(64) } } },
    ],
  ])('%s', async (_what, body) => {
    gateway.forget()
    expect(await refused(await post(gateway, AS_DESK, { ...body, variables }))).toEqual(refusedWith(400, 'BAD_REQUEST'))
  })

  test('an id that is a number of a citizen is not in the answer, the record or the log', async () => {
    gateway.forget()
    expect(await refused(await post(gateway, AS_DESK, { documentId: NUMBER, variables }))).toEqual(NOT_REGISTERED)
  })
})

describe('a text that is nearly registered', () => {
  test.each([
    ['a byte-order mark', `\ufeff${NAME}`],
    ['other line ends', NAME.replaceAll('\n', '\r\n')],
    ['a line end behind it', `${NAME}\n`],
    ['a comment', `# x\n${NAME}`],
    ['a blank that is none', NAME.replace(' ', '\u00a0')],
    ['a letter that looks the same', NAME.replace('name', 'n\u0430me')],
    ['half a character in a comment', `${NAME}#\ud800`],
    ['one more field', NAME.replace('{ name }', '{ name sex }')],
    ['an alias', NAME.replace('{ name }', '{ x: name }')],
    ['a literal', NAME.replace('idDocumentNumber: $n', `idDocumentNumber: "${NUMBER}"`)],
    ['a default', NAME.replace('$n: IdNumber!', `$n: IdNumber = "${NUMBER}"`)],
    ['a second operation behind it', `${NAME} query Other { __schema { queryType { name } } }`],
  ])('differs by %s', async (_what, query) => {
    gateway.forget()
    const reply = await post(gateway, AS_DESK, { query, variables })
    expect([reply.status, codesOf(reply), gateway.seen]).toEqual([403, ['OPERATION_NOT_REGISTERED'], []])
    const beside = await post(gateway, AS_DESK, { query, documentId: `sha256:${documentHash(NAME)}`, variables })
    expect([beside.status, codesOf(beside), gateway.seen]).toEqual([400, ['BAD_REQUEST'], []])
  })

  test('the same text written with escapes is the same text', async () => {
    const body = JSON.stringify({ query: NAME, variables }).replace('person', '\\u0070erson')
    expect((await post(gateway, AS_DESK, body)).status).toBe(200)
  })
})

describe('another operation of a registered document', () => {
  test.each([
    ['by its name', { documentId: 'desk-two', operationName: 'Free' }],
    ['by its name and the text', { query: TWO, operationName: 'Free' }],
    ['by its name and the hash', { documentId: `sha256:${documentHash(TWO)}`, operationName: 'Free' }],
    ['by no name at all', { documentId: 'desk-two', operationName: '' }],
    ['by a name that is not there', { query: NAME, operationName: 'Free' }],
  ])('%s', async (_what, body) => {
    gateway.forget()
    expect(await refused(await post(gateway, AS_DESK, { ...body, variables }))).toEqual(NOT_REGISTERED)
  })

  test('does not run where the name is left out, or null: the registered one does', async () => {
    for (const body of [{ documentId: 'desk-two' }, { query: TWO }, { documentId: 'desk-two', operationName: null }]) {
      const reply = await post(gateway, AS_DESK, { ...body, variables })
      const { data, operation } = await gateway.recordOf(reply.receipt)
      expect([data.map(({ coordinate }) => coordinate), operation?.registered]).toEqual([['Person.name'], 'desk-two'])
    }
  })
})

describe('bodies that say two things', () => {
  const own = JSON.stringify('desk-name')
  const free = JSON.stringify(SEX)
  const given = JSON.stringify(variables)

  test('under one key: what is judged is what runs', async () => {
    const first = await post(gateway, AS_DESK, `{"query":${free},"variables":${given},"query":${JSON.stringify(NAME)}}`)
    expect((await gateway.recordOf(first.receipt)).data.map(({ coordinate }) => coordinate)).toEqual(['Person.name'])
    gateway.forget()
    expect(
      await refused(
        await post(gateway, AS_DESK, `{"query":${JSON.stringify(NAME)},"variables":${given},"query":${free}}`),
      ),
    ).toEqual(NOT_REGISTERED)
    expect(
      await refused(await post(gateway, AS_DESK, `{"documentId":${own},"variables":${given},"documentId":"x"}`)),
    ).toEqual(NOT_REGISTERED)
  })

  test('an id and another document', async () => {
    gateway.forget()
    const both = `{"documentId":${own},"query":${free},"variables":${given}}`
    expect(await refused(await post(gateway, AS_DESK, both))).toEqual(refusedWith(400, 'BAD_REQUEST'))
  })

  test('a document in the extensions, or in the address', async () => {
    gateway.forget()
    const body = { extensions: { query: NAME, documentId: 'desk-name' }, variables }
    expect(await refused(await post(gateway, AS_DESK, body))).toEqual(NOT_REGISTERED)
    const headers = [
      ['content-type', 'application/json'],
      ['authorization', `Bearer ${await gateway.token(DESK)}`],
      ['x-matter', DESK_MATTER.matter],
      ['x-case', DESK_MATTER.case],
    ] as const
    const path = `/graphql?query=${encodeURIComponent(SEX)}&documentId=desk-name`
    expect(await refused(await gateway.send({ headers, path, body: JSON.stringify({ variables }) }))).toEqual(
      NOT_REGISTERED,
    )
    expect(await refused(await gateway.send({ method: 'GET', headers, path }))).toEqual(
      refusedWith(405, 'METHOD_NOT_ALLOWED'),
    )
  })

  test('several in a list', async () => {
    gateway.forget()
    const reply = await post(gateway, AS_DESK, `[{"documentId":${own},"variables":${given}},{"query":${free}}]`)
    expect(await refused(reply)).toEqual(refusedWith(400, 'BAD_REQUEST'))
  })
})

test('nobody registers a document by sending it with its hash', async () => {
  const extensions = { persistedQuery: { version: 1, sha256Hash: documentHash(SEX) } }
  gateway.forget()
  expect(await refused(await post(gateway, AS_DESK, { query: SEX, extensions, variables }))).toEqual(NOT_REGISTERED)
  expect(await refused(await post(gateway, AS_DESK, { extensions, variables }))).toEqual(NOT_REGISTERED)
})

test('a registered operation opens nothing: who has no grant has none', async () => {
  const reply = await post(gateway, { ...AS_DESK, case: 'PRH-2026-9999' }, { documentId: 'desk-name', variables })
  expect([reply.body.data, codesOf(reply)]).toEqual([{ person: null }, ['PURPOSE_MISMATCH']])
})

test('and nothing of all this is in the record or the log', async () => {
  expect(await leaksAfter(gateway)).toEqual([])
})
