import { z } from 'zod'
import { Failure } from '../../gateway/vocabulary/failure.ts'
import { code, date, decimal, legalEntityReference, standardCode, text, whole } from '../kit/decode.ts'
import { legalKeys, numbersOf, recordKey } from '../kit/keys.ts'
import type { Department, FieldSource, Lookup, PageLookup, Register, RegisterList, Row } from '../kit/register.ts'
import { restSource } from '../kit/http/rest.ts'
import type { RestBatch, RestDialect } from '../kit/http/rest.ts'
import { narrowed, nextNumber, opened } from '../kit/http/rest-json.ts'
import { matchesOf } from '../kit/http/rest-list.ts'
import { addressOf, secretOf } from '../kit/secret.ts'

/** Milliseconds since 1970 as an instant of the city's clock. */
function instantOf(value: unknown): string {
  if (typeof value !== 'number' || !Number.isSafeInteger(value))
    throw new Failure('SOURCE_INVALID', { detail: 'A value of the source is not a time' })
  return `${new Date(value + 8 * 3_600_000).toISOString().slice(0, 19)}+08:00`
}

/** Part of the key of a reading: asked for as it is shown, and compared once it is decoded. */
const time: FieldSource = { column: 'MONITOR_TIME', decode: instantOf }

const airFields = {
  stationCode: text('STATION_CODE'),
  time,
  stationName: text('STATION_NAME'),
  airQualityIndex: whole('AQI'),
  fineParticles: decimal('PM25'),
  coarseParticles: decimal('PM10'),
  ozone: decimal('O3'),
  primaryPollutant: text('PRIMARY_POLLUTANT'),
}
const waterFields = {
  stationCode: text('STATION_CODE'),
  time,
  stationName: text('STATION_NAME'),
  ph: decimal('PH'),
  dissolvedOxygen: decimal('DISSOLVED_OXYGEN'),
  permanganateIndex: decimal('CODMN'),
  ammoniaNitrogen: decimal('NH3N'),
  waterQualityClass: text('WQ_CLASS'),
}
const soilFields = {
  sampleCode: text('SAMPLE_CODE'),
  divisionCode: standardCode('DIVISION_CODE', /^\d{6}$/),
  township: text('TOWNSHIP'),
  sampledOn: date('SAMPLE_DATE'),
  landUse: text('LAND_USE'),
  ph: decimal('PH'),
  cadmium: decimal('CADMIUM'),
  lead: decimal('LEAD'),
}
const emissionFields = {
  outletCode: text('OUTLET_CODE'),
  time,
  outletName: text('OUTLET_NAME'),
  medium: code('MEDIUM', { '1': 'WATER', '2': 'AIR' }),
  pollutant: text('POLLUTANT'),
  concentration: decimal('CONCENTRATION'),
  limit: decimal('LIMIT_VALUE'),
  exceeded: { column: 'EXCEEDED', decode: (value: unknown) => value === '1' },
  operatorIdentifier: text('OPERATOR_USCC'),
  operator: legalEntityReference('OPERATOR_USCC'),
}

/** 空气 (air): one row for a station and an hour. */
const air: Register = {
  type: 'AirQualityReading',
  at: 'airQuality',
  rows: 'ONE',
  ...recordKey(airFields, 'stationCode', 'time'),
  fields: airFields,
}
/** 水质 (water): one row for a station and four hours. */
const water: Register = {
  type: 'WaterQualityReading',
  at: 'waterQuality',
  rows: 'ONE',
  ...recordKey(waterFields, 'stationCode', 'time'),
  fields: waterFields,
}
/** 土壤 (soil): one row for a sample. */
const soil: Register = {
  type: 'SoilSample',
  at: 'soilSamples',
  rows: 'ONE',
  ...recordKey(soilFields, 'sampleCode'),
  fields: soilFields,
}
/** 工业排放 (industrial emissions): one row for an outlet and an hour. */
const emissions: Register = {
  type: 'IndustrialEmissionReading',
  at: 'emissions',
  rows: 'ONE',
  ...recordKey(emissionFields, 'outletCode', 'time'),
  fields: emissionFields,
}
/** The same by who operates the outlet: by the code alone, since no outlet is watched of a firm without one. */
const ofOperator: Register = {
  type: 'IndustrialEmissionReading',
  at: 'emissions',
  rows: 'MANY',
  ...legalKeys('OPERATOR_USCC'),
  fields: emissionFields,
}

