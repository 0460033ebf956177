import type { HousingFund } from '../records.ts'
import type { Sink } from './sink.ts'
import { documentCode, sqliteSystem } from './table.ts'
import type { Table } from './table.ts'

/*
 * The housing fund's business system, statuses by JGJ/T 320: grzh 个人账户 (accounts), rzpc 日终批次 (loads).
 * grzhye 个人账户余额 (balance) is held and never shared: HZ-26 does not list it.
 */

const STATUS_CODES: Readonly<Record<HousingFund['status'], string>> = {
  NORMAL: '01',
  SEALED: '02',
  CLOSED: '05',
  FROZEN: '06',
}

const ACCOUNTS: Table = {
  name: 'grzh',
  columns: ['xingming', 'zjlx', 'zjhm', 'grzhzt', 'dwmc', 'khrq', 'grzhye'],
  indexed: ['zjhm'],
  rowsOf(citizen) {
    const { housingFund: held } = citizen
    if (held === null) return []
    const status = STATUS_CODES[held.status]
    const { name, documentNumber, employer, registered, balance } = held
    return [[name, documentCode(citizen), documentNumber, status, employer, registered, balance]]
  },
}

/** The system's file, `housing-fund/gjj.db`. */
export function housingFundSystem(directory: string): Sink {
  return sqliteSystem(directory, 'housing-fund/gjj.db', [ACCOUNTS], ['rzpc', 'wcsj', 'clzt'])
}
