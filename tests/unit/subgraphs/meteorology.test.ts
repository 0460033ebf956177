import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { meteorologicalSystem } from '../../../city/systems/meteorology-server.ts'
import { meteorology } from '../../../subgraphs/meteorology/source.ts'
import { refusedWith, startRestDepartment, textsOf } from './rest-department.ts'
import type { Answered, AnsweredPage, RestBench } from './rest-department.ts'

const LATEST = '2026-11-20T03:00:00+08:00'
const ALL = ['00901', '00902', '00903', '00904', '00905']

describe('meteorology over the service of meteorological data (HZ-35)', () => {
  let bench: RestBench
  beforeAll(async () => {
    bench = await startRestDepartment(meteorology, meteorologicalSystem)
  })
  afterAll(() => bench.close())

  async function observations(filter: object, after: string | null): Promise<AnsweredPage> {
    const query = `query ($filter: WeatherObservationFilter!, $after: String) {
      weatherObservations(filter: $filter, after: $after) {
        nodes { stationCode time relativeHumidity precipitation windDirection } endCursor hasNextPage
      }
    }`
    return bench.page('weatherObservations', query, { filter, after })
  }

  test('times of Greenwich become those of the city', async () => {
    const query = `query ($time: Instant!) { weatherObservation(stationCode: "00901", time: $time) { stationName time temperature } }`
    const { data, extensions } = await bench.ask(query, { time: LATEST })
    expect(data).toEqual({
      weatherObservation: {
        stationName: '石岐站',
        time: LATEST,
        temperature: expect.stringMatching(/^\d+\.\d$/) as unknown,
      },
    })
    expect(extensions?.sources).toEqual([{ type: 'WeatherObservation', asOf: '2026-11-20T03:05:00+08:00' }])
  })

  test('no record is an error of the service, and no failure of the department', async () => {
    bench.calls()
    const { data, errors, extensions } = await bench.ask(
      `{ weatherObservation(stationCode: "99999", time: "${LATEST}") { temperature } }`,
    )
    expect(errors).toBeUndefined()
    expect(data).toEqual({ weatherObservation: null })
    expect(extensions?.sources).toHaveLength(1)
    expect(bench.calls()).toMatchObject([{ outcome: 'NO_RECORD' }])
  })

  test('a list goes on where its page ended; numbers that stand for none are null, and a trace of rain is none', async () => {
    const seen: Answered[] = []
    let after: string | null = null
    do {
      const page: AnsweredPage = await observations({ stationCodeIn: ALL }, after)
      seen.push(...page.nodes)
      after = page.hasNextPage ? page.endCursor : null
    } while (after !== null)
    expect(seen).toHaveLength(5 * 72)
    const times = textsOf(seen, 'time')
    expect(times).toEqual(times.toSorted())
    expect(seen.map(({ relativeHumidity }) => relativeHumidity)).toContain(null)
    const rain = new Set(textsOf(seen, 'precipitation'))
    expect(rain).toContain('0')
    expect([...rain].filter((one) => !(Number(one) < 100))).toEqual([])
    expect(textsOf(seen, 'relativeHumidity').filter((one) => !(Number(one) <= 100))).toEqual([])
  })

  test('a wrong password is told under 200', async () => {
    const { answer, health } = await refusedWith(
      bench,
      `{ weatherObservation(stationCode: "00901", time: "${LATEST}") { temperature } }`,
    )
    expect(answer).toMatchObject({
      data: { weatherObservation: null },
      errors: [{ extensions: { code: 'SOURCE_UNAVAILABLE' } }],
    })
    expect(health).toEqual({ ok: false, detail: 'The system answered with its code -2001' })
  })

  test.each([
    ['interfaceId=getSurfEleByStaID&dataCode=SURF_CHN_MUL_HOR&staIds=00901&elements=Q_SNOW', '-1003'],
    ['interfaceId=getSurfEleByStaID&dataCode=SURF_CHN_MUL_HOR&staIds=00901', '-1001'],
    ['interfaceId=getRadar', '-1001'],
    ['interfaceId=getSurfEleByStaIDPage&dataCode=SURF_CHN_MUL_HOR&staIds=00901&elements=TEM&orderby=1;drop', '-1003'],
  ])('the service itself refuses %s with %s', async (query, returnCode) => {
    const headers = { userId: 'gongxiang', pwd: bench.key }
    const response = await fetch(`${bench.url}/music-ws/api?${query}`, { headers })
    expect(await response.json()).toMatchObject({ returnCode, DS: [] })
  })
})
