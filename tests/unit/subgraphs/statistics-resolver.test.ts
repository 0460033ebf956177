import { describe, expect, test } from 'vitest'
import { statisticsResolver } from '../../../subgraphs/kit/statistics/statistics.ts'
import { createSubgraph } from '../../../subgraphs/kit/subgraph.ts'
import type { CountLookup, CountedGroup, Department, Source } from '../../../subgraphs/kit/register.ts'
import { housingFund } from '../../../subgraphs/housing-fund/source.ts'
import { humanResources } from '../../../subgraphs/human-resources-social-security/source.ts'
import { publicSecurity } from '../../../subgraphs/public-security/source.ts'
import { residencePermit } from '../../../subgraphs/residence-permit/source.ts'

const CONTEXT = { receipt: 'gx_test', consumer: 'planning', matter: null }
const AS_OF = '2026-11-20T02:10:00+08:00'

/** A source that holds one register of counted groups, and notes what it is asked. */
function counting(rows: readonly CountedGroup[]): { readonly source: Source; readonly asked: CountLookup[] } {
  const asked: CountLookup[] = []
  const refuse = (): never => {
    throw new Error('a row was asked for')
  }
  return {
    asked,
    source: {
      fetch: refuse,
      count: async (lookup) => {
        asked.push(lookup)
        const groups = new Map<string, CountedGroup>()
        for (const { row, count } of rows) {
          const own = Object.fromEntries(lookup.columns.map((column) => [column, row[column]]))
          const key = JSON.stringify(own)
          groups.set(key, { row: own, count: count + (groups.get(key)?.count ?? 0) })
        }
        return { groups: [...groups.values()], asOf: AS_OF }
      },
      asOf: async () => AS_OF,
      health: async () => ({ ok: true, detail: '' }),
      close: async () => {},
    },
  }
}

async function ask(department: Department, rows: readonly CountedGroup[], query: string) {
  const { source, asked } = counting(rows)
  const answer = await createSubgraph(department, source).execute({ query, variables: {} }, CONTEXT)
  return { answer, data: JSON.parse(JSON.stringify(answer.data ?? null)) as unknown, asked }
}

function resident(hjd_xzjd: string | null, xb: string | null, count: number): CountedGroup {
  return { row: { hjd_xzjd, xb, mz: '01' }, count }
}

const TOWNS = [
  resident('东区街道', '1', 30),
  resident('东区街道', '2', 40),
  resident('石岐街道', '1', 50),
  resident('石岐街道', '2', 4),
  resident('小榄镇', '1', 60),
  resident('小榄镇', '2', 70),
]

