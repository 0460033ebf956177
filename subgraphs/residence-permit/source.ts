import { connectSql } from '../kit/sql/connect-sql.ts'
import { beijingInstant, code, date, standardCode, text } from '../kit/decode.ts'
import type { Department, Register, RegisterStatistics } from '../kit/register.ts'
import type { LoadTime } from '../kit/sql/sql.ts'

/** Kinds of document by GA/T 517, as far as this system registers their holders. */
const DOCUMENT_CODES = { '111': 'RESIDENT_ID', '516': 'HMT_PERMIT', '551': 'HMT_RESIDENCE_PERMIT' } as const

/** 居住证登记表 (registrations of residence permits): one row a person (HZ-19). */
const permits: Register = {
  type: 'ResidencePermit',
  at: 'jzz_djb',
  rows: 'ONE',
  key: {
    documentType: { kind: 'COLUMN', column: 'zjlx', codes: DOCUMENT_CODES },
    number: 'zjhm',
    oldNumbers: true,
  },
  fields: {
    name: text('xm'),
    idDocumentType: code('zjlx', DOCUMENT_CODES),
    idDocumentNumber: text('zjhm'),
    sex: standardCode('xb', /^[0129]$/),
    ethnicity: standardCode('mz', /^\d{2}$/),
    birthDate: date('csrq'),
    householdAddress: text('hjdz'),
    residencePermitNumber: text('jzzh'),
    residenceAddressDetail: text('jzxz'),
    residenceCounty: standardCode('jz_xq', /^\d{6}$/),
    residenceTownship: standardCode('jz_xzjd', /^\d{9}$/),
    residenceCommittee: text('jz_jwh'),
    residencePoliceStation: text('jz_pcs'),
    permitIssueDate: date('fzsj'),
    registrationAuthority: text('djjg'),
    registrationAuthorityDivision: standardCode('djjg_xzqh', /^\d{6}$/),
    registrationDate: date('djrq'),
    cancellationDate: date('zxrq'),
  },
}

/** Registrations by county, township and sex. */
const residencePermitStatistics: RegisterStatistics = {
  register: permits,
  dimensions: { RESIDENCE_COUNTY: 'residenceCounty', RESIDENCE_TOWNSHIP: 'residenceTownship', SEX: 'sex' },
  within: { RESIDENCE_TOWNSHIP: 'RESIDENCE_COUNTY' },
}

/** 导入记录 (loads): the data are those of the last one that ended well. */
const loadTime: LoadTime = {
  table: 'jzz_drjl',
  column: 'drsj',
  where: { column: 'drzt', value: '1' },
  decode: beijingInstant,
}

/** Migrant-residents service administration (来惠人员服务管理部门): residence permits, SQL, real time. */
export const residencePermit: Department = {
  name: 'residence-permit',
  schema: new URL('schema.graphql', import.meta.url),
  links: { residencePermit: permits },
  person: {},
  statistics: { residencePermitStatistics },
  connect: async (options) => connectSql(options, 'residence-permit/jzz.db', loadTime),
}
