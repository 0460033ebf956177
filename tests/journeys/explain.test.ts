import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { demoPeople } from '../../city/demo-people.ts'
import type { TokenSubject } from '../../gateway/caller/development-issuer.ts'
import type { ExplainedField } from '../../gateway/request/explain-field.ts'
import type { Explanation } from '../../gateway/request/explain.ts'
import { DESK, DESK_MATTER, MARKET, MARKET_MATTER, startTestGateway } from '../kit/gateway.ts'
import type { Ask, TestGateway } from '../kit/gateway.ts'
import { departmentsSeen } from '../kit/gateway-departments.ts'
import { codesOf } from '../kit/gateway-http.ts'
import type { Reply } from '../kit/gateway-http.ts'

const NUMBER = demoPeople.allThree.document.idDocumentNumber
const AUTHORITY: TokenSubject = {
  department: 'data-authority',
  application: 'authority-console',
  officer: 'DA-0007',
  roles: ['AUTHORITY'],
  name: '演示人员',
}

const PERSON = `person(idDocumentType: RESIDENT_ID, idDocumentNumber: "${NUMBER}")`
const DOCUMENT = `query Citizen {
  ${PERSON} {
    name
    sex
    household { photo householdTownship }
    socialInsurance { enrolmentStatus socialInsuranceNumber }
    disability { disabilityCertificateNumber }
  }
}`

const FIELDS = `operation department application regime catalogVersion matter matterTitle prunedDocument filtersRefused
  decisions {
    coordinate paths title class classLabel level provider providerTitle decision code clause clauseText grant
    grantUntil approvers maskRule reason
    unlock { procedure whom mustState workingDays steps { step workingDays clause text } agreement verification clause text }
  }
  plan { step parallel department departmentTitle path condition operation }
  limits { name grant used allowed }`
const QUERY = `query($d: String!, $as: ExplainAs) { explain(document: $d, as: $as) { ${FIELDS} } }`

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startTestGateway()
})
afterAll(() => gateway.stop())

function explain(document: string, further: Ask & { readonly in?: object } = {}): Promise<Reply> {
  const { in: as, ...ask } = further
  gateway.forget()
  return gateway.ask({ ...DESK_MATTER, query: QUERY, variables: { d: document, as }, ...ask })
}

/** The explanation of an answer; fails where there is none. */
function explanationOf({ body, text }: Reply): Explanation {
  const found = body.data?.['explain']
  if (typeof found !== 'object' || found === null) throw new Error(text)
  return found as Explanation
}

function decisionOf({ decisions }: Explanation, coordinate: string): ExplainedField {
  const found = decisions.find((one) => one.coordinate === coordinate)
  if (!found) throw new Error(`${coordinate} is not explained`)
  return found
}

