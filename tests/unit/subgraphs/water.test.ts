import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { waterMapSystem } from '../../../city/systems/water-server.ts'
import { water } from '../../../subgraphs/water/source.ts'
import { refusedWith, startRestDepartment, textsOf } from './rest-department.ts'
import type { AnsweredPage, RestBench } from './rest-department.ts'

describe('water over a map server (HZ-35)', () => {
  let bench: RestBench
  beforeAll(async () => {
    bench = await startRestDepartment(water, waterMapSystem)
  })
  afterAll(() => bench.close())

  async function stations(filter: object, first: number, after: string | null = null): Promise<AnsweredPage> {
    const query = `query ($filter: WaterMonitoringStationFilter!, $first: Int, $after: String) {
      waterMonitoringStations(filter: $filter, first: $first, after: $after) {
        nodes { stationCode stationKind waterBodyCode township builtOn warningLevel } endCursor hasNextPage
      }
    }`
    return bench.page('waterMonitoringStations', query, { filter, first, after })
  }

  test('attributes of features become a record, and milliseconds its days', async () => {
    const { nodes } = await stations({ stationKind: 'LEVEL' }, 1)
    expect(textsOf(nodes, 'builtOn')).toEqual([expect.stringMatching(/^(199[89]|20[012]\d)-\d\d-\d\d$/) as unknown])
    expect(Number(textsOf(nodes, 'warningLevel')[0])).toBeGreaterThan(1)
    const [{ stationCode, waterBodyCode, builtOn } = {}] = nodes
    const { data, errors, extensions } = await bench.ask(
      `query ($s: String!, $w: String!) {
        waterMonitoringStation(stationCode: $s) { stationCode builtOn }
        waterBody(waterBodyCode: $w) { waterBodyCode }
      }`,
      { s: stationCode, w: waterBodyCode },
    )
    expect(errors).toBeUndefined()
    expect(data).toEqual({ waterMonitoringStation: { stationCode, builtOn }, waterBody: { waterBodyCode } })
    expect(extensions?.sources).toContainEqual({ type: 'WaterBody', asOf: '2026-11-20T03:05:00+08:00' })
  })

  test('what flows has a length, and what stands an area', async () => {
    const codes = ['R', 'K', 'L', 'Q'].flatMap((kind) => [1, 2, 4, 5].map((at) => `442000${kind}000${at}`))
    const found = await bench.entities(
      '... on WaterBody { waterBodyKind length area }',
      codes.map((waterBodyCode) => ({ __typename: 'WaterBody', waterBodyCode })),
    )
    const bodies = found.filter((one) => one !== null)
    expect(bodies).toHaveLength(4)
    for (const { waterBodyKind, length, area } of bodies) {
      const flows = waterBodyKind === 'RIVER' || waterBodyKind === 'CHANNEL'
      expect([length === null, area === null]).toEqual([!flows, flows])
    }
  })

  test('more codes than the server gives features for are asked in more calls, and none is lost', async () => {
    const references = Array.from({ length: 250 }, (_, at) => ({
      __typename: 'WaterBody',
      waterBodyCode: `442000${'RKLQ'[at % 4]}${String(1 + Math.floor(at / 4)).padStart(4, '0')}`,
    }))
    bench.calls()
    const answered = await bench.entities('... on WaterBody { waterBodyCode waterBodyName }', references)
    expect(bench.calls()).toHaveLength(3)
    const found = answered.filter((one) => one !== null)
    // Ten townships of the city, two or three bodies of water each.
    expect(found.length).toBeGreaterThanOrEqual(20)
    expect(found.length).toBeLessThanOrEqual(30)
  })

  test('a list goes on after a serial number that is text here and a number there', async () => {
    const codes: string[] = []
    let after: string | null = null
    do {
      const page: AnsweredPage = await stations({ stationKind: 'FLOW' }, 3, after)
      codes.push(...textsOf(page.nodes, 'stationCode'))
      after = page.hasNextPage ? page.endCursor : null
    } while (after !== null)
    expect(codes.length).toBeGreaterThan(3)
    expect(new Set(codes).size).toBe(codes.length)
    const { nodes } = await stations({ stationKind: 'FLOW' }, 50)
    expect(textsOf(nodes, 'stationCode')).toEqual(codes)
  })

  test('a quote in a code is found in no feature, and does not reach the server’s SQL', async () => {
    const { data, errors } = await bench.ask(`{ waterBody(waterBodyCode: "x') OR ('1'='1") { waterBodyCode } }`)
    expect(errors).toBeUndefined()
    expect(data).toEqual({ waterBody: null })
  })

  test('an error inside 200 is none of an empty answer', async () => {
    const { answer, health } = await refusedWith(bench, '{ waterBody(waterBodyCode: "442000R0001") { waterBodyName } }')
    expect(answer).toMatchObject({
      data: { waterBody: null },
      errors: [{ extensions: { code: 'SOURCE_UNAVAILABLE' } }],
    })
    expect(health).toEqual({ ok: false, detail: 'The system answered with its code 498' })
  })

  test.each([
    ['where=1=1&outFields=*&f=json', 400],
    ["where=WB_CODE IN ('x')&outFields=*&f=json", 400],
    ["where=WB_CODE IN ('x')&outFields=WB_CODE", 400],
    ["where=WB_CODE IN ('x')&outFields=WB_CODE&resultOffset=-1&f=json", 400],
  ])('the server itself refuses %s', async (query, code) => {
    const headers = { 'x-esri-authorization': `Bearer ${bench.key}` }
    const response = await fetch(`${bench.url}/arcgis/rest/services/SW/MapServer/0/query?${encodeURI(query)}`, {
      headers,
    })
    expect(await response.json()).toMatchObject({ error: { code } })
  })
})
