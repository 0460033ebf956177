import { describe, expect, test } from 'vitest'
import { compose } from '../../gateway/catalog/compose.ts'
import type { Composition } from '../../gateway/catalog/compose.ts'
import { buildView } from '../../gateway/grants/view.ts'
import type { Coordinate } from '../../gateway/vocabulary/coordinate.ts'
import { prepare } from '../kit/federation-ask.ts'
import { SHARING_DEFINITIONS, fullSdl } from '../kit/federation-sdl.ts'
import { federate, viewWith } from '../kit/federation.ts'
import {
  NOON,
  ZHONGSHAN,
  authorityOf,
  callerOf,
  conditional,
  field,
  grantOf,
  indexOf,
  matterOf,
} from '../unit/grants/world.ts'

/* Attempts of a department, careless or not, to open data by the SDL that it hands in. */

type Sdls = Readonly<Record<string, string>>

const entry = (department: string): string =>
  `@resource(code: "${department}-1", title: "登记", department: "${department}", updateCycle: "DAILY", format: "API", contact: "科室")`
const SHUT = '@share(class: "CONDITIONAL", level: "L4", title: "甲", basis: ["HZ-4.3"], conditions: "凭授权")'
const KEPT =
  '@share(class: "NOT_SHARED", level: "L4", title: "乙", basis: ["ZS-4.04"], grounds: ["LAW 《统计法》第九条"])'

function composed(sdls: Sdls): Composition {
  const sources = Object.entries(sdls).map(([department, sdl]) => ({ department, file: department, sdl: fullSdl(sdl) }))
  return compose(sources, SHARING_DEFINITIONS)
}

const faultsOf = (sdls: Sdls): readonly string[] => {
  const result = composed(sdls)
  return result.kind === 'faulty' ? result.faults.map(({ code }) => code) : []
}

/** What a department may learn without any grant, for a matter that needs everything; a fault opens nothing. */
function learns(department: string, sdls: Sdls): ReadonlyMap<Coordinate, string> {
  const result = composed(sdls)
  if (result.kind === 'faulty') return new Map()
  const { fields, resources } = result.catalog
  const everything = Object.fromEntries(fields.map(({ coordinate }) => [coordinate, 'READ'] as const))
  const world = authorityOf(ZHONGSHAN, fields, [matterOf(everything, { department })], { resources })
  const { decisions } = buildView(world, callerOf({ department }), indexOf(), NOON)
  return new Map([...decisions].map(([at, { kind }]) => [at, kind]))
}

describe('one’s own data, for which nobody’s consent is needed', () => {
  const sdls = {
    housing: `type Query { firm: Firm } type Firm @key(fields: "code") ${entry('housing')} { code: ID! name: String ${SHUT} }`,
    tax: `type Firm @key(fields: "code") { code: ID! debt: String ${SHUT} file: String ${KEPT} }`,
  }

  test('is what one has registered and serves', () => {
    expect(learns('housing', sdls).get('Firm.name')).toBe('ALLOW')
    expect(learns('tax', sdls).get('Firm.name')).toBe('DENY')
  })

  // Whoever registered the record type read clear, and without any grant, what other departments added to it; even
  // what is not shared at all (INV-5).
  test('is not what another department has added to the same record', () => {
    expect(learns('housing', sdls).get('Firm.debt') ?? 'DENY').toBe('DENY')
    expect(learns('housing', sdls).get('Firm.file') ?? 'DENY').not.toBe('ALLOW')
  })

  // So a department had only to register the type that all departments extend.
  test('is not had by registering the type that others serve', () => {
    const all = {
      tax: `type Query { p: Person } type Person @key(fields: "code") { code: ID! debt: String ${SHUT} file: String ${KEPT} }`,
      housing: `type Person @key(fields: "code") ${entry('housing')} { code: ID! }`,
    }
    expect(learns('housing', all).get('Person.debt') ?? 'DENY').toBe('DENY')
    expect(learns('housing', all).get('Person.file') ?? 'DENY').not.toBe('ALLOW')
  })

  test('is not had by naming oneself for another department’s record, nor another for one’s own', () => {
    const twice = `type Query { f: Firm } type Firm @key(fields: "code") ${entry('housing')} { code: ID! }`
    expect(faultsOf({ tax: twice })).toContain('RESOURCE_MISPLACED')
    expect(faultsOf({ tax: `type Query { a: ID }`, housing: twice, health: twice })).toContain('RESOURCE_CONFLICT')
  })

  // The entry stays under the department that registered it, and the value comes from another.
  test('is not taken over by an override', () => {
    const taken = {
      tax: `type Query { f: Firm } type Firm @key(fields: "code") ${entry('tax')} { code: ID! debt: String ${SHUT} }`,
      housing: `type Firm @key(fields: "code") { code: ID! debt: String ${SHUT} @override(from: "tax") }`,
    }
    expect(faultsOf(taken)).not.toEqual([])
  })
})

