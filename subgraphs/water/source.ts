import { z } from 'zod'
import { Failure } from '../../gateway/vocabulary/failure.ts'
import { code, decimal, standardCode, text } from '../kit/decode.ts'
import { numbersOf, recordKey } from '../kit/keys.ts'
import type { Department, Lookup, PageLookup, Register, RegisterList, Row } from '../kit/register.ts'
import { restSource } from '../kit/http/rest.ts'
import type { RestCall, RestDialect } from '../kit/http/rest.ts'
import { narrowed, shaped } from '../kit/http/rest-json.ts'
import { matchesOf } from '../kit/http/rest-list.ts'
import { addressOf, secretOf } from '../kit/secret.ts'

/** Milliseconds since 1970; a day of the map is its midnight in Greenwich. */
function milliseconds(value: unknown): Date {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return new Date(value)
  throw new Failure('SOURCE_INVALID', { detail: 'A value of the source is not a time' })
}

const KIND_CODES = { '1': 'LEVEL', '2': 'FLOW', '3': 'QUALITY' } as const

const bodyFields = {
  waterBodyCode: text('WB_CODE'),
  waterBodyName: text('WB_NAME'),
  waterBodyKind: code('WB_TYPE', { R: 'RIVER', K: 'RESERVOIR', L: 'LAKE', Q: 'CHANNEL' }),
  divisionCode: standardCode('DIV_CODE', /^\d{6}$/),
  length: decimal('LENGTH_KM'),
  area: decimal('AREA_KM2'),
  qualityTarget: text('WQ_TARGET'),
  managementUnit: text('MGR_UNIT'),
}
const stationFields = {
  stationCode: text('ST_CODE'),
  stationName: text('ST_NAME'),
  waterBodyCode: text('WB_CODE'),
  township: text('TOWNSHIP'),
  stationKind: code('ST_KIND', KIND_CODES),
  builtOn: { column: 'BUILT', decode: (value: unknown) => milliseconds(value).toISOString().slice(0, 10) },
  status: code('ST_STATUS', { '1': 'IN_USE', '0': 'OUT_OF_USE' }),
  warningLevel: decimal('WARN_LEVEL'),
}

/** Layer 0 of the map, 水体 (bodies of water). */
const bodies: Register = {
  type: 'WaterBody',
  at: '0',
  rows: 'ONE',
  ...recordKey(bodyFields, 'waterBodyCode'),
  fields: bodyFields,
}
/** Layer 1, 监测站 (stations). */
const stations: Register = {
  type: 'WaterMonitoringStation',
  at: '1',
  rows: 'ONE',
  ...recordKey(stationFields, 'stationCode'),
  fields: stationFields,
}

const waterMonitoringStations: RegisterList = {
  register: stations,
  subject: 'WaterMonitoringStation',
  filters: {
    waterBodyCode: { column: 'WB_CODE' },
    township: { column: 'TOWNSHIP' },
    stationKind: { column: 'ST_KIND', codes: KIND_CODES },
  },
  order: 'OBJECTID',
  // The server cuts a page at a hundred, whatever is asked, and one row more must tell whether there is another page.
  most: 50,
}

const SERVICE = '/arcgis/rest/services/SW/MapServer'
/** The server gives no more rows at once. A code has one row, so that as many codes make no second page. */
const PAGE = 100
/** What the map gives numbers for, by which a page goes on: written in one width they are in the order of texts too. */
const SERIAL = 'OBJECTID'

const failed = z.object({ error: z.object({ code: z.int() }) })
const found = z.object({
  features: z.array(z.object({ attributes: z.record(z.string(), z.unknown()) })),
  exceededTransferLimit: z.boolean().optional(),
  lastEditDate: z.number(),
})
const described = z.object({ editingInfo: z.object({ lastEditDate: z.number() }) })

/** The server says 200 for everything, and has no member that says that all is well. */
function opened<T>(shape: z.ZodType<T>, reply: unknown): T {
  const failure = failed.safeParse(reply)
  if (!failure.success) return shaped(shape, reply)
  const detail = `The system answered with its code ${failure.data.error.code}`
  throw new Failure('SOURCE_UNAVAILABLE', { detail })
}

function query(
  layer: string,
  columns: readonly string[],
  where: readonly string[],
  more: Record<string, string>,
): RestCall {
  const asked = {
    where: where.join(' AND '),
    outFields: columns.join(','),
    ...more,
    returnGeometry: 'false',
    f: 'json',
  }
  return { path: `${SERVICE}/${layer}/query?${new URLSearchParams(asked).toString()}`, body: null }
}

/** A list of values in the server's SQL. What has a quote in it is no code of the map: it is found in no row. */
function within(column: string, values: readonly string[]): string {
  const quoted = values.map((value) => `'${/^[^'\n]*$/.test(value) ? value : ''}'`)
  return `${column} IN (${quoted.join(',')})`
}

/** What is data in the features; their geometry was not asked for. */
function rowsOf({ features }: z.infer<typeof found>, asked: Lookup | PageLookup): readonly Row[] {
  return features.map(({ attributes }) => {
    const serial = attributes[SERIAL]
    const row = typeof serial === 'number' ? { ...attributes, [SERIAL]: String(serial).padStart(6, '0') } : attributes
    return narrowed(row, asked)
  })
}

/** An instant of the city's clock. */
function clock(value: unknown): string {
  return `${new Date(milliseconds(value).getTime() + 8 * 3_600_000).toISOString().slice(0, 19)}+08:00`
}

/** What is asked for stands in the path: codes of rivers and stations, which are nobody's. */
const dialect: RestDialect = {
  subjectsPerCall: PAGE,
  call({ register, columns, keys }) {
    const where = [within(register.key.number, numbersOf(register.key, keys))]
    return query(register.at, columns, where, { resultRecordCount: String(PAGE) })
  },
  read(reply, lookup) {
    const whole = opened(found, reply)
    if (whole.exceededTransferLimit === true) throw new Failure('SOURCE_INVALID', { detail: 'The reply was cut off' })
    return { rows: rowsOf(whole, lookup), asOf: clock(whole.lastEditDate) }
  },
  list: {
    call(page) {
      const { register, columns, order, after, limit } = page
      const matches = Object.entries(matchesOf(page)).map(([column, values]) => within(column, values))
      const from = after === null ? [] : [`${order}>${Number(after)}`]
      return query(register.at, columns, [...matches, ...from], {
        orderByFields: order,
        resultRecordCount: String(limit),
      })
    },
    read(reply, page) {
      const read = opened(found, reply)
      return { rows: rowsOf(read, page), asOf: clock(read.lastEditDate) }
    },
  },
  status: {
    path: `${SERVICE}?f=json`,
    read: (reply) => clock(opened(described, reply).editingInfo.lastEditDate),
  },
}

/** Water (水务部门): bodies of water and the stations at them, REST of a map server, real time (HZ-35). */
export const water: Department = {
  name: 'water',
  schema: new URL('schema.graphql', import.meta.url),
  links: {},
  person: {},
  records: [bodies, stations],
  lookups: { waterBody: bodies, waterMonitoringStation: stations },
  lists: { waterMonitoringStations },
  async connect(options) {
    const baseUrl = addressOf(options.apiUrl, 'the map server')
    const key = await secretOf(options.apiKey, options, 'water/api-key')
    return restSource({ baseUrl, headers: { 'x-esri-authorization': `Bearer ${key}` }, dialect })
  },
}
