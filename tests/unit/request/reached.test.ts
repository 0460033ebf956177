import { describe, expect, test } from 'vitest'
import { readReached, reachesOthers } from '../../../gateway/request/reached.ts'
import type { Coordinate } from '../../../gateway/vocabulary/coordinate.ts'
import { from15 } from '../../../gateway/vocabulary/id-number.ts'
import { prepare } from '../../kit/federation-ask.ts'
import { federate, viewWith } from '../../kit/federation.ts'
import type { Verdict } from '../../kit/federation.ts'

const CITY = federate([
  {
    name: 'registers',
    sdl: `
      type Query {
        person(idDocumentType: String, idDocumentNumber: String): Person
        births: [Birth!] households: [[Person]] parties: [Party] firm: LegalEntity
      }
      type Birth { place: String mother: Person father: Person }
      type Person @key(fields: "idDocumentType idDocumentNumber") {
        idDocumentType: String! idDocumentNumber: String! name: String births: [Birth!]
      }
      type LegalEntity @key(fields: "identifierType identifier") {
        identifierType: String! identifier: String! title: String
      }
      union Party = Person | LegalEntity | Birth`,
  },
])

/** As an old system writes it. */
const OLD = '440000000101000'
const ANNA = { idDocumentType: 'RESIDENT_ID', idDocumentNumber: from15(OLD) }
const BERT = { idDocumentType: 'PASSPORT', idDocumentNumber: 'E0000001' }
const FIRM = { identifierType: 'USCC', identifier: '91440000MA00000000' }
const [ANNA_NUMBER, BERT_NUMBER, FIRM_NUMBER] = [ANNA.idDocumentNumber, BERT.idDocumentNumber, FIRM.identifier]

async function compiled(query: string, verdicts: Readonly<Record<Coordinate, Verdict>> = {}, given: object = {}) {
  const { normalised, variables } = prepare(CITY.schema, query, { variables: { ...given } })
  return { operation: await CITY.generation.compiledFor(viewWith(CITY, verdicts), normalised), variables }
}

/** Numbers of those who are reached; fetched data is told by names of its fields, as one that takes no arguments has them. */
async function reached(
  query: string,
  data: Readonly<Record<string, unknown>>,
  verdicts: Readonly<Record<Coordinate, Verdict>> = {},
  given: object = {},
): Promise<readonly string[]> {
  const { operation, variables } = await compiled(query, verdicts, given)
  return readReached(operation, { ...data }, variables).map(({ number }) => number)
}

describe('reached are', () => {
  const births = [
    { place: 'x', mother: ANNA, father: BERT },
    { place: 'y', mother: ANNA, father: null },
  ]

  test('people behind references in a list, each once, whose key is not answered', async () => {
    expect(await reached('{ births { mother { name } } }', { births })).toEqual([ANNA_NUMBER])
    expect(await reached('{ births { m: mother { name } father { name } } }', { births })).toEqual([
      ANNA_NUMBER,
      BERT_NUMBER,
    ])
    expect(await reached('{ births { place } }', { births })).toEqual([])
  })

  test('one and the same person under all spellings', async () => {
    const others = [` ${ANNA_NUMBER} `, OLD].map((idDocumentNumber) => ({ ...ANNA, idDocumentNumber }))
    expect(
      await reached('{ births { mother { name } } }', { births: [ANNA, ...others].map((mother) => ({ mother })) }),
    ).toEqual([ANNA_NUMBER])
  })

  test('people in lists of lists, as deep as the schema has them and no deeper', async () => {
    const households = [[ANNA], [null, BERT], null, [[{ ...BERT, idDocumentNumber: 'E0000002' }]]]
    expect(await reached('{ households { name } }', { households })).toEqual([ANNA_NUMBER, BERT_NUMBER])
  })

  test('people behind people', async () => {
    const person = { ...ANNA, births: [{ mother: ANNA, father: BERT }] }
    const { operation, variables } = await compiled(
      '{ person(idDocumentType: "a", idDocumentNumber: "b") { births { father { name } } } }',
    )
    const source = [...operation.projection.fields.values()].flat()[0]?.source ?? ''
    expect(readReached(operation, { [source]: person }, variables).map(({ number }) => number)).toEqual([
      ANNA_NUMBER,
      BERT_NUMBER,
    ])
  })

  test('of several types those that are shown', async () => {
    const parties = [
      { __typename: 'Person', ...ANNA },
      { __typename: 'LegalEntity', ...FIRM },
      { __typename: 'Birth', mother: BERT },
      { __typename: 'Nobody', ...BERT },
    ]
    const query = '{ parties { ... on Person { name } ... on LegalEntity { title } ... on Birth { mother { name } } } }'
    expect(await reached(query, { parties })).toEqual([ANNA_NUMBER, FIRM_NUMBER, BERT_NUMBER])
    const hidden = { 'Query.parties': 'DENY', 'LegalEntity.title': 'DENY' } as const
    expect(await reached(query, { parties }, hidden)).toEqual([ANNA_NUMBER, BERT_NUMBER])
  })

  test('none behind what is refused or left out, but those whose value is masked', async () => {
    const query = 'query ($x: Boolean!) { births { mother @include(if: $x) { name } father { name } } }'
    expect(await reached(query, { births }, { 'Birth.father': 'DENY', 'Person.name': 'DENY' }, { x: true })).toEqual([
      ANNA_NUMBER,
    ])
    expect(await reached(query, { births }, {}, { x: false })).toEqual([BERT_NUMBER])
    const masked = { 'Birth.mother': 'DENY', 'Person.name': 'M-NAME' } as const
    expect(await reached('{ births { mother { name } } }', { births }, masked)).toEqual([ANNA_NUMBER])
  })

  test('nobody of whom the source has no number, nor what it sends in an object’s place', async () => {
    const mothers = [{ idDocumentType: 'RESIDENT_ID' }, { ...ANNA, idDocumentNumber: null }, 'x', 5, [ANNA]]
    expect(await reached('{ births { mother { name } } }', { births: mothers.map((mother) => ({ mother })) })).toEqual(
      [],
    )
    expect(await reached('{ births { mother { name } } }', { births: { mother: ANNA } })).toEqual([])
    expect(await reached('{ births { mother { name } } }', {})).toEqual([])
  })
})

