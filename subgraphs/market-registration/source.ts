import { connectSql } from '../kit/sql/connect-sql.ts'
import { beijingInstant, code, date, personReference, standardCode, text, uscc } from '../kit/decode.ts'
import { legalKeys } from '../kit/keys.ts'
import type { Department, Register, RegisterList, RegisterStatistics } from '../kit/register.ts'
import type { LoadTime } from '../kit/sql/sql.ts'

/** 企业类型 of this system → code of market entity types. */
const ENTERPRISE_TYPES = {
  YX: '1130',
  DZ: '1151',
  GQ: '1110',
  GF: '1219',
} as const

/** GB/T 2260 and GB/T 4754. */
const DIVISION = /^\d{6}$/
const INDUSTRY = /^[A-T]\d{2,4}$/

const byIdentifier = legalKeys('tyshxydm', 'zch')

/** 企业基本信息 (enterprises): one row an enterprise (HZ-29.1(1)). */
const enterprises: Register = {
  type: 'Enterprise',
  at: 'qy_jbxx',
  rows: 'ONE',
  ...byIdentifier,
  fields: {
    unifiedSocialCreditCode: uscc('tyshxydm'),
    enterpriseRegistrationNumber: text('zch'),
    enterpriseName: text('qymc'),
    legalRepresentativeName: text('fddbr'),
    legalRepresentativeIdNumber: text('fddbr_zjhm'),
    legalRepresentative: personReference('fddbr_zjhm'),
    divisionCode: standardCode('xzqh', DIVISION),
    divisionName: text('xzqhmc'),
    localSupervisingAuthority: text('sdgljg'),
    registeredDomicile: text('zs'),
    enterpriseType: code('qylx', ENTERPRISE_TYPES),
    industry: standardCode('hy', INDUSTRY),
    businessScope: text('jyfw'),
    registeredCapital: standardCode('zczb', /^\d+(\.\d+)?$/),
    establishmentDate: date('clrq'),
    registrationAuthority: text('djjg'),
  },
}

/** 个体工商户基本信息 (individual businesses): one row a business (HZ-29.1(2)). */
const individualBusinesses: Register = {
  type: 'IndividualBusiness',
  at: 'gtgsh_jbxx',
  rows: 'ONE',
  ...byIdentifier,
  fields: {
    individualBusinessRegistrationNumber: text('zch'),
    businessName: text('yhmc'),
    operatorName: text('jyz'),
    operatorIdNumber: text('jyz_zjhm'),
    operator: personReference('jyz_zjhm'),
    divisionCode: standardCode('xzqh', DIVISION),
    divisionName: text('xzqhmc'),
    localSupervisingAuthority: text('sdgljg'),
    registeredBusinessPremises: text('jycs'),
    businessScope: text('jyfw'),
    industry: standardCode('hy', INDUSTRY),
    establishmentDate: date('clrq'),
    registrationAuthority: text('djjg'),
  },
}

/** 主体标识对照 (identifiers of subjects): which registration number became which credit code (HZ-15.2). */
const identifiers: Register = {
  type: 'LegalEntity',
  at: 'zt_bsdz',
  rows: 'ONE',
  ...byIdentifier,
  fields: { unifiedSocialCreditCode: uscc('tyshxydm'), registrationNumber: text('zch') },
}

/** Enterprises by what `LegalEntityFilter` has; the codes of the filter in those of this system. */
const legalEntities: RegisterList = {
  register: enterprises,
  subject: 'LegalEntity',
  filters: {
    divisionCode: { column: 'xzqh' },
    divisionCodeIn: { column: 'xzqh' },
    industry: { column: 'hy' },
    industryIn: { column: 'hy' },
    enterpriseType: { column: 'qylx', codes: ENTERPRISE_TYPES },
    enterpriseTypeIn: { column: 'qylx', codes: ENTERPRISE_TYPES },
  },
  order: 'ztsxh',
  most: 500,
}

/** Enterprises by division, industry and type. */
const enterpriseStatistics: RegisterStatistics = {
  register: enterprises,
  dimensions: { DIVISION: 'divisionCode', INDUSTRY: 'industry', ENTERPRISE_TYPE: 'enterpriseType' },
}

/** 数据交换记录 (loads): the data are those of the last one that ended well. */
const loadTime: LoadTime = {
  table: 'sjjh_jl',
  column: 'jhsj',
  where: { column: 'jhzt', value: '1' },
  decode: beijingInstant,
}

/** Industry and commerce (工商行政管理部门): enterprises and individual businesses, SQL, real time. */
export const marketRegistration: Department = {
  name: 'market-registration',
  schema: new URL('schema.graphql', import.meta.url),
  links: {},
  person: {},
  legalLinks: { enterprise: enterprises, individualBusiness: individualBusinesses },
  legalEntity: {
    unifiedSocialCreditCode: { register: identifiers, field: 'unifiedSocialCreditCode' },
    registrationNumber: { register: identifiers, field: 'registrationNumber' },
  },
  lists: { legalEntities },
  statistics: { enterpriseStatistics },
  connect: async (options) => connectSql(options, 'market-registration/gsdj.db', loadTime),
}
