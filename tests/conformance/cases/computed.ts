import type { FederationCase } from '../federation-case.ts'

type Given = Readonly<Record<string, unknown>>

const RATES: Readonly<Record<string, number>> = { CNY: 1, HKD: 2, MOP: 3 }

/** A thing with a price in every currency. */
const parcel = {
  __typename: 'Parcel',
  id: 'p',
  weight: 5,
  plain: 'seen',
  price: ({ currency = 'CNY' }: Given) => 10 * (RATES[String(currency)] ?? 0),
}

const PRICED = `type Query { parcel: Parcel parcels: [Parcel] }
  type Parcel @key(fields: "id") { id: ID! plain: String weight: Int price(currency: String! = "CNY"): Int }`
const PRICE = 'price(currency: String! = "CNY"): Int @external'

/** What departments compute from others' values. */
export const COMPUTED: readonly FederationCase[] = [
  {
    name: '@requires: a value of another department',
    departments: {
      a: PRICED,
      b: `type Parcel @key(fields: "id") { id: ID! weight: Int @external heavy: Boolean @requires(fields: "weight") }`,
    },
    root: { parcel: { ...parcel, heavy: true } },
    computed: { 'Parcel.heavy': ({ weight }) => Number(weight) > 4 },
    query: '{ parcel { heavy } }',
    data: { parcel: { heavy: true } },
    fetches: [
      'a {parcel{__typename id weight}}',
      'b query($representations:[_Any!]!){_entities(representations:$representations){...on Parcel{heavy}}} {"representations":[{"__typename":"Parcel","id":"p","weight":5}]}',
    ],
  },
  {
    name: '@requires with an argument, beside the same field asked for with others',
    departments: {
      a: PRICED,
      b: `type Parcel @key(fields: "id") { id: ID! ${PRICE} duty: Int @requires(fields: "price(currency: \\"HKD\\")") }`,
    },
    root: { parcel: { ...parcel, duty: 21 } },
    computed: { 'Parcel.duty': ({ price }) => Number(price) + 1 },
    query: 'query($c: String!) { parcel { price duty inMop: price(currency: "MOP") given: price(currency: $c) } }',
    variables: { c: 'HKD' },
    data: { parcel: { price: 10, duty: 21, inMop: 30, given: 20 } },
    fetches: [
      'a query($l0:String!$v0:String!){parcel{__typename id price_gx0:price price_gx1:price(currency:$l0)price_gx2:price(currency:$v0)price_gx_r0:price(currency:"HKD")}} {"l0":"MOP","v0":"HKD"}',
      'b query($representations:[_Any!]!){_entities(representations:$representations){...on Parcel{duty}}} {"representations":[{"__typename":"Parcel","id":"p","price":20}]}',
    ],
  },
  {
    name: '@requires of one field with different arguments, in one department and in two',
    departments: {
      a: PRICED,
      b: `type Parcel @key(fields: "id") { id: ID! ${PRICE}
        cny: Int @requires(fields: "price") hkd: Int @requires(fields: "price(currency: \\"HKD\\")") }`,
      c: `type Parcel @key(fields: "id") { id: ID! ${PRICE} mop: Int @requires(fields: "price(currency: \\"MOP\\")") }`,
    },
    root: { parcels: [{ ...parcel, cny: 11, hkd: 21, mop: 31 }] },
    computed: {
      'Parcel.cny': ({ price }) => Number(price) + 1,
      'Parcel.hkd': ({ price }) => Number(price) + 1,
      'Parcel.mop': ({ price }) => Number(price) + 1,
    },
    query: '{ parcels { hkd mop cny plain } }',
    data: { parcels: [{ hkd: 21, mop: 31, cny: 11, plain: 'seen' }] },
    fetches: [
      'a {parcels{__typename id price_gx_r0:price price_gx_r1:price(currency:"HKD")price_gx_r2:price(currency:"MOP")plain}}',
      'b query($representations:[_Any!]!){_entities(representations:$representations){...on Parcel{cny}}} {"representations":[{"__typename":"Parcel","id":"p","price":10}]}',
      'b query($representations:[_Any!]!){_entities(representations:$representations){...on Parcel{hkd}}} {"representations":[{"__typename":"Parcel","id":"p","price":20}]}',
      'c query($representations:[_Any!]!){_entities(representations:$representations){...on Parcel{mop}}} {"representations":[{"__typename":"Parcel","id":"p","price":30}]}',
    ],
  },
  {
    name: '@requires of what is itself computed',
    departments: {
      a: PRICED,
      b: `type Parcel @key(fields: "id") { id: ID! ${PRICE} duty: Int @requires(fields: "price(currency: \\"MOP\\")") }`,
      c: `type Parcel @key(fields: "id") { id: ID! duty: Int @external bill: Int @requires(fields: "duty") }`,
    },
    root: { parcel: { ...parcel, duty: 31, bill: 62 } },
    computed: { 'Parcel.duty': ({ price }) => Number(price) + 1, 'Parcel.bill': ({ duty }) => Number(duty) * 2 },
    query: '{ parcel { bill plain } }',
    data: { parcel: { bill: 62, plain: 'seen' } },
    fetches: [
      'a {parcel{__typename id price_gx_r0:price(currency:"MOP")plain}}',
      'b query($representations:[_Any!]!){_entities(representations:$representations){...on Parcel{duty}}} {"representations":[{"__typename":"Parcel","id":"p","price":30}]}',
      'c query($representations:[_Any!]!){_entities(representations:$representations){...on Parcel{bill}}} {"representations":[{"__typename":"Parcel","duty":31,"id":"p"}]}',
    ],
  },
  {
    name: '@requires of parts of lists and objects, with arguments inside',
    departments: {
      a: `type Query { cart: Cart }
        type Cart @key(fields: "id") { id: ID! items(first: Int): [Item] owner: Owner }
        type Item { count: Int cost(unit: String): Int } type Owner { name: String city: String }`,
      b: `type Cart @key(fields: "id") { id: ID! items(first: Int): [Item] @external owner: Owner @external
          total: Int @requires(fields: "items(first: 2) { count cost(unit: \\"FEN\\") }")
          label: String @requires(fields: "owner { name }") }
        type Item { count: Int @external cost(unit: String): Int @external } type Owner { name: String @external }`,
    },
    root: {
      cart: {
        __typename: 'Cart',
        id: 'c',
        items: ({ first = 9 }: Given) =>
          [1, 2, 3].slice(0, Number(first)).map((count) => ({
            __typename: 'Item',
            count,
            cost: ({ unit }: Given) => (unit === 'FEN' ? 100 : 1),
          })),
        owner: { __typename: 'Owner', name: 'o', city: 'z' },
        total: 300,
        label: 'of o',
      },
    },
    computed: {
      'Cart.total': ({ items }) =>
        (items as { count: number; cost: number }[]).reduce((sum, { count, cost }) => sum + count * cost, 0),
      'Cart.label': ({ owner }) => `of ${(owner as { name: string }).name}`,
    },
    query: '{ cart { items { count cost } total label } }',
    data: {
      cart: {
        items: [
          { count: 1, cost: 1 },
          { count: 2, cost: 1 },
          { count: 3, cost: 1 },
        ],
        total: 300,
        label: 'of o',
      },
    },
    fetches: [
      'a {cart{__typename id items_gx0:items{count cost_gx1:cost}owner{name}items_gx_r1:items(first:2){count cost_gx_r0:cost(unit:"FEN")}}}',
      'b query($representations:[_Any!]!){_entities(representations:$representations){...on Cart{total label}}} {"representations":[{"__typename":"Cart","id":"c","owner":{"name":"o"},"items":[{"count":1,"cost":100},{"count":2,"cost":100}]}]}',
    ],
  },
  {
    name: '@requires under a condition that does not hold, beside what always counts',
    departments: {
      a: PRICED,
      b: `type Parcel @key(fields: "id") { id: ID! weight: Int @external third: String heavy: Boolean @requires(fields: "weight") }`,
    },
    root: { parcel: { ...parcel, third: 'always', heavy: true } },
    computed: { 'Parcel.heavy': ({ weight }) => Number(weight) > 4 },
    query: 'query($no: Boolean!) { parcel { plain third heavy @include(if: $no) } }',
    variables: { no: false },
    data: { parcel: { plain: 'seen', third: 'always' } },
    fetches: [
      'a query($v0:Boolean!){parcel{__typename id plain ...on Parcel@include(if:$v0){weight}}} {"v0":false}',
      'b query($representations:[_Any!]!$v0:Boolean!){_entities(representations:$representations){...on Parcel{third heavy@include(if:$v0)}}} {"v0":false,"representations":[{"__typename":"Parcel","id":"p"}]}',
    ],
  },
  {
    name: '@requires under a condition that holds',
    departments: {
      a: PRICED,
      b: `type Parcel @key(fields: "id") { id: ID! weight: Int @external third: String heavy: Boolean @requires(fields: "weight") }`,
    },
    root: { parcel: { ...parcel, third: 'always', heavy: true } },
    computed: { 'Parcel.heavy': ({ weight }) => Number(weight) > 4 },
    query: 'query($yes: Boolean!) { parcel { plain third heavy @include(if: $yes) } }',
    variables: { yes: true },
    data: { parcel: { plain: 'seen', third: 'always', heavy: true } },
    fetches: [
      'a query($v0:Boolean!){parcel{__typename id plain ...on Parcel@include(if:$v0){weight}}} {"v0":true}',
      'b query($representations:[_Any!]!$v0:Boolean!){_entities(representations:$representations){...on Parcel{third heavy@include(if:$v0)}}} {"v0":true,"representations":[{"__typename":"Parcel","id":"p","weight":5}]}',
    ],
  },
  {
    name: '@requires on a type of an interface, with fragments',
    departments: {
      a: `type Query { device: Device } type Device @key(fields: "id") { id: ID! part: Part }
        interface Part { size(unit: String): Int } type Lens implements Part { size(unit: String): Int glass: String }
        type Body implements Part { size(unit: String): Int }`,
      b: `type Device @key(fields: "id") { id: ID! part: Part @external
          fits: Boolean @requires(fields: "part { size(unit: \\"MM\\") ... on Lens { glass } }") }
        interface Part { size(unit: String): Int } type Lens implements Part { size(unit: String): Int @external glass: String @external }
        type Body implements Part { size(unit: String): Int @external }`,
    },
    root: {
      device: {
        __typename: 'Device',
        id: 'd',
        fits: true,
        part: { __typename: 'Lens', glass: 'clear', size: ({ unit }: Given) => (unit === 'MM' ? 70 : 7) },
      },
    },
    computed: {
      'Device.fits': ({ part }) => {
        const { size, glass } = part as { size: number; glass: string }
        return size === 70 && glass === 'clear'
      },
    },
    query: '{ device { fits part { size } } }',
    data: { device: { fits: true, part: { size: 7 } } },
    fetches: [
      'a {device{__typename id part{__typename size_gx_r0:size(unit:"MM")...on Lens{glass}size_gx0:size}}}',
      'b query($representations:[_Any!]!){_entities(representations:$representations){...on Device{fits}}} {"representations":[{"__typename":"Device","id":"d","part":{"glass":"clear","size":70}}]}',
    ],
  },
]
