import type { FederationCase } from '../federation-case.ts'

const street = { __typename: 'Street', id: 's', name: 'Main', width: 9, district: 'west' }

/** What several departments can answer for. */
export const SHARED: readonly FederationCase[] = [
  {
    name: '@shareable: a field that both have is asked for where one is already',
    departments: {
      a: `type Query { street: Street } type Street @key(fields: "id") { id: ID! name: String @shareable width: Int }`,
      b: `type Street @key(fields: "id") { id: ID! name: String @shareable district: String }`,
    },
    root: { street },
    query: '{ street { name district } }',
    data: { street: { name: 'Main', district: 'west' } },
    fetches: [
      'a {street{__typename id name}}',
      'b query($representations:[_Any!]!){_entities(representations:$representations){...on Street{district}}} {"representations":[{"__typename":"Street","id":"s"}]}',
    ],
  },
  {
    name: '@shareable: a value type, and a root field of two departments',
    departments: {
      a: `type Query { origin: Point @shareable } type Point @shareable { x: Int y: Int }`,
      b: `type Query { origin: Point @shareable } type Point @shareable { x: Int z: Int }`,
    },
    root: { origin: { __typename: 'Point', x: 1, y: 2, z: 3 } },
    query: '{ origin { x y z } }',
    data: { origin: { x: 1, y: 2, z: 3 } },
    fetches: ['a {origin{y x}}', 'b {origin{z}}'],
  },
  {
    name: '@provides: what a department answers along the way is not asked for twice',
    departments: {
      a: `type Query { square: Square }
        type Square @key(fields: "id") { id: ID! street: Street @provides(fields: "name") }
        type Street @key(fields: "id") { id: ID! name: String @external }`,
      b: `type Street @key(fields: "id") { id: ID! name: String @shareable width: Int }`,
    },
    root: { square: { __typename: 'Square', id: 'q', street } },
    query: '{ square { street { name } } }',
    data: { square: { street: { name: 'Main' } } },
    fetches: ['a {square{street{name}}}'],
  },
  {
    name: '@provides on an interface',
    departments: {
      a: `type Query { way: Way @shareable @provides(fields: "... on Street { name } ... on Path { name }") }
        interface Way { id: ID! } type Street implements Way @key(fields: "id") { id: ID! name: String @external }
        type Path implements Way @key(fields: "id") { id: ID! name: String @external }`,
      b: `type Query { way: Way @shareable } interface Way { id: ID! name: String }
        type Street implements Way @key(fields: "id") { id: ID! name: String @shareable width: Int }
        type Path implements Way @key(fields: "id") { id: ID! name: String @shareable }`,
    },
    root: { way: street },
    query: '{ way { name ... on Street { width } } }',
    data: { way: { name: 'Main', width: 9 } },
    fetches: ['b {way{__typename ...on Street{width}name}}'],
  },
  {
    name: '@override: the new department is asked, the old one no more',
    departments: {
      a: `type Query { street: Street } type Street @key(fields: "id") { id: ID! name: String width: Int }`,
      b: `type Street @key(fields: "id") { id: ID! width: Int @override(from: "a") district: String }`,
    },
    root: { street },
    query: '{ street { name width } }',
    data: { street: { name: 'Main', width: 9 } },
    fetches: [
      'a {street{__typename id name}}',
      'b query($representations:[_Any!]!){_entities(representations:$representations){...on Street{width}}} {"representations":[{"__typename":"Street","id":"s"}]}',
    ],
  },
  {
    name: '@override(label:): a progressive one has not begun where nobody says how far it is',
    departments: {
      a: `type Query { street: Street } type Street @key(fields: "id") { id: ID! name: String width: Int }`,
      b: `type Street @key(fields: "id") { id: ID! width: Int @override(from: "a", label: "percent(50)") district: String }`,
    },
    root: { street },
    query: '{ street { name width } }',
    data: { street: { name: 'Main', width: 9 } },
    fetches: ['a {street{name width}}'],
  },
  {
    name: '@inaccessible and @tag: a hidden key still leads on',
    departments: {
      a: `type Query { street: Street } type Street @key(fields: "id") { id: ID! @inaccessible name: String @tag(name: "public") }`,
      b: `type Street @key(fields: "id") { id: ID! @inaccessible width: Int }`,
    },
    root: { street },
    query: '{ street { name width } }',
    data: { street: { name: 'Main', width: 9 } },
    fetches: [
      'a {street{__typename id name}}',
      'b query($representations:[_Any!]!){_entities(representations:$representations){...on Street{width}}} {"representations":[{"__typename":"Street","id":"s"}]}',
    ],
  },
  {
    name: 'enums: in and out, each department knowing some values',
    departments: {
      a: `type Query { street(kind: Kind): Street } enum Kind { WIDE NARROW } type Street @key(fields: "id") { id: ID! kind: Kind }`,
      b: `type Street @key(fields: "id") { id: ID! surface(of: Kind): Surface } enum Kind { WIDE NARROW } enum Surface { STONE TAR }`,
    },
    root: {
      street: ({ kind }: Readonly<Record<string, unknown>>) =>
        kind === 'WIDE' ? { ...street, kind: 'WIDE', surface: 'STONE' } : null,
    },
    things: [{ ...street, kind: 'WIDE', surface: 'STONE' }],
    query: 'query($k: Kind) { street(kind: $k) { kind surface(of: NARROW) } }',
    variables: { k: 'WIDE' },
    data: { street: { kind: 'WIDE', surface: 'STONE' } },
    fetches: [
      'a query($v0:Kind){street_gx0:street(kind:$v0){__typename id kind}} {"v0":"WIDE"}',
      'b query($representations:[_Any!]!$l0:Kind){_entities(representations:$representations){...on Street{surface_gx1:surface(of:$l0)}}} {"l0":"NARROW","representations":[{"__typename":"Street","id":"s"}]}',
    ],
  },
  {
    name: 'input objects and scalars of two departments',
    departments: {
      a: `type Query { street(where: Where!): Street } scalar JSON input Where { name: String = "Main" days: [JSON!] } type Street @key(fields: "id") { id: ID! name: String }`,
      b: `type Street @key(fields: "id") { id: ID! opened(on: JSON): JSON } scalar JSON`,
    },
    root: {
      street: ({ where }: Readonly<Record<string, unknown>>) =>
        JSON.stringify(where) === '{"days":["d1",{"n":2}],"name":"Main"}' ||
        JSON.stringify(where) === '{"name":"Main","days":["d1",{"n":2}]}'
          ? { ...street, opened: { y: 1 } }
          : null,
    },
    things: [{ ...street, opened: { y: 1 } }],
    query: 'query($d: JSON!) { street(where: { days: [$d, { n: 2 }] }) { name opened(on: { any: ["thing", 1] }) } }',
    variables: { d: 'd1' },
    data: { street: { name: 'Main', opened: { y: 1 } } },
    fetches: [
      'a query($v0:JSON!$l0:JSON!){street_gx0:street(where:{days:[$v0$l0]}){__typename id name}} {"v0":"d1","l0":{"n":2}}',
      'b query($representations:[_Any!]!$l1:JSON){_entities(representations:$representations){...on Street{opened_gx1:opened(on:$l1)}}} {"l1":{"any":["thing",1]},"representations":[{"__typename":"Street","id":"s"}]}',
    ],
  },
]
