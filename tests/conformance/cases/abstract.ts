import type { FederationCase } from '../federation-case.ts'

const car = { __typename: 'Car', id: 'c', plate: 'A1', seats: 4, rating: 5 }
const bike = { __typename: 'Bike', id: 'b', plate: 'B2', gears: 7, rating: 3 }

const VEHICLES = `interface Vehicle { id: ID! plate: String }
  type Car implements Vehicle @key(fields: "id") { id: ID! plate: String seats: Int }
  type Bike implements Vehicle @key(fields: "id") { id: ID! plate: String gears: Int }`

/** Interfaces and unions. */
export const ABSTRACT: readonly FederationCase[] = [
  {
    name: 'interface: what all types have, and what one has, from two departments',
    departments: {
      a: `type Query { vehicles: [Vehicle] } ${VEHICLES}`,
      b: `type Car @key(fields: "id") { id: ID! owner: String } type Bike @key(fields: "id") { id: ID! owner: String }`,
    },
    root: { vehicles: [{ ...car, owner: 'x' }, { ...bike, owner: 'y' }, null] },
    query: '{ vehicles { __typename plate ... on Car { seats owner } ... on Bike { owner gears } } }',
    data: {
      vehicles: [
        { __typename: 'Car', plate: 'A1', seats: 4, owner: 'x' },
        { __typename: 'Bike', plate: 'B2', owner: 'y', gears: 7 },
        null,
      ],
    },
    fetches: [
      'a {vehicles{__typename ...on Bike{__typename id gears}...on Car{__typename id seats}plate}}',
      'b query($representations:[_Any!]!){_entities(representations:$representations){...on Bike{owner}...on Car{owner}}} {"representations":[{"__typename":"Car","id":"c"},{"__typename":"Bike","id":"b"}]}',
    ],
  },
  {
    name: 'union: members of different departments',
    departments: {
      a: `type Query { found: [Found] } union Found = Car | Bike
        type Car @key(fields: "id") { id: ID! seats: Int } type Bike @key(fields: "id") { id: ID! gears: Int }`,
      b: `type Car @key(fields: "id") { id: ID! plate: String }`,
    },
    root: { found: [car, bike, car] },
    query: '{ found { ... on Car { plate seats } ... on Bike { gears } } }',
    data: { found: [{ plate: 'A1', seats: 4 }, { gears: 7 }, { plate: 'A1', seats: 4 }] },
    fetches: [
      'a {found{__typename ...on Car{__typename id seats}...on Bike{gears}}}',
      'b query($representations:[_Any!]!){_entities(representations:$representations){...on Car{plate}}} {"representations":[{"__typename":"Car","id":"c"}]}',
    ],
  },
  {
    name: 'union: a field of one name and different types',
    departments: {
      a: `type Query { found: [Found] } union Found = Car | Bike
        type Car @key(fields: "id") { id: ID! size: Int } type Bike @key(fields: "id") { id: ID! size: String! }`,
    },
    root: {
      found: [
        { ...car, size: 1 },
        { ...bike, size: 'small' },
      ],
    },
    query: '{ found { ... on Car { size } ... on Bike { how: size } } }',
    data: { found: [{ size: 1 }, { how: 'small' }] },
    fetches: ['a {found{__typename ...on Car{size_gx_Car:size}...on Bike{size_gx_Bike:size}}}'],
  },
  {
    name: '@interfaceObject: a field that another department adds to every type',
    departments: {
      a: `type Query { vehicles: [Vehicle] } interface Vehicle @key(fields: "id") { id: ID! plate: String }
        type Car implements Vehicle @key(fields: "id") { id: ID! plate: String seats: Int }
        type Bike implements Vehicle @key(fields: "id") { id: ID! plate: String }`,
      b: `type Vehicle @key(fields: "id") @interfaceObject { id: ID! rating: Int }`,
    },
    root: { vehicles: [car, bike] },
    query: '{ vehicles { plate rating ... on Car { seats } } }',
    data: {
      vehicles: [
        { plate: 'A1', rating: 5, seats: 4 },
        { plate: 'B2', rating: 3 },
      ],
    },
    fetches: [
      'a {vehicles{__typename id ...on Car{seats}plate}}',
      'b query($representations:[_Any!]!){_entities(representations:$representations){...on Vehicle{rating}}} {"representations":[{"__typename":"Vehicle","id":"c"},{"__typename":"Vehicle","id":"b"}]}',
    ],
  },
  {
    name: '@interfaceObject: from a department that does not know the types to one that does',
    departments: {
      a: `interface Vehicle @key(fields: "id") { id: ID! plate: String }
        type Car implements Vehicle @key(fields: "id") { id: ID! plate: String seats: Int }
        type Bike implements Vehicle @key(fields: "id") { id: ID! plate: String gears: Int }`,
      b: `type Query { best: [Vehicle] } type Vehicle @key(fields: "id") @interfaceObject { id: ID! rating: Int }`,
    },
    root: { best: [car, bike] },
    query: '{ best { rating __typename ... on Car { seats } ... on Bike { gears } } }',
    data: {
      best: [
        { rating: 5, __typename: 'Car', seats: 4 },
        { rating: 3, __typename: 'Bike', gears: 7 },
      ],
    },
    fetches: [
      'a query($representations:[_Any!]!){_entities(representations:$representations){...on Vehicle{__typename ...on Bike{gears}...on Car{seats}}}} {"representations":[{"__typename":"Vehicle","id":"c"},{"__typename":"Vehicle","id":"b"}]}',
      'b {best{__typename id rating}}',
    ],
  },
  {
    name: '@interfaceObject with @requires',
    departments: {
      a: `type Query { vehicles: [Vehicle] } interface Vehicle @key(fields: "id") { id: ID! plate: String }
        type Car implements Vehicle @key(fields: "id") { id: ID! plate: String }
        type Bike implements Vehicle @key(fields: "id") { id: ID! plate: String }`,
      b: `type Vehicle @key(fields: "id") @interfaceObject { id: ID! plate: String @external badge: String @requires(fields: "plate") }`,
    },
    root: {
      vehicles: [
        { ...car, badge: 'of A1' },
        { ...bike, badge: 'of B2' },
      ],
    },
    computed: { 'Vehicle.badge': ({ plate }) => `of ${String(plate)}` },
    query: '{ vehicles { badge } }',
    data: { vehicles: [{ badge: 'of A1' }, { badge: 'of B2' }] },
    fetches: [
      'a {vehicles{__typename id plate}}',
      'b query($representations:[_Any!]!){_entities(representations:$representations){...on Vehicle{badge}}} {"representations":[{"__typename":"Vehicle","id":"c","plate":"A1"},{"__typename":"Vehicle","id":"b","plate":"B2"}]}',
    ],
  },
  {
    name: 'interfaces that implement interfaces, and an object below',
    departments: {
      a: `type Query { named: Named } interface Named { name: String } interface Place implements Named { name: String near: [Place] }
        type Park implements Place & Named @key(fields: "id") { id: ID! name: String near: [Place] trees: Int }
        type Lake implements Place & Named @key(fields: "id") { id: ID! name: String near: [Place] }`,
      b: `type Lake @key(fields: "id") { id: ID! depth: Int }`,
    },
    root: {
      named: {
        __typename: 'Park',
        id: 'p',
        name: 'P',
        trees: 8,
        near: [{ __typename: 'Lake', id: 'l', name: 'L', near: [], depth: 6 }],
      },
    },
    query: '{ named { name ... on Place { near { name ... on Lake { depth } } } ... on Park { trees } } }',
    data: { named: { name: 'P', near: [{ name: 'L', depth: 6 }], trees: 8 } },
    fetches: [
      'a {named{__typename ...on Lake{near{__typename ...on Lake{__typename id}name}}...on Park{near{__typename ...on Lake{__typename id}name}trees}name}}',
      'b query($representations:[_Any!]!){_entities(representations:$representations){...on Lake{depth}}} {"representations":[{"__typename":"Lake","id":"l"}]}',
    ],
  },
]
