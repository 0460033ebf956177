import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Catalog, FieldEntry } from '../../../gateway/catalog/catalog.ts'
import { belongsTogether, compose } from '../../../gateway/catalog/compose.ts'
import { checkSurvival } from '../../../gateway/catalog/survival.ts'
import { readDepartment } from '../../../gateway/catalog/read-department.ts'
import { DEFINITIONS, OPEN, composeAll, composeMarked, composed, header } from './marked.ts'

function entry(catalog: Catalog, at: string): FieldEntry {
  const found = catalog.fields.find((field) => field.coordinate === at)
  if (!found) throw new Error(`${at} is not in the catalogue`)
  return found
}

describe('what is read', () => {
  test('every fact of a field', () => {
    const { catalog } = composed(`${header()}
type Query { r: R ${OPEN} }
type R @resource(code: "1", title: "记录", department: "d0", updateCycle: "DAILY", format: "API", contact: "科", base: "NATURAL_PERSON", themes: ["HEALTH"], content: "内容", form: "STRUCTURED", mode: "QUERY", use: "凭授权", sample: "李**", system: "系统", location: "person.r", sharingPeriod: "P5Y", openness: "NOT_OPEN", openMode: "NONE", published: "2026-02-28", standard: "GB/T 2260", authorisationMode: "DIRECT", parameterControl: true, urgent: true, secrecyReview: "BM-1", varies: true, proposed: true) {
  id: String ${OPEN}
  n: String @share(class: "CONDITIONAL", level: "L4", item: "HZ-25#01", title: "证号", basis: ["HZ-4.3", "NT-8.1"], conditions: "只供核实", verifyOnly: true, embeds: ["R.id"], quasiIdentifier: "SEX", grounds: ["LAW 《统计法》第九条"], reasons: "涉及个人", subMode: "COMPARE", scope: ["civil-affairs"], emergencyExcluded: true, authoritativeFor: "person.certificate")
    @masking(rule: "M-NO", approval: "T-7") @verify(as: "TEXT", lowEntropy: true) @reference(follows: "R.id") @declassifies(clause: "ZS-4.04", reason: "粗略")
}`)
    expect(entry(catalog, 'R.n')).toEqual({
      coordinate: 'R.n',
      kind: 'leaf',
      provider: 'd0',
      providers: ['d0'],
      resource: 'R',
      class: 'CONDITIONAL',
      level: 'L4',
      item: 'HZ-25#01',
      title: '证号',
      basis: ['HZ-4.3', 'NT-8.1'],
      grounds: [{ rank: 'LAW', citation: '《统计法》第九条' }],
      reasons: '涉及个人',
      conditions: '只供核实',
      subMode: 'COMPARE',
      scope: ['civil-affairs'],
      verifyOnly: true,
      mask: 'M-NO',
      maskApproval: 'T-7',
      maskProhibited: false,
      verify: { as: 'TEXT', lowEntropy: true },
      embeds: ['R.id'],
      quasiIdentifier: 'SEX',
      emergencyExcluded: true,
      authoritativeFor: 'person.certificate',
      follows: 'R.id',
      requires: [],
      declassified: 'ZS-4.04',
      onInterface: false,
    })
    expect(entry(catalog, 'Query.r')).toMatchObject({ kind: 'object', resource: 'R' })
    expect(catalog.resources).toEqual([
      {
        type: 'R',
        code: '1',
        title: '记录',
        department: 'd0',
        updateCycle: 'DAILY',
        format: 'API',
        contact: '科',
        base: 'NATURAL_PERSON',
        themes: ['HEALTH'],
        content: '内容',
        form: 'STRUCTURED',
        mode: 'QUERY',
        use: '凭授权',
        sample: '李**',
        system: '系统',
        location: 'person.r',
        sharingPeriod: 'P5Y',
        openness: 'NOT_OPEN',
        openMode: 'NONE',
        published: '2026-02-28',
        standard: 'GB/T 2260',
        authorisationMode: 'DIRECT',
        parameterControl: true,
        urgent: true,
        secrecyReview: 'BM-1',
        secret: false,
        varies: true,
        proposed: true,
      },
    ])
  })

  test('leaves are told from records: scalars, enums, extensions of them, lists', () => {
    const { catalog } = composed(`${header()}
scalar S
enum E { A }
extend enum E { B }
interface I { x: String }
type T implements I { x: String ${OPEN} }
union U = T
type Query { s: [S!] ${OPEN} e: E ${OPEN} t: [[T]] ${OPEN} i: I ${OPEN} u: U ${OPEN} id: ID ${OPEN} }`)
    const kinds = catalog.fields.map(({ coordinate, kind }) => [coordinate, kind])
    expect(Object.fromEntries(kinds)).toEqual({
      'Query.e': 'leaf',
      'Query.i': 'object',
      'Query.id': 'leaf',
      'Query.s': 'leaf',
      'Query.t': 'object',
      'Query.u': 'object',
      'T.x': 'leaf',
    })
  })

  test('`extend type` counts as the type: its fields, its record, the key given elsewhere', () => {
    const { catalog } = composed(`${header()}
type Query { r: R ${OPEN} }
extend type R { late: ID! ${OPEN} other: String ${OPEN} }
type R @key(fields: "late") @resource(code: "1", title: "记录", department: "d0", updateCycle: "DAILY", format: "API", contact: "科") { x: String ${OPEN} }`)
    expect(catalog.fields.map(({ coordinate, resource }) => `${coordinate} of ${resource}`)).toEqual([
      'Query.r of R',
      'R.late of R',
      'R.other of R',
      'R.x of R',
    ])
  })

  test('a field repeated as @external needs no class, alone or with its whole type', () => {
    const owner = `${header()}\ntype Query { p: P ${OPEN} }\ntype P @key(fields: "id") { id: ID! ${OPEN} a: Int ${OPEN} o: O @shareable ${OPEN} }\ntype O { n: Int @shareable ${OPEN} }`
    const reader = `${header()}\ntype P @key(fields: "id") { id: ID! ${OPEN} a: Int @external o: O @external b: Int @requires(fields: "a o { n }") ${OPEN} }\ntype O @external { n: Int }`
    const { catalog } = composed(owner, reader)
    expect(entry(catalog, 'P.a').providers).toEqual(['d0'])
    expect(entry(catalog, 'P.id').providers).toEqual(['d0', 'd1'])
    expect(entry(catalog, 'P.b').requires).toEqual(['O.n', 'P.a', 'P.o'])
  })

  test('a @requires through an interface reads every implementation, also one unknown to the reader', () => {
    const owner = `${header()}
type Query { p: P ${OPEN} }
type P @key(fields: "id") { id: ID! ${OPEN} pay: Pay ${OPEN} }
interface Pay { amount: Int note: String }
type Cash implements Pay { amount: Int @shareable ${OPEN} note: String ${OPEN} }
type Card implements Pay { amount: Int ${OPEN} note: String ${OPEN} holder: P ${OPEN} }`
    const reader = `${header()}
type P @key(fields: "id") { id: ID! ${OPEN} pay: Pay @external tax: Int @requires(fields: "pay { amount __typename }") ${OPEN} }
interface Pay { amount: Int }
type Cash implements Pay { amount: Int @external }`
    const { catalog } = composed(owner, reader.replace('@external }', '@shareable ' + OPEN + ' }'))
    expect(entry(catalog, 'P.tax').requires).toEqual(['Card.amount', 'Cash.amount', 'P.pay'])
  })

  test('a field computed from what nobody classified is a fault, not an open field', () => {
    const { expected, found } = composeMarked(
      `${header()}\ntype Query { p: P ${OPEN} }\ntype P @key(fields: "id") { id: ID! ${OPEN} ⟦CLASS_MISSING⟧a: Int }`,
      `${header()}\ntype P @key(fields: "id") { id: ID! ${OPEN} a: Int @external b: Int ⟦COORDINATE_UNKNOWN⟧@requires(fields: "a") ${OPEN} }`,
    )
    expect(found).toEqual(expected)
  })

  test('a field added to an interface is an entry of every type that implements it', () => {
    const { catalog } = composed(
      `${header()}\ntype Query { r: R ${OPEN} }\ninterface R @key(fields: "id") { id: ID! }\ntype A implements R @key(fields: "id") { id: ID! ${OPEN} }\ntype B implements R @key(fields: "id") { id: ID! ${OPEN} }`,
      `${header()}\ntype R @key(fields: "id") @interfaceObject { id: ID! ${OPEN} f: String @share(class: "NOT_SHARED", level: "L4", title: "密", grounds: ["LAW 《统计法》第九条"]) }`,
    )
    for (const at of ['A.f', 'B.f', 'R.f'])
      expect(entry(catalog, at)).toMatchObject({ class: 'NOT_SHARED', onInterface: true, provider: 'd1' })
    expect(entry(catalog, 'A.id')).toMatchObject({ onInterface: false, provider: 'd0' })
  })
})

