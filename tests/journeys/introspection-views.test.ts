import { getIntrospectionQuery, buildClientSchema, printSchema } from 'graphql'
import type { IntrospectionQuery } from 'graphql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { demoPeople } from '../../city/demo-people.ts'
import { ANALYST, ANALYST_MATTER, DESK, DESK_MATTER, MARKET, MARKET_MATTER, startTestGateway } from '../kit/gateway.ts'
import type { Ask, TestGateway } from '../kit/gateway.ts'
import { codesOf } from '../kit/gateway-http.ts'
import { refusalOf, refusedWith } from '../kit/gateway-refusals.ts'

const NUMBER = demoPeople.allThree.document.idDocumentNumber

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startTestGateway()
})
afterAll(() => gateway.stop())

function ask(query: string, further: Ask = {}) {
  gateway.forget()
  return gateway.ask({ ...DESK_MATTER, query, ...further })
}

/** The schema that a caller is shown, printed. */
async function shown(caller: Ask): Promise<string> {
  const reply = await gateway.ask({ query: getIntrospectionQuery(), ...caller })
  expect(reply.status).toBe(200)
  return printSchema(buildClientSchema(reply.body.data as unknown as IntrospectionQuery))
}

/** Names of the fields that a printed schema gives a type. */
function fieldsOf(schema: string, type: string): readonly string[] {
  const body = new RegExp(`^type ${type} \\{\\n(.*?)^\\}`, 'ms').exec(schema)?.[1] ?? ''
  return [...body.matchAll(/^ {2}([a-z]\w*)[(:]/gm)].map((match) => match[1] ?? '')
}

describe('each caller is shown what the view can use', () => {
  test('the desk', async () => {
    const schema = await shown({ as: DESK, ...DESK_MATTER })
    expect(fieldsOf(schema, 'Person')).toEqual(
      expect.arrayContaining(['name', 'household', 'socialInsurance', 'disability']) as string[],
    )
    expect(fieldsOf(schema, 'Person')).not.toContain('sex')
    expect(fieldsOf(schema, 'HouseholdRegistration')).toEqual(['householdTownship', 'registrationStatus'])
    expect(fieldsOf(schema, 'DisabilityCertificate')).toEqual([
      'disabilityCertificateNumber',
      'issuingAuthority',
      'issueDate',
      'cancellationDate',
    ])
    expect(schema).not.toMatch(/photo|ProfessionalTitle|_entities|_service|_Any|join__|SexCode/)
    // What is not clear says so, beside class, level, provider and item.
    expect(schema).toContain('【有条件共享 · L4 · 残疾人联合会 · HZ-25#01 · 仅核实 · ZS-4.08】')
    expect(schema).toContain('【有条件共享 · L3 · 残疾人联合会 · HZ-25#04 · 脱敏 · ZS-4.08】')
    expect(schema).toContain('【无条件共享 · L2 · 公安部门 · HZ-18#08 · ZS-4.07】')
  })

  test('the application of market regulation', async () => {
    const schema = await shown({ as: MARKET, ...MARKET_MATTER })
    expect(fieldsOf(schema, 'Person')).toEqual(['name', 'sex'])
    expect(schema).not.toMatch(/type (HouseholdRegistration|SocialInsuranceEnrolment|DisabilityCertificate)/)
  })

  test('without a matter: what any matter of the department could use', async () => {
    const matters = [DESK_MATTER, { matter: 'construction-permit' }, { matter: 'procurement-check' }]
    const [whole, ...each] = await Promise.all([{}, ...matters].map((matter) => shown({ as: DESK, ...matter })))
    for (const type of ['Person', 'LegalEntity', 'HouseholdRegistration', 'LandParcel']) {
      const of = (schema = ''): readonly string[] => fieldsOf(schema, type)
      expect(of(whole).toSorted(), type).toEqual([...new Set(each.flatMap(of))].toSorted())
    }
    expect(fieldsOf(await shown({ as: ANALYST }), 'Person')).toEqual(
      expect.arrayContaining(fieldsOf(await shown({ as: ANALYST, ...ANALYST_MATTER }), 'Person') as string[]),
    )
  })

  test('with a matter of another department: nothing but what the gateway answers of itself', async () => {
    const reply = await ask('{ __schema { queryType { fields { name } } mutationType { fields { name } } } }', {
      as: MARKET,
      matter: DESK_MATTER.matter,
    })
    const named = (...names: readonly string[]) => ({ fields: names.map((name) => ({ name })) })
    expect(reply.body.data).toEqual({
      __schema: { queryType: named('explain', 'receipt', 'deskCheck'), mutationType: named('verifyItems') },
    })
  })

  test('in any order, warm and at once', async () => {
    const callers: Ask[] = [
      { as: DESK, ...DESK_MATTER },
      { as: MARKET, ...MARKET_MATTER },
      { as: ANALYST, ...ANALYST_MATTER },
    ]
    const first = await Promise.all(callers.map(shown))
    expect(new Set(first).size).toBe(3)
    const again = await Promise.all([...callers, ...callers.toReversed()].map(shown))
    expect(again).toEqual([...first, ...first.toReversed()])
  })
})

describe('a hidden type is not there', () => {
  test.each(['ProfessionalTitle', 'SexCode', '_Any', 'Nonsense', '__proto__', 'constructor'])('%s', async (name) => {
    const inline = await ask(`{ __type(name: "${name}") { name fields { name } } }`)
    expect(inline.body.data).toEqual({ __type: null })
    const query = 'query($t: String!) { a: __type(name: $t) { ...F } } fragment F on __Type { kind }'
    expect((await ask(query, { variables: { t: name } })).body.data).toEqual({ a: null })
  })

  test('the same type is there for who may use it', async () => {
    const query = '{ __type(name: "ProfessionalTitle") { fields { name } } }'
    const reply = await ask(query, { as: ANALYST, ...ANALYST_MATTER })
    expect(reply.body.data).toEqual({
      __type: { fields: [{ name: 'professionalTitleQualification' }, { name: 'qualificationDate' }] },
    })
  })

  test.each([
    '{ __schema { types { name } } }',
    '{ __schema { types { possibleTypes { name } } } }',
    '{ __schema { queryType { fields { type { fields { name type { name fields { name } } } } } } } }',
    '{ __type(name: "Person") { fields(includeDeprecated: true) { name args { name } type { name ofType { name } } } } }',
  ])('by no other way: %s', async (query) => {
    const reply = await ask(query, { as: MARKET, ...MARKET_MATTER, case: null })
    expect(reply.text).not.toMatch(/photo|household|Household|disability|Disability|Insurance|ProfessionalTitle/)
  })
})

describe('mixed with data', () => {
  test('each from its own schema, in the order of the document', async () => {
    const reply = await ask(
      `query($n: IdNumber!, $x: Boolean = true, $y: Boolean = false) {
        t: __type(name: "Person") { name }
        p: person(idDocumentType: RESIDENT_ID, idDocumentNumber: $n) { name household { photo } }
        ...S @include(if: $x)
        ... on Query { hidden: __type(name: "ProfessionalTitle") { name } }
        left: __schema @include(if: $y) { queryType { name } }
        n: __typename
      }
      fragment S on Query { s: __schema { queryType { name } } }
      fragment Unused on Person { name }`.replace('fragment Unused on Person { name }', ''),
      { variables: { n: NUMBER } },
    )
    expect(Object.entries(reply.body.data ?? {})).toEqual([
      ['t', { name: 'Person' }],
      ['p', { name: '欧阳静怡', household: null }],
      ['s', { queryType: { name: 'Query' } }],
      ['hidden', null],
      ['n', 'Query'],
    ])
    expect(codesOf(reply)).toEqual(['NO_GRANT'])
    const record = await gateway.recordOf(reply.receipt)
    expect([record.method, record.data.map(({ coordinate }) => coordinate)]).toEqual([
      'query',
      expect.arrayContaining(['Person.name', 'HouseholdRegistration.photo']) as string[],
    ])
  })

  test("a fragment with a variable of a type that the caller's schema hides", async () => {
    const query =
      'query($n: IdNumber!, $t: IdDocumentType!) { ...P __schema { queryType { name } } } fragment P on Query { person(idDocumentType: $t, idDocumentNumber: $n) { name } }'
    const reply = await ask(query, { as: DESK, matter: null, case: null, variables: { n: NUMBER, t: 'RESIDENT_ID' } })
    expect(reply.body.data).toEqual({ person: null, __schema: { queryType: { name: 'Query' } } })
    const refused = await ask(query, {
      as: MARKET,
      matter: DESK_MATTER.matter,
      variables: { n: NUMBER, t: 'RESIDENT_ID' },
    })
    expect(refused.body.data).toEqual({ person: null, __schema: { queryType: { name: 'Query' } } })
  })

  test('introspection alone is recorded as such and asks nobody', async () => {
    const reply = await ask('{ __typename __schema { queryType { name } } }')
    expect(gateway.seen).toEqual([])
    const record = await gateway.recordOf(reply.receipt)
    expect([record.method, record.data, record.outcome.status]).toEqual(['introspection', [], 200])
  })
})

test('documents are validated against the whole schema: a hidden field is refused with a way on', async () => {
  const query = `{ person(idDocumentType: RESIDENT_ID, idDocumentNumber: "${NUMBER}") { ethnicity professionalTitles { appointingUnit } } }`
  const reply = await ask(query, { as: MARKET, ...MARKET_MATTER, case: null })
  expect(reply.status).toBe(200)
  expect(reply.body.errors?.map(({ extensions }) => [extensions.coordinate, extensions.code])).toEqual([
    ['Person.ethnicity', 'NOT_NEEDED'],
    ['ProfessionalTitle.appointingUnit', 'NO_GRANT'],
  ])
  for (const { extensions } of reply.body.errors ?? []) expect(extensions.remedy).toContain('docs/errors.md#')
})

test('a stranger is shown nothing (HZ-5.5(4))', async () => {
  const reply = await gateway.ask({ as: null, query: getIntrospectionQuery() })
  expect([reply.status, codesOf(reply), reply.body.data]).toEqual([401, ['UNAUTHENTICATED'], undefined])
})

test("GraphiQL's own introspection is within the limits; a far larger one is not", async () => {
  const deep = `{ __schema { types { ${'ofType { '.repeat(31)} name ${'} '.repeat(31)} } } }`
  expect(await refusalOf(gateway, await ask(deep))).toEqual(refusedWith(400, 'LIMIT_EXCEEDED'))
})
