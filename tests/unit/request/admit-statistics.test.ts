import { describe, expect, test } from 'vitest'
import { tablesOf } from '../../../gateway/compile/statistics.ts'
import type { Table, TablesExceeded } from '../../../gateway/limits/statistics.ts'
import { countedTables, refusedTables } from '../../../gateway/request/admit-statistics.ts'
import { prepare } from '../../kit/federation-ask.ts'
import { federate, viewWith } from '../../kit/federation.ts'
import { ZHONGSHAN } from '../grants/world.ts'

const NAMES = ['A', 'B', 'C', 'D']
const CITY = federate([
  {
    name: 'police',
    sdl: `
  type Query { counts(groupBy: [Dimension!]!): Counts @statistics(of: "Resident") residents: [Resident] }
  enum Dimension { ${NAMES.map((name) => `${name} @filters(field: "Group.${name.toLowerCase()}")`).join(' ')} }
  type Counts { groups: [Group!] }
  type Group { ${NAMES.map((name) => `${name.toLowerCase()}: String`).join(' ')} count: Int }
  type Resident @resource(code: "R-1", title: "登记", department: "police", updateCycle: "DAILY", format: "API", contact: "科") { name: String }`,
  },
])
const WHO = { caller: { department: 'planning', officer: 'P-1' } }

async function compiled(text: string) {
  const { normalised, variables } = prepare(CITY.schema, text)
  return { operation: await CITY.generation.compiledFor(viewWith(CITY), normalised), variables }
}

/** What becomes of an operation, and what was counted for it. */
async function admit(text: string, answer: TablesExceeded | null = null) {
  const spent: (readonly Table[])[] = []
  const statistics = {
    spend: async (_who: unknown, tables: readonly Table[]) => {
      spent.push(tables)
      return answer
    },
  }
  const { operation, variables } = await compiled(text)
  const failure = await refusedTables({ statistics, regime: ZHONGSHAN }, WHO, { compiled: operation }, variables)
  return { failure, spent: spent.map((tables) => tables.map(({ dimensions }) => dimensions.join())) }
}

describe('tables of counts before anybody is asked', () => {
  test('are counted together, each as its set of dimensions', async () => {
    const text = '{ x: counts(groupBy: [B, A]) { groups { count } } y: counts(groupBy: []) { groups { count } } }'
    expect(await admit(text)).toEqual({ failure: null, spent: [['Group.a,Group.b', '']] })
    expect((await admit('{ residents { name } }')).spent).toEqual([])
  })

  test('of too many dimensions are refused, and not counted', async () => {
    const { failure, spent } = await admit('{ counts(groupBy: [A, B, C, D]) { groups { count } } }')
    expect(failure?.code).toBe('LIMIT_EXCEEDED')
    expect(failure?.text?.en).toContain('more than 3 dimensions')
    expect(spent).toEqual([])
  })

  test.each([
    ['OFFICER', 'this officer', '本人'],
    ['DEPARTMENT', 'this department', '本部门'],
  ] as const)('too many of the %s are refused with the clause of the regime', async (kind, en, zh) => {
    const exceeded = { of: 'Resident', kind, most: 4 }
    const { failure } = await admit('{ counts(groupBy: [A]) { groups { count } } }', exceeded)
    expect(failure).toMatchObject({ code: 'RATE_LIMIT', clause: 'ZS-4.01(3)' })
    expect(failure?.text?.en).toBe(`more than 4 different tables of Resident by ${en} in 90 days`)
    expect(failure?.text?.zh).toContain(zh)
  })
})

test('the record is told groups, not counts, however often they stand in the answer', async () => {
  const { operation, variables } = await compiled(
    '{ x: counts(groupBy: [A]) { groups { a } again: groups { count } } y: counts(groupBy: [B]) { groups { b } } }',
  )
  const at = (...path: (string | number)[]) => ({ path, type: 'Group', provider: 'police' })
  const records = [
    at('x'),
    at('x', 'groups', 0),
    at('x', 'groups', 1),
    at('x', 'again', 0),
    at('x', 'again', 1),
    at('y'),
  ]
  const { counted = [] } = countedTables(operation, variables, records)
  expect(counted.map(({ key, of, groups }) => [key, of, groups])).toEqual([
    ['x', 'Resident', 2],
    ['y', 'Resident', 0],
  ])
  expect(tablesOf(operation, variables)).toHaveLength(2)
})
