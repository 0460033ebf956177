import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DESK, MARKET, startTestGateway } from '../kit/gateway.ts'
import type { Ask, TestGateway } from '../kit/gateway.ts'
import { codesOf } from '../kit/gateway-http.ts'
import { AS_DESK, attack, leaksAfter, NUMBER, person } from './attack.ts'

/* Attempts to learn by an explanation what a request would not tell, or to keep the gateway busy with them. */

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startTestGateway()
})
afterAll(() => gateway.stop())

const ALL = `{ operation decisions { coordinate decision grant approvers unlock { text } }
  prunedDocument plan { operation } limits { name grant allowed } filtersRefused }`
const explained = (document: string, as = ''): Ask => ({
  query: `query ($d: String!) { explain(document: $d${as}) ${ALL} }`,
  variables: { d: document },
})
const AS_HOUSING =
  ', as: { department: "housing-urban-rural", application: "housing-desk", matter: "public-rental-housing" }'
const AUTHORITY = { ...DESK, department: 'data-authority', application: 'authority-console', officer: 'DA-0001' }

describe('another standing', () => {
  test.each([
    ['a department’s own', { as: DESK }],
    ['another department’s', { as: MARKET }],
    ['in the authority, without its role', { as: AUTHORITY }],
  ])('%s is not taken', async (_name, who) => {
    const { reply, record, departments } = await attack(gateway, { ...who, ...explained(person('name'), AS_HOUSING) })
    expect([codesOf(reply), reply.body.data]).toEqual([['ROLE_MISSING'], { explain: null }])
    expect([record.outcome.codes, departments]).toEqual([['ROLE_MISSING'], []])
  })

  test('is told to the authority, recorded, and asks nobody', async () => {
    const as = { ...AUTHORITY, roles: ['AUTHORITY'] as const }
    const document = person('name socialInsurance { employerName }')
    const { reply, record, departments } = await attack(gateway, { as, ...explained(document, AS_HOUSING) })
    expect(codesOf(reply)).toEqual([])
    expect(record.explains).toMatchObject({ department: 'housing-urban-rural', matter: 'public-rental-housing' })
    expect(departments).toEqual([])
  })

  test('does not let data through that stand beside it', async () => {
    const as = { ...AUTHORITY, roles: ['AUTHORITY'] as const }
    const query = `query ($n: IdNumber!, $d: String!) {
      explain(document: $d${AS_HOUSING}) { prunedDocument }
      person(idDocumentType: RESIDENT_ID, idDocumentNumber: $n) { name socialInsurance { employerName } }
    }`
    const variables = { n: NUMBER, d: person('name') }
    const { reply, departments } = await attack(gateway, { as, matter: 'public-rental-housing', query, variables })
    expect([reply.body.data?.['person'], departments]).toEqual([null, []])
  })
})

describe('the document', () => {
  const bare = (argument: string): string =>
    `{ person(idDocumentType: RESIDENT_ID, idDocumentNumber: ${argument}) { name } }`
  test.each([
    ['a literal', bare(`"${NUMBER}"`)],
    ['a literal of another type', bare(NUMBER)],
    ['an enum', bare('"1"').replace('RESIDENT_ID', `"${NUMBER}"`)],
    ['a default', `query ($n: IdNumber = { a: "${NUMBER}" }) ${bare('$n')}`],
    ['a comment', `# ${NUMBER}\n${bare('"1"')}`],
  ])('is not repeated with a value in it: %s', async (_name, document) => {
    const { reply, record, departments } = await attack(gateway, { ...AS_DESK, ...explained(document) })
    expect(reply.text).not.toContain(NUMBER)
    expect(JSON.stringify(record)).not.toContain(NUMBER)
    expect(departments).toEqual([])
  })

  test('explains neither itself nor the schema', async () => {
    for (const document of ['{ explain(document: "{ a }") { operation } }', '{ __schema { types { name } } }']) {
      const { reply } = await attack(gateway, { ...AS_DESK, ...explained(document) })
      expect(reply.body.data?.['explain']).toMatchObject({ decisions: [], prunedDocument: null, plan: [] })
    }
  })
})

describe('the cost', () => {
  let narrow: TestGateway
  beforeAll(async () => {
    narrow = await startTestGateway({ settings: { limits: { officerPerMinute: 10 } } })
  })
  afterAll(() => narrow.stop())

  // Each is compiled and printed in one turn of the loop, up to a fifth of a second within all bounds: twenty in one
  // request held up everybody else's for three, and counted as one against the rate.
  test('of twenty explanations is not counted as that of one request', async () => {
    const twenty = Array.from({ length: 20 }, (_, at) => at)
    const variables = Object.fromEntries(twenty.map((at) => [`d${at}`, person(`a${at}: name`)]))
    const query = `query (${twenty.map((at) => `$d${at}: String!`).join(' ')}) {
      ${twenty.map((at) => `e${at}: explain(document: $d${at}) { prunedDocument }`).join(' ')} }`
    expect(codesOf(await narrow.ask({ ...AS_DESK, query, variables }))).not.toEqual([])
  })
})

test('and nothing of all this is in the record or the log', async () => {
  expect(await leaksAfter(gateway, [NUMBER])).toEqual([])
})
