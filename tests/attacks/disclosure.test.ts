import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { demoPeople } from '../../city/demo-people.ts'
import { startTestGateway } from '../kit/gateway.ts'
import type { Ask, TestGateway } from '../kit/gateway.ts'
import { codesOf } from '../kit/gateway-http.ts'
import {
  AS_ANALYST,
  AS_DESK,
  AS_MARKET,
  attack,
  comparable,
  decided,
  leaksAfter,
  NUMBER,
  OTHER_NUMBER,
  person,
} from './attack.ts'

/*
 * Attempts to learn a refused or masked value, or the existence of a record. Market regulation may read the name and
 * the sex; `OPEN` and `SHUT` are what it asks beside them.
 */

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startTestGateway()
})
afterAll(() => gateway.stop())

/** Of everything that a department is asked, only these words may have come from what was selected. */
const PLUMBING = [
  'Person',
  '__typename',
  '_entities',
  'idDocumentNumber',
  'idDocumentType',
  'include',
  'skip',
  'if',
  'on',
  'person',
  'representations',
  'true',
  'false',
]
const selectedIn = (words: readonly string[]): readonly string[] =>
  words.filter((word) => !PLUMBING.includes(word) && !/^(?:[vl]\d+|person_gx\d+)$/.test(word))

interface Attempt {
  readonly query: string
  readonly variables?: Readonly<Record<string, unknown>>
  /** The whole of `data`. */
  readonly data: unknown
  /** Refused coordinates. */
  readonly refused: readonly string[]
}

const NAME = '欧阳静怡'
const HIDDEN = 'household { photo registrationStatus }'
const REFUSED = ['HouseholdRegistration.photo', 'HouseholdRegistration.registrationStatus']
const HOLE = { person: { name: NAME, household: null } }

const ATTEMPTS: Readonly<Record<string, Attempt>> = {
  'an allowed name as alias of a refused field': {
    query: person('name household { name: photo sex: citizenIdNumber }'),
    data: HOLE,
    refused: ['HouseholdRegistration.photo', 'HouseholdRegistration.citizenIdNumber'],
  },
  'nested fragments over both': {
    query: `${person('...F')} fragment F on Person { name ...G } fragment G on Person { ${HIDDEN} }`,
    data: HOLE,
    refused: REFUSED,
  },
  'one response name merged from two places': {
    query: person('name household { photo } ... on Person { household { registrationStatus } }'),
    data: HOLE,
    refused: REFUSED,
  },
  '@include by a default that is true': {
    query: person(`name ... @include(if: $x) { ${HIDDEN} }`, ', $x: Boolean = true'),
    data: HOLE,
    refused: REFUSED,
  },
  '@skip and @include on one field': {
    query: person(
      `name household @skip(if: $y) @include(if: $x) { photo registrationStatus }`,
      ', $x: Boolean!, $y: Boolean!',
    ),
    variables: { x: true, y: false },
    data: HOLE,
    refused: REFUSED,
  },
  'a refused leaf beside an allowed one that is left out': {
    query: person(`name @include(if: $x) ${HIDDEN}`, ', $x: Boolean!'),
    variables: { x: false },
    data: { person: { household: null } },
    refused: REFUSED,
  },
  '__typename of records that are not shown': {
    query: person('name household { __typename } disability { __typename } socialInsurance { t: __typename }'),
    data: { person: { name: NAME, household: null, disability: null, socialInsurance: null } },
    refused: ['Person.household', 'Person.disability', 'Person.socialInsurance'],
  },
  'the ID number out of a reference that the caller may follow': {
    query: person('name idDocumentNumber idDocumentType'),
    data: { person: { name: NAME, idDocumentNumber: null, idDocumentType: null } },
    refused: ['Person.idDocumentNumber', 'Person.idDocumentType'],
  },
  'the length of a list of enrolments': {
    query: person('name socialInsurance { insuranceType }'),
    data: { person: { name: NAME, socialInsurance: null } },
    refused: ['SocialInsuranceEnrolment.insuranceType'],
  },
}

