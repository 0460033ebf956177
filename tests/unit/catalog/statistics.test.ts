import { describe, expect, test } from 'vitest'
import { OPEN, composeMarked, composed, header, wrongIn } from './marked.ts'

const RESOURCE = `@resource(code: "R-1", title: "登记", department: "d0", updateCycle: "DAILY", format: "API", contact: "科")`
const RECORD = `type Resident ${RESOURCE} { name: String ${OPEN} town: String ${OPEN} }`
const BY_TOWN = '@filters(field: "Group.town")'

interface Parts {
  readonly of?: string
  readonly args?: string
  readonly group?: string
  readonly more?: string
  readonly mark?: string
}

/** A department that counts its residents by town; a part may be written otherwise, and what is wrong is marked. */
function counting({ of = 'Resident', args = '', group = '', more = '', mark = '' }: Parts = {}): string {
  return `${header()}
type Query {
  counts(groupBy: [Dimension!]!${args}): Counts ${mark}@statistics(of: "${of}") ${OPEN}
  residents: [Resident] ${OPEN}
}
enum Dimension { TOWN ${BY_TOWN} }
type Counts { groups: [Group!] ${OPEN} suppressed: Boolean ${OPEN} }
type Group { town: String ${OPEN} count: Int ${OPEN} ${group} }
${RECORD}
${more}`
}

const UNFIT = '⟦STATISTICS_UNFIT⟧'
const KEYED = `type Person @key(fields: "id") { id: ID! ${OPEN} }`

const FAULTS: Readonly<Record<string, { readonly sdls: readonly string[]; readonly says: readonly string[] }>> = {
  'a field of no root': {
    sdls: [
      counting({
        more: `type Office { counts: OfficeCounts ${UNFIT}@statistics(of: "Resident") ${OPEN} } type OfficeCounts { count: Int ${OPEN} }`,
      }),
    ],
    says: ['Office.counts counts records: only a field of Query does'],
  },
  'a record type that is none of the department': {
    sdls: [counting({ of: 'Person', mark: UNFIT, more: KEYED })],
    says: ['counts Person, which is no record type of its department'],
  },
  'an answer that leads to records': {
    sdls: [counting({ group: `residents: [Resident] ${OPEN}`, mark: UNFIT })],
    says: ['the answer of Query.counts leads to Resident'],
  },
  'an answer that leads to persons': {
    sdls: [counting({ group: `who: Person ${OPEN}`, mark: UNFIT, more: KEYED })],
    says: ['the answer of Query.counts leads to Person'],
  },
  'an answer to which another department adds persons': {
    sdls: [
      counting({ mark: UNFIT, group: '' }).replace('type Group {', 'type Group @shareable {'),
      `${header()}\ntype Group @shareable { who: Person ${OPEN} town: String ${OPEN} count: Int ${OPEN} } ${KEYED}`,
    ],
    says: ['leads to Person'],
  },
  'an answer that may be anything': {
    sdls: [
      counting({
        group: `one: Either ${OPEN}`,
        mark: UNFIT,
        more: `union Either = A | B type A { a: Int ${OPEN} } type B { b: Int ${OPEN} }`,
      }),
    ],
    says: ['holds Either, which may be anything'],
  },
  'an answer of a single value': {
    sdls: [
      `${header()}\ntype Query { count: Int ${UNFIT}@statistics(of: "Resident") ${OPEN} residents: [Resident] ${OPEN} }\n${RECORD}`,
    ],
    says: ['answers no groups but a single value'],
  },
  'an answer that is reached without counting': {
    sdls: [counting({ more: `type Office { ⟦STATISTICS_UNFIT⟧best: Group ${OPEN} }` })],
    says: ['Office.best leads to Group'],
  },
  'an answer that another register is counted in': {
    sdls: [
      counting({
        more: `extend type Query { others(groupBy: [Dimension!]!): Counts ${UNFIT}@statistics(of: "Firm") ${OPEN} }
          type Firm ${RESOURCE.replace('R-1', 'R-2')} { name: String ${OPEN} }`,
      }),
    ],
    says: ['Query.others and Query.counts both answer Counts'],
  },
  'a dimension that names a field of the records': {
    sdls: [
      counting({ mark: UNFIT }).replace('TOWN @filters(field: "Group.town")', 'TOWN @filters(field: "Resident.town")'),
    ],
    says: ['Dimension.TOWN names Resident.town'],
  },
  'a dimension that names nothing, where the argument does': {
    sdls: [
      counting({ mark: UNFIT }).replace('[Dimension!]!', `[Dimension!]! ${BY_TOWN}`).replace(`TOWN ${BY_TOWN}`, 'TOWN'),
    ],
    says: ['Dimension.TOWN must say by @filters'],
  },
  'a member that names nothing': {
    sdls: [counting({ args: `, filter: Choice ${BY_TOWN}`, mark: UNFIT, more: 'input Choice { town: [String!] }' })],
    says: ['Choice.town must say by @filters'],
  },
  'an argument that names a field of the records': {
    sdls: [counting({ args: ', like: String @filters(field: "Resident.name")', mark: UNFIT })],
    says: ['Query.counts(like:) names Resident.name'],
  },
}

describe('a field that counts (ZS-5.09)', () => {
  test.each(Object.entries(FAULTS))('is refused: %s', (_name, marked) => {
    expect(wrongIn(marked)).toEqual([])
  })

  test('stands in the catalogue with what it counts, and changes its version', () => {
    const sdl = counting()
    const { catalog } = composed(sdl)
    expect(catalog.statistics).toEqual({ 'Query.counts': 'Resident' })
    expect(catalog.filters).toEqual({ 'Dimension.TOWN': 'Group.town' })
    const without = composed(sdl.replace('@statistics(of: "Resident")', ''))
    expect(without.catalog.statistics).toEqual({})
    expect(without.catalog.version).not.toBe(catalog.version)
  })

  test('a dimension that says nothing is told as any other argument', () => {
    const { found } = composeMarked(counting().replace(`TOWN ${BY_TOWN}`, 'TOWN'))
    expect(new Set(found.map((one) => one.split(' ')[1]))).toEqual(new Set(['FILTER_MISSING', 'STATISTICS_UNFIT']))
  })
})
