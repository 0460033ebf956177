import { print } from 'graphql'
import { describe, expect, test } from 'vitest'
import { withSubjectKeys } from '../../../gateway/compile/subject-keys.ts'
import { readReached, reachesOthers } from '../../../gateway/request/reached.ts'
import type { Coordinate } from '../../../gateway/vocabulary/coordinate.ts'
import { ask, normaliseText, prepare } from '../../kit/federation-ask.ts'
import { federate, viewWith } from '../../kit/federation.ts'
import type { Verdict } from '../../kit/federation.ts'

const share = (level: string, more = ''): string =>
  `@share(class: "UNCONDITIONAL", level: "${level}", title: "a field" ${more})`

const ANNA = { idDocumentType: 'PASSPORT', idDocumentNumber: 'E0000001' }
const FIRM = { identifierType: 'USCC', identifier: '91440000MA00000000' }
const PARCELS = [
  { code: 'p1', holderName: 'Anna', holder: ANNA, firm: null, notary: ANNA },
  { code: 'p2', holderName: 'Firm', holder: null, firm: FIRM, notary: ANNA },
  { code: 'p3', holderName: 'Anna', holder: ANNA, firm: null, notary: ANNA },
].map((one) => ({ __typename: 'Parcel', ...one }))

const CITY = federate([
  {
    name: 'land',
    sdl: `
      type Query { parcel: Parcel parcels: [Parcel!] things: [Thing!] anna: Person }
      type Parcel {
        code: String
        holderName: String ${share('L3')}
        holderNumber: String ${share('L2', 'embeds: ["Person.idDocumentNumber"]')}
        holder: Person @reference(follows: "Parcel.holderNumber") ${share('L4')}
        firm: LegalEntity @reference(follows: "Parcel.holderNumber") ${share('L2')}
        notary: Person
        deputy(year: Int): Person @reference(follows: "Parcel.holderNumber") ${share('L4')}
        neighbour: Parcel @reference(follows: "Parcel.code")
      }
      type Boat {
        owner: String ${share('L3')}
        ownerNumber: String
        holder: LegalEntity @reference(follows: "Boat.ownerNumber")
      }
      type Tree { planter: String ${share('L3')} }
      union Thing = Parcel | Boat | Tree
      type Person @key(fields: "idDocumentType idDocumentNumber") {
        idDocumentType: String! idDocumentNumber: String! ${share('L4')} parcels: [Parcel!] name: String ${share('L3')}
      }
      type LegalEntity @key(fields: "identifierType identifier") { identifierType: String! identifier: String! }`,
    resolvers: {
      Query: { parcels: () => PARCELS, anna: () => ({ ...ANNA, parcels: PARCELS }) },
    },
  },
])

/** What is planned, on one line. */
function planned(query: string): string {
  const source = { schema: CITY.schema, fields: CITY.generation.fields }
  return print(withSubjectKeys(source, normaliseText(CITY.schema, query).operation)).replace(/\s+/g, ' ')
}

const HOLDER = 'holder { idDocumentType idDocumentNumber }'
const ENTITY = 'firm { identifierType identifier }'

describe('of a record that stands below nobody', () => {
  test('whom it is about is planned with what is personal of it, by level or as a key', () => {
    expect(planned('{ parcel { holderName } }')).toBe(`{ parcel { ${HOLDER} ${ENTITY} holderName } }`)
    expect(planned('{ parcel { holderNumber } }')).toBe(`{ parcel { ${HOLDER} ${ENTITY} holderNumber } }`)
    expect(planned('{ parcel { neighbour { holderName } } }')).toBe(
      `{ parcel { neighbour { ${HOLDER} ${ENTITY} holderName } } }`,
    )
  })

  test('nobody is planned where nothing personal is selected, and where it names nobody', () => {
    for (const query of ['{ parcel { code } }', '{ things { __typename ... on Tree { planter } } }'])
      expect(planned(query)).toBe(planned(query).replace(/idDocument|identifier/g, ''))
  })

  test('they are planned under the conditions of what tells of them', () => {
    const head = 'query ($l0: Boolean!)'
    const both = planned(`${head} { parcel { code holderName @include(if: $l0) } }`)
    expect(both).toContain('holder @include(if: $')
    expect(both).toContain('firm @include(if: $')
    expect(planned(`${head} { parcel { holderNumber holderName @include(if: $l0) } }`)).toContain(
      `{ ${HOLDER} ${ENTITY}`,
    )
  })

  test('where records of several types stand, each goes by a name of its own', () => {
    const text = planned('{ things { __typename ... on Parcel { holderName } ... on Boat { owner } } }')
    expect(text).toContain(`... on Parcel { holder_gx_Parcel: ${HOLDER} ${ENTITY} holderName }`)
    expect(text).toContain('... on Boat { holder_gx_Boat: holder { identifierType identifier } owner }')
  })
})

