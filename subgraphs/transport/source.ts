import { connectSql } from '../kit/sql/connect-sql.ts'
import {
  beijingInstant,
  code,
  date,
  decimal,
  legalEntityReference,
  personReference,
  standardCode,
  text,
  whole,
} from '../kit/decode.ts'
import { legalKeys, recordKey } from '../kit/keys.ts'
import type { Department, Register, RegisterKey, RegisterList } from '../kit/register.ts'
import type { LoadTime } from '../kit/sql/sql.ts'

/** GB/T 2260. */
const division = standardCode('xzqh', /^\d{6}$/)

/** 技术等级 of this system → grades of JTG B01. */
const GRADES = { '00': 'EXPRESSWAY', '11': 'FIRST', '12': 'SECOND', '13': 'THIRD', '14': 'FOURTH' } as const

const roadFields: Register['fields'] = {
  sectionCode: text('ldbh'),
  roadName: text('lxmc'),
  grade: code('jsdj', GRADES),
  divisionCode: division,
  length: decimal('lc'),
  maintenanceUnit: text('yhdw'),
}

/** 公路路段 (sections of roads): one row a section. */
const roads: Register = {
  type: 'RoadSection',
  at: 'gl_ld',
  rows: 'ONE',
  ...recordKey(roadFields, 'sectionCode'),
  fields: roadFields,
}

const railwayFields: Register['fields'] = {
  sectionCode: text('ldbh'),
  lineName: text('xlmc'),
  divisionCode: division,
  length: decimal('lc'),
  designSpeed: whole('sjsd'),
}

/** 铁路路段 (sections of railways): one row a section. */
const railways: Register = {
  type: 'RailwaySection',
  at: 'tl_ld',
  rows: 'ONE',
  ...recordKey(railwayFields, 'sectionCode'),
  fields: railwayFields,
}

const busFields: Register['fields'] = {
  routeCode: text('xlbh'),
  origin: text('qdz'),
  terminus: text('zdz'),
  length: decimal('lc'),
  serviceHours: standardCode('smbsj', /^\d{2}:\d{2}-\d{2}:\d{2}$/),
  operatorIdentifier: text('jyz_dm'),
  operator: legalEntityReference('jyz_dm'),
}

/** 公交线路 (bus routes): one row a route. */
const buses: Register = {
  type: 'BusRoute',
  at: 'gj_xl',
  rows: 'ONE',
  ...recordKey(busFields, 'routeCode'),
  fields: busFields,
}

/** What both kinds of hired cars have. */
const carFields: Register['fields'] = {
  plateNumber: text('cph'),
  vehicleModel: text('cx'),
  licenceNumber: text('yszh'),
  licenceExpiryDate: date('yszyxq'),
  operatorIdentifier: text('jyz_dm'),
  operator: legalEntityReference('jyz_dm'),
  driverName: text('jsy_xm'),
  driverIdNumber: text('jsy_sfzh'),
  driver: personReference('jsy_sfzh'),
  driverQualificationNumber: text('jsy_zgzh'),
}

const car = { rows: 'ONE', ...recordKey(carFields, 'plateNumber'), fields: carFields } as const

/** 巡游出租汽车 (taxis) and 网络预约出租汽车 (ride-hailing vehicles): one row a vehicle. */
const taxis: Register = { type: 'Taxi', at: 'czc', ...car }
const hailed: Register = { type: 'RideHailingVehicle', at: 'wyc', ...car }

const driver: RegisterKey = {
  documentType: { kind: 'CONSTANT', value: 'RESIDENT_ID' },
  number: 'jsy_sfzh',
  oldNumbers: true,
}

function ofDriver(register: Register): Register {
  return { ...register, rows: 'MANY', key: driver }
}

function ofOperator(register: Register): Register {
  return { ...register, rows: 'MANY', ...legalKeys('jyz_dm') }
}

/** Sections of roads by what `RoadSectionFilter` has. */
const roadSections: RegisterList = {
  register: roads,
  subject: 'RoadSection',
  filters: {
    divisionCode: { column: 'xzqh' },
    divisionCodeIn: { column: 'xzqh' },
    grade: { column: 'jsdj', codes: GRADES },
    gradeIn: { column: 'jsdj', codes: GRADES },
  },
  order: 'xh',
  most: 500,
}

/** 同步日志 (loads): the data are those of the last one that ended well. */
const loadTime: LoadTime = {
  table: 'tb_rz',
  column: 'tbsj',
  where: { column: 'tbjg', value: '1' },
  decode: beijingInstant,
}

/** Transport (交通运输管理部门): roads, railways, buses, taxis and ride-hailing, SQL, daily. */
export const transport: Department = {
  name: 'transport',
  schema: new URL('schema.graphql', import.meta.url),
  links: { taxis: ofDriver(taxis), rideHailingVehicles: ofDriver(hailed) },
  person: {},
  legalLinks: { busRoutes: ofOperator(buses), taxis: ofOperator(taxis), rideHailingVehicles: ofOperator(hailed) },
  records: [roads, railways, buses, hailed, taxis],
  lookups: {
    roadSection: roads,
    railwaySection: railways,
    busRoute: buses,
    rideHailingVehicle: hailed,
    taxi: taxis,
  },
  lists: { roadSections },
  connect: async (options) => connectSql(options, 'transport/jtys.db', loadTime),
}