describe('two or more departments', () => {
  const key = (extra: string): string =>
    `${header()}\ntype P @key(fields: "id") { id: ID! ${OPEN} ${extra}: String ${OPEN} }`

  test('the order in which they are given changes no byte', () => {
    const sources = [`${key('a')}\ntype Query { p: P ${OPEN} }`, key('b'), key('c')].map((sdl, at) => ({
      department: `d${at}`,
      file: `d${at}.graphql`,
      sdl,
    }))
    const reference = JSON.stringify(compose(sources, DEFINITIONS))
    expect(reference).toContain('"kind":"composed"')
    fc.assert(
      fc.property(fc.shuffledSubarray(sources, { minLength: 3 }), (order) => {
        expect(JSON.stringify(compose(order, DEFINITIONS))).toBe(reference)
      }),
      { numRuns: 12 },
    )
  })

  test('may not have one name', () => {
    const source = { department: 'd', file: 'x.graphql', sdl: `${key('a')}\ntype Query { p: P ${OPEN} }` }
    const result = compose([source, { ...source, file: 'y.graphql' }], DEFINITIONS)
    expect(result.kind === 'faulty' && result.faults.some(({ message }) => message.includes('second department'))).toBe(
      true,
    )
  })
})

describe('the hash over supergraph and catalogue', () => {
  const { supergraphSdl, catalog } = composed(
    `${header()}\ntype Query { a(x: Int @filters(field: "Query.a")): String ${OPEN} }\ntype R @resource(code: "1", title: "记录", department: "d0", updateCycle: "DAILY", format: "API", contact: "科") { y: Int ${OPEN} }`,
  )
  const text = JSON.stringify(catalog)

  test('holds for what was composed', () => {
    expect(belongsTogether(JSON.parse(text) as Catalog, supergraphSdl)).toBe(true)
  })

  test('fails for any other character in the supergraph', () => {
    fc.assert(
      fc.property(fc.nat(supergraphSdl.length - 1), (at) => {
        const other = supergraphSdl[at] === 'x' ? 'y' : 'x'
        const changed = supergraphSdl.slice(0, at) + other + supergraphSdl.slice(at + 1)
        expect(belongsTogether(catalog, changed)).toBe(false)
      }),
    )
  })

  test('fails for any other character in the catalogue', () => {
    for (let at = 0; at < text.length; at += 1) {
      const changed = text.slice(0, at) + (text[at] === 'x' ? 'y' : 'x') + text.slice(at + 1)
      expect(survives(changed, supergraphSdl), text.slice(at - 20, at + 5)).toBe(false)
    }
  })

  function survives(changed: string, sdl: string): boolean {
    try {
      return belongsTogether(JSON.parse(changed) as Catalog, sdl)
    } catch {
      return false
    }
  }
})