describe('an explanation', () => {
  test('says why, field by field, in the words of the regulation', async () => {
    const explanation = explanationOf(await explain(DOCUMENT))
    expect(explanation).toMatchObject({
      operation: 'Citizen',
      department: 'housing-urban-rural',
      regime: 'zhongshan',
      matter: 'public-rental-housing',
      matterTitle: '公共租赁住房申请',
    })
    expect(decisionOf(explanation, 'HouseholdRegistration.photo')).toMatchObject({
      paths: ['person.household.photo'],
      classLabel: '有条件共享',
      level: 'L4',
      provider: 'public-security',
      providerTitle: '公安部门',
      decision: 'DENY',
      code: 'NO_GRANT',
      clause: 'ZS-4.08',
      clauseText: expect.stringContaining('接到申请的政务部门应当在五个工作日内予以答复') as string,
      grant: null,
      unlock: {
        procedure: 'APPLY',
        // The matter does not need it either: whoever only applies would be refused again.
        whom: ['公安部门 (数据提供部门)', '数据主管部门'],
        text: expect.stringContaining('事项也不需要该项 (ZS-4.01(3))') as string,
        workingDays: 5,
        clause: 'ZS-4.08',
        mustState: '具体业务内容 (ZS-4.06)',
      },
    })
    expect(decisionOf(explanation, 'SocialInsuranceEnrolment.socialInsuranceNumber')).toMatchObject({
      decision: 'MASK',
      maskRule: 'M-NO',
      grant: 'G-101',
      grantUntil: '2031-01-01T00:00:00+08:00',
      approvers: ['PROVIDER HRSS-0031'],
    })
    expect(decisionOf(explanation, 'Person.name')).toMatchObject({ decision: 'ALLOW', grant: null, unlock: null })
    expect(decisionOf(explanation, 'Person.sex')).toMatchObject({
      code: 'NOT_NEEDED',
      unlock: { procedure: 'AMEND_MATTER' },
    })
  })

  test('speaks the language of the caller', async () => {
    const english = explanationOf(await explain(DOCUMENT, { headers: { 'accept-language': 'en' } }))
    const photo = decisionOf(english, 'HouseholdRegistration.photo')
    expect([photo.providerTitle, photo.reason]).toEqual([
      'Public security',
      'There is no grant for the field (ZS-4.08)',
    ])
    expect(photo.unlock?.text).toContain('apply to the providing department (ZS-4.08)')
  })

  test('shows what would be asked of whom, without what is refused, and without any literal', async () => {
    const reply = await explain(DOCUMENT)
    const { plan, prunedDocument, limits } = explanationOf(reply)
    expect(prunedDocument).not.toMatch(/photo|sex|disability/)
    expect(plan.map(({ step, parallel, department }) => [step, parallel, department])).toEqual([
      [1, false, 'gateway'],
      [2, true, 'human-resources-social-security'],
      [2, true, 'public-security'],
    ])
    expect(limits).toContainEqual({ name: 'depth', grant: null, used: '3', allowed: '12' })
    expect(reply.text).not.toContain(NUMBER)
  })

  test('asks no department and holds no value', async () => {
    const reply = await explain(DOCUMENT)
    expect(gateway.seen).toEqual([])
    expect(reply.text).not.toContain(demoPeople.allThree.name)
    const record = await gateway.recordOf(reply.receipt)
    expect(record).toMatchObject({
      method: 'introspection',
      data: [],
      subjects: [],
      explains: { department: 'housing-urban-rural', application: DESK.application, matter: 'public-rental-housing' },
    })
  })

  test('decides nothing without a matter, as a request does not', async () => {
    const { decisions, plan } = explanationOf(await explain(DOCUMENT, { matter: null, case: null }))
    expect(new Set(decisions.map(({ code }) => code))).toEqual(new Set(['PURPOSE_MISSING']))
    expect([plan, decisions[0]?.unlock?.procedure]).toEqual([[], 'STATE_MATTER'])
  })

  test('never depends on the values of variables', async () => {
    const document = `query($n: IdNumber!, $x: Boolean!) { person(idDocumentType: RESIDENT_ID, idDocumentNumber: $n) {
      name @include(if: $x) household @skip(if: $x) { photo } } }`
    const { decisions } = explanationOf(await explain(document))
    expect(decisions.map(({ coordinate }) => coordinate)).toEqual(['Person.name', 'HouseholdRegistration.photo'])
  })
})

describe('beside data', () => {
  const both = `query($d: String!) { a: explain(document: $d) { regime } ${PERSON} { name household { photo } } a: explain(document: $d) { operation } __typename }`

  test('each in its place, and the decisions of data do not know of it', async () => {
    const reply = await gateway.ask({
      ...DESK_MATTER,
      query: both,
      variables: { d: DOCUMENT },
      headers: { 'x-decisions': 'all' },
    })
    expect(Object.entries(reply.body.data ?? {})).toEqual([
      ['a', { regime: 'zhongshan', operation: 'Citizen' }],
      ['person', { name: '欧阳静怡', household: null }],
      ['__typename', 'Query'],
    ])
    const decided = reply.body.extensions?.sharing.decisions?.map(({ coordinate }) => coordinate)
    expect(decided).toEqual(['Person.name', 'HouseholdRegistration.photo'])
    const record = await gateway.recordOf(reply.receipt)
    expect([record.method, record.data.length, record.explains?.department]).toEqual([
      'query',
      2,
      'housing-urban-rural',
    ])
  })

  test('in a fragment and under a condition', async () => {
    const query = `query($d: String!, $x: Boolean!) { ...F __typename }
      fragment F on Query { e: explain(document: $d) @include(if: $x) { operation } }`
    const ask = (x: boolean) => gateway.ask({ ...DESK_MATTER, query, variables: { d: DOCUMENT, x } })
    expect((await ask(true)).body.data).toEqual({ e: { operation: 'Citizen' }, __typename: 'Query' })
    expect((await ask(false)).body.data).toEqual({ __typename: 'Query' })
  })

  test.each([
    ['under an alias', 'a: explain(document: $d) { regime } explain(document: $d) { regime }'],
    ['in a fragment', 'explain(document: $d) { regime } ...F'],
    [
      'under a condition',
      'explain(document: $d) @include(if: $x) { regime } b: explain(document: $d) @skip(if: $x) { regime }',
    ],
  ])('a second one is refused: %s', async (_name, selection) => {
    const fragment = selection.includes('...F') ? 'fragment F on Query { b: explain(document: $d) { regime } }' : ''
    const condition = selection.includes('$x') ? ', $x: Boolean = true' : ''
    const query = `query($d: String!${condition}) { ${selection} ${PERSON} { name } } ${fragment}`
    gateway.forget()
    const reply = await gateway.ask({ ...DESK_MATTER, query, variables: { d: DOCUMENT } })
    expect([reply.status, codesOf(reply), reply.body.data]).toEqual([400, ['LIMIT_EXCEEDED'], undefined])
    expect(departmentsSeen(gateway.seen)).toEqual([])
    expect(await gateway.recordOf(reply.receipt)).toMatchObject({ method: 'refused', data: [] })
  })
})

