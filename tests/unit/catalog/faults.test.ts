import { expect, test } from 'vitest'
import { printFault } from '../../../gateway/catalog/fault.ts'
import { OPEN, composeAll, composeMarked, header } from './marked.ts'

const QUERY = `type Query { a: String ${OPEN} }`

/** Name → SDL texts with `⟦CODE⟧` before each place of a fault, and words that the messages must hold. */
const CASES: Readonly<Record<string, { readonly sdls: readonly string[]; readonly says: readonly string[] }>> = {
  'a field without a class': {
    sdls: [`${header()}\ntype Query {\n  ⟦CLASS_MISSING⟧a: String\n  "text"\n  ⟦CLASS_MISSING⟧b: Int\n}`],
    says: ['Query.a has no sharing class', 'Query.b has no sharing class'],
  },
  'not shared without a basis': {
    sdls: [
      `${header()}\ntype Query { a: String ⟦BASIS_MISSING⟧@share(class: "NOT_SHARED", level: "L4", title: "甲") }`,
    ],
    says: ['Query.a is NOT_SHARED without a basis'],
  },
  'a basis that is no clause': {
    sdls: [
      `${header()}\ntype Query {\n a: String ⟦BASIS_MISSING VALUE_UNKNOWN⟧@share(class: "NOT_SHARED", level: "L4", title: "甲", basis: ["law"])\n}`,
    ],
    says: ['NOT_SHARED without a basis', 'basis "law"'],
  },
  'conditional without conditions, or with blank ones': {
    sdls: [
      `${header()}\ntype Query {
  a: String ⟦CONDITIONS_MISSING⟧@share(class: "CONDITIONAL", level: "L2", title: "甲", basis: ["HZ-4.3"])
  b: String ⟦CONDITIONS_MISSING⟧@share(class: "CONDITIONAL", level: "L2", title: "乙", basis: ["HZ-4.3"], conditions: " ")
  c: String ⟦BASIS_MISSING⟧@share(class: "CONDITIONAL", level: "L2", title: "丙", conditions: "凭授权")
}`,
    ],
    says: ['Query.a is CONDITIONAL', 'Query.b is CONDITIONAL', 'Query.c is CONDITIONAL without a basis'],
  },
  'unknown values': {
    sdls: [
      `${header()}\ntype Query {
  a: String ⟦VALUE_UNKNOWN⟧@share(class: "PUBLIC", level: "L1", title: "甲")
  b: String ⟦VALUE_UNKNOWN⟧@share(class: "UNCONDITIONAL", level: "L5", title: "乙")
  c: String ${OPEN} ⟦VALUE_UNKNOWN⟧@masking(rule: "M-FACE")
  d: String ${OPEN} ⟦VALUE_UNKNOWN⟧@verify(as: "GUESS")
  e: String ⟦VALUE_UNKNOWN⟧@share(class: "UNCONDITIONAL", level: "L1", title: "戊", quasiIdentifier: "SHOE_SIZE")
  f: String ⟦VALUE_UNKNOWN⟧@share(class: "UNCONDITIONAL", level: "L1", title: " ")
  g: String ${OPEN} ⟦BASIS_MISSING⟧@declassifies(clause: "because", reason: "x")
}`,
    ],
    says: ['"PUBLIC"', '"L5"', '"M-FACE"', '"GUESS"', '"SHOE_SIZE"', 'needs title', 'needs a clause ID'],
  },
  'literals of another type, most of which the composer would take': {
    sdls: [
      `${header()}\ntype Query {
  a(x: String @filters(⟦VALUE_UNKNOWN⟧field: Query)): String @share(⟦VALUE_UNKNOWN⟧class: UNCONDITIONAL, level: "L1", title: "甲")
  b: String ⟦COMPOSITION⟧@share(class: "CONDITIONAL", level: "L1", title: "乙", basis: ["HZ-4.3"], conditions: "凭授权", ⟦VALUE_UNKNOWN⟧verifyOnly: "true")
  c: String @share(class: "UNCONDITIONAL", level: "L1", title: "丙", ⟦VALUE_UNKNOWN⟧embeds: ["Query.a", ID])
  d: String ${OPEN} @reference(⟦VALUE_UNKNOWN⟧follows: null)
}`,
    ],
    says: ['must be a string', 'must be true or false', 'must be a list of strings', 'must be a string'],
  },
  'required arguments left out': {
    sdls: [`${header()}\ntype Query { a: String ⟦COMPOSITION VALUE_UNKNOWN⟧@share(level: "L1", title: "甲") }`],
    says: ['"class" of type "String!" is required', '@share needs class'],
  },
  'a class given twice': {
    sdls: [`${header()}\ntype Query {\n  a: String ${OPEN}\n    ⟦COMPOSITION⟧${OPEN}\n}`],
    says: ['"@share" can only be used once'],
  },
  'two classes for one coordinate, which the composer would choose from': {
    sdls: [
      `${header()}\ntype Query { p: P ${OPEN} }\ntype P @key(fields: "id") { id: ID! ${OPEN} x: String @shareable @share(class: "CONDITIONAL", level: "L3", title: "项", basis: ["HZ-4.3"], conditions: "凭授权") }`,
      `${header()}\ntype P @key(fields: "id") {\n  id: ID! ${OPEN}\n  ⟦CLASS_CONFLICT⟧x: String @shareable ${OPEN}\n}`,
      `${header()}\ntype P @key(fields: "id") {\n  id: ID! ${OPEN}\n  ⟦CLASS_CONFLICT⟧x: String @shareable @masking(rule: "M-NO") ${OPEN}\n}`,
    ],
    says: ['P.x: class, level, basis, conditions differ from d0.graphql', 'P.x: class, level, mask,'],
  },
  'one argument that filters by two coordinates': {
    sdls: [
      `${header()}\ntype Query { a(x: String @filters(field: "Query.a")): String @shareable ${OPEN} b: String ${OPEN} }`,
      `${header()}\ntype Query { a(⟦CLASS_CONFLICT⟧x: String @filters(field: "Query.b")): String @shareable ${OPEN} }`,
    ],
    says: ['Query.a(x:) filters by Query.b, but by Query.a in d0.graphql'],
  },
  'coordinates that no department has': {
    sdls: [
      `${header()}\ntype Query {
  ⟦COORDINATE_UNKNOWN⟧a: String @share(class: "UNCONDITIONAL", level: "L1", title: "甲", embeds: ["P.id"])
  ⟦COORDINATE_UNKNOWN⟧b(⟦COORDINATE_UNKNOWN⟧x: String @filters(field: "nonsense")): String ${OPEN} @reference(follows: "Query.zzz")
  c(input: I): String ${OPEN}
}
input I { ⟦COORDINATE_UNKNOWN⟧y: String @filters(field: "Query.gone") }
extend input I { ⟦COORDINATE_UNKNOWN⟧z: String @filters(field: "Query.gone") }`,
    ],
    says: ['Query.a names P.id', 'Query.b names Query.zzz', 'Query.b(x:) names nonsense', 'I.y names', 'I.z names'],
  },
  'items that are non-null': {
    sdls: [
      `${header()}\ntype Query { p: P ${OPEN} }\ntype P @key(fields: "id o { n }") { id: ID! ${OPEN} o: O! ${OPEN} ⟦NON_NULL_ITEM⟧x: [String!]! ${OPEN} }\ntype O { n: ID ${OPEN} }`,
    ],
    says: ['P.x is non-null'],
  },
  'masks that a value cannot hold': {
    sdls: [
      `${header()}\nenum E { A }\ntype Query {
  a: E ${OPEN} ⟦MASK_UNFIT⟧@masking(rule: "M-ALL")
  b: [Int] ${OPEN} ⟦MASK_UNFIT⟧@masking(rule: "M-NO")
  c: Boolean ${OPEN} @masking(rule: "M-NULL")
  d: R ${OPEN} ⟦MASK_UNFIT⟧@masking(rule: "M-NULL")
}
type R { e: String ${OPEN} @masking(rule: "M-NAME") }`,
    ],
    says: ['Query.a is no text', 'Query.b is no text', 'Query.d leads to a record'],
  },
  'for comparison alone, but open or without a way to compare': {
    sdls: [
      `${header()}\ntype Query {
  a: String ⟦VERIFY_UNFIT⟧@share(class: "UNCONDITIONAL", level: "L1", title: "甲", verifyOnly: true) @verify(as: "TEXT")
  b: String ⟦VERIFY_UNFIT⟧@share(class: "CONDITIONAL", level: "L1", title: "乙", basis: ["NT-8.1"], conditions: "只供核实", verifyOnly: true)
}`,
    ],
    says: ['Query.a is UNCONDITIONAL', 'Query.b is for comparison alone, but has no @verify'],
  },
  'resources (ZS-1.12, ZS-2.13, FS-7)': {
    sdls: [
      `${header()}\n${QUERY}
type A ⟦RESOURCE_MISPLACED⟧@resource(code: "1", title: "甲", department: "d9", updateCycle: "DAILY", format: "API", contact: "科") { x: String @shareable ${OPEN} }
type B ⟦VALUE_UNKNOWN VALUE_UNKNOWN VALUE_UNKNOWN⟧@resource(code: "2", title: "乙", department: "d0", updateCycle: "SOMETIMES", format: "FAX", contact: "科", base: "MONEY") { y: String ${OPEN} }
⟦RESOURCE_CONFLICT⟧type C @resource(code: "1", title: "丙", department: "d0", updateCycle: "DAILY", format: "API", contact: "科") { z: String ${OPEN} }`,
      `${header()}\n⟦RESOURCE_CONFLICT⟧type A @resource(code: "3", title: "甲", department: "d1", updateCycle: "DAILY", format: "API", contact: "科") { x: String @shareable ${OPEN} }`,
    ],
    says: [
      'registered for "d9"',
      '"SOMETIMES"',
      '"FAX"',
      '"MONEY"',
      'code 1 is registered already',
      'type A is registered',
    ],
  },
  'a syntax error beside faults elsewhere': {
    sdls: [`${header()}\n${QUERY}\ntype ⟦SYNTAX⟧{`, `${header()}\ntype R { ⟦CLASS_MISSING⟧x: String }`],
    says: ['Syntax Error', 'R.x has no sharing class'],
  },
  'errors of the composer keep file and place': {
    sdls: [
      `${header()}\ntype Query {\n  ⟦COMPOSITION⟧a: String @shareable ${OPEN}\n}`,
      `${header()}\ntype Query { a: Int @shareable ${OPEN} }`,
    ],
    says: ['FIELD_TYPE_MISMATCH: Type of field "Query.a"'],
  },
  'an unknown type': {
    sdls: [`${header()}\ntype Query {\n  a: ⟦COMPOSITION⟧Elsewhere ${OPEN}\n}`],
    says: ['Unknown type Elsewhere'],
  },
  'names given twice': {
    sdls: [`${header()}\ntype Query { a: String ${OPEN} ⟦COMPOSITION⟧a: String ${OPEN} }`],
    says: ['"Query.a" can only be defined once'],
  },
  'a root type under another name': {
    sdls: [`${header()}\nschema { query: ⟦ROOT_RENAMED⟧Root }\ntype Root { a: String ${OPEN} }`],
    says: ['must be called Query'],
  },
  'a key that is no selection': {
    sdls: [`${header()}\ntype Query { p: P ${OPEN} }\ntype P ⟦COMPOSITION⟧@key(fields: "id {") { id: ID ${OPEN} }`],
    says: ['KEY_INVALID_FIELDS'],
  },
}

