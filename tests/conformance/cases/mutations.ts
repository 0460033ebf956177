import type { FederationCase } from '../federation-case.ts'

/** What was done, in its order. */
const account = { __typename: 'Account', id: 'x', name: 'n', balance: 7 }

/** Mutations: one after the other, whoever answers for them. */
export const MUTATIONS: readonly FederationCase[] = [
  {
    name: 'mutations of two departments, and what a third knows of the result',
    departments: {
      a: `type Query { none: Int } type Mutation { open(name: String!): Account } type Account @key(fields: "id") { id: ID! name: String }`,
      b: `type Mutation { pay(sum: Int!): Account } type Account @key(fields: "id") { id: ID! balance: Int }`,
    },
    root: { none: null },
    mutations: { open: account, pay: account },
    query:
      'mutation($n: String!) { first: open(name: $n) { name balance } pay(sum: 5) { balance name } again: open(name: "m") { name } }',
    variables: { n: 'n' },
    data: { first: { name: 'n', balance: 7 }, pay: { balance: 7, name: 'n' }, again: { name: 'n' } },
    fetches: [
      'a mutation($v0:String!){open_gx0:open(name:$v0){__typename id name}} {"v0":"n"}',
      'b query($representations:[_Any!]!){_entities(representations:$representations){...on Account{balance}}} {"representations":[{"__typename":"Account","id":"x"}]}',
      'b mutation($l0:Int!){pay_gx1:pay(sum:$l0){__typename id balance}} {"l0":5}',
      'a query($representations:[_Any!]!){_entities(representations:$representations){...on Account{name}}} {"representations":[{"__typename":"Account","id":"x"}]}',
      'a mutation($l1:String!){open_gx2:open(name:$l1){name}} {"l1":"m"}',
    ],
  },
]
