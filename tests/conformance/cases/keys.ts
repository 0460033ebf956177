import type { FederationCase } from '../federation-case.ts'

const one = { __typename: 'Permit', id: '1', region: 'north', code: 'N1', label: 'first', fee: 10, note: null }
const two = { __typename: 'Permit', id: '2', region: 'south', code: 'S2', label: 'second', fee: 20, note: 'n2' }

/** How departments know one another's objects. */
export const KEYS: readonly FederationCase[] = [
  {
    name: '@key: one field, each entity once however often it stands in the answer',
    departments: {
      a: `type Query { permits: [Permit] } type Permit @key(fields: "id") { id: ID! label: String }`,
      b: `type Permit @key(fields: "id") { id: ID! fee: Int }`,
    },
    root: { permits: [one, two, one, null] },
    query: '{ permits { label fee } }',
    data: {
      permits: [{ label: 'first', fee: 10 }, { label: 'second', fee: 20 }, { label: 'first', fee: 10 }, null],
    },
    fetches: [
      'a {permits{__typename id label}}',
      'b query($representations:[_Any!]!){_entities(representations:$representations){...on Permit{fee}}} {"representations":[{"__typename":"Permit","id":"1"},{"__typename":"Permit","id":"2"}]}',
    ],
  },
  {
    name: '@key: compound',
    departments: {
      a: `type Query { permits: [Permit] } type Permit @key(fields: "region code") { region: String! code: String! label: String }`,
      b: `type Permit @key(fields: "code region") { region: String! code: String! fee: Int }`,
    },
    root: { permits: [one, two] },
    query: '{ permits { code fee } }',
    data: {
      permits: [
        { code: 'N1', fee: 10 },
        { code: 'S2', fee: 20 },
      ],
    },
    fetches: [
      'a {permits{__typename code region}}',
      'b query($representations:[_Any!]!){_entities(representations:$representations){...on Permit{fee}}} {"representations":[{"__typename":"Permit","code":"N1","region":"north"},{"__typename":"Permit","code":"S2","region":"south"}]}',
    ],
  },
  {
    name: '@key: nested',
    departments: {
      a: `type Query { case: Case }
        type Case @key(fields: "number office { code }") { number: ID! office: Office title: String }
        type Office @shareable { code: ID! }`,
      b: `type Case @key(fields: "number office { code }") { number: ID! office: Office status: String }
        type Office @shareable { code: ID! }`,
    },
    root: {
      case: {
        __typename: 'Case',
        number: 'C1',
        office: { __typename: 'Office', code: 'O1' },
        title: 't',
        status: 'open',
      },
    },
    query: '{ case { title status } }',
    data: { case: { title: 't', status: 'open' } },
    fetches: [
      'a {case{__typename number office{code}title}}',
      'b query($representations:[_Any!]!){_entities(representations:$representations){...on Case{status}}} {"representations":[{"__typename":"Case","number":"C1","office":{"code":"O1"}}]}',
    ],
  },
  {
    name: '@key: several, each department knowing another one',
    departments: {
      a: `type Query { permit: Permit } type Permit @key(fields: "id") { id: ID! label: String }`,
      b: `type Permit @key(fields: "id") @key(fields: "code") { id: ID! code: String! }`,
      c: `type Permit @key(fields: "code") { code: String! fee: Int }`,
    },
    root: { permit: two },
    query: '{ permit { label fee } }',
    data: { permit: { label: 'second', fee: 20 } },
    fetches: [
      'a {permit{__typename id label}}',
      'b query($representations:[_Any!]!){_entities(representations:$representations){...on Permit{code}}} {"representations":[{"__typename":"Permit","id":"2"}]}',
      'c query($representations:[_Any!]!){_entities(representations:$representations){...on Permit{fee}}} {"representations":[{"__typename":"Permit","code":"S2"}]}',
    ],
  },
  {
    name: '@key(resolvable: false): another key of the same department is used',
    departments: {
      a: `type Permit @key(fields: "id") { id: ID! label: String }`,
      b: `type Query { permits: [Permit] }
        type Permit @key(fields: "code", resolvable: false) @key(fields: "id code") {
          id: ID! code: String! label: String @external shown: String @requires(fields: "label") }`,
    },
    root: { permits: [{ ...one, shown: 'of first' }] },
    computed: { 'Permit.shown': ({ label }) => `of ${String(label)}` },
    query: '{ permits { shown } }',
    data: { permits: [{ shown: 'of first' }] },
    fetches: [
      'a query($representations:[_Any!]!){_entities(representations:$representations){...on Permit{label}}} {"representations":[{"__typename":"Permit","id":"1"}]}',
      'b query($representations:[_Any!]!){_entities(representations:$representations){...on Permit{shown}}} {"representations":[{"__typename":"Permit","label":"first","id":"1","code":"N1"}]}',
      'b {permits{__typename id code}}',
    ],
  },
  {
    name: '@key(resolvable: false): a department that only refers',
    departments: {
      a: `type Query { holder: Holder } type Holder { name: String permit: Permit }
        type Permit @key(fields: "id", resolvable: false) { id: ID! }`,
      b: `type Permit @key(fields: "id") { id: ID! label: String }`,
    },
    root: { holder: { __typename: 'Holder', name: 'h', permit: two } },
    query: '{ holder { name permit { label } } }',
    data: { holder: { name: 'h', permit: { label: 'second' } } },
    fetches: [
      'a {holder{name permit{__typename id}}}',
      'b query($representations:[_Any!]!){_entities(representations:$representations){...on Permit{label}}} {"representations":[{"__typename":"Permit","id":"2"}]}',
    ],
  },
  {
    name: '@key: an object that a department does not have, and one without a key',
    departments: {
      a: `type Query { permits: [Permit] } type Permit @key(fields: "id") { id: ID! label: String }`,
      b: `type Permit @key(fields: "id") @key(fields: "note") { id: ID! note: ID }`,
      c: `type Permit @key(fields: "note") { note: ID remark: String }`,
    },
    root: { permits: [one, { ...two, remark: 'r2' }] },
    query: '{ permits { label remark } }',
    data: {
      permits: [
        { label: 'first', remark: null },
        { label: 'second', remark: 'r2' },
      ],
    },
    fetches: [
      'a {permits{__typename id label}}',
      'b query($representations:[_Any!]!){_entities(representations:$representations){...on Permit{note}}} {"representations":[{"__typename":"Permit","id":"1"},{"__typename":"Permit","id":"2"}]}',
      'c query($representations:[_Any!]!){_entities(representations:$representations){...on Permit{remark}}} {"representations":[{"__typename":"Permit","note":"n2"}]}',
    ],
  },
  {
    name: 'Federation 1: type extensions with @external keys',
    departments: {
      a: `type Query { permit: Permit } type Permit @key(fields: "id") { id: ID! label: String }`,
      b: `extend type Permit @key(fields: "id") { id: ID! @external fee: Int }`,
    },
    root: { permit: one },
    query: '{ permit { id label fee } }',
    data: { permit: { id: '1', label: 'first', fee: 10 } },
    fetches: [
      'a {permit{__typename id label}}',
      'b query($representations:[_Any!]!){_entities(representations:$representations){...on Permit{fee}}} {"representations":[{"__typename":"Permit","id":"1"}]}',
    ],
  },
  {
    name: 'a way back: from one department to another and to the first again',
    departments: {
      a: `type Query { permit: Permit } type Permit @key(fields: "id") { id: ID! label: String }`,
      b: `type Permit @key(fields: "id") { id: ID! next: [Permit] }`,
    },
    root: { permit: { ...one, next: [two, one] } },
    query: '{ permit { next { label } label } }',
    data: { permit: { next: [{ label: 'second' }, { label: 'first' }], label: 'first' } },
    fetches: [
      'a query($representations:[_Any!]!){_entities(representations:$representations){...on Permit{label}}} {"representations":[{"__typename":"Permit","id":"2"},{"__typename":"Permit","id":"1"}]}',
      'a {permit{__typename id label}}',
      'b query($representations:[_Any!]!){_entities(representations:$representations){...on Permit{next{__typename id}}}} {"representations":[{"__typename":"Permit","id":"1"}]}',
    ],
  },
  {
    name: 'parts of one object without a key, from two departments, and what its own key leads to',
    departments: {
      a: `type Query { permit: Permit } type Permit @key(fields: "id") { id: ID! label: String }`,
      b: `type Permit @key(fields: "id") { id: ID! kind: Kind @shareable } type Kind { rule: String }`,
      c: `type Permit @key(fields: "id") { id: ID! kind: Kind @shareable } type Kind { id: ID @shareable }`,
      d: `type Kind @key(fields: "id") { id: ID @shareable name: String }`,
    },
    root: { permit: { ...one, kind: { __typename: 'Kind', id: 'k', rule: 'r', name: 'n' } } },
    query: '{ permit { kind { id rule name } label } }',
    data: { permit: { kind: { id: 'k', rule: 'r', name: 'n' }, label: 'first' } },
    fetches: [
      'a {permit{__typename id label}}',
      'b query($representations:[_Any!]!){_entities(representations:$representations){...on Permit{kind{rule}}}} {"representations":[{"__typename":"Permit","id":"1"}]}',
      'c query($representations:[_Any!]!){_entities(representations:$representations){...on Permit{kind{__typename id}}}} {"representations":[{"__typename":"Permit","id":"1"}]}',
      'd query($representations:[_Any!]!){_entities(representations:$representations){...on Kind{name}}} {"representations":[{"__typename":"Kind","id":"k"}]}',
    ],
  },
  {
    name: 'the rest of an object without a key, from another department than the one that the root asked',
    departments: {
      a: `type Query { permits: [Permit] } type Permit @key(fields: "id") { id: ID! kind: Kind @shareable } type Kind { code: Int }`,
      b: `type Permit @key(fields: "id") { id: ID! kind: Kind @shareable } type Kind { rule: String }`,
    },
    root: {
      permits: [
        { ...one, kind: { __typename: 'Kind', code: 1, rule: 'r' } },
        { ...two, kind: null },
      ],
    },
    query: '{ permits { kind { code rule } } }',
    data: { permits: [{ kind: { code: 1, rule: 'r' } }, { kind: null }] },
    fetches: [
      'a {permits{__typename id kind{code}}}',
      'b query($representations:[_Any!]!){_entities(representations:$representations){...on Permit{kind{rule}}}} {"representations":[{"__typename":"Permit","id":"1"},{"__typename":"Permit","id":"2"}]}',
    ],
  },
]
