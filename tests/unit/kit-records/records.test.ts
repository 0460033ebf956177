import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { date, legalEntityReference, personReference, text } from '../../../subgraphs/kit/decode.ts'
import { keyColumns, keyText, legalKeys, recordKey, recordKeyOf, rowsBySubject } from '../../../subgraphs/kit/keys.ts'
import type { Department, Lookup, PageLookup, Register, Row, Source } from '../../../subgraphs/kit/register.ts'
import { createSubgraph } from '../../../subgraphs/kit/subgraph.ts'

const SDL = `
extend schema
  @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
  @link(url: "https://gongxiang.example/sharing/v1.0", import: ["@filters"])
type Person @key(fields: "idDocumentType idDocumentNumber") { idDocumentType: String! idDocumentNumber: String! }
type LegalEntity @key(fields: "identifierType identifier") {
  identifierType: String!
  identifier: String!
  vehicles: [Vehicle!]
}
type Vehicle @key(fields: "plateNumber plateType") {
  plateNumber: String
  plateType: String
  make: String
  colour: String
  registered: String
  driver: Person
  company: LegalEntity
}
input VehicleFilter { make: String }
type VehiclePage { nodes: [Vehicle!] endCursor: String hasNextPage: Boolean }
type Query {
  vehicle(plateNumber: String!, plateType: String!): Vehicle
  plates(plateNumber: String!): [Vehicle!]
  vehicles(filter: VehicleFilter!, first: Int = 10, after: String): VehiclePage
}
`

const PLATE_TYPES: Readonly<Record<string, string>> = { '01': 'LARGE', '02': 'SMALL' }
const FIRM = '91442092MA9000011Y'
const OLD_FIRM = '442092000000017'
const PERSON = '44209019850615028X'

const fields: Register['fields'] = {
  plateNumber: text('hphm'),
  plateType: { column: 'hpzl', decode: (value) => PLATE_TYPES[String(value)] },
  make: text('pp'),
  colour: text('ys'),
  registered: date('djrq'),
  driver: personReference('jsr'),
  company: legalEntityReference('gs'),
}
const vehicles: Register = {
  type: 'Vehicle',
  at: 'cl',
  rows: 'ONE',
  ...recordKey(fields, 'plateNumber', 'plateType'),
  fields,
}
const byPlate: Register = { ...vehicles, rows: 'MANY', ...recordKey(fields, 'plateNumber') }
const byCompany: Register = { type: 'Vehicle', at: 'cl', rows: 'MANY', ...legalKeys('gs'), fields }

function row(plate: string, type: string, make: string, more: Row = {}): Row {
  return { hphm: plate, hpzl: type, pp: make, ys: '白', djrq: '2020-01-02', jsr: PERSON, gs: FIRM, xh: plate, ...more }
}

const ROWS: readonly Row[] = [
  row('粤T0001', '02', '样例'),
  row('粤T0001', '01', '示范'),
  row('粤T0002', '02', '样例', { gs: OLD_FIRM, ys: 7 }),
  row('粤T0003', '09', '样例'),
]

const folder = mkdtempSync(join(tmpdir(), 'gx-records-'))
writeFileSync(join(folder, 'schema.graphql'), SDL)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const department: Department = {
  name: 'transport',
  schema: pathToFileURL(join(folder, 'schema.graphql')),
  links: {},
  person: {},
  legalLinks: { vehicles: byCompany },
  records: [vehicles],
  lookups: { vehicle: vehicles, plates: byPlate },
  lists: {
    vehicles: { register: vehicles, subject: 'Vehicle', filters: { make: { column: 'pp' } }, order: 'xh', most: 20 },
  },
  connect: () => Promise.reject(new Error('not connected')),
}

/** A source that narrows by the first part of a key alone, as most can. */
function bench() {
  const asked: (Lookup | PageLookup)[] = []
  const cut = (columns: readonly string[], found: Row): Row =>
    Object.fromEntries(columns.map((column) => [column, found[column]]))
  const source: Source = {
    async fetch(lookup) {
      asked.push(lookup)
      const numbers = new Set(lookup.keys.map((key) => ('identifier' in key ? key.identifier : '')))
      const found = ROWS.filter((one) => numbers.has(String(one[lookup.register.key.number])))
      return { rows: found.map((one) => cut(lookup.columns, one)), asOf: '2026-11-20T00:00:00+08:00' }
    },
    async list(page) {
      asked.push(page)
      const found = ROWS.filter((one) =>
        page.conditions.every(({ column, values }) => values.includes(String(one[column]))),
      )
      return { rows: found.map((one) => cut(page.columns, one)), asOf: '2026-11-20T00:00:00+08:00' }
    },
    asOf: async () => '2026-11-20T00:00:00+08:00',
    health: async () => ({ ok: true, detail: '' }),
    close: async () => undefined,
  }
  const subgraph = createSubgraph(department, source)
  const ask = (query: string, variables: Readonly<Record<string, unknown>> = {}) =>
    subgraph.execute({ query, variables }, { receipt: 'gx_test', consumer: 'tax', matter: null })
  return { asked, ask }
}

function reference(plateNumber: string, plateType: string) {
  return { __typename: 'Vehicle', plateNumber, plateType }
}

test('a lookup finds the record of a compound key, in one query with the needed columns', async () => {
  const { ask, asked } = bench()
  const { data, errors } = await ask(`{
    a: vehicle(plateNumber: "粤T0001", plateType: "LARGE") { make }
    b: vehicle(plateNumber: "粤T0001", plateType: "SMALL") { plateType registered }
    none: vehicle(plateNumber: "粤T0002", plateType: "LARGE") { make }
  }`)
  expect(errors).toBeUndefined()
  expect(data).toEqual({ a: { make: '示范' }, b: { plateType: 'SMALL', registered: '2020-01-02' }, none: null })
  expect(asked.map(({ columns }) => columns)).toEqual([['hphm', 'hpzl', 'pp', 'djrq']])
})

