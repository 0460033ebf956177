import { describe, expect, test } from 'vitest'
import type { Catalog } from '../../../gateway/catalog/catalog.ts'
import { readCity } from '../../../gateway/catalog/compose.ts'
import { DEFINITIONS, OPEN, composeAll, composeMarked, composed, composeUnder, header, wrongIn } from './marked.ts'
import type { MarkedCase } from './marked.ts'
import { ALL_RULES } from './registered.ts'

/* What would pass between departments where nothing decides on it. */

const sdl = (body: string): string => `${header()}\n${body}`
const TAX = sdl(`type Query { firm: Firm ${OPEN} }
type Firm @key(fields: "code") { code: ID! ${OPEN} debt: String ${OPEN} owner: Owner ${OPEN} }
type Owner @key(fields: "number") { number: ID! ${OPEN} born: String ${OPEN} }`)

type Cases = Readonly<Record<string, MarkedCase>>

const KEYS: Cases = {
  'a datum of another, only repeated': {
    sdls: [
      TAX,
      sdl(`type Firm ⟦KEY_UNFIT⟧@key(fields: "code debt") { code: ID! ${OPEN} debt: String @external x: Int ${OPEN} }`),
    ],
    says: [
      'Firm: its key "code debt" is sent to d1 with every request, undecided, and Firm.debt is another department\'s: @external',
    ],
  },
  'the whole type repeated': {
    sdls: [
      TAX,
      sdl(`type Query { o: Owner ${OPEN} }
type Owner ⟦KEY_UNFIT⟧@key(fields: "number") { number: ID! ${OPEN} }
extend type Owner @external { number: ID! }`),
    ],
    says: ['Owner.number is another department'],
  },
  'within another record': {
    sdls: [
      TAX,
      sdl(`type Firm ⟦KEY_UNFIT KEY_UNFIT⟧@key(fields: "code owner { born }") { code: ID! ${OPEN} owner: Owner @external x: Int ${OPEN} }
type Owner @key(fields: "number") { number: ID! ${OPEN} born: String @external }`),
    ],
    says: ['Firm.owner is another', 'Owner.born is another'],
  },
  'what both serve, and the other does not call a key': {
    sdls: [
      TAX.replace('debt: String', 'debt: String @shareable'),
      sdl(
        `type Firm ⟦KEY_UNFIT⟧@key(fields: "code debt") { code: ID! ${OPEN} debt: String @shareable ${OPEN} x: Int ${OPEN} }`,
      ),
    ],
    says: ['Firm.debt is in no key of d0, which serves it too'],
  },
  'a part of the other’s key': {
    sdls: [
      TAX.replace('@key(fields: "code")', '⟦KEY_UNFIT⟧@key(fields: "code debt")'),
      sdl(`type Firm ⟦KEY_UNFIT⟧@key(fields: "debt") { debt: String ${OPEN} x: Int ${OPEN} }`),
    ],
    says: ['d0, which serves a part of it, has no such key', 'd1, which serves a part'],
  },
  'a second key beside a fit one, even one that is never resolved': {
    sdls: [
      TAX,
      sdl(
        `type Firm @key(fields: "code") ⟦KEY_UNFIT⟧@key(fields: "code debt", resolvable: false) { code: ID! ${OPEN} debt: String @external x: Int ${OPEN} }`,
      ),
    ],
    says: ['Firm.debt is another'],
  },
  'of an interface that it extends': {
    sdls: [
      sdl(`type Query { r: R ${OPEN} }
interface R @key(fields: "id") { id: ID! }
type A implements R @key(fields: "id") { id: ID! ${OPEN} kept: String @shareable ${OPEN} }`),
      sdl(
        `type R ⟦KEY_UNFIT⟧@key(fields: "id kept") @interfaceObject { id: ID! ${OPEN} kept: String @shareable ${OPEN} x: Int ${OPEN} }`,
      ),
    ],
    says: ['A.kept is in no key of d0'],
  },
  'repeated in an interface that it extends': {
    sdls: [
      sdl(`type Query { r: R ${OPEN} }
interface R @key(fields: "id") { id: ID! kept: String }
type A implements R @key(fields: "id") { id: ID! ${OPEN} kept: String ${OPEN} }`),
      sdl(
        `type R ⟦KEY_UNFIT⟧@key(fields: "id kept") @interfaceObject { id: ID! ${OPEN} kept: String @external x: Int ${OPEN} }`,
      ),
    ],
    says: ['A.kept is in no key of d0'],
  },
}

