import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ANALYST, DESK, startTestGateway } from '../kit/gateway.ts'
import type { TestGateway } from '../kit/gateway.ts'
import { codesOf } from '../kit/gateway-http.ts'
import { AS_ANALYST, attack, decided, leaksAfter, NUMBER, person } from './attack.ts'
import type { Outcome } from './attack.ts'

/* Attempts to find one person among numbers of groups, or to join by a pseudonym what was not to be joined. */

const AS_PLANNER = { as: ANALYST, matter: 'population-planning' } as const
const matter = (code: string, department: string) => ({
  code,
  title: '分析',
  department,
  fields: [
    'Person.pseudonym',
    'PopulationStatistics.suppressed',
    'PopulationGroup.householdTownship',
    'PopulationGroup.count',
  ],
})

let gateway: TestGateway
let joined: TestGateway
beforeAll(async () => {
  gateway = await startTestGateway()
  const matters = [
    matter('one', ANALYST.department),
    matter('two', ANALYST.department),
    matter('desk', DESK.department),
  ]
  joined = await startTestGateway({ registers: { matters: { matters }, cases: { cases: [] }, grants: { grants: [] } } })
})
afterAll(async () => {
  await gateway.stop()
  await joined.stop()
})

interface Table {
  readonly suppressed: boolean
  readonly groups: readonly { readonly count: number; readonly householdTownship?: string; readonly sex?: string }[]
}
const tableOf = ({ reply }: Outcome): Table | null =>
  (reply.body.data?.['populationStatistics'] ?? null) as Table | null
const count = (groupBy: readonly string[], filter: object | null = null, of = gateway, ask: object = AS_PLANNER) =>
  attack(of, {
    ...ask,
    query: `query ($by: [PopulationDimension!]!, $filter: PopulationStatisticsFilter) {
      populationStatistics(groupBy: $by, filter: $filter) { suppressed groups { count householdTownship sex } } }`,
    variables: { by: groupBy, filter },
  })

describe('a small group', () => {
  test('stands in no table, whatever it is grouped or filtered by', async () => {
    for (const by of [[], ['HOUSEHOLD_TOWNSHIP'], ['SEX'], ['HOUSEHOLD_TOWNSHIP', 'SEX']])
      for (const { count: people } of tableOf(await count(by))?.groups ?? []) expect(people).toBeGreaterThanOrEqual(10)
  })

  test('is not found by a filter: an empty group and a withheld one are the same', async () => {
    const all = tableOf(await count(['HOUSEHOLD_TOWNSHIP']))
    expect(all?.suppressed).toBe(true)
    const shown = new Set(all?.groups.map(({ householdTownship }) => householdTownship))
    const answers = []
    for (const township of ['没有这个镇', '小榄镇', '黄圃镇', '三乡镇', '南头镇'])
      if (!shown.has(township)) {
        const outcome = await count([], { householdTownship: [township] })
        answers.push([tableOf(outcome), outcome.reply.text.length])
      }
    expect(answers.length).toBeGreaterThan(1)
    for (const answer of answers) expect(answer).toEqual(answers[0])
  })

  test('is not a difference of what is told', async () => {
    const townships = tableOf(await count(['HOUSEHOLD_TOWNSHIP']))?.groups ?? []
    const both = tableOf(await count(['HOUSEHOLD_TOWNSHIP', 'SEX']))?.groups ?? []
    for (const { householdTownship, count: people } of townships) {
      const parts = both.filter((one) => one.householdTownship === householdTownship)
      const rest = people - parts.reduce((sum, one) => sum + one.count, 0)
      expect(rest === 0 || rest >= 10).toBe(true)
    }
  })
})

describe('a table', () => {
  test('is not grouped nor filtered by what the matter does not have', async () => {
    for (const ask of [
      count(['HOUSEHOLD_TOWNSHIP', 'SEX'], null, joined, { as: ANALYST, matter: 'one' }),
      count(['HOUSEHOLD_TOWNSHIP'], { sex: ['MALE'] }, joined, { as: ANALYST, matter: 'one' }),
    ]) {
      const { reply, departments } = await ask
      expect(codesOf(reply)).toEqual(['FILTER_NOT_ALLOWED'])
      expect(departments).toEqual([])
    }
  })

  test('is nobody’s without a matter', async () => {
    const { reply, departments } = await count(['HOUSEHOLD_TOWNSHIP'], null, gateway, { as: ANALYST, matter: null })
    expect([reply.body.data, departments]).toEqual([{ populationStatistics: null }, []])
  })

  test('tells the record of no person, and the record of no group', async () => {
    const { record } = await count(['HOUSEHOLD_TOWNSHIP'])
    expect(record.subjects).toEqual([])
    expect(JSON.stringify(record)).not.toMatch(/镇/)
  })
})

describe('a pseudonym', () => {
  const pseudonymOf = async (ask: object): Promise<unknown> => {
    const outcome = await attack(joined, { ...ask, query: person('pseudonym') })
    return (outcome.reply.body.data?.['person'] as { pseudonym: unknown } | null)?.pseudonym ?? null
  }

  test('is one of this person in this matter of this department, and nowhere else', async () => {
    const seen = [
      await pseudonymOf({ as: ANALYST, matter: 'one' }),
      await pseudonymOf({ as: ANALYST, matter: 'two' }),
      await pseudonymOf({ as: DESK, matter: 'desk' }),
    ]
    for (const one of seen) expect(one).toMatch(/^gxp_/)
    expect(new Set(seen).size).toBe(3)
    expect(await pseudonymOf({ as: { ...ANALYST, officer: 'DR-0010' }, matter: 'one' })).toBe(seen[0])
    expect(await pseudonymOf({ as: ANALYST, matter: 'one', variables: { n: ` ${NUMBER}` } })).toBe(seen[0])
  })

  test('is none of a number that nobody has, nor without a matter that needs it', async () => {
    expect(await pseudonymOf({ as: ANALYST, matter: 'one', variables: { n: '442000190002300000' } })).toBeNull()
    expect(await pseudonymOf({ as: ANALYST, matter: null })).toBeNull()
    expect(await pseudonymOf({ as: ANALYST, matter: 'desk' })).toBeNull()
  })

  test('is not that of the record', async () => {
    const { reply, record } = await attack(joined, { as: ANALYST, matter: 'one', query: person('pseudonym') })
    for (const subject of record.subjects) expect(reply.text).not.toContain(subject.slice(0, 16))
    expect(decided({ reply, record, departments: [], words: [] })).toMatchObject({ 'Person.pseudonym': 'ALLOW' })
  })

  test('tells an analyst no number beside it', async () => {
    const { reply } = await attack(gateway, { ...AS_ANALYST, query: person('pseudonym idDocumentNumber') })
    expect(reply.text).not.toContain(NUMBER)
  })
})

test('and nothing of all this is in the record or the log', async () => {
  expect([await leaksAfter(gateway), await leaksAfter(joined)]).toEqual([[], []])
})
