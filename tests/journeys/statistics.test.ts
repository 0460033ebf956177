import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { leaksIn } from '../kit/gateway-canaries.ts'
import { fieldsSeen } from '../kit/gateway-departments.ts'
import { ANALYST, ANALYST_MATTER, startTestGateway } from '../kit/gateway.ts'
import type { Ask, TestGateway } from '../kit/gateway.ts'

const PLANNING = { matter: 'population-planning' } as const
const BY_SEX = '{ populationStatistics(groupBy: [SEX]) { groups { sex count } suppressed } }'

describe('an analyst (S21)', () => {
  let gateway: TestGateway
  beforeAll(async () => {
    gateway = await startTestGateway({ settings: { statistics: { tablesPerOfficer: 3, tablesPerDepartment: 4 } } })
  })
  afterAll(() => gateway.stop())

  const ask = (query: string, more: Partial<Ask> = {}) =>
    gateway.ask({ as: ANALYST, ...PLANNING, query, headers: { 'accept-language': 'en' }, ...more })

  const officer = (name: string) => ({ as: { ...ANALYST, officer: name } })

  test('is told numbers of groups, with the time of the source, and nobody (ZS-5.09)', async () => {
    gateway.forget()
    const { status, body, receipt } = await ask(BY_SEX)
    expect(status).toBe(200)
    expect(body.errors).toBeUndefined()
    expect(body.data).toEqual({
      populationStatistics: {
        groups: [
          { sex: '1', count: 22 },
          { sex: '2', count: 22 },
        ],
        suppressed: false,
      },
    })
    expect(body.extensions).toMatchObject({
      sharing: { notes: [{ path: ['populationStatistics'], asOf: '2026-11-20T02:10:00+08:00' }] },
    })
    expect(fieldsSeen(gateway.seen)).not.toContain('_entities')
    const record = await gateway.recordOf(receipt)
    expect(record).toMatchObject({ method: 'analysis', subjects: [], matter: PLANNING.matter, case: null })
    expect(record.statistics).toEqual([{ of: 'HouseholdRegistration', dimensions: ['PopulationGroup.sex'], groups: 2 }])
  })

  test('beside records of persons it is a query like any other, and still told what was counted', async () => {
    const query = `query ($n: IdNumber!) { ${BY_SEX.slice(1, -1)}
      person(idDocumentType: RESIDENT_ID, idDocumentNumber: $n) { name } }`
    const { body, receipt } = await ask(query, { variables: { n: '110101199003070134' } })
    expect(body.data).toMatchObject({ populationStatistics: { suppressed: false }, person: { name: null } })
    const { method, statistics } = await gateway.recordOf(receipt)
    expect(method).toBe('query')
    expect(statistics).toHaveLength(1)
  })

  test('sees in the schema what the matter is grouped by, and no more', async () => {
    const query = `{ d: __type(name: "PopulationDimension") { enumValues { name } }
      f: __type(name: "PopulationStatisticsFilter") { inputFields { name } }
      g: __type(name: "PopulationGroup") { fields { name } }
      h: __type(name: "HousingFundDimension") { name } }`
    const { body } = await ask(query)
    expect(body.data).toEqual({
      d: { enumValues: [{ name: 'HOUSEHOLD_TOWNSHIP' }, { name: 'SEX' }] },
      f: { inputFields: [{ name: 'householdTownship' }, { name: 'sex' }] },
      g: { fields: [{ name: 'householdTownship' }, { name: 'sex' }, { name: 'count' }] },
      h: null,
    })
  })

  test('is explained what is refused, without a count', async () => {
    gateway.forget()
    const query = `query ($d: String!) { explain(document: $d) { decisions { coordinate decision code } } }`
    const document = '{ populationStatistics(groupBy: [ETHNICITY]) { groups { ethnicity count } } }'
    const { body } = await ask(query, { variables: { d: document } })
    expect(body.data).toMatchObject({
      explain: {
        decisions: expect.arrayContaining([
          { coordinate: 'PopulationGroup.ethnicity', decision: 'DENY', code: 'NO_GRANT' },
          { coordinate: 'PopulationGroup.count', decision: 'ALLOW', code: null },
        ]) as unknown,
      },
    })
    expect(gateway.seen).toEqual([])
  })

  test('of another matter is told why not, field by field (ZS-4.01(3))', async () => {
    gateway.forget()
    const { status, body } = await ask(BY_SEX, ANALYST_MATTER)
    expect(status).toBe(200)
    expect(new Set(body.errors?.map(({ extensions }) => extensions.code))).toEqual(new Set(['NOT_NEEDED']))
    expect(body.data).toEqual({ populationStatistics: { groups: null, suppressed: null } })
  })

  test('has so many tables of a register, the same one as often as wanted (ZS-4.01(3))', async () => {
    const table = (by: string, filter = ''): string =>
      `{ enterpriseStatistics(groupBy: [${by}]${filter}) { groups { count } suppressed } }`
    const codes = async (query: string, more: Partial<Ask> = {}) =>
      (await ask(query, more)).body.errors?.map(({ extensions }) => extensions.code) ?? []
    expect(await codes(table('DIVISION'), officer('P-1'))).toEqual([])
    expect(await codes(table('INDUSTRY'), officer('P-1'))).toEqual([])
    expect(await codes(table('DIVISION, INDUSTRY'), officer('P-1'))).toEqual([])
    gateway.forget()
    const { status, body, receipt } = await ask(table('ENTERPRISE_TYPE'), officer('P-1'))
    expect(status).toBe(429)
    expect(body.errors).toMatchObject([{ extensions: { code: 'RATE_LIMIT', clause: 'ZS-4.01(3)' } }])
    expect(body.errors?.[0]?.message).toContain('more than 3 different tables of Enterprise by this officer in 90 days')
    expect(gateway.seen).toEqual([])
    expect(await gateway.recordOf(receipt)).toMatchObject({ method: 'refused', subjects: [] })
    // The filter makes a table of the dimension that it filters by: that one is known already.
    expect(await codes(table('DIVISION', ', filter: { industry: ["C3989"] }'), officer('P-1'))).toEqual([])
    expect(await codes(table('ENTERPRISE_TYPE'), officer('P-2'))).toEqual([])
    expect(await codes(table(''), officer('P-3'))).toEqual(['RATE_LIMIT'])
    expect(await codes(table('INDUSTRY, DIVISION'), officer('P-3'))).toEqual([])
  })

  test('left a whole record, without anybody in it', async () => {
    expect((await gateway.verify()).faults).toEqual([])
    await gateway.halt()
    expect(await leaksIn(gateway.directory)).toEqual([])
  })
})