describe('a key takes in', () => {
  test.each(Object.entries(KEYS))('%s', (_name, one) => {
    expect(wrongIn(one)).toEqual([])
  })

  test('nothing where it is the same for all: in another order, one of two, nested, of an interface', () => {
    const tax = sdl(`type Query { firm: Firm ${OPEN} r: R ${OPEN} }
type Firm @key(fields: "code kind") @key(fields: "number") @key(fields: "place { id }") {
  code: ID! ${OPEN} kind: ID! ${OPEN} number: ID! ${OPEN} place: Place! ${OPEN}
}
type Place { id: ID ${OPEN} }
interface R @key(fields: "id") { id: ID! }
type A implements R @key(fields: "id") { id: ID! ${OPEN} }`)
    const swapped = sdl(
      `type Firm @key(fields: "kind, code") { code: ID! ${OPEN} kind: ID! ${OPEN} x: Int ${OPEN} }\ntype R @key(fields: "id") @interfaceObject { id: ID! ${OPEN} y: Int ${OPEN} }`,
    )
    const other = sdl(
      `type Firm @key(fields: "number", resolvable: false) { number: ID! ${OPEN} }\ntype Query { z: Firm ${OPEN} }`,
    )
    expect(composed(tax, swapped, other).catalog.fields.map(({ coordinate }) => coordinate)).toContain('A.y')
  })
})

const FLOWS: Cases = {
  'an override': {
    sdls: [
      TAX,
      sdl(
        `type Firm @key(fields: "code") { code: ID! ${OPEN} debt: String ⟦SOURCE_CONFLICT⟧@override(from: "d0") ${OPEN} }`,
      ),
    ],
    says: ["@override puts this department's value in the place of another's"],
  },
  'an override of a part of the requests': {
    sdls: [
      TAX,
      sdl(
        `type Firm @key(fields: "code") { code: ID! ${OPEN} debt: String ⟦SOURCE_CONFLICT⟧@override(from: "d0", label: "percent(1)") ${OPEN} }`,
      ),
    ],
    says: ['@override'],
  },
  'an answer on the way to it': {
    sdls: [
      TAX,
      sdl(`type Query { mine: Firm ${OPEN} ⟦SOURCE_CONFLICT⟧@federation__provides(fields: "debt") }
type Firm @key(fields: "code") { code: ID! ${OPEN} debt: String @external }`),
    ],
    says: ['@federation__provides answers here'],
  },
  'what is hidden from all who ask': {
    sdls: [
      TAX,
      sdl(
        `type Firm @key(fields: "code") { code: ID! ${OPEN} debt: String @external ⟦FLOW_HIDDEN⟧@inaccessible x: Int @requires(fields: "debt") ${OPEN} }`,
      ),
    ],
    says: ['@inaccessible hides it'],
  },
  'an argument that takes a value from above': {
    sdls: [
      TAX,
      sdl(`type Firm @key(fields: "code") ⟦FLOW_HIDDEN⟧@federation__context(name: "firm") { code: ID! ${OPEN} debt: String @external room: Room ${OPEN} }
type Room @key(fields: "id") { id: ID! ${OPEN} rent(⟦FILTER_MISSING⟧debt: String ⟦FLOW_HIDDEN⟧@federation__fromContext(field: "$firm { debt }")): Int ${OPEN} }`),
    ],
    says: ['@federation__context hands', '@federation__fromContext takes'],
  },
}

