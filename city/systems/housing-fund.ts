import type { HousingFund } from '../records.ts'
import { withUsernameToken } from './secrets.ts'
import type { Sink } from './sink.ts'
import { sqliteSystem } from './sqlite-system.ts'
import type { CitizenTable } from './sqlite-system.ts'
import { documentCode } from './table.ts'
import type { LoadTable } from './table.ts'

/*
 * The housing fund's business system, statuses by JGJ/T 320: grzh 个人账户 (accounts), rzpc 日终批次 (loads). It is asked
 * over SOAP (housing-fund-server.ts).
 * grzhye 个人账户余额 (balance) is held and never shared: HZ-26 does not list it.
 */

const STATUS_CODES: Readonly<Record<HousingFund['status'], string>> = {
  NORMAL: '01',
  SEALED: '02',
  CLOSED: '05',
  FROZEN: '06',
}

export const ACCOUNT_COLUMNS = ['xingming', 'zjlx', 'zjhm', 'grzhzt', 'dwmc', 'khrq', 'grzhye']

const ACCOUNTS: CitizenTable = {
  name: 'grzh',
  columns: ACCOUNT_COLUMNS,
  indexed: ['zjhm'],
  citizenRows(citizen) {
    const { housingFund: held } = citizen
    if (held === null) return []
    const status = STATUS_CODES[held.status]
    const { name, documentNumber, employer, registered, balance } = held
    return [[name, documentCode(citizen), documentNumber, status, employer, registered, balance]]
  },
}

export const FUND_LOADS: LoadTable = ['rzpc', 'wcsj', 'clzt']

/** The system's file, `housing-fund/gjj.db`, and its caller's token. */
export function housingFundSystem(directory: string): Sink {
  const accounts = sqliteSystem(directory, 'housing-fund/gjj.db', [ACCOUNTS], FUND_LOADS)
  return withUsernameToken(accounts, directory, 'housing-fund')
}