describe('what arrived in the supergraph', () => {
  const sdl = `${header()}\ntype Query { a(x: Int @filters(field: "Query.a")): String ${OPEN} @masking(rule: "M-NO") @verify(as: "TEXT") }`
  const { supergraphSdl } = composed(sdl)
  const reading = readDepartment({ department: 'd0', file: 'd0.graphql', sdl })

  test('is what was written', () => {
    expect(checkSurvival(supergraphSdl, [reading])).toEqual([])
  })

  test.each([
    ['share', 'level: "L1"', 'level: "L2"'],
    ['masking', '@masking(rule: "M-NO")', ''],
    ['verify', 'as: "TEXT"', 'as: "NAME"'],
    ['filters', '@filters(field: "Query.a")', ''],
  ])('and @%s is missed where it is not', (directive, from, to) => {
    const [definitions = '', query = ''] = supergraphSdl.split(/(?=^type Query)/m)
    const changed = definitions + query.replace(from, to)
    expect(changed).not.toBe(supergraphSdl)
    const faults = checkSurvival(changed, [reading])
    expect(faults.map(({ message }) => message)).toEqual([
      expect.stringContaining(`its @${directive} did not reach the supergraph`),
    ])
    expect(faults[0]).toMatchObject({ code: 'ANNOTATION_LOST', file: 'd0.graphql', line: 2 })
  })

  test('a supergraph that composes shows it, so the fault is none of the composer', () => {
    expect(composeAll(sdl).kind).toBe('composed')
  })
})
