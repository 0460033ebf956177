import { connectSql } from '../kit/sql/connect-sql.ts'
import {
  beijingInstant,
  code,
  date,
  dateRange,
  decimal,
  legalEntityReference,
  personReference,
  standardCode,
  text,
} from '../kit/decode.ts'
import { legalKeys, recordKey } from '../kit/keys.ts'
import type { Department, Register, RegisterKey, RegisterList } from '../kit/register.ts'
import type { LoadTime } from '../kit/sql/sql.ts'

/** GB/T 2260. */
const division = standardCode('xzqdm', /^\d{6}$/)

/** 土地用途 by the first class of GB/T 21010. */
const LAND_USES = {
  '01': 'CULTIVATED',
  '05': 'COMMERCIAL',
  '06': 'INDUSTRIAL',
  '07': 'RESIDENTIAL',
  '08': 'PUBLIC',
  '10': 'TRANSPORT',
} as const

const parcelFields: Register['fields'] = {
  parcelCode: text('zddm'),
  divisionCode: division,
  location: text('zl'),
  landUse: code('tdyt', LAND_USES),
  area: decimal('zdmj'),
  certificateNumber: text('bdcqzh'),
  rightHolderName: text('qlrmc'),
  rightHolderIdNumber: text('qlr_sfzh'),
  rightHolder: personReference('qlr_sfzh'),
  rightHolderIdentifier: text('qlr_dm'),
  rightHolderEntity: legalEntityReference('qlr_dm'),
}

/** 宗地 (parcels): one row a parcel. */
const parcels: Register = {
  type: 'LandParcel',
  at: 'zd',
  rows: 'ONE',
  ...recordKey(parcelFields, 'parcelCode'),
  fields: parcelFields,
}

const holder: RegisterKey = {
  documentType: { kind: 'CONSTANT', value: 'RESIDENT_ID' },
  number: 'qlr_sfzh',
  oldNumbers: true,
}

/** The same parcels, as those of a person or of an organisation. */
const parcelsOfHolder: Register = {
  type: 'LandParcel',
  at: 'zd',
  rows: 'MANY',
  ...legalKeys('qlr_dm'),
  otherKeys: [holder],
  fields: parcelFields,
}

const miningFields: Register['fields'] = {
  licenceNumber: text('xkzh'),
  mineral: text('kz'),
  divisionCode: division,
  area: decimal('kqmj'),
  validityPeriod: dateRange('yxq', '至'),
  holderIdentifier: text('kyqr_dm'),
  holder: legalEntityReference('kyqr_dm'),
}

/** 采矿权 (mining rights): one row a licence. */
const miningRights: Register = {
  type: 'MiningRight',
  at: 'ckq',
  rows: 'ONE',
  ...recordKey(miningFields, 'licenceNumber'),
  fields: miningFields,
}

const planFields: Register['fields'] = {
  unitCode: text('dybh'),
  unitName: text('dymc'),
  divisionCode: division,
  zone: code('ghfq', { ST: 'ECOLOGICAL', NT: 'FARMLAND', CZ: 'URBAN', XC: 'RURAL' }),
  area: decimal('ghmj'),
  planPeriod: dateRange('ghq', '至'),
}

/** 规划单元 (units of the spatial plan): one row a unit. */
const planUnits: Register = {
  type: 'SpatialPlanUnit',
  at: 'ghdy',
  rows: 'ONE',
  ...recordKey(planFields, 'unitCode'),
  fields: planFields,
}

const permitFields: Register['fields'] = {
  permitNumber: text('zsbh'),
  permitType: code('xklx', { '1': 'SITE', '2': 'LAND', '3': 'BUILDING' }),
  projectName: text('xmmc'),
  divisionCode: division,
  parcelCode: text('zddm'),
  issueDate: date('hfrq'),
  developerIdentifier: text('jsdw_dm'),
  developer: legalEntityReference('jsdw_dm'),
}

/** 规划许可 (planning permits): one row a permit. */
const permits: Register = {
  type: 'PlanningPermit',
  at: 'ghxk',
  rows: 'ONE',
  ...recordKey(permitFields, 'permitNumber'),
  fields: permitFields,
}

const hazardFields: Register['fields'] = {
  siteCode: text('tybh'),
  hazard: code('zhlx', { '01': 'LANDSLIDE', '02': 'COLLAPSE', '03': 'DEBRIS_FLOW', '05': 'SUBSIDENCE' }),
  divisionCode: division,
  township: text('szxz'),
  risk: code('fxdj', { 极高: 'VERY_HIGH', 高: 'HIGH', 中: 'MEDIUM', 低: 'LOW' }),
  surveyDate: date('hcrq'),
}

/** 地质灾害隐患点 (sites of geological hazard): one row a site. */
const hazards: Register = {
  type: 'GeologicalHazardSite',
  at: 'dzzhd',
  rows: 'ONE',
  ...recordKey(hazardFields, 'siteCode'),
  fields: hazardFields,
}

const nameFields: Register['fields'] = {
  nameCode: text('dmdm'),
  standardName: text('bzmc'),
  kind: code('dmlb', { J: 'SETTLEMENT', D: 'ROAD', S: 'WATER', T: 'MOUNTAIN' }),
  divisionCode: division,
}

/** 地名 (geographic names): one row a name. */
const names: Register = {
  type: 'GeographicName',
  at: 'dm',
  rows: 'ONE',
  ...recordKey(nameFields, 'nameCode'),
  fields: nameFields,
}

/** Parcels by what `LandParcelFilter` has. */
const landParcels: RegisterList = {
  register: parcels,
  subject: 'LandParcel',
  filters: {
    divisionCode: { column: 'xzqdm' },
    divisionCodeIn: { column: 'xzqdm' },
    landUse: { column: 'tdyt', codes: LAND_USES },
    landUseIn: { column: 'tdyt', codes: LAND_USES },
  },
  order: 'xh',
  most: 500,
}

/** 数据汇交 (loads): the data are those of the last one that ended well. */
const loadTime: LoadTime = {
  table: 'sjhj',
  column: 'hjsj',
  where: { column: 'hjzt', value: '1' },
  decode: beijingInstant,
}

/** Natural resources (自然资源管理部门): land, minerals, plans, hazards and names, SQL, static. */
export const naturalResources: Department = {
  name: 'natural-resources',
  schema: new URL('schema.graphql', import.meta.url),
  links: { landParcels: parcelsOfHolder },
  person: {},
  legalLinks: {
    landParcels: parcelsOfHolder,
    miningRights: { ...miningRights, rows: 'MANY', ...legalKeys('kyqr_dm') },
    planningPermits: { ...permits, rows: 'MANY', ...legalKeys('jsdw_dm') },
  },
  records: [parcels, miningRights, planUnits, permits, hazards, names],
  lookups: {
    landParcel: parcels,
    miningRight: miningRights,
    spatialPlanUnit: planUnits,
    planningPermit: permits,
    geologicalHazardSite: hazards,
    geographicName: names,
  },
  lists: { landParcels },
  connect: async (options) => connectSql(options, 'natural-resources/zrzy.db', loadTime),
}