describe('what a department is sent', () => {
  const TAX = `type Query { firm: Firm } type Firm @key(fields: "code") { code: ID! debt: String ${KEPT} }`

  /** What is asked of whom for a field of housing, by somebody who may not see the debt. */
  async function asked(housing: string): Promise<string> {
    if (faultsOf({ tax: TAX, housing }).length > 0) return 'refused'
    const both = federate([
      { name: 'tax', sdl: TAX },
      { name: 'housing', sdl: housing },
    ])
    const { normalised } = prepare(both.schema, '{ firm { rent } }', {})
    const view = viewWith(both, { 'Firm.debt': 'DENY' })
    return JSON.stringify((await both.generation.compiledFor(view, normalised)).plan)
  }

  test('is nothing that its field is computed from and that the caller may not see', async () => {
    const sdl = `type Firm @key(fields: "code") { code: ID! debt: String @external rent: String @requires(fields: "debt") }`
    expect(await asked(sdl)).not.toContain('debt')
  })

  // A department called another one's datum a part of its key, and was sent it clear with every request, whatever
  // was decided on it and with no trace in the record: also what is not shared at all (INV-5).
  test('is no datum of another that it calls a key', async () => {
    const sdl = `type Firm @key(fields: "code debt") { code: ID! debt: String @external rent: String }`
    expect(await asked(sdl)).not.toContain('debt')
  })

  // Or it declassified by its own word what another department had classified.
  test('is no datum of another that it declassifies itself', async () => {
    const sdl = `type Firm @key(fields: "code") { code: ID! debt: String @external
      rent: String @requires(fields: "debt") @declassifies(clause: "ZS-4.04", reason: "x") }`
    expect(await asked(sdl)).not.toContain('debt')
  })
})

describe('what filters', () => {
  // Rows were chosen by a telephone number that nobody may read, and no annotation was missed.
  test.each([
    ['an argument', 'type Query { firms(phone: String): [Firm] }', ''],
    ['a member of an input', 'type Query { firms(filter: Filter): [Firm] }', 'input Filter { phone: String }'],
    ['a custom scalar', 'type Query { firms(where: Json): [Firm] }', 'scalar Json'],
    ['an order', 'type Query { firms(orderBy: Order): [Firm] }', 'enum Order { PHONE NAME }'],
  ])('says what it filters by: %s', (_name, query, types) => {
    const firm = `type Firm @key(fields: "code") { code: ID! phone: String ${SHUT} }`
    expect(faultsOf({ tax: `${query} ${types} ${firm}` })).not.toEqual([])
  })
})

describe('a field of Query', () => {
  const FIELDS = [field('Query.lookup', { kind: 'object' }), conditional('Query.phones'), field('Query.addresses')]
  const world = authorityOf(ZHONGSHAN, FIELDS, [matterOf({})])
  const { decisions } = buildView(world, callerOf(), indexOf(grantOf('G', { 'Query.phones': 'CLEAR' })), NOON)

  test('that only leads somewhere is nobody’s datum', () => {
    expect(decisions.get('Query.lookup')?.kind).toBe('ALLOW')
  })

  // Values at the root were shown though the matter does not need them (ZS-4.01(3)).
  test.each(['Query.phones', 'Query.addresses'] as const)('that holds values is: %s', (at) => {
    expect(decisions.get(at)).toMatchObject({ kind: 'DENY', code: 'NOT_NEEDED' })
  })
})