describe('statistics of a register (ZS-5.09)', () => {
  test('one query, by the columns of the dimensions, of the rows that count, and with the source’s time', async () => {
    const query = '{ populationStatistics(groupBy: [SEX]) { groups { sex householdTownship count } suppressed } }'
    const { answer, data, asked } = await ask(publicSecurity, TOWNS, query)
    expect(data).toEqual({
      populationStatistics: {
        groups: [
          { sex: '1', householdTownship: null, count: 140 },
          { sex: '2', householdTownship: null, count: 114 },
        ],
        suppressed: false,
      },
    })
    expect(asked.map(({ columns, conditions }) => ({ columns, conditions }))).toEqual([
      { columns: ['xb'], conditions: [{ column: 'hjzt', values: ['1'] }] },
    ])
    expect(answer.extensions?.sources).toEqual([{ type: 'PopulationStatistics', asOf: AS_OF }])
  })

  test('a small group is withheld, and a second one with it, whatever order is asked for', async () => {
    const query = `{
      a: populationStatistics(groupBy: [HOUSEHOLD_TOWNSHIP, SEX]) { groups { householdTownship sex count } suppressed }
      b: populationStatistics(groupBy: [SEX, HOUSEHOLD_TOWNSHIP, SEX]) { groups { householdTownship sex count } suppressed }
    }`
    const { data } = await ask(publicSecurity, TOWNS, query)
    const { a, b } = data as Record<'a' | 'b', { groups: readonly Record<string, unknown>[]; suppressed: boolean }>
    expect(a.suppressed && b.suppressed).toBe(true)
    expect(a.groups.map(({ householdTownship, sex }) => `${String(householdTownship)} ${String(sex)}`)).toEqual([
      '小榄镇 1',
      '小榄镇 2',
    ])
    expect(new Set(b.groups.map((one) => JSON.stringify(one)))).toEqual(
      new Set(a.groups.map((one) => JSON.stringify(one))),
    )
  })

  test('of equal groups the same one is withheld, whatever order is asked for and the source answers in', async () => {
    const equal = [...TOWNS.slice(0, 4), resident('小榄镇', '1', 30), resident('小榄镇', '2', 40)]
    const query = (by: string): string =>
      `{ populationStatistics(groupBy: [${by}]) { groups { householdTownship sex count } } }`
    const groupsOf = async (by: string, rows: readonly CountedGroup[]): Promise<readonly string[]> => {
      const { data } = await ask(publicSecurity, rows, query(by))
      const { populationStatistics } = data as { populationStatistics: { groups: readonly object[] } }
      return populationStatistics.groups.map((one) => JSON.stringify(one)).toSorted()
    }
    const first = await groupsOf('SEX, HOUSEHOLD_TOWNSHIP', equal)
    expect(first.length).toBeGreaterThan(0)
    expect(await groupsOf('HOUSEHOLD_TOWNSHIP, SEX', equal.toReversed())).toEqual(first)
  })

  test('a filter chooses among the published groups of the finer table, and never counts anew', async () => {
    const women = (town: string): string => `populationStatistics(
      groupBy: [HOUSEHOLD_TOWNSHIP], filter: { sex: ["2"], householdTownship: ["${town}"] }
    ) { groups { householdTownship count } suppressed }`
    const query = `{ small: ${women('石岐街道')} none: ${women('三乡镇')} told: ${women('小榄镇')} }`
    const { data, asked } = await ask(publicSecurity, TOWNS, query)
    // Four women, and nobody: one answer for both.
    expect(data).toEqual({
      small: { groups: [], suppressed: true },
      none: { groups: [], suppressed: true },
      told: { groups: [{ householdTownship: '小榄镇', count: 70 }], suppressed: true },
    })
    for (const { columns, conditions } of asked) {
      expect(columns).toEqual(['hjd_xzjd', 'xb'])
      expect(conditions).toEqual([{ column: 'hjzt', values: ['1'] }])
    }
  })

  test('a township is counted with its county, and withheld beside another of it, also where it is asked for alone', async () => {
    const permit = (jz_xq: string, township: string, count: number): CountedGroup => ({
      row: { jz_xq, jz_xzjd: `${jz_xq}${township}`, xb: '1' },
      count,
    })
    const rows = [
      permit('441302', '001', 4),
      permit('441302', '002', 40),
      permit('441303', '001', 12),
      permit('441303', '002', 33),
    ]
    const query = `{
      county: residencePermitStatistics(groupBy: [RESIDENCE_COUNTY]) { groups { residenceCounty count } }
      township: residencePermitStatistics(groupBy: [RESIDENCE_TOWNSHIP]) { groups { residenceTownship count } suppressed }
      chosen: residencePermitStatistics(groupBy: [], filter: { residenceTownship: ["441303001", "441303002"] }) {
        groups { count }
      }
    }`
    const { data, asked } = await ask(residencePermit, rows, query)
    expect(data).toEqual({
      county: {
        groups: [
          { residenceCounty: '441302', count: 44 },
          { residenceCounty: '441303', count: 45 },
        ],
      },
      township: {
        groups: [
          { residenceTownship: '441303001', count: 12 },
          { residenceTownship: '441303002', count: 33 },
        ],
        suppressed: true,
      },
      chosen: { groups: [{ count: 45 }] },
    })
    expect(asked.map(({ columns }) => columns)).toEqual([['jz_xq'], ['jz_xq', 'jz_xzjd'], ['jz_xq', 'jz_xzjd']])
  })

  test('is counted at each request, and answered anew where a number has changed', async () => {
    const rows = [...TOWNS]
    const { source, asked } = counting(rows)
    const subgraph = createSubgraph(publicSecurity, source)
    const query = '{ populationStatistics(groupBy: [SEX]) { groups { sex count } } }'
    const women = async (): Promise<unknown> => {
      const { data } = await subgraph.execute({ query, variables: {} }, CONTEXT)
      return JSON.parse(JSON.stringify(data)) as unknown
    }
    const first = await women()
    expect(await women()).toEqual(first)
    rows.push(resident('三乡镇', '2', 11))
    expect(await women()).toEqual({
      populationStatistics: {
        groups: [
          { sex: '1', count: 140 },
          { sex: '2', count: 125 },
        ],
      },
    })
    expect(asked).toHaveLength(3)
  })

  test('what is published alike is answered alike: two cities that differ in what is withheld', async () => {
    const other = TOWNS.map((one) => (one.count === 4 ? resident('石岐街道', '2', 3) : one)).map((one) =>
      one.count === 50 ? resident('石岐街道', '1', 51) : one,
    )
    const sexes = '{ groups { sex householdTownship count } suppressed }'
    const query = `{
      a: populationStatistics(groupBy: [], filter: { sex: ["1", "2"], householdTownship: ["石岐街道"] }) { groups { count } suppressed }
      b: populationStatistics(groupBy: [SEX], filter: { householdTownship: ["石岐街道", "东区街道"] }) ${sexes}
      c: populationStatistics(groupBy: [SEX], filter: { householdTownship: ["小榄镇"] }) ${sexes}
      d: populationStatistics(groupBy: [HOUSEHOLD_TOWNSHIP], filter: { sex: ["2", "9"] }) ${sexes}
    }`
    expect((await ask(publicSecurity, other, query)).data).toEqual((await ask(publicSecurity, TOWNS, query)).data)
  })

  test('the total alone', async () => {
    const query = '{ populationStatistics(groupBy: []) { groups { count } suppressed } }'
    const { data, asked } = await ask(publicSecurity, TOWNS, query)
    expect(data).toEqual({ populationStatistics: { groups: [{ count: 254 }], suppressed: false } })
    expect(asked.map(({ columns }) => columns)).toEqual([[]])
    const few = await ask(publicSecurity, [resident('东区街道', '1', 9)], query)
    expect(few.data).toEqual({ populationStatistics: { groups: [], suppressed: true } })
    expect((await ask(publicSecurity, [], query)).data).toEqual(few.data)
  })

  test('several codes of one value are one group; what is no code, or nothing, is unknown', async () => {
    const account = (grzhzt: string | null, count: number): CountedGroup => ({ row: { grzhzt }, count })
    const rows = [
      account('01', 20),
      account('03', 4),
      account('04', 5),
      account('05', 6),
      account('77', 7),
      account(null, 8),
    ]
    const query = '{ housingFundStatistics(groupBy: [ACCOUNT_STATUS]) { groups { accountStatus count } suppressed } }'
    expect((await ask(housingFund, rows, query)).data).toEqual({
      housingFundStatistics: {
        groups: [
          { accountStatus: 'CLOSED', count: 15 },
          { accountStatus: 'NORMAL', count: 20 },
          { accountStatus: null, count: 15 },
        ],
        suppressed: false,
      },
    })
  })

  test('where one person has several rows, a group must have as many more', async () => {
    const rows = [
      { row: { aae140: '110' }, count: 49 },
      { row: { aae140: '310' }, count: 60 },
      { row: { aae140: '410' }, count: 70 },
    ]
    const query = '{ enrolmentStatistics(groupBy: [INSURANCE_TYPE]) { groups { insuranceType count } suppressed } }'
    expect((await ask(humanResources, rows, query)).data).toEqual({
      enrolmentStatistics: { groups: [{ insuranceType: '410', count: 70 }], suppressed: true },
    })
  })

  test('a department may ask for more than the minimum of the kit, never for less', async () => {
    const raised = (minimum: number): Department => {
      const [[name, one] = []] = Object.entries(publicSecurity.statistics ?? {})
      if (name === undefined || one === undefined) throw new Error('no statistics')
      return { ...publicSecurity, statistics: { [name]: { ...one, minimum } } }
    }
    const query = '{ populationStatistics(groupBy: [SEX]) { groups { count } suppressed } }'
    const rows = [resident('a', '1', 9), resident('a', '2', 60), resident('a', '9', 70)]
    const groups = async (minimum: number): Promise<unknown> => (await ask(raised(minimum), rows, query)).data
    expect(await groups(1)).toEqual({ populationStatistics: { groups: [{ count: 70 }], suppressed: true } })
    expect(await groups(0)).toEqual(await groups(10))
    expect(await groups(100)).toEqual({ populationStatistics: { groups: [], suppressed: true } })
  })

  test('several rows of a person and no minimum are no statistics', () => {
    const [one] = Object.values(humanResources.statistics ?? {})
    if (one === undefined) throw new Error('no statistics')
    const { minimum: _, ...without } = one
    expect(() => statisticsResolver(without)).toThrow('must state their minimum')
    expect(() => statisticsResolver({ ...one, dimensions: { X: 'nothing' } })).toThrow('has no field nothing')
    expect(() => statisticsResolver({ ...one, within: { X: 'REGISTRATION_DIVISION' } })).toThrow('has no X within')
    const both = { INSURANCE_TYPE: 'REGISTRATION_DIVISION', ENROLMENT_STATUS: 'REGISTRATION_DIVISION' }
    expect(() => statisticsResolver({ ...one, within: both })).toThrow('must make chains')
  })

  test('nothing is counted where nothing is asked of the answer', async () => {
    const { data, asked } = await ask(publicSecurity, TOWNS, '{ populationStatistics(groupBy: [SEX]) { __typename } }')
    expect(data).toEqual({ populationStatistics: { __typename: 'PopulationStatistics' } })
    expect(asked).toEqual([])
  })

  test('more dimensions than a table may have are refused', async () => {
    const wide = { ...publicSecurity, statistics: { populationStatistics: wideStatistics() } }
    const query = `{ populationStatistics(
      groupBy: [HOUSEHOLD_TOWNSHIP, SEX, ETHNICITY], filter: { sex: ["1"] }) { suppressed } }`
    expect((await ask(publicSecurity, TOWNS, query)).answer.errors).toBeUndefined()
    const { answer, asked } = await ask(wide, TOWNS, query)
    expect(answer.errors?.map(({ extensions }) => extensions?.code)).toEqual(['BAD_USER_INPUT'])
    expect(asked).toEqual([])
  })

  test('a source that cannot count is a fault of the gateway’s, and says nothing', async () => {
    const without: Source = { ...counting(TOWNS).source }
    delete without.count
    const query = '{ populationStatistics(groupBy: [SEX]) { suppressed } }'
    const answer = await createSubgraph(publicSecurity, without).execute({ query, variables: {} }, CONTEXT)
    expect(answer.errors?.map(({ extensions }) => extensions?.code)).toEqual(['INTERNAL'])
  })
})

/** The register of residents with its dimensions under other fields, so that a filter adds a fourth. */
function wideStatistics() {
  const [one] = Object.values(publicSecurity.statistics ?? {})
  if (one === undefined) throw new Error('no statistics')
  return {
    ...one,
    dimensions: { HOUSEHOLD_TOWNSHIP: 'householdTownship', SEX: 'name', ETHNICITY: 'ethnicity', X: 'sex' },
  }
}
