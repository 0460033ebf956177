import { describe, expect, it } from 'vitest'
import { checkDocument } from '../../../gateway/request/explain-document.ts'
import { usedCoordinates } from '../../../gateway/request/operation-coordinates.ts'
import { federate } from '../../kit/federation.ts'
import type { Federation } from '../../kit/federation.ts'
import { FIRMS } from '../compile/filtering.ts'

const CITY = federate([
  {
    name: 'city',
    sdl: `
      type Query {
        person(number: ID!): Person
        subjects: [Subject]
        count: Int
      }
      interface Subject { name: String document: Document }
      type Document { number: String }
      type Person implements Subject @key(fields: "number") {
        number: ID! name: String sex: String document: Document household: Household
      }
      type Firm implements Subject { name: String document: Document }
      type Household {
        township: String
        headNumber: String
        head: Person @reference(follows: "Household.headNumber")
      }`,
  },
])

function used({ generation, schema }: Federation, text: string, operationName: string | null = null): string[] {
  const checked = checkDocument(schema, text, operationName, 1_000)
  const { fields, catalog } = generation
  return [...usedCoordinates(checked, { schema, fields, filters: catalog.filters })].toSorted()
}

describe('coordinates that a document uses', () => {
  it('are its values, whatever they are called, and no lookup', () => {
    expect(used(CITY, '{ a: person(number: 1) { b: name household { township } } }')).toEqual([
      'Household.township',
      'Person.name',
    ])
  })

  it('are objects of which nothing but their existence is asked', () => {
    expect(used(CITY, '{ person(number: 1) { household { __typename } } }')).toEqual(['Person.household'])
  })

  it('are the identifiers that references follow', () => {
    expect(used(CITY, '{ person(number: 1) { household { head { name } } } }')).toEqual([
      'Household.headNumber',
      'Person.name',
    ])
  })

  it('are values at the root, which are no lookups', () => {
    expect(used(CITY, '{ count }')).toEqual(['Query.count'])
  })

  it('are those of every concrete type at a place of several', () => {
    expect(used(CITY, '{ subjects { name document { number } } }')).toEqual([
      'Document.number',
      'Firm.name',
      'Person.name',
    ])
    expect(used(CITY, '{ subjects { ... on Firm { name } } }')).toEqual(['Firm.name'])
  })

  it.each([
    ['a fragment', 'query { person(number: 1) { ...F } } fragment F on Person { sex }'],
    [
      'a fragment in a fragment',
      '{ person(number: 1) { ...A } } fragment A on Person { ...F } fragment F on Person { sex }',
    ],
    ['an inline fragment', '{ person(number: 1) { ... { sex } } }'],
    ['a fragment on an interface', '{ person(number: 1) { ... on Subject { ... on Person { sex } } } }'],
    ['a condition', 'query($c: Boolean!) { person(number: 1) { sex @include(if: $c) } }'],
    ['a condition that is off by default', 'query($c: Boolean = false) { person(number: 1) { sex @include(if: $c) } }'],
  ])('are found behind %s', (_what, text) => {
    expect(used(CITY, text)).toEqual(['Person.sex'])
  })

  it('are those of the operation that is registered, and of no other in the document', () => {
    const text = 'query A { person(number: 1) { name } } query B { person(number: 1) { sex } }'
    expect([used(CITY, text, 'A'), used(CITY, text, 'B')]).toEqual([['Person.name'], ['Person.sex']])
  })
})

/** What a call of firms filters by, beside the code that is selected. */
function filteredBy(call: string, variables = ''): string[] {
  return used(FIRMS, `query${variables} { ${call} { code } }`).filter((at) => at !== 'Firm.code')
}

describe('coordinates that arguments filter, order or group by', () => {
  it.each<[string, string, string[]]>([
    ['an argument of its own', 'firms(orderBy: [SIZE], division: "1")', ['Firm.division', 'Firm.kind']],
    ['a null', 'firms(orderBy: [SIZE], division: null, kind: null)', ['Firm.division', 'Firm.kind']],
    ['a member', 'firms(orderBy: [SIZE], filter: { name: "x" })', ['Firm.kind', 'Firm.name']],
    [
      'a member in a list of alternatives',
      'firms(orderBy: [SIZE], filter: { or: [{ not: { divisionNot: "x" } }] })',
      ['Firm.division', 'Firm.kind'],
    ],
    ['a value to order by', 'firms(orderBy: [SIZE, CAPITAL])', ['Firm.capital', 'Firm.kind']],
    ["the schema's own default", 'firms', ['Firm.kind', 'Firm.name']],
    ['the default of a member', 'firms(orderBy: [], filter: { owner: {} })', ['Firm.kind', 'Owner.born']],
    ['the argument of an interface', 'registered { near(division: "1") { code } } registered', ['Firm.division']],
  ])('%s', (_what, call, expected) => {
    expect(filteredBy(call)).toEqual(expected)
  })

  it('a variable in the place of a value is that value alone', () => {
    expect(filteredBy('firms(orderBy: [], filter: { divisionNot: $d })', '($d: String)')).toEqual([
      'Firm.division',
      'Firm.kind',
    ])
  })

  it('a variable in the place of an object, or of an enum, may be anything that fits', () => {
    expect(filteredBy('firms(orderBy: [], filter: $f)', '($f: FirmFilter)')).toEqual([
      'Firm.division',
      'Firm.kind',
      'Firm.name',
      'Owner.born',
    ])
    expect(filteredBy('firms(orderBy: $o)', '($o: [FirmOrder!])')).toEqual(['Firm.capital', 'Firm.kind', 'Firm.name'])
  })
})