test('a lookup by a part of the key gives every record of it', async () => {
  const { ask } = bench()
  const { data } = await ask('{ plates(plateNumber: "粤T0001") { make } none: plates(plateNumber: "x") { make } }')
  expect(data).toEqual({ plates: [{ make: '样例' }, { make: '示范' }], none: [] })
})

test('an entity of the type resolves by its key, each call with its own columns', async () => {
  const { ask, asked } = bench()
  const { data, errors } = await ask(
    `query ($r: [_Any!]!) {
      a: _entities(representations: $r) { ... on Vehicle { make } }
      b: _entities(representations: $r) { __typename ... on Vehicle { colour @skip(if: true) registered } }
    }`,
    { r: [reference('粤T0001', 'LARGE'), reference('粤T0009', 'SMALL')] },
  )
  expect(errors).toBeUndefined()
  expect(data).toEqual({
    a: [{ make: '示范' }, null],
    b: [{ __typename: 'Vehicle', registered: '2020-01-02' }, null],
  })
  expect(asked.map(({ columns }) => columns)).toEqual([
    ['hphm', 'hpzl', 'pp'],
    ['hphm', 'hpzl', 'djrq'],
  ])
})

test.each([
  { plateNumber: '粤T0001' },
  { plateNumber: '', plateType: 'SMALL' },
  { plateNumber: '9'.repeat(65), plateType: 'SMALL' },
])('%j is no key', async (key) => {
  const { ask, asked } = bench()
  const answer = await ask('query ($r: [_Any!]!) { _entities(representations: $r) { ... on Vehicle { make } } }', {
    r: [{ __typename: 'Vehicle', ...key }],
  })
  expect(answer.errors?.map(({ extensions }) => extensions?.code)).toEqual(['BAD_USER_INPUT'])
  expect(asked).toEqual([])
})

test('a list gives the records themselves, reads what is selected, and leaves out who has no key', async () => {
  const { ask, asked } = bench()
  const { data, errors } = await ask(
    '{ vehicles(filter: { make: "样例" }) { p: nodes { plateNumber } ... { nodes { colour } } hasNextPage } }',
  )
  expect(errors).toBeUndefined()
  expect(data).toEqual({
    vehicles: {
      p: [{ plateNumber: '粤T0001' }, { plateNumber: '粤T0002' }],
      nodes: [{ colour: '白' }, { colour: '7' }],
      hasNextPage: false,
    },
  })
  expect(asked.map(({ columns }) => columns)).toEqual([['hphm', 'hpzl', 'ys', 'xh']])
})

test('a list that is asked for nothing of its records reads their keys alone', async () => {
  const { ask, asked } = bench()
  await ask('{ vehicles(filter: { make: "样例" }) { hasNextPage } }')
  expect(asked.map(({ columns }) => columns)).toEqual([['hphm', 'hpzl', 'xh']])
})

test('an organisation leads to its records, and a record to its organisation and its driver (HZ-15.2)', async () => {
  const { ask } = bench()
  const { data } = await ask(
    `query ($r: [_Any!]!) { _entities(representations: $r) { ... on LegalEntity { vehicles {
      plateType driver { idDocumentType idDocumentNumber } company { identifierType identifier }
    } } } old: vehicle(plateNumber: "粤T0002", plateType: "SMALL") { company { identifierType identifier } } }`,
    { r: [{ __typename: 'LegalEntity', identifierType: 'USCC', identifier: FIRM }] },
  )
  const driver = { idDocumentType: 'RESIDENT_ID', idDocumentNumber: PERSON }
  const company = { identifierType: 'USCC', identifier: FIRM }
  expect(data).toMatchObject({
    _entities: [{ vehicles: [{ plateType: 'SMALL', driver, company }, { plateType: 'LARGE' }, { plateType: null }] }],
    old: { company: { identifierType: 'REGISTRATION_NUMBER', identifier: OLD_FIRM } },
  })
})

test('the parts of a key do not run together, numbers are texts, and padding is nothing', () => {
  const [a, b] = [
    recordKeyOf(vehicles, { plateNumber: 'A', plateType: 'B:C' }),
    recordKeyOf(vehicles, { plateNumber: 'A:B', plateType: 'C' }),
  ]
  expect(keyText(a)).not.toBe(keyText(b))
  const found = rowsBySubject(byPlate, [{ hphm: 17 }, { hphm: 'A   ' }, { hphm: null }, {}])
  expect([...found.keys()]).toEqual(['17', 'A'].map((plateNumber) => keyText(recordKeyOf(byPlate, { plateNumber }))))
})

test('a part of a key that cannot be read leaves out its own row alone', () => {
  const strict: Register = { ...vehicles, ...recordKey(fields, 'plateNumber', 'registered') }
  const found = rowsBySubject(strict, [row('A', '01', 'x', { djrq: 'soon' }), row('A', '01', 'y')])
  expect([...found.values()].flat().map(({ pp }) => pp)).toEqual(['y'])
  expect(keyColumns(strict)).toEqual(['hphm', 'djrq'])
})

test('a key of a field that is none is refused when it is written', () => {
  expect(() => recordKey(fields, 'plate')).toThrow('A key names plate, which is no field')
  expect(() => recordKey(fields)).toThrow('A key has a field at least')
})
