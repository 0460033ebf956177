import { z } from 'zod'
import { Failure } from '../../gateway/vocabulary/failure.ts'
import { decimal, text, whole } from '../kit/decode.ts'
import { numbersOf, recordKey } from '../kit/keys.ts'
import type { Department, Register, RegisterList, Row } from '../kit/register.ts'
import { restSource } from '../kit/http/rest.ts'
import type { RestCall, RestDialect } from '../kit/http/rest.ts'
import { narrowed, opened, shaped } from '../kit/http/rest-json.ts'
import { matchesOf } from '../kit/http/rest-list.ts'
import { addressOf, secretOf } from '../kit/secret.ts'

/** `YYYYMMDDHHMMSS` of Greenwich as an instant of the city's clock. */
function greenwich(value: unknown): string {
  const [, date = '', hour = '', minute = '', second = ''] = /^(\d{8})(\d{2})(\d{2})(\d{2})$/.exec(String(value)) ?? []
  const parsed = new Date(`${date.replace(/^(\d{4})(\d{2})/, '$1-$2-')}T${hour}:${minute}:${second}Z`)
  if (Number.isNaN(parsed.getTime()))
    throw new Failure('SOURCE_INVALID', { detail: 'A value is not an hour of Greenwich' })
  return `${new Date(parsed.getTime() + 8 * 3_600_000).toISOString().slice(0, 19)}+08:00`
}

/** Too little rain to be measured, which counts as none where it is added up. */
const TRACE = '999990'
/** What was not measured. */
const MISSING = '999999'

const fields = {
  stationCode: text('Station_Id_C'),
  time: { column: 'Datetime', decode: greenwich },
  stationName: text('Station_Name'),
  temperature: decimal('TEM'),
  relativeHumidity: decimal('RHU'),
  precipitation: { column: 'PRE_1h', decode: (value: unknown) => (value === TRACE ? '0' : String(value)) },
  windSpeed: decimal('WIN_S'),
  windDirection: whole('WIN_D'),
}

/** SURF_CHN_MUL_HOR, 地面逐小时观测 (hourly observations at the surface). */
const observations: Register = {
  type: 'WeatherObservation',
  at: 'SURF_CHN_MUL_HOR',
  rows: 'ONE',
  ...recordKey(fields, 'stationCode', 'time'),
  fields,
}

/** By station, the oldest first: a serial begins with the hour. */
const weatherObservations: RegisterList = {
  register: observations,
  subject: 'WeatherObservation',
  filters: { stationCode: { column: 'Station_Id_C' }, stationCodeIn: { column: 'Station_Id_C' } },
  order: 'Rec_Id',
  most: 100,
}

const rowsShape = z.array(z.record(z.string(), z.string()))
const timeShape = z.looseObject({ requestTime: z.string() })
/** −1 is no failure: nothing was found. */
const ENVELOPE = { outcome: 'returnCode', result: 'DS', done: ['0', '-1'] } as const

function query(parameters: Readonly<Record<string, string>>): RestCall {
  return { path: `/music-ws/api?${new URLSearchParams(parameters).toString()}`, body: null }
}

/** The columns and stations of a call; numbers of stations are nobody's, and so may stand in a path. */
function elements(register: Register, columns: readonly string[], stations: readonly string[]) {
  return { dataCode: register.at, elements: columns.join(','), staIds: stations.join(',') }
}

function rowsOf(reply: unknown): readonly Row[] {
  return opened(ENVELOPE, rowsShape, reply).map((row) =>
    Object.fromEntries(Object.entries(row).map(([name, value]) => [name, value === MISSING ? null : value])),
  )
}

function batchOf(reply: unknown, asked: Parameters<typeof narrowed>[1]) {
  return {
    rows: rowsOf(reply).map((row) => narrowed(row, asked)),
    asOf: greenwich(shaped(timeShape, reply).requestTime),
  }
}

/** All rows of the stations asked for, or a part of them in the order of their serials. */
const dialect: RestDialect = {
  call: ({ register, columns, keys }) =>
    query({ interfaceId: 'getSurfEleByStaID', ...elements(register, columns, numbersOf(register.key, keys)) }),
  read: batchOf,
  list: {
    call(page) {
      const { register, columns, order, after, limit } = page
      const from = { orderby: order, ...(after === null ? {} : { after }), limitCnt: String(limit) }
      return query({
        interfaceId: 'getSurfEleByStaIDPage',
        ...elements(register, columns, matchesOf(page)['Station_Id_C'] ?? []),
        ...from,
      })
    },
    read: batchOf,
  },
  status: {
    path: '/music-ws/api?interfaceId=getDataLatestTime',
    read(reply) {
      const [row] = rowsOf(reply)
      return greenwich(row?.['Datetime'])
    },
  },
}

/** Meteorology (气象部门): observations at the surface, REST, real time. */
export const meteorology: Department = {
  name: 'meteorology',
  schema: new URL('schema.graphql', import.meta.url),
  links: {},
  person: {},
  records: [observations],
  lookups: { weatherObservation: observations },
  lists: { weatherObservations },
  async connect(options) {
    const baseUrl = addressOf(options.apiUrl, 'the service of meteorological data')
    const pwd = await secretOf(options.apiKey, options, 'meteorology/api-key')
    return restSource({ baseUrl, headers: { userId: 'gongxiang', pwd }, dialect })
  },
}
