import { ACCOUNT_COLUMNS, FUND_LOADS } from './housing-fund.ts'
import type { OldSystem } from './old-system.ts'
import { escaped, SoapFault, soapSystem } from './soap-server.ts'
import type { Asked, SoapLogged } from './soap-server.ts'
import { UnknownColumn } from './table-desk.ts'
import type { DeskRow, TableDesk } from './table-desk.ts'

/*
 * The service of the accounts (subgraphs/housing-fund/grzh.wsdl). Its habits: GBK; each answer is one XML text inside the XML, with a
 * declaration of its own and an outcome of its own (`fhm`: 0 done, 11 field, 99 fault), so that an error is a success of
 * SOAP. Token with the password as it is.
 */

/** Columns that the service shows: the balance is not among them. */
const SHOWN = { name: 'grzh', columns: ACCOUNT_COLUMNS.filter((name) => name !== 'grzhye') }
/** What it counts by, and nothing that is somebody's. */
const COUNTED = { name: 'grzh', columns: ['grzhzt'] }

/** @param onCall told each call, for tests */
export function housingFundService(onCall?: (call: SoapLogged) => void): OldSystem {
  return soapSystem(
    {
      path: 'housing-fund/soap',
      wsdl: new URL('../../subgraphs/housing-fund/grzh.wsdl', import.meta.url),
      namespace: 'http://gjj.example/grzh',
      folder: 'housing-fund',
      file: 'gjj.db',
      loads: FUND_LOADS,
      token: 'TEXT',
      charset: 'GBK',
      answer: (operation, asked, desk) => `<return>${escaped(text(operation, asked, desk))}</return>`,
    },
    onCall,
  )
}

function text(operation: string, asked: Asked, desk: TableDesk): string {
  const declaration = '<?xml version="1.0" encoding="GBK"?>'
  try {
    return `${declaration}<gjj><fhm>0</fhm><rzsj>${desk.loaded()}</rzsj>${rows(operation, asked, desk)}</gjj>`
  } catch (error) {
    if (error instanceof SoapFault) throw error
    const [code, reason] = error instanceof UnknownColumn ? ['11', '字段不存在'] : ['99', '系统错误']
    return `${declaration}<gjj><fhm>${code}</fhm><fhxx>${reason}</fhxx></gjj>`
  }
}

function rows(operation: string, asked: Asked, desk: TableDesk): string {
  const columns = asked['zd'] ?? []
  const held = ['zjlx', 'zjhm'].map((column) => ({ column, values: asked[column] ?? [] }))
  switch (operation) {
    case 'cxRzpc':
      return ''
    case 'cxGrzh':
      return desk
        .rows({ table: SHOWN, columns, ways: [held] })
        .map(account)
        .join('')
    case 'tjGrzh':
      return desk.counts(COUNTED, columns).map(account).join('')
    default:
      throw new SoapFault('soapenv:Client', '无此操作')
  }
}

function account(row: DeskRow): string {
  const cells = Object.entries(row).map(([name, value]) => `<${name}>${escaped(String(value ?? ''))}</${name}>`)
  return `<zh>${cells.join('')}</zh>`
}
