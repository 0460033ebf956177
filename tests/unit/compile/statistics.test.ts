import { describe, expect, test } from 'vitest'
import { rejectionOf } from '../../../gateway/compile/parameters.ts'
import { tablesOf } from '../../../gateway/compile/statistics.ts'
import type { Coordinate } from '../../../gateway/vocabulary/coordinate.ts'
import { prepare } from '../../kit/federation-ask.ts'
import { federate, viewWith } from '../../kit/federation.ts'
import type { Verdict } from '../../kit/federation.ts'

const RESOURCE = `@resource(code: "R-1", title: "登记", department: "police", updateCycle: "DAILY", format: "API", contact: "科")`
const CITY = federate([
  {
    name: 'police',
    sdl: `
  type Query {
    residents: [Resident]
    counts(groupBy: [Dimension!]! = [TOWN], filter: Choice, more: [More!]): Counts @statistics(of: "Resident")
  }
  enum Dimension {
    TOWN @filters(field: "Group.town")
    SEX @filters(field: "Group.sex")
    FAITH @filters(field: "Group.faith")
  }
  input Choice {
    town: [String!] @filters(field: "Group.town", exact: true)
    faith: [String!] @filters(field: "Group.faith", exact: true)
  }
  enum More { DEEP @filters(field: "Group.faith") }
  type Counts { groups: [Group!] suppressed: Boolean }
  type Group { town: String sex: String faith: String count: Int }
  type Resident ${RESOURCE} { name: String }`,
  },
])

type Variables = Readonly<Record<string, unknown>>
const CLOSED: Readonly<Record<Coordinate, Verdict>> = { 'Group.faith': 'DENY' }

async function asked(text: string, variables: Variables = {}, verdicts = CLOSED, otherwise: Verdict = 'ALLOW') {
  const { normalised, variables: bound } = prepare(CITY.schema, text, { variables })
  const operation = await CITY.generation.compiledFor(viewWith(CITY, verdicts, otherwise), normalised)
  const rejected = (rejectionOf(operation, bound)?.rejected ?? []).map(({ coordinate }) => coordinate)
  const tables = tablesOf(operation, bound).map(({ of, dimensions }) => `${of}: ${dimensions.join()}`)
  return { rejected, tables }
}

describe('a dimension that is refused (INV-6)', () => {
  test.each<[string, string, Variables]>([
    ['a literal', '{ counts(groupBy: [SEX, FAITH]) { groups { count } } }', {}],
    ['a literal in the place of its list', '{ counts(groupBy: FAITH) { groups { count } } }', {}],
    [
      'a variable',
      'query ($by: [Dimension!]!) { counts(groupBy: $by) { groups { count } } }',
      { by: ['TOWN', 'FAITH'] },
    ],
    [
      'a variable of one value',
      'query ($by: [Dimension!]!) { counts(groupBy: $by) { groups { count } } }',
      { by: 'FAITH' },
    ],
    [
      'a variable within a list',
      'query ($d: Dimension!) { counts(groupBy: [TOWN, $d]) { groups { count } } }',
      { d: 'FAITH' },
    ],
    ['a default', 'query ($by: [Dimension!]! = [FAITH]) { counts(groupBy: $by) { groups { count } } }', {}],
  ])('is found in %s', async (_what, text, variables) => {
    expect((await asked(text, variables)).rejected).toEqual(['Dimension.FAITH'])
  })

  test('is found in the schema’s own default', async () => {
    const closed = { 'Group.town': 'DENY' } as const
    expect((await asked('{ counts { groups { count } } }', {}, closed)).rejected).toEqual(['Dimension.TOWN'])
    expect((await asked('{ counts(groupBy: [SEX]) { groups { count } } }', {}, closed)).rejected).toEqual([])
  })

  test('is found in a filter, and in any other argument', async () => {
    const filtered = '{ counts(groupBy: [SEX], filter: { faith: ["1"] }) { suppressed } }'
    expect((await asked(filtered)).rejected).toEqual(['Choice.faith'])
    expect((await asked('{ counts(groupBy: [SEX], more: [DEEP]) { suppressed } }')).rejected).toEqual(['More.DEEP'])
  })

  test('is refused under an alias, in a fragment, and beside one that may be used', async () => {
    const text =
      'query { a: counts(groupBy: [SEX]) { groups { count } } ...F } fragment F on Query { b: counts(groupBy: [FAITH]) { groups { count } } }'
    expect((await asked(text)).rejected).toEqual(['Dimension.FAITH'])
  })

  test('is no matter where nothing of the table is told: each field has its own refusal then', async () => {
    const text = '{ counts(groupBy: [FAITH]) { groups { count } suppressed } }'
    expect(await asked(text, {}, {}, 'DENY')).toEqual({ rejected: [], tables: [] })
    const groups = '{ counts(groupBy: [FAITH]) { __typename groups { faith } } }'
    expect((await asked(groups, {}, { ...CLOSED, 'Counts.groups': 'DENY' })).rejected).toEqual([])
    // How many groups there are is told by the list alone.
    expect((await asked(groups)).rejected).toEqual(['Dimension.FAITH'])
    expect((await asked(text, {}, { 'Counts.suppressed': 'ALLOW' }, 'DENY')).rejected).toEqual(['Dimension.FAITH'])
  })
})

describe('the tables of an operation', () => {
  test('are what is grouped and filtered by, in one order, whatever is chosen', async () => {
    const one = await asked('{ counts(groupBy: [SEX, TOWN, SEX]) { groups { count } } }')
    const other = await asked('{ counts(groupBy: [SEX], filter: { town: ["x"] }) { suppressed } }')
    expect(one.tables).toEqual(['Resident: Group.sex,Group.town'])
    expect(other.tables).toEqual(one.tables)
  })

  test('are none where the call is left out of this answer, and none for records', async () => {
    const text =
      'query ($on: Boolean!) { counts(groupBy: [SEX]) @include(if: $on) { groups { count } } residents { name } }'
    expect((await asked(text, { on: false })).tables).toEqual([])
    expect((await asked(text, { on: true })).tables).toEqual(['Resident: Group.sex'])
    expect((await asked('{ residents { name } }')).tables).toEqual([])
  })
})
