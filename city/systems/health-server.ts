import { BIRTH_COLUMNS, DEATH_COLUMNS, HEALTH_LOADS } from './health.ts'
import type { OldSystem } from './old-system.ts'
import { escaped, SoapFault, soapSystem } from './soap-server.ts'
import type { Asked, SoapLogged } from './soap-server.ts'
import { UnknownColumn } from './table-desk.ts'
import type { DeskRow, Held, ShownTable, TableDesk } from './table-desk.ts'

/*
 * The service of the certificates of births and deaths (subgraphs/health/yxzm.wsdl). Its habits: dates as its framework writes them,
 * of births with a zone and of deaths as instants in UTC, so that a day begins the evening before; `xsi:nil` for what is
 * empty; a fault for whatever it does not like. Token by digest.
 */

/** Columns that the service shows, and those of them that are dates. */
const BIRTHS: Shown = {
  table: { name: 'csyxzm', columns: BIRTH_COLUMNS.filter((name) => name !== 'cstz') },
  written: { csrq: zoned, qfrq: zoned },
}
const DEATHS: Shown = {
  table: { name: 'swyxzm', columns: DEATH_COLUMNS.filter((name) => name !== 'zy') },
  written: { csrq: inUtc, swrq: inUtc },
}

interface Shown {
  readonly table: ShownTable
  readonly written: Readonly<Record<string, (date: string) => string>>
}

/** @param onCall told each call, for tests */
export function healthService(onCall?: (call: SoapLogged) => void): OldSystem {
  return soapSystem(
    {
      path: 'health/soap',
      wsdl: new URL('../../subgraphs/health/yxzm.wsdl', import.meta.url),
      namespace: 'http://yxzm.example/cx',
      folder: 'health',
      file: 'wsjs.db',
      loads: HEALTH_LOADS,
      token: 'DIGEST',
      charset: 'UTF-8',
      answer,
    },
    onCall,
  )
}

function answer(operation: string, asked: Asked, desk: TableDesk): string {
  const time = `<sjsj>${desk.loaded().replace(' ', 'T')}+08:00</sjsj>`
  switch (operation) {
    case 'cxSjsj':
      return time
    case 'cxCsyxzm':
      return time + records(BIRTHS, asked, desk, [['xse_zjlx', 'xse_zjhm'], ['mqsfzh'], ['fqsfzh']])
    case 'cxSwyxzm':
      return time + records(DEATHS, asked, desk, [['zjlx', 'zjhm']])
    default:
      throw new SoapFault('soapenv:Client', '无此操作')
  }
}

/** The rows that are found by any of the ways of which something is asked for. */
function records(
  { table, written }: Shown,
  asked: Asked,
  desk: TableDesk,
  ways: readonly (readonly string[])[],
): string {
  const columns = asked['zd'] ?? []
  const held = ways.map((way) => way.map((column): Held => ({ column, values: asked[column] ?? [] })))
  const given = held.filter((way) => way.every(({ values }) => values.length > 0))
  try {
    return desk.rows({ table, columns, ways: given }).map(record).join('')
  } catch (error) {
    if (error instanceof UnknownColumn) throw new SoapFault('soapenv:Client.UnknownField', '查询字段不存在')
    throw error
  }

  function record(row: DeskRow): string {
    const cells = columns.map((column) => {
      const value = row[column]
      if (value === null || value === undefined) return `<${column} xsi:nil="true"/>`
      const text = String(value)
      return `<${column}>${escaped(written[column]?.(text) ?? text)}</${column}>`
    })
    return `<jl>${cells.join('')}</jl>`
  }
}

function zoned(date: string): string {
  return `${date}+08:00`
}

/** `YYYY/M/D`, as the replica keeps it, in UTC: midnight in Beijing is 16:00 of the day before. */
function inUtc(date: string): string {
  const [year = '', month = '', day = ''] = date.split('/')
  const midnight = new Date(`${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}T00:00:00+08:00`)
  return midnight.toISOString().replace('.000', '')
}
