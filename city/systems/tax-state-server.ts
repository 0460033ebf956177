import type { OldSystem } from './old-system.ts'
import { escaped, SoapFault, soapSystem } from './soap-server.ts'
import type { Asked, SoapLogged } from './soap-server.ts'
import type { Cell } from './table.ts'
import { UnknownColumn } from './table-desk.ts'
import type { TableDesk } from './table-desk.ts'
import { TAX_COLUMNS, TAX_LOADS } from './tax.ts'

/*
 * The service of the state tax authority (subgraphs/tax/swdj.wsdl). Its habits: an outcome beside the rows (`fhm`: 000 done, 101
 * field, 999 fault) under 200; empty elements for what is empty. Token by digest.
 */

/** Columns that the service shows: neither amounts nor names. */
const SHOWN = { name: 'gs_swdj', columns: TAX_COLUMNS.filter((name) => name !== 'ynse' && name !== 'nsrmc') }

/** @param onCall told each call, for tests */
export function stateTaxService(onCall?: (call: SoapLogged) => void): OldSystem {
  return soapSystem(
    {
      path: 'tax/soap',
      wsdl: new URL('../../subgraphs/tax/swdj.wsdl', import.meta.url),
      namespace: 'http://gs.example/swdj',
      folder: 'tax',
      file: 'gs.db',
      loads: TAX_LOADS,
      token: 'DIGEST',
      charset: 'UTF-8',
      answer,
    },
    onCall,
  )
}

function answer(operation: string, asked: Asked, desk: TableDesk): string {
  try {
    const found = rows(operation, asked, desk)
    return `<fhm>000</fhm><fhxx>成功</fhxx><cqsj>${desk.loaded()}</cqsj>${found}`
  } catch (error) {
    if (error instanceof SoapFault) throw error
    return error instanceof UnknownColumn
      ? '<fhm>101</fhm><fhxx>字段不存在</fhxx>'
      : '<fhm>999</fhm><fhxx>系统错误</fhxx>'
  }
}

function rows(operation: string, asked: Asked, desk: TableDesk): string {
  if (operation === 'cxCqsj') return ''
  if (operation !== 'cxSwdj') throw new SoapFault('soapenv:Client', '无此操作')
  const ways = ['shxydm', 'gsdjzh']
    .map((column) => [{ column, values: asked[column] ?? [] }])
    .filter((way) => way.every(({ values }) => values.length > 0))
  const found = desk.rows({ table: SHOWN, columns: asked['zd'] ?? [], ways })
  return found.map((row) => `<swdj>${Object.entries(row).map(element).join('')}</swdj>`).join('')
}

function element([name, value]: readonly [string, Cell]): string {
  return value === null || value === '' ? `<${name}/>` : `<${name}>${escaped(String(value))}</${name}>`
}