describe('nothing is added below a person or firm but their own keys', () => {
  test.each([
    ['{ anna { parcels { holderName } } }', '{ anna { idDocumentType idDocumentNumber parcels { holderName } } }'],
    [
      '{ parcel { notary { parcels { holderName } } } }',
      '{ parcel { notary { idDocumentType idDocumentNumber parcels { holderName } } } }',
    ],
  ])('%s', (query, text) => {
    expect(planned(query)).toBe(text)
  })
})

async function compiled(query: string, verdicts: Readonly<Record<Coordinate, Verdict>>, given: object) {
  const { normalised, variables } = prepare(CITY.schema, query, { variables: { ...given } })
  return { operation: await CITY.generation.compiledFor(viewWith(CITY, verdicts), normalised), variables }
}

describe('an answer tells of those whom its records name', () => {
  async function reached(
    query: string,
    data: Readonly<Record<string, unknown>> = { parcels: PARCELS },
    verdicts: Readonly<Record<Coordinate, Verdict>> = {},
    given: object = {},
  ): Promise<readonly (string | boolean)[]> {
    const { operation, variables } = await compiled(query, verdicts, given)
    const numbers = readReached(operation, { ...data }, variables).map(({ number }) => number)
    return [reachesOthers(operation), ...numbers]
  }

  test('each once, whether the reference may be crossed or not', async () => {
    const all = [true, ANNA.idDocumentNumber, FIRM.identifier]
    expect(await reached('{ parcels { holderName } }')).toEqual(all)
    const refused = { 'Parcel.holder': 'DENY', 'Parcel.firm': 'DENY', 'Person.idDocumentNumber': 'DENY' } as const
    expect(await reached('{ parcels { holderName } }', { parcels: PARCELS }, refused)).toEqual(all)
    expect(
      await reached('{ parcels { holderName } }', { parcels: PARCELS }, { 'Parcel.holderName': 'M-NAME' }),
    ).toEqual(all)
  })

  test('none where what is personal is refused, left out or not selected', async () => {
    expect(await reached('{ parcels { code } }')).toEqual([false])
    expect(
      await reached('{ parcels { code holderName } }', { parcels: PARCELS }, { 'Parcel.holderName': 'DENY' }),
    ).toEqual([false])
    const query = 'query ($x: Boolean!) { parcels { code holderName @include(if: $x) } }'
    expect(await reached(query, { parcels: PARCELS }, {}, { x: false })).toEqual([true])
    expect(await reached(query, { parcels: PARCELS }, {}, { x: true })).toHaveLength(3)
  })

  test('at a place of several types by the name of each', async () => {
    const things = [
      { __typename: 'Parcel', holder_gx_Parcel: ANNA, holderName: 'Anna' },
      { __typename: 'Boat', holder_gx_Boat: FIRM, owner: 'Firm' },
    ]
    const query = '{ things { ... on Parcel { holderName } ... on Boat { owner } } }'
    expect(await reached(query, { things })).toEqual([true, ANNA.idDocumentNumber, FIRM.identifier])
  })
})

test('nothing of it stands in the answer, and the department is asked for the keys', async () => {
  const { text, fetches, errors } = await ask(CITY, '{ parcels { holderName } }', { view: viewWith(CITY) })
  expect(text).toBe('{"parcels":[{"holderName":"Anna"},{"holderName":"Firm"},{"holderName":"Anna"}]}')
  expect(errors).toEqual([])
  expect(fetches.map(({ query }) => query).join()).toMatch(/idDocumentNumber[^]*identifier/)
  const below = await ask(CITY, '{ anna { parcels { holderName } } }', { view: viewWith(CITY) })
  expect(below.fetches.map(({ query }) => query).join()).not.toContain('identifier')
})

test('a reference that the caller selects as well stays one field', async () => {
  const query = '{ parcels { holderName holder { name } firm { identifier } } }'
  const {
    text,
    compiled: operation,
    variables,
  } = await ask(CITY, query, { view: viewWith(CITY, { 'Person.name': 'DENY' }) })
  expect(text).toContain(`"firm":{"identifier":"${FIRM.identifier}"}`)
  expect(readReached(operation, { parcels: [...PARCELS] }, variables)).toHaveLength(2)
})