describe('a refused field stays refused, unfetched and unseen', () => {
  test.each(Object.entries(ATTEMPTS))('%s', async (_name, { query, variables = {}, data, refused }) => {
    const outcome = await attack(gateway, { ...AS_MARKET, query, variables: { n: NUMBER, ...variables } })
    expect(outcome.reply.status).toBe(200)
    expect(outcome.reply.body.data).toEqual(data)
    expect(outcome.reply.body.errors?.map(({ extensions }) => extensions.coordinate).toSorted()).toEqual(
      [...refused].toSorted(),
    )
    // The name is allowed, so that the department may be asked for it, also under a condition that does not hold.
    expect(selectedIn(outcome.words).filter((word) => word !== 'name')).toEqual([])
    expect(outcome.departments.filter((one) => one !== 'public-security')).toEqual([])
    const verdicts = decided(outcome)
    for (const coordinate of refused) expect(verdicts[coordinate]).toMatch(/^(?:NO_GRANT|NOT_NEEDED)$/)
  })
})

describe('who is in a register cannot be told from who is not', () => {
  const people = [NUMBER, OTHER_NUMBER, demoPeople.deceased.document.idDocumentNumber]
  const questions: Readonly<Record<string, Ask>> = {
    'refused records, by the licence service': {
      ...AS_MARKET,
      query: person(
        'disability { __typename issuingAuthority } socialInsurance { enrolmentStatus } household { photo }',
      ),
    },
    'a verify-only number, by the desk': { ...AS_DESK, query: person('disability { disabilityCertificateNumber }') },
    'all decisions asked for': {
      ...AS_MARKET,
      headers: { 'x-decisions': 'all' },
      query: person('disability { issueDate } socialInsurance { employerName } professionalTitles { __typename }'),
    },
  }
  test.each(Object.entries(questions))('%s', async (_name, ask) => {
    const outcomes = []
    for (const n of people) outcomes.push(await attack(gateway, { ...ask, variables: { n } }))
    const [first, ...others] = outcomes
    if (!first) throw new Error('nobody was asked about')
    for (const other of others) {
      expect(comparable(other)).toEqual(comparable(first))
      expect(other.reply.text.length).toBe(first.reply.text.length)
      expect({ ...other.reply.headers, date: '', 'x-receipt': '' }).toEqual({
        ...first.reply.headers,
        date: '',
        'x-receipt': '',
      })
    }
    expect(outcomes.flatMap(({ departments }) => departments)).toEqual([])
    expect(first.reply.body.extensions?.sharing.notes).toEqual([])
  })
})