describe('a department does not get hold of another’s datum by', () => {
  test.each(Object.entries(FLOWS))('%s', (_name, one) => {
    expect(wrongIn(one)).toEqual([])
  })

  test('federation’s directives under their long names, which nobody would know', () => {
    const long = `type Firm ⟦LINK_UNFIT⟧@federation__key(fields: "code debt") { code: ID! ${OPEN} debt: String ⟦LINK_UNFIT⟧@federation__external x: Int ${OPEN} ⟦LINK_UNFIT⟧@federation__requires(fields: "debt") }`
    const { expected, found, messages } = composeMarked(TAX, sdl(long))
    expect(found.filter((one) => one.endsWith('LINK_UNFIT')).toSorted()).toEqual(expected.toSorted())
    expect(messages.join('\n')).toContain('import it from the federation specification and call it @requires')
  })

  const firm = `type Firm @needs(fields: "code") { code: ID! ${OPEN} x: Int ${OPEN} }\ntype Query { f: Firm ${OPEN} }`
  test.each([
    [
      'another name for a directive',
      '"@key"',
      '⟦LINK_UNFIT⟧{name: "@key", as: "@needs"}',
      '@key is imported as @needs',
    ],
    [
      'another name for the specification',
      '@link(url: "https://specs.apollo.dev/federation/v2.9",',
      '⟦LINK_UNFIT⟧@link(url: "https://specs.apollo.dev/federation/v2.9", as: "f",',
      'takes no "as"',
    ],
    [
      'an address spelt otherwise',
      '@link(url: "https://specs.apollo.dev/federation/v2.9",',
      '⟦LINK_UNFIT⟧@link(url: "https://SPECS.apollo.dev/federation/v2.9", as: "f",',
      'takes no "as"',
    ],
    [
      'another specification',
      '@link(url: "https://gong',
      '⟦LINK_UNFIT⟧@link(url: "https://specs.apollo.dev/connect/v0.1") @link(url: "https://gong',
      '"connect" is not one',
    ],
    [
      'another name for @link',
      '@link(url: "https://gong',
      '⟦LINK_UNFIT⟧@lien(url: "https://specs.apollo.dev/link/v1.0", as: "lien") @link(url: "https://gong',
      'linked by @link',
    ],
  ])('%s', (_name, from, to, says) => {
    const { expected, found, messages } = composeMarked(`${header().replace(from, to)}\n${firm}`)
    expect(found.filter((one) => one.endsWith('LINK_UNFIT'))).toEqual(expected)
    expect(messages.join('\n')).toContain(says)
  })

  test.each([
    '@requires(fields: ["debt"])',
    '@requires(fields: debt)',
    '@requires(fields: "code") @requires(fields: "debt")',
  ])('%s, which cannot be read', (requires) => {
    const rent = sdl(
      `type Firm @key(fields: "code") { code: ID! ${OPEN} debt: String @external x: Int ${requires} ${OPEN} }`,
    )
    expect(composeAll(TAX, rent).kind).toBe('faulty')
  })
})

