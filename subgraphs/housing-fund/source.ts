import { connectSql } from '../kit/connect-sql.ts'
import { beijingInstant, code, date, text } from '../kit/decode.ts'
import { GAT_517 } from '../kit/document-codes.ts'
import type { Department, Register, RegisterStatistics } from '../kit/register.ts'
import type { LoadTime } from '../kit/sql.ts'

/** 个人账户状态 by JGJ/T 320; an account that was merged, transferred or drawn down is closed here. */
const STATUS_CODES = {
  '01': 'NORMAL',
  '02': 'SEALED',
  '03': 'CLOSED',
  '04': 'CLOSED',
  '05': 'CLOSED',
  '06': 'FROZEN',
} as const

/** 个人账户 (accounts): one row a person (HZ-26, HZ-28). */
const accounts: Register = {
  type: 'HousingFundAccount',
  at: 'grzh',
  rows: 'ONE',
  key: {
    documentType: { kind: 'COLUMN', column: 'zjlx', codes: GAT_517 },
    number: 'zjhm',
    oldNumbers: true,
  },
  fields: {
    accountStatus: code('grzhzt', STATUS_CODES),
    employerName: text('dwmc'),
    registrationDate: date('khrq'),
    name: text('xingming'),
    idDocumentType: code('zjlx', GAT_517),
    idDocumentNumber: text('zjhm'),
  },
}

/** Accounts by their status. */
const housingFundStatistics: RegisterStatistics = {
  register: accounts,
  dimensions: { ACCOUNT_STATUS: 'accountStatus' },
}

/** 日终批次 (loads at the end of a day): the data are those of the last one that ended well. */
const loadTime: LoadTime = {
  table: 'rzpc',
  column: 'wcsj',
  where: { column: 'clzt', value: '1' },
  decode: beijingInstant,
}

/** Housing provident fund management centre (住房公积金管理中心): accounts, SQL, real time. */
export const housingFund: Department = {
  name: 'housing-fund',
  schema: new URL('schema.graphql', import.meta.url),
  links: { housingFundAccount: accounts },
  person: {},
  statistics: { housingFundStatistics },
  connect: async (options) => connectSql(options, 'housing-fund/gjj.db', loadTime),
}
