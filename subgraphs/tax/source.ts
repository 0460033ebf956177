import { connectSql } from '../kit/connect-sql.ts'
import { beijingInstant, date, text } from '../kit/decode.ts'
import { legalKeys } from '../kit/keys.ts'
import type { Department, Register } from '../kit/register.ts'
import type { LoadTime } from '../kit/sql.ts'

const byIdentifier = legalKeys('shxydm', 'gsdjzh')

/** 地税税务登记 (registration with the local tax authority): one row a taxpayer (HZ-31). */
const local: Register = {
  type: 'LocalTaxRegistration',
  at: 'ds_swdj',
  rows: 'ONE',
  ...byIdentifier,
  fields: {
    localTaxpayerId: text('nsrsbh'),
    localTaxRegisteredAddress: text('zcdz'),
    localTaxRegistrationDate: date('djrq'),
    localTaxRegistrationAuthority: text('swjg'),
  },
}

/** 国税税务登记 (registration with the state tax authority): one row a taxpayer (HZ-32). */
const state: Register = {
  type: 'StateTaxRegistration',
  at: 'gs_swdj',
  rows: 'ONE',
  ...byIdentifier,
  fields: {
    stateTaxpayerId: text('nsrsbh'),
    stateTaxRegisteredAddress: text('zcdz'),
    stateTaxRegistrationDate: date('djrq'),
    stateTaxRegistrationAuthority: text('swjg'),
  },
}

/** 抽取日志 (loads): the data are those of the last one that ended well. */
const loadTime: LoadTime = {
  table: 'cq_rz',
  column: 'cqsj',
  where: { column: 'cqzt', value: '1' },
  decode: beijingInstant,
}

/** Local and state tax (地方税务部门、国家税务部门): the registers of both, SQL, daily. */
export const tax: Department = {
  name: 'tax',
  schema: new URL('schema.graphql', import.meta.url),
  links: {},
  person: {},
  legalLinks: { localTax: local, stateTax: state },
  connect: async (options) => connectSql(options, 'tax/zsxt.db', loadTime),
}