describe('a mask shows no more by detours', () => {
  test('the number in the certificate, the insurance and the registration, for an analyst', async () => {
    const outcome = await attack(gateway, {
      ...AS_ANALYST,
      query: person(`idDocumentNumber name sex
        household { citizenIdNumber householdTownship }
        socialInsurance { socialInsuranceNumber enrolmentDate year: enrolmentDate idDocumentNumber name }
        disability { disabilityCertificateNumber }`),
    })
    expect(outcome.reply.text).not.toContain(NUMBER.slice(6, 14))
    expect(outcome.reply.text).not.toMatch(/"(?:enrolmentDate|year)":"\d{4}-\d{2}/)
    expect(selectedIn(outcome.words)).toEqual([
      'enrolmentDate',
      'household',
      'householdTownship',
      'sex',
      'socialInsurance',
    ])
    expect(outcome.reply.body.data).toMatchObject({
      person: { idDocumentNumber: null, name: null, household: { citizenIdNumber: null }, disability: null },
    })
  })
})

describe('the gateway explains no more than it must', () => {
  const texts: Readonly<Record<string, Ask & { readonly code: string }>> = {
    'a field that is almost right': { query: person('nam househol { phot }'), code: 'GRAPHQL_VALIDATION_FAILED' },
    'an argument that is almost right': {
      query: `{ person(idDocumentTyp: RESIDENT_ID, idDocumentNumber: "${NUMBER}") { name } }`,
      code: 'GRAPHQL_VALIDATION_FAILED',
    },
    'a type that is almost right': {
      query: `${person('...F')} fragment F on Perso { name }`,
      code: 'GRAPHQL_VALIDATION_FAILED',
    },
    'an enum value made of a number': {
      query: `{ person(idDocumentType: N${NUMBER}, idDocumentNumber: "x") { name } }`,
      code: 'GRAPHQL_VALIDATION_FAILED',
    },
    'a variable of the wrong type': {
      query: `query ($t: IdDocumentType!) { person(idDocumentType: $t, idDocumentNumber: "x") { name } }`,
      variables: { t: { nested: [NUMBER] } },
      code: 'BAD_USER_INPUT',
    },
    'a Boolean variable that holds a number': {
      query: person('name @include(if: $x)', ', $x: Boolean!'),
      variables: { n: NUMBER, x: NUMBER },
      code: 'BAD_USER_INPUT',
    },
    'an operation name made of a number': {
      query: 'query A { __typename } query B { __typename }',
      operationName: `X${NUMBER}`,
      code: 'OPERATION_RESOLUTION_FAILURE',
    },
    'a string that does not end': { query: `{ person(idDocumentNumber: "${NUMBER}`, code: 'GRAPHQL_PARSE_FAILED' },
    'the entry of departments, _entities': {
      query: `{ _entities(representations: [{ __typename: "Person", idDocumentType: "RESIDENT_ID" }]) { __typename } }`,
      code: 'GRAPHQL_VALIDATION_FAILED',
    },
    "the departments' own schema, _service": { query: '{ _service { sdl } }', code: 'GRAPHQL_VALIDATION_FAILED' },
    'a mutation': { query: 'mutation { person { name } }', code: 'GRAPHQL_VALIDATION_FAILED' },
    'a subscription': { query: 'subscription { person { name } }', code: 'GRAPHQL_VALIDATION_FAILED' },
    '@defer': { query: person('... @defer { name }'), code: 'GRAPHQL_VALIDATION_FAILED' },
  }
  test.each(Object.entries(texts))('%s', async (_name, { code, ...ask }) => {
    for (const language of ['zh', 'en']) {
      const outcome = await attack(gateway, { ...AS_DESK, ...ask, headers: { 'accept-language': language } })
      expect(new Set(codesOf(outcome.reply))).toEqual(new Set([code]))
      expect(outcome.reply.status).toBe(200)
      expect(outcome.reply.text).not.toMatch(/did you mean|household|node_modules|\bat \S+:\d+/i)
      expect(outcome.reply.text).not.toContain(NUMBER)
      expect(outcome.departments).toEqual([])
      expect(outcome.record).toMatchObject({ method: 'refused', outcome: { status: 200, codes: [code] }, data: [] })
    }
  })
})

describe('introspection shows what the caller could use, and nothing else', () => {
  const typeNames = '{ __schema { types { name } } }'
  test('of a view', async () => {
    const outcome = await attack(gateway, {
      ...AS_MARKET,
      query: `{
        __schema { types { name fields { name args { name } } } directives { name } }
        a: __type(name: "DisabilityCertificate") { name fields { name } }
        b: __type(name: "HouseholdCancellationReason") { enumValues { name } }
        c: __type(name: "__proto__") { name } d: __type(name: "constructor") { name } e: __type(name: "_Entity") { name }
      }`,
    })
    expect(outcome.reply.body.data).toMatchObject({ a: null, b: null, c: null, d: null, e: null })
    // Beside them the answer names the set of masking rules in force, as every answer does.
    const told = JSON.stringify([outcome.reply.body.data, outcome.reply.body.errors])
    expect(told).not.toMatch(
      /photo|household|Disability|Insurance|[pP]rofessionalTitle|resource|masking|inaccessible|join__/,
    )
    expect(told).toContain('sex')
    expect(outcome.record.method).toBe('introspection')
  })

  test('under a matter of another department, an invented one, and one beside a data question', async () => {
    const foreign = await attack(gateway, { ...AS_MARKET, matter: 'public-rental-housing', query: typeNames })
    const invented = await attack(gateway, { ...AS_MARKET, matter: 'no-such-matter', query: typeNames })
    expect(comparable(foreign)).toEqual(comparable(invented))
    expect(foreign.reply.text).not.toContain('"Person"')
    const mixed = await attack(gateway, {
      ...AS_MARKET,
      query: `${person('name')} `.replace('{', '{ ...I ') + `fragment I on Query ${typeNames}`,
    })
    expect(mixed.reply.text).not.toContain('HouseholdRegistration')
    expect(mixed.reply.body.data?.['person']).toEqual({ name: NAME })
    expect(mixed.record.method).toBe('query')
  })

  test.each([
    ['deep', '{ __schema { types { fields { type { fields { type { fields { type { fields { name } } } } } } } } } }'],
    ['with cyclic ofType', `{ __schema { types { ${'ofType { '.repeat(40)} name ${'} '.repeat(40)} } } }`],
  ])('and no bomb that is %s', async (_name, query) => {
    const outcome = await attack(gateway, { ...AS_DESK, query })
    expect(outcome.reply.body.data).toBeUndefined()
    expect(outcome.reply.text.length).toBeLessThan(2_000)
  })
})

test('and nothing of all this is in the record or the log', async () => {
  expect(await leaksAfter(gateway)).toEqual([])
})
