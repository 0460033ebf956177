import { Failure } from '../../gateway/vocabulary/failure.ts'
import { beijingInstant, code, date, text } from '../kit/decode.ts'
import { GAT_517 } from '../kit/document-codes.ts'
import { storedNumbers, storedTypes } from '../kit/keys.ts'
import type { Department, Register, RegisterStatistics, Row } from '../kit/register.ts'
import { addressOf, usernameToken } from '../kit/secret.ts'
import { soapSource } from '../kit/http/soap.ts'
import type { SoapDialect } from '../kit/http/soap.ts'
import type { ReadXml } from '../kit/http/soap-client.ts'
import { elements, listOf, rowOf, textOf } from '../kit/http/soap-values.ts'

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

/** The service answers with an XML text inside the XML, and tells there how it went (`fhm`). */
const dialect: SoapDialect = {
  call: ({ columns, keys }) => ({
    operation: 'cxGrzh',
    elements: {
      zd: columns,
      zjlx: storedTypes(accounts.key.documentType, keys),
      zjhm: storedNumbers(accounts, keys),
    },
  }),
  read(reply, lookup, within) {
    const { asOf, found } = opened(reply, within)
    return { rows: found.map((row) => rowOf(row, lookup)), asOf }
  },
  statistics: {
    call: ({ columns }) => ({ operation: 'tjGrzh', elements: { zd: columns } }),
    read(reply, { columns }, within) {
      const { asOf, found } = opened(reply, within)
      return { groups: found.map((group) => counted(elements(group), columns)), asOf }
    },
  },
  status: {
    call: { operation: 'cxRzpc', elements: {} },
    read: (reply, within) => opened(reply, within).asOf,
  },
}

/** 日终批次 (`rzsj`, the load at the end of a day) is the time of the data. */
function opened(reply: unknown, within: ReadXml): { readonly asOf: string; readonly found: readonly unknown[] } {
  const { fhm, rzsj, zh } = elements(elements(within(elements(reply)['return']))['gjj'])
  const outcome = textOf(fhm) ?? ''
  if (outcome === '0') return { asOf: beijingInstant(textOf(rzsj)), found: listOf(zh) }
  const detail = `The system answered with its code ${/^\w{1,8}$/.test(outcome) ? outcome : 'that is none'}`
  throw new Failure('SOURCE_UNAVAILABLE', { detail })
}

function counted(group: Row, columns: readonly string[]) {
  const count = Number(textOf(group['sl']) ?? Number.NaN)
  if (!Number.isSafeInteger(count) || count < 0)
    throw new Failure('SOURCE_INVALID', { detail: 'A group of the source has no count' })
  return { row: Object.fromEntries(columns.map((column) => [column, textOf(group[column])])), count }
}

/** Housing provident fund management centre (住房公积金管理中心): accounts, SOAP, real time. */
export const housingFund: Department = {
  name: 'housing-fund',
  schema: new URL('schema.graphql', import.meta.url),
  links: { housingFundAccount: accounts },
  person: {},
  statistics: { housingFundStatistics },
  connect: async (options) =>
    soapSource({
      wsdl: new URL('grzh.wsdl', import.meta.url),
      url: addressOf(options.soapUrl, 'the service of accounts'),
      token: await usernameToken(options, 'housing-fund', 'TEXT'),
      dialect,
    }),
}
