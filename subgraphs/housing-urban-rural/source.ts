import { z } from 'zod'
import { Failure } from '../../gateway/vocabulary/failure.ts'
import { calendarDate, code, date, decimal, legalEntityReference, text, whole } from '../kit/decode.ts'
import { keyColumns, legalKeys, numbersOf, recordKey, waysOf } from '../kit/keys.ts'
import type { Department, Lookup, PageLookup, Register, RegisterList, Row } from '../kit/register.ts'
import { restSource } from '../kit/http/rest.ts'
import type { RestDialect } from '../kit/http/rest.ts'
import { narrowed, opened, shaped } from '../kit/http/rest-json.ts'
import { matchesOf } from '../kit/http/rest-list.ts'
import { addressOf, secretOf } from '../kit/secret.ts'

const IN_USE = { '1': 'IN_USE', '2': 'UNDER_REPAIR' } as const
const LOT_CODES = { '1': 'PUBLIC', '2': 'ROADSIDE', '3': 'ATTACHED' } as const

const caseFields = {
  caseNumber: text('ajbh'),
  category: text('ajlb'),
  township: text('xzjd'),
  reportedOn: date('sbsj'),
  status: code('ajzt', { '1': 'ACCEPTED', '2': 'IN_PROGRESS', '3': 'CLOSED' }),
  handlingUnit: text('czdw'),
  closedOn: date('jasj'),
}
const projectFields = {
  projectCode: text('xmbm'),
  projectName: text('xmmc'),
  projectKind: code('xmlx', { '1': 'COMMODITY', '2': 'AFFORDABLE', '3': 'RESETTLEMENT' }),
  township: text('xzjd'),
  floorArea: decimal('jzmj'),
  startedOn: date('kgrq'),
  status: code('xmzt', { '1': 'PERMITTED', '2': 'UNDER_CONSTRUCTION', '3': 'COMPLETED' }),
  developerIdentifier: text('kfqy_dm'),
  developer: legalEntityReference('kfqy_dm'),
}
const facility = {
  facilityCode: text('ssbm'),
  facilityKind: text('sslx'),
  facilityName: text('ssmc'),
  township: text('xzjd'),
  status: code('sszt', IN_USE),
}
const municipalFields = { ...facility, maintenanceUnit: text('yhdw'), builtOn: date('jcrq') }
const sanitationFields = { ...facility, openingHours: text('kfsj') }
const lotFields = {
  lotCode: text('ccbm'),
  lotName: text('ccmc'),
  township: text('xzjd'),
  lotKind: code('cclx', LOT_CODES),
  spaces: whole('bws'),
  status: code('cczt', IN_USE),
}
const supplyFields = {
  pointCode: text('dbm'),
  supplyKind: code('gylx', { '1': 'WATER', '2': 'GAS' }),
  township: text('xzjd'),
  address: text('xxdz'),
  supplier: text('gydw'),
  householdsServed: whole('fghs'),
  status: code('dzt', { '1': 'SUPPLYING', '0': 'CUT_OFF' }),
}

/** A register whose records have one code of their own. */
function own(type: string, at: string, fields: Register['fields'], key: string): Register {
  return { type, at, rows: 'ONE', ...recordKey(fields, key), fields }
}

/** 智慧城管 (urban management). */
const cases = own('UrbanManagementCase', 'cg_aj', caseFields, 'caseNumber')
/** 住房建设 (housing). The developer stands in one column, by code or by registration number. */
const projects = own('HousingProject', 'zf_xm', projectFields, 'projectCode')
const developed: Register = { ...projects, rows: 'MANY', ...legalKeys('kfqy_dm', 'kfqy_dm'), fields: projectFields }
/** 市政管理 (municipal facilities). */
const municipal = own('MunicipalFacility', 'sz_ss', municipalFields, 'facilityCode')
/** 环境卫生 (sanitation). */
const sanitation = own('SanitationFacility', 'hw_ss', sanitationFields, 'facilityCode')
/** 停车场位 (parking). */
const lots = own('ParkingLot', 'tc_cc', lotFields, 'lotCode')
/** 供水供气 (supply of water and gas). */
const supply = own('UtilitySupplyPoint', 'gs_gqd', supplyFields, 'pointCode')

const parkingLots: RegisterList = {
  register: lots,
  subject: 'ParkingLot',
  filters: { township: { column: 'xzjd' }, lotKind: { column: 'cclx', codes: LOT_CODES } },
  order: 'ccbm',
  most: 100,
}

/** No code is what the platform says of what went well. */
const ENVELOPE = { outcome: 'errorCode', result: 'rows', done: [''] } as const
const cells = z.array(z.array(z.string()))
const frame = z.object({ cols: z.array(z.string()), nextMarker: z.string(), asof: z.string() })
const timed = z.object({ asof: z.string() })

/** `YYYY/M/D H:mm` of the city's clock. */
function clock(value: string): string {
  const [, hour = '', minute = ''] = / (\d{1,2}):(\d{2})$/.exec(value) ?? []
  if (hour === '') throw new Failure('SOURCE_INVALID', { detail: 'A value of the source is not a time' })
  return `${calendarDate(value)}T${hour.padStart(2, '0')}:${minute}:00+08:00`
}

/** Rows come without names, in the order of the columns that the reply states. */
function read(reply: unknown, asked: Lookup | PageLookup) {
  const values = opened(ENVELOPE, cells, reply)
  const { cols, nextMarker, asof } = shaped(frame, reply)
  if (values.some((row) => row.length !== cols.length))
    throw new Failure('SOURCE_INVALID', { detail: 'A row of the reply is longer or shorter than its columns' })
  const rows = values.map((row): Row => Object.fromEntries(cols.map((column, at) => [column, row[at] ?? null])))
  return {
    rows: rows.map((row) => narrowed(row, asked)),
    asOf: clock(asof),
    next: nextMarker === '' ? null : nextMarker,
  }
}

/** The marker of the next page is the platform's own, and is given back as it came. */
const dialect: RestDialect = {
  call({ register, columns, keys }, next) {
    const [key] = keyColumns(register)
    const values = [...new Set(waysOf(register).flatMap((way) => numbersOf(way, keys)))]
    return { path: `/cgpt/query/${register.at}`, body: { cols: columns, key, values, marker: next } }
  },
  read,
  list: {
    call(page) {
      const { register, columns, order, after, limit } = page
      return {
        path: `/cgpt/list/${register.at}`,
        body: { cols: columns, match: matchesOf(page), order, after, size: limit },
      }
    },
    read,
  },
  status: {
    path: '/cgpt/asof',
    read: (reply) => {
      opened({ ...ENVELOPE, result: 'asof' }, z.string(), reply)
      return clock(shaped(timed, reply).asof)
    },
  },
}

/** Housing and urban-rural development (住房和城乡建设部门): facilities, projects, cases, REST, daily (FS-12). */
export const housingUrbanRural: Department = {
  name: 'housing-urban-rural',
  schema: new URL('schema.graphql', import.meta.url),
  links: {},
  person: {},
  legalLinks: { housingProjects: developed },
  records: [cases, projects, municipal, sanitation, lots, supply],
  lookups: {
    urbanManagementCase: cases,
    housingProject: projects,
    municipalFacility: municipal,
    sanitationFacility: sanitation,
    parkingLot: lots,
    utilitySupplyPoint: supply,
  },
  lists: { parkingLots },
  async connect(options) {
    const baseUrl = addressOf(options.apiUrl, 'the urban management platform')
    const token = await secretOf(options.apiKey, options, 'housing-urban-rural/api-key')
    return restSource({ baseUrl, headers: { token }, dialect })
  },
}