describe('a field computed from another department’s', () => {
  const permission = (names: string): string => `@declassifies(for: ${names}, clause: "ZS-4.04", reason: "只告知有无")`
  const owner = (debt: string, born = ''): string =>
    TAX.replace('debt: String', `debt: String ${debt}`).replace('born: String', `born: String ${born}`)
  const rent = (reads: string, word = '@declassifies(clause: "ZS-4.04", reason: "只告知有无")'): string =>
    sdl(`type Firm @key(fields: "code") {
  code: ID! ${OPEN} debt: String @external owner: Owner @external
  ⟦DECLASSIFIED_ALONE⟧rent: String @requires(fields: "${reads}") ${word} ${OPEN}
}
type Owner @key(fields: "number") { number: ID! ${OPEN} born: String @external }`).replace(
      reads.includes('owner') ? '§' : / owner: Owner @external|, owner| born: String @external/g,
      '',
    )
  const plain = (text: string): string => text.replace('⟦DECLASSIFIED_ALONE⟧', '')
  const clauseOf = (catalog: Pick<Catalog, 'fields'>): string | null | undefined =>
    catalog.fields.find(({ coordinate }) => coordinate === 'Firm.rent')?.declassified

  test('is declassified where its source permits it, and nowhere else', () => {
    expect(clauseOf(composed(owner(permission('["Firm.rent"]')), plain(rent('debt'))).catalog)).toBe('ZS-4.04')
    expect(clauseOf(composed(owner(permission('["Firm.rent"]')), plain(rent('debt', ''))).catalog)).toBeNull()
  })

  test.each([
    ['nobody permits it', 'debt', owner('')],
    ['another field is permitted', 'debt', owner(permission('["Firm.debt"]'))],
    ['the source only declassifies itself', 'debt', owner('@declassifies(clause: "ZS-4.04", reason: "x")')],
    ['one of two is permitted', 'debt owner { born }', owner(permission('["Firm.rent"]'))],
  ])('is not, and that is a fault, where %s', (_name, reads, tax) => {
    expect(wrongIn({ sdls: [tax, rent(reads)], says: ['which only those who provide it can permit'] })).toEqual([])
    // Nor does it count for whoever reads on in spite of the fault.
    const sources = [tax, plain(rent(reads))].map((text, at) => ({ department: `d${at}`, file: `d${at}`, sdl: text }))
    expect(clauseOf(readCity(sources, DEFINITIONS))).toBeNull()
  })

  test('is not by the permission that it writes on what it repeats', () => {
    const repeated = rent('debt').replace(
      'debt: String @external',
      `debt: String @external ${permission('["Firm.rent"]')}`,
    )
    expect(wrongIn({ sdls: [TAX, repeated], says: ['Firm.rent declassifies Firm.debt'] })).toEqual([])
  })

  test('needs the permission of every department that serves what is read', () => {
    const shared = owner(`@shareable ${permission('["Firm.rent"]')}`)
    const third = (word: string): string =>
      sdl(`type Firm @key(fields: "code") { code: ID! ${OPEN} debt: String @shareable ${word} ${OPEN} }`)
    expect(clauseOf(composed(shared, plain(rent('debt')), third(permission('["Firm.rent"]'))).catalog)).toBe('ZS-4.04')
    expect(wrongIn({ sdls: [shared, rent('debt'), third('')], says: ['Firm.debt'] })).toEqual([])
  })

  test('is permitted for an interface as a whole, by each type that is read', () => {
    const faces = (second: string): string =>
      sdl(`type Query { r: R ${OPEN} }
interface R @key(fields: "id") { id: ID! n: Int }
type A implements R @key(fields: "id") { id: ID! ${OPEN} n: Int ${OPEN} ${permission('["R.x"]')} }
type B implements R @key(fields: "id") { id: ID! ${OPEN} n: Int ${OPEN} ${second} }`)
    const joins = sdl(
      `type R @key(fields: "id") @interfaceObject { id: ID! ${OPEN} n: Int @external ⟦DECLASSIFIED_ALONE⟧x: Int @requires(fields: "n") @declassifies(clause: "ZS-4.04", reason: "x") ${OPEN} }`,
    )
    const { catalog } = composed(faces(permission('["R.x"]')), plain(joins))
    const clauses = catalog.fields.flatMap(({ coordinate, declassified }) => (declassified ? [coordinate] : []))
    expect(clauses).toEqual(['A.x', 'B.x', 'R.x'])
    expect(wrongIn({ sdls: [faces(''), joins], says: ['R.x declassifies B.n'] })).toEqual([])
  })

  test('and a permission for what nobody has', () => {
    expect(
      wrongIn({
        sdls: [TAX.replace('debt: String', `⟦COORDINATE_UNKNOWN⟧debt: String ${permission('["Firm.gone"]')}`)],
        says: ['Firm.debt names Firm.gone'],
      }),
    ).toEqual([])
    expect(
      wrongIn({
        sdls: [
          TAX.replace('debt: String', `debt: String ${permission('[Firm]').replace('for', '⟦VALUE_UNKNOWN⟧for')}`),
        ],
        says: ['for must be a list of strings'],
      }),
    ).toEqual([])
  })
})

test.each(ALL_RULES.map((rules) => [rules.regime, rules] as const))(
  'each of these faults has a clause of the text of %s, or none where it is silent',
  (_regime, rules) => {
    const result = composeUnder(
      rules,
      TAX.replace('born: String', 'born(x: Int): String'),
      sdl(`type Firm @key(fields: "code debt") { code: ID! ${OPEN} debt: String @external @inaccessible
  a: Int @requires(fields: "debt") @declassifies(clause: "ZS-4.04", reason: "x") ${OPEN} }
type Owner @key(fields: "number") { number: ID! ${OPEN} born(x: Int): String @override(from: "d0") ${OPEN} }`),
    )
    const clauses = result.kind === 'faulty' ? result.faults.map(({ code, clause }) => [code, clause] as const) : []
    const { MINIMUM, ONE_SOURCE, RESPONSIBLE_BODY } = rules.clauses
    expect(Object.fromEntries(clauses)).toMatchObject({
      KEY_UNFIT: MINIMUM,
      FILTER_MISSING: MINIMUM,
      FLOW_HIDDEN: MINIMUM,
      SOURCE_CONFLICT: ONE_SOURCE,
      DECLASSIFIED_ALONE: RESPONSIBLE_BODY,
    })
    expect(MINIMUM).not.toBeNull()
  },
)
