import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { demoOrganisations } from '../../../city/organisations/demo-organisations.ts'
import { ecologyEnvironmentSystem } from '../../../city/systems/ecology-environment-server.ts'
import { ecologyEnvironment } from '../../../subgraphs/ecology-environment/source.ts'
import { recordsIn, refusedWith, startRestDepartment, textsOf } from './rest-department.ts'
import type { AnsweredPage, RestBench } from './rest-department.ts'

const STATIONS = ['HJ-K901', 'HJ-K902', 'HJ-K903', 'HJ-K904', 'HJ-K905', 'HJ-K906']
const LATEST = '2026-11-20T03:00:00+08:00'

describe('ecology and environment over its platform (FS-15)', () => {
  let bench: RestBench
  beforeAll(async () => {
    bench = await startRestDepartment(ecologyEnvironment, ecologyEnvironmentSystem)
  })
  afterAll(() => bench.close())

  test('a reading is found by station and time, whose milliseconds become the city’s clock', async () => {
    const query = `query ($time: Instant!) {
      airQualityReading(stationCode: "HJ-K901", time: $time) { stationCode time stationName airQualityIndex }
    }`
    const { data, errors, extensions } = await bench.ask(query, { time: LATEST })
    expect(errors).toBeUndefined()
    expect(data).toEqual({
      airQualityReading: {
        stationCode: 'HJ-K901',
        time: LATEST,
        stationName: '石岐空气站',
        airQualityIndex: expect.any(Number) as unknown,
      },
    })
    expect(extensions?.sources).toEqual([{ type: 'AirQualityReading', asOf: '2026-11-20T03:05:00+08:00' }])
    const other = await bench.ask(query, { time: '2026-11-20T03:30:00+08:00' })
    expect(other).toMatchObject({ data: { airQualityReading: null } })
    expect(other.errors).toBeUndefined()
    for (const { columns } of bench.calls())
      expect(columns.toSorted()).toEqual(['AQI', 'MONITOR_TIME', 'STATION_CODE', 'STATION_NAME'])
  })

  test('readings of six stations are more than one page of the platform, and all are read', async () => {
    const times = [LATEST, '2026-11-17T04:00:00+08:00']
    const references = STATIONS.flatMap((stationCode) =>
      times.map((time) => ({ __typename: 'AirQualityReading', stationCode, time })),
    )
    bench.calls()
    const found = await bench.entities('... on AirQualityReading { stationCode time ozone }', references)
    const wanted = references.map(({ stationCode, time }) => ({
      stationCode,
      time,
      ozone: expect.stringMatching(/^\d+$/) as unknown,
    }))
    expect(found).toEqual(wanted)
    // 6 stations, 72 hours, 200 rows a page.
    expect(bench.calls().map(({ outcome }) => outcome)).toEqual(['DONE', 'DONE', 'DONE'])
  })

  test('a list goes page by page, the oldest first, and two filters of one column must both hold', async () => {
    const query = `query ($filter: AirQualityReadingFilter!, $after: String) {
      airQualityReadings(filter: $filter, first: 50, after: $after) { nodes { stationCode time } endCursor hasNextPage }
    }`
    const read = async (filter: object, after: string | null = null): Promise<AnsweredPage> =>
      bench.page('airQualityReadings', query, { filter, after })
    const first = await read({ stationCode: 'HJ-K902' })
    const second = await read({ stationCode: 'HJ-K902' }, first.endCursor)
    expect([first.hasNextPage, second.hasNextPage]).toEqual([true, false])
    const times = textsOf([...first.nodes, ...second.nodes], 'time')
    expect(times).toHaveLength(72)
    expect(times).toEqual(times.toSorted())
    expect(times.at(-1)).toBe(LATEST)
    expect((await read({ stationCode: 'HJ-K902', stationCodeIn: ['HJ-K901'] })).nodes).toEqual([])
    const both = await read({ stationCode: 'HJ-K902', stationCodeIn: ['HJ-K901', 'HJ-K902'] })
    expect(new Set(textsOf(both.nodes, 'stationCode'))).toEqual(new Set(['HJ-K902']))
  })

  test('what was not measured is null, where the platform writes a dash', async () => {
    const query = `query ($in: [String!]) {
      airQualityReadings(filter: { stationCodeIn: $in }) { nodes { fineParticles primaryPollutant } endCursor hasNextPage }
    }`
    const { nodes } = await bench.page('airQualityReadings', query, { in: STATIONS })
    expect(nodes.map(({ primaryPollutant }) => primaryPollutant)).toContain(null)
    expect(nodes.map(({ fineParticles }) => fineParticles)).not.toContain('-')
  })

  test('an organisation leads to the readings of its outlets, and these to it', async () => {
    const reference = { __typename: 'LegalEntity', identifierType: 'USCC', identifier: demoOrganisations.firm.uscc }
    const selection = `... on LegalEntity {
      industrialEmissionReadings { outletCode medium exceeded operatorIdentifier operator { identifierType identifier } }
    }`
    const [entity] = await bench.entities(selection, [reference])
    const readings = recordsIn(entity, 'industrialEmissionReadings')
    expect(readings).toHaveLength(48)
    expect(readings[0]).toEqual({
      outletCode: 'PK-00001',
      medium: 'WATER',
      exceeded: expect.any(Boolean) as unknown,
      operatorIdentifier: reference.identifier,
      operator: { identifierType: 'USCC', identifier: reference.identifier },
    })
  })

  test('a sample of soil is found by its code', async () => {
    const { data, errors } = await bench.ask(
      '{ soilSample(sampleCode: "TR-2025-011") { township sampledOn landUse lead } }',
    )
    expect(errors).toBeUndefined()
    expect(data).toMatchObject({
      soilSample: { township: '中山市石岐街道', lead: expect.stringMatching(/^\d+\.\d$/) as unknown },
    })
  })

  test('a wrong key is told under 200: the department says that its system is unavailable', async () => {
    const { answer, health } = await refusedWith(bench, '{ soilSample(sampleCode: "TR-2025-011") { lead } }')
    expect(answer).toMatchObject({
      data: { soilSample: null },
      errors: [{ extensions: { code: 'SOURCE_UNAVAILABLE' } }],
    })
    expect(health).toEqual({ ok: false, detail: 'The system answered with its code 401' })
    expect(JSON.stringify(answer)).not.toContain('TR-2025-011')
  })

  test.each([
    ['/openapi/data/airQuality', { fields: 'AQI', by: 'STATION_CODE', in: ['HJ-K901'], pageSize: 201 }, 413],
    ['/openapi/data/airQuality', { fields: 'AQI,1', by: 'STATION_CODE', in: ['HJ-K901'] }, 400],
    ['/openapi/data/airQuality', { fields: 'AQI', by: 'STATION_CODE', in: [] }, 400],
    ['/openapi/data/noise', { fields: 'AQI', by: 'STATION_CODE', in: ['HJ-K901'] }, 404],
  ])('the platform itself refuses %s %j with %d', async (path, body, ret) => {
    const headers = { authorization: `APPCODE ${bench.key}` }
    const response = await fetch(bench.url + path, { method: 'POST', headers, body: JSON.stringify(body) })
    expect(response.status).toBe(200)
    expect(await response.json()).toMatchObject({ ret, result: null })
  })
})
