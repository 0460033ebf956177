import { describe, expect, it } from 'vitest'
import { createApolloPlanner } from '../../../gateway/compile/apollo-planner.ts'
import { fetchesOf } from '../../../gateway/compile/plan.ts'
import { federate, viewWith } from '../../kit/federation.ts'
import { ask } from '../../kit/federation-ask.ts'
import { NUMBERS, SAMPLE } from '../../kit/federation-sample.ts'

interface Priced {
  readonly id: string
  readonly price: number
}

/** What is computed in one department from a field with arguments in another. */
const shop = federate([
  {
    name: 'goods',
    sdl: `type Query { item: Item } type Item @key(fields: "id") { id: ID! price(rate: Int! = 1): Int }`,
    resolvers: {
      Query: { item: () => ({ id: '1' }) },
      Item: { __resolveReference: (one: object) => one, price: (_: unknown, { rate }: { rate: number }) => rate * 10 },
    },
  },
  {
    name: 'tax',
    sdl: `type Item @key(fields: "id") {
      id: ID!
      price(rate: Int! = 1): Int @external
      plain: Int @requires(fields: "price")
      triple: Int @requires(fields: "price(rate: 3)")
      tripled: Int @requires(fields: "price(rate: 3)")
      fivefold: Int @requires(fields: "price(rate: 5)")
    }`,
    resolvers: {
      Item: {
        __resolveReference: (one: Priced) => one,
        plain: ({ price }: Priced) => price,
        triple: ({ price }: Priced) => price,
        tripled: ({ price }: Priced) => price,
        fivefold: ({ price }: Priced) => price,
      },
    },
  },
])
const price = (selection: string) => ask(shop, `{ item { ${selection} } }`, { view: viewWith(shop) })

describe('a field with arguments that a @requires reads too', () => {
  it.each([
    ['price triple', { price: 10, triple: 30 }],
    ['price(rate: 7) triple', { price: 70, triple: 30 }],
    ['price(rate: 7) plain', { price: 70, plain: 10 }],
    ['a: price(rate: 2) b: price(rate: 4) fivefold', { a: 20, b: 40, fivefold: 50 }],
    ['triple tripled', { triple: 30, tripled: 30 }],
  ])('keeps its own value beside it: %s', async (selection, item) => {
    const { data, errors } = await price(selection)
    expect([data, errors]).toEqual([{ item }, []])
  })

  it.each([
    ['triple fivefold', { triple: 30, fivefold: 50 }],
    ['plain triple', { plain: 10, triple: 30 }],
    ['... on Item { fivefold } tripled price(rate: 2) plain', { fivefold: 50, tripled: 30, price: 20, plain: 10 }],
  ])('is asked for once for each of its arguments: %s', async (selection, item) => {
    const { data, errors, fetches } = await price(selection)
    expect([data, errors]).toEqual([{ item }, []])
    const [priced, ...computed] = fetches
    expect(priced?.department).toBe('goods')
    // One value cannot go under one name with another: each is sent by itself.
    for (const { department, variables } of computed) {
      expect(department).toBe('tax')
      expect(variables['representations']).toEqual([
        { __typename: 'Item', id: '1', price: expect.any(Number) as number },
      ])
    }
  })
})

describe('a key that a department declares but cannot resolve', () => {
  it('is not used where there is another', async () => {
    const twoKeys = federate([
      {
        name: 'a',
        sdl: `type P @key(fields: "code", resolvable: false) @key(fields: "id") { id: ID! code: ID! name: String }`,
        resolvers: { P: { __resolveReference: ({ id }: { id: string }) => ({ name: `by ${id}` }) } },
      },
      {
        name: 'b',
        sdl: `type Query { others: [P] } type P @key(fields: "code") @key(fields: "id") { id: ID! code: ID! }`,
        resolvers: { Query: { others: () => [{ id: '1', code: 'c1' }] } },
      },
    ])
    const { data } = await ask(twoKeys, '{ others { name } }', { view: viewWith(twoKeys) })
    expect(data).toEqual({ others: [{ name: 'by 1' }] })
  })
})

describe('a plan', () => {
  const sample = federate(SAMPLE)

  it('has absolute paths, and ids in the order of its fetches', async () => {
    const text = `{ person(number: "${NUMBERS.li}") { insurance { employer { staff { pension } } } } companies { staff { name } } }`
    const { compiled, errors } = await ask(sample, text, { view: viewWith(sample) })
    expect(errors).toEqual([])
    const fetches = [...fetchesOf(compiled.plan)]
    expect(fetches.map(({ id }) => id)).toEqual(fetches.map((_, index) => index))
    expect(fetches.map(({ path }) => path.join('.'))).toEqual(
      expect.arrayContaining([
        '',
        'person_gx0',
        'person_gx0.insurance.employer',
        'person_gx0.insurance.employer.staff.@',
        'companies.@.staff.@',
      ]),
    )
    expect(fetches.find(({ path }) => path.length === 1)?.keys).toEqual([{ type: 'Person', names: ['insurance'] }])
  })

  it('is the same for the same operation, planned by another instance', async () => {
    const text = '{ people { name pension insurance { monthly } } }'
    const first = await ask(sample, text, { view: viewWith(sample) })
    const other = federate(SAMPLE, createApolloPlanner)
    const second = await ask(other, text, { view: viewWith(other) })
    expect(JSON.stringify(second.compiled.plan)).toBe(JSON.stringify(first.compiled.plan))
  })
})