describe('a document that the endpoint would refuse', () => {
  test.each([
    ['does not parse', '{ person(', 'GRAPHQL_PARSE_FAILED', /line 1, column 10/],
    [
      'does not fit the schema',
      `{\n  nonsense\n}`,
      'GRAPHQL_VALIDATION_FAILED',
      /line 2, column 3: Cannot query field/,
    ],
    ['names no operation', 'query A { __typename } query B { __typename }', 'OPERATION_RESOLUTION_FAILURE', /./],
    [
      'is too deep',
      `{ __schema { types { ${'ofType { '.repeat(12)} name ${'} '.repeat(12)} } } }`,
      'LIMIT_EXCEEDED',
      /depth/,
    ],
  ])('%s', async (_name, document, code, message) => {
    const reply = await explain(document, { headers: { 'accept-language': 'en' } })
    expect([reply.status, reply.body.data, codesOf(reply)]).toEqual([200, { explain: null }, [code]])
    expect(reply.body.errors?.[0]).toMatchObject({
      path: ['explain'],
      message: expect.stringMatching(message) as string,
    })
    expect((await gateway.recordOf(reply.receipt)).outcome.codes).toEqual([code])
  })

  test('is told without suggestions and without its values', async () => {
    const misspelt = await explain(`{ ${PERSON} { nam } }`, { headers: { 'accept-language': 'en' } })
    expect(misspelt.text).not.toMatch(/Did you mean|440\d{5}/)
    const odd = await explain(`{ person(idDocumentType: "${NUMBER}", idDocumentNumber: "1") { name } }`)
    expect(codesOf(odd)).toEqual(['GRAPHQL_VALIDATION_FAILED'])
    expect(odd.text).not.toContain(NUMBER)
  })
})

describe('in another standing', () => {
  const as = { department: MARKET.department, application: MARKET.application, matter: MARKET_MATTER.matter }

  test('is refused to whom is not the authority, and nothing is told', async () => {
    const reply = await explain(DOCUMENT, { in: as })
    expect([reply.body.data, codesOf(reply)]).toEqual([{ explain: null }, ['ROLE_MISSING']])
    const record = await gateway.recordOf(reply.receipt)
    expect([record.outcome.codes, record.explains]).toEqual([['ROLE_MISSING'], undefined])
  })

  test('shows the authority what the other is told, and the record says whose view it was', async () => {
    const own = explanationOf(await explain(DOCUMENT, { as: MARKET, ...MARKET_MATTER, case: null }))
    const reply = await explain(DOCUMENT, { as: AUTHORITY, matter: null, case: null, in: as })
    expect(explanationOf(reply)).toEqual(own)
    expect(gateway.seen).toEqual([])
    expect(await gateway.recordOf(reply.receipt)).toMatchObject({
      department: 'data-authority',
      officer: 'DA-0007',
      method: 'introspection',
      explains: as,
    })
  })

  test.each([
    ['an unknown department', { department: 'nowhere', application: 'x' }, 'UNKNOWN_PARTY'],
    ["another department's application", { ...as, application: DESK.application }, 'AUDIENCE_MISMATCH'],
  ])('not for %s', async (_name, other, code) => {
    const reply = await explain(DOCUMENT, { as: AUTHORITY, matter: null, case: null, in: other })
    expect([reply.body.data, codesOf(reply)]).toEqual([{ explain: null }, [code]])
  })

  test('one explanation for one request; an invented matter is not recorded', async () => {
    const query = `query($d: String!, $as: ExplainAs) { own: explain(document: $d) { regime } other: explain(document: $d, as: $as) { regime } }`
    const variables = { d: DOCUMENT, as: { ...as, matter: 'made-up' } }
    const reply = await gateway.ask({ as: AUTHORITY, query, variables })
    expect([reply.status, codesOf(reply)]).toEqual([400, ['LIMIT_EXCEEDED']])
    const alone = await explain(DOCUMENT, { as: AUTHORITY, matter: null, case: null, in: variables.as })
    expect(decisionOf(explanationOf(alone), 'Person.name').code).toBe('PURPOSE_MISMATCH')
    expect((await gateway.recordOf(alone.receipt)).explains?.matter).toBe('(unregistered)')
  })
})

test('a stranger is explained nothing', async () => {
  const reply = await gateway.ask({ as: null, query: QUERY, variables: { d: DOCUMENT } })
  expect([reply.status, codesOf(reply), reply.body.data]).toEqual([401, ['UNAUTHENTICATED'], undefined])
})

test('the record is whole, and no value is in it', async () => {
  expect((await gateway.verify()).faults).toEqual([])
})