test.each(Object.entries(CASES))('%s', (_name, { sdls, says }) => {
  const { expected, found, messages } = composeMarked(...sdls)
  expect(expected.length).toBeGreaterThan(0)
  expect(found.toSorted()).toEqual(expected.toSorted())
  for (const words of says)
    expect(
      messages.some((message) => message.includes(words)),
      words,
    ).toBe(true)
})

test('every fault of every department at once, in reading order, each on one line (ZS-1.13, HZ-15.1)', () => {
  const faulty = (code: string): string => `${header()}\ntype ${code} {\n  b: String\n  a: String\n}`
  const result = composeAll(faulty('Query'), faulty('A'), faulty('B'))
  const printed = result.kind === 'faulty' ? result.faults.map(printFault) : []
  expect(printed.map((line) => line.split(' ', 2).join(' '))).toEqual([
    'd0.graphql:3:3 CLASS_MISSING',
    'd0.graphql:4:3 CLASS_MISSING',
    'd1.graphql:3:3 CLASS_MISSING',
    'd1.graphql:4:3 CLASS_MISSING',
    'd2.graphql:3:3 CLASS_MISSING',
    'd2.graphql:4:3 CLASS_MISSING',
  ])
  expect(printed[0]).toBe(
    'd0.graphql:3:3 CLASS_MISSING Query.b has no sharing class: add @share(class:, level:, title:) [ZS-2.05]',
  )
})

test('what belongs to no single department is told on one line of the supergraph', () => {
  const result = composeAll(
    `${header()}\ntype Query { p: P ${OPEN} }\ntype P @key(fields: "id") { id: ID! ${OPEN} }`,
    `${header()}\ntype P @key(fields: "id", resolvable: false) { id: ID! ${OPEN} x: String ${OPEN} }`,
  )
  const printed = result.kind === 'faulty' ? result.faults.map(printFault) : []
  expect(printed).toHaveLength(1)
  expect(printed[0]).toMatch(/^schema\/supergraph\.graphql:1:1 COMPOSITION SATISFIABILITY_ERROR: .*"P\.x"/)
  expect(printed[0]).not.toContain('\n')
})
