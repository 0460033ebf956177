import { connectSql } from '../kit/sql/connect-sql.ts'
import { beijingInstant, code, date, standardCode, text } from '../kit/decode.ts'
import type { Department, FieldSource, Register, RegisterStatistics } from '../kit/register.ts'
import type { LoadTime } from '../kit/sql/sql.ts'
import { LEGAL_LINKS, LINKS, LOOKUPS, RECORDS } from './records.ts'

/** The file of a photograph, as a name that opens nothing by itself. */
function photo(column: string): FieldSource {
  return { column, decode: (value) => `urn:gongxiang:public-security:photo:${encodeURIComponent(String(value))}` }
}

/** 常住人口基本信息 (permanent residents) in the replica of the household registration system (HZ-18). */
export const household: Register = {
  type: 'HouseholdRegistration',
  at: 'czrk_jbxx',
  rows: 'ONE',
  key: { documentType: { kind: 'CONSTANT', value: 'RESIDENT_ID' }, number: 'gmsfhm', oldNumbers: false },
  fields: {
    name: text('xm'),
    citizenIdNumber: text('gmsfhm'),
    sex: standardCode('xb', /^[0129]$/),
    ethnicity: standardCode('mz', /^\d{2}$/),
    householdTownship: text('hjd_xzjd'),
    householdPoliceStation: text('hjd_pcs'),
    photo: photo('xp_wjid'),
    registrationStatus: code('hjzt', { '1': 'NORMAL', '0': 'CANCELLED' }),
    preCancellationDivision: standardCode('zxq_xzqh', /^\d{6}$/),
    preCancellationPoliceStation: text('zxq_pcs'),
    cancellationDate: date('zxrq'),
    cancellationReason: code('zxyy', { '1': 'MOVED_OUT', '2': 'DECEASED' }),
  },
}

/** Residents by township, sex and ethnicity: of the registrations, those in force. */
const populationStatistics: RegisterStatistics = {
  register: household,
  dimensions: { HOUSEHOLD_TOWNSHIP: 'householdTownship', SEX: 'sex', ETHNICITY: 'ethnicity' },
  only: [{ column: 'hjzt', values: ['1'] }],
}

/** 数据同步记录 (log of replications): the replica holds what the system held at the last one that ended well. */
export const loadTime: LoadTime = {
  table: 'sjtb_jl',
  column: 'tbsj',
  where: { column: 'tbzt', value: '1' },
  decode: beijingInstant,
}

/** Public security (公安部门): household registration, and the registers of FS-16, SQL, real time. */
export const publicSecurity: Department = {
  name: 'public-security',
  schema: new URL('schema.graphql', import.meta.url),
  links: { household, ...LINKS },
  person: {
    name: { register: household, field: 'name' },
    sex: { register: household, field: 'sex' },
    ethnicity: { register: household, field: 'ethnicity' },
  },
  legalLinks: LEGAL_LINKS,
  records: RECORDS,
  lookups: LOOKUPS,
  statistics: { populationStatistics },
  connect: async (options) => connectSql(options, 'public-security/hjgl.db', loadTime),
}
