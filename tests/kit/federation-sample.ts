import type { TestDepartment } from './federation.ts'

/** Synthetic numbers of the sample's people. */
export const NUMBERS = { li: '110101199003070003', ou: '110101198512310018', lost: '110101197001010011' } as const

interface Person {
  readonly number: string
}

const NAMES: Readonly<Record<string, string>> = { [NUMBERS.li]: '李明', [NUMBERS.ou]: '欧阳娜', [NUMBERS.lost]: '王五' }

const people = [{ number: NUMBERS.li }, { number: NUMBERS.ou }, { number: NUMBERS.li }]

const police: TestDepartment = {
  name: 'police',
  sdl: `
    type Query {
      person(type: PaperType! = RESIDENT_ID, number: String!): Person
      people(where: Where, first: Int! = 3): [Person!]
      things: [Thing]
      papers: [Paper!]
      echo(json: Json, where: [Where!]): String
      nobody: Person
    }
    enum PaperType { RESIDENT_ID PASSPORT }
    enum Sex { MALE FEMALE }
    scalar Json
    input Where { name: String numbers: [String!] all: [Where!] limit: Int! = 5 }
    type Person @key(fields: "number") {
      number: ID!
      name: String
      sex: Sex
      height: Int
      married: Boolean
      birthDate: String
      household: Household
      grid: [[Cell!]]
      tags: [String!]
      search(text: String, first: Int! = 3): [String!]
    }
    type Household {
      address: String
      headNumber: String
      head: Person @reference(follows: "Household.headNumber")
    }
    type Cell { value: Int note: String }
    interface Thing { label: String }
    type Car implements Thing { label: String plate: String owner: Person }
    type Dog implements Thing { label: String plate: Int chip: String owner: Person }
    type Will { text: String }
    union Paper = Car | Will`,
  resolvers: {
    Query: {
      person: (_: unknown, { number }: Person) => (NAMES[number] ? { number } : null),
      people: (_: unknown, { first }: { first: number }) => people.slice(0, first),
      things: () => [
        { __typename: 'Car', label: 'car', plate: 'X1', owner: { number: NUMBERS.li } },
        { __typename: 'Dog', label: 'dog', plate: 7, chip: 'c7', owner: { number: NUMBERS.ou } },
      ],
      papers: () => [
        { __typename: 'Will', text: 'all to the dog' },
        { __typename: 'Car', plate: 'X1' },
      ],
      echo: (_: unknown, given: object) => JSON.stringify(given),
      nobody: () => null,
    },
    Person: {
      __resolveReference: (reference: Person) => reference,
      name: ({ number }: Person) => NAMES[number] ?? null,
      sex: ({ number }: Person) => (number === NUMBERS.li ? 'MALE' : 'FEMALE'),
      height: () => 170,
      married: () => true,
      birthDate: ({ number }: Person) => `${number.slice(6, 10)}-${number.slice(10, 12)}-${number.slice(12, 14)}`,
      household: ({ number }: Person) => ({
        address: '石岐街道1号',
        headNumber: NUMBERS.ou,
        head: { number: NUMBERS.ou },
        number,
      }),
      grid: () => [
        [
          { value: 1, note: 'a' },
          { value: 2, note: 'b' },
        ],
        null,
        [],
      ],
      tags: () => ['x', 'y'],
      search: (_: unknown, given: object) => [JSON.stringify(given)],
    },
  },
}

const insurance: TestDepartment = {
  name: 'insurance',
  sdl: `
    type Person @key(fields: "number") {
      number: ID!
      insurance: Insurance
      pension: Int
      birthDate: String @external
      age: Int @requires(fields: "birthDate")
    }
    type Insurance { monthly: Int employer: Company }
    type Company @key(fields: "code") { code: ID! title: String }`,
  resolvers: {
    Person: {
      __resolveReference: (reference: Person) => (reference.number === NUMBERS.lost ? null : { ...reference }),
      insurance: ({ number }: Person) => ({
        monthly: Number(number.slice(-2)),
        employer: { code: 'c1', title: 'Works' },
      }),
      pension: ({ number }: Person) => Number(number.slice(-3)),
      age: ({ birthDate }: { birthDate: string }) => 2026 - Number(birthDate.slice(0, 4)),
    },
  },
}

const registry: TestDepartment = {
  name: 'registry',
  sdl: `
    type Query { companies: [Company] }
    type Company @key(fields: "code") { code: ID! capital: Int staff: [Person] }
    type Person @key(fields: "number", resolvable: false) { number: ID! }`,
  resolvers: {
    Query: { companies: () => [{ code: 'c1' }, { code: 'c2' }] },
    Company: {
      __resolveReference: (reference: object) => reference,
      capital: () => 5_000,
      staff: () => people,
    },
  },
}

/** Three departments that share `Person` and `Company`: lists, an interface, a union, a reference, a `@requires`. */
export const SAMPLE: readonly TestDepartment[] = [police, insurance, registry]