describe('an answer is about', () => {
  /** Numbers of those whom it is about, and of those whom it reaches from another. */
  async function parts(
    query: string,
    data: Readonly<Record<string, unknown>>,
  ): Promise<readonly (readonly string[])[]> {
    const { operation, variables } = await compiled(query)
    const bySource = Object.fromEntries(
      [...operation.projection.fields.values()].flat().map(({ key, source }) => [source, data[key]]),
    )
    const found = readReached(operation, bySource, variables)
    const numbers = (object: boolean) => found.filter((one) => one.object === object).map(({ number }) => number)
    return [numbers(true), numbers(false)]
  }
  const BORN = { place: 'x', mother: ANNA, father: BERT }

  test('the members of a list, and those whom a record names that stands alone', async () => {
    expect(await parts('{ households { name } }', { households: [[ANNA, BERT]] })).toEqual([
      [ANNA_NUMBER, BERT_NUMBER],
      [],
    ])
    expect(await parts('{ births { place mother { name } father { name } } }', { births: [BORN] })).toEqual([
      [ANNA_NUMBER, BERT_NUMBER],
      [],
    ])
  })

  test('not about those whom a person’s or a firm’s own record leads to', async () => {
    const lookup =
      '{ person(idDocumentType: "a", idDocumentNumber: "b") { births { mother { name } father { name } } } }'
    expect(await parts(lookup, { person: { ...ANNA, births: [BORN] } })).toEqual([[ANNA_NUMBER], [BERT_NUMBER]])
    expect(
      await parts('{ parties { ... on Person { births { father { name } } } ... on LegalEntity { title } } }', {
        parties: [
          { __typename: 'Person', ...ANNA, births: [{ father: BERT }] },
          { __typename: 'LegalEntity', ...FIRM },
        ],
      }),
    ).toEqual([[ANNA_NUMBER, FIRM_NUMBER], [BERT_NUMBER]])
  })

  test('whoever stands in it at both places', async () => {
    const both = await parts(
      '{ person(idDocumentType: "a", idDocumentNumber: "b") { births { father { name } } } households { name } }',
      { person: { ...ANNA, births: [{ father: BERT }] }, households: [[BERT]] },
    )
    expect(both).toEqual([[ANNA_NUMBER, BERT_NUMBER], []])
  })
})

describe('an operation reaches others', () => {
  test.each<[string, boolean]>([
    ['{ births { place } }', false],
    ['{ births { mother { name } } }', true],
    ['{ firm { title } }', true],
    ['{ households { name } }', true],
    ['{ parties { ... on Birth { place } } }', true],
    ['{ person(idDocumentType: "a", idDocumentNumber: "b") { name } }', false],
    ['{ person(idDocumentType: "a", idDocumentNumber: "b") { births { father { name } } } }', true],
  ])('%s: %s', async (query, others) => {
    expect(reachesOthers((await compiled(query)).operation)).toBe(others)
  })
})
