import type { FederationCase } from '../federation-case.ts'

const TWO = {
  a: `type Query { me: User } type User @key(fields: "id") { id: ID! name: String grid: [[Int]] friends: [User!]! }`,
  b: `type User @key(fields: "id") { id: ID! mail: String phone(area: Int): String } type Query { pulse: Int }`,
}
const me = {
  __typename: 'User',
  id: 'u',
  name: 'n',
  grid: [[1, null], null, []],
  friends: [{ __typename: 'User', id: 'v', name: 'f', mail: 'f@x', phone: 'none' }],
  mail: 'm@x',
  phone: ({ area }: Readonly<Record<string, unknown>>) => `+${String(area)}`,
}

/** What a document can do with all of it. */
export const OPERATIONS: readonly FederationCase[] = [
  {
    name: 'aliases, fragments, merged selections and lists of lists',
    departments: TWO,
    root: { me, pulse: 1 },
    query: `query Q { me { ...A b: mail friends { name } } me { friends { other: mail } grid } pulse }
      fragment A on User { a: mail name }`,
    data: {
      me: { a: 'm@x', name: 'n', b: 'm@x', friends: [{ name: 'f', other: 'f@x' }], grid: [[1, null], null, []] },
      pulse: 1,
    },
    fetches: [
      'a {me{__typename id name friends{__typename id name}grid}}',
      'b query($representations:[_Any!]!){_entities(representations:$representations){...on User{mail}}} {"representations":[{"__typename":"User","id":"u"}]}',
      'b query($representations:[_Any!]!){_entities(representations:$representations){...on User{mail}}} {"representations":[{"__typename":"User","id":"v"}]}',
      'b {pulse}',
    ],
  },
  {
    name: '@skip and @include: a department of which nothing is left is not asked',
    departments: TWO,
    root: { me, pulse: 1 },
    query: 'query($no: Boolean = false, $yes: Boolean!) { me { name mail @include(if: $no) } pulse @skip(if: $yes) }',
    variables: { yes: true },
    data: { me: { name: 'n' } },
    fetches: ['a {me{__typename id name}}'],
  },
  {
    name: 'one field with different arguments',
    departments: TWO,
    root: { me },
    query: 'query($a: Int) { me { one: phone(area: 86) two: phone(area: $a) } }',
    variables: { a: 853 },
    data: { me: { one: '+86', two: '+853' } },
    fetches: [
      'a {me{__typename id}}',
      'b query($representations:[_Any!]!$l0:Int$v0:Int){_entities(representations:$representations){...on User{phone_gx0:phone(area:$l0)phone_gx1:phone(area:$v0)}}} {"l0":86,"v0":853,"representations":[{"__typename":"User","id":"u"}]}',
    ],
  },
  {
    name: '__typename alone asks nobody for more than the object',
    departments: TWO,
    root: { me },
    query: '{ __typename me { __typename } }',
    data: { __typename: 'Query', me: { __typename: 'User' } },
    fetches: ['a {me{__typename}}'],
  },
]