/** A list by the first field of the key, one code or several; the record's serial begins with the hour. */
function readings(register: Register, member: string): RegisterList {
  const column = register.key.number
  return {
    register,
    subject: register.type,
    filters: { [member]: { column }, [`${member}In`]: { column } },
    order: 'REC_ID',
    most: 100,
  }
}

/** As many rows as the platform gives at once. */
const PAGE = 200
/** HTTP says 200 for everything, the platform for what went well. */
const ENVELOPE = { outcome: 'ret', result: 'result', done: [200] } as const
const listShape = z.array(z.record(z.string(), z.union([z.string(), z.number()])))
const pageShape = z.object({ total: z.int(), pageNo: z.int(), updated: z.number(), list: listShape })
const listed = z.object({ updated: z.number(), list: listShape })
const updatedShape = z.object({ updated: z.number() })

/** A dash is what the platform writes for what was not measured. */
function rowOf(row: Row, asked: Lookup | PageLookup): Row {
  return narrowed(
    Object.fromEntries(Object.entries(row).map(([name, value]) => [name, value === '-' ? null : value])),
    asked,
  )
}

function read(reply: unknown, lookup: Lookup): RestBatch {
  const { total, pageNo, updated, list } = opened(ENVELOPE, pageShape, reply)
  const rows = list.map((row) => rowOf(row, lookup))
  return { rows, asOf: instantOf(updated), next: nextNumber(pageNo, PAGE, total), total }
}

/** Rows for keys are asked for by page number, rows of a list by the place after which they go on. */
const dialect: RestDialect = {
  call({ register, columns, keys }, next) {
    const { number } = register.key
    const page = { pageNo: Number(next ?? 1), pageSize: PAGE }
    const body = { fields: columns.join(','), by: number, in: numbersOf(register.key, keys), ...page }
    return { path: `/openapi/data/${register.at}`, body }
  },
  read,
  list: {
    call(page) {
      const { register, columns, order, after, limit } = page
      const body = { fields: columns.join(','), match: matchesOf(page), orderBy: order, after, top: limit }
      return { path: `/openapi/list/${register.at}`, body }
    },
    read(reply, page) {
      const { updated, list } = opened(ENVELOPE, listed, reply)
      return { rows: list.map((row) => rowOf(row, page)), asOf: instantOf(updated) }
    },
  },
  status: {
    path: '/openapi/updated',
    read: (reply) => instantOf(opened(ENVELOPE, updatedShape, reply).updated),
  },
}

/** Ecology and environment (生态环境管理部门): readings of water, air, soil and industry, REST, real time (FS-15). */
export const ecologyEnvironment: Department = {
  name: 'ecology-environment',
  schema: new URL('schema.graphql', import.meta.url),
  links: {},
  person: {},
  legalLinks: { industrialEmissionReadings: ofOperator },
  records: [water, air, soil, emissions],
  lookups: {
    waterQualityReading: water,
    airQualityReading: air,
    soilSample: soil,
    industrialEmissionReading: emissions,
  },
  lists: {
    waterQualityReadings: readings(water, 'stationCode'),
    airQualityReadings: readings(air, 'stationCode'),
    industrialEmissionReadings: readings(emissions, 'outletCode'),
  },
  async connect(options) {
    const baseUrl = addressOf(options.apiUrl, 'the environmental monitoring platform')
    const key = await secretOf(options.apiKey, options, 'ecology-environment/api-key')
    return restSource({ baseUrl, headers: { authorization: `APPCODE ${key}` }, dialect })
  },
}
