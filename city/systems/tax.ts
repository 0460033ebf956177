import type { Organisation, TaxRegistration } from '../organisations/organisation.ts'
import { sqliteSystem } from './sqlite-system.ts'
import type { OrganisationTable } from './sqlite-system.ts'
import { together, withSecrets, withUsernameToken } from './secrets.ts'
import type { Sink } from './sink.ts'
import type { LoadTable } from './table.ts'

/*
 * The systems of the two tax authorities that became one, each with its own file: ds_swdj 地税税务登记 (local), asked over
 * REST (tax-local-server.ts), and gs_swdj 国税税务登记 (state), asked over SOAP (tax-state-server.ts); cq_rz 抽取日志
 * (loads) in both. ynse 应纳税额 (amount due) is held and never shared: no list has amounts.
 */

export const TAX_COLUMNS = ['shxydm', 'gsdjzh', 'nsrsbh', 'nsrmc', 'zcdz', 'djrq', 'swjg', 'ynse']

function taxTable(name: string, held: (of: Organisation) => TaxRegistration | null): OrganisationTable {
  return {
    name,
    columns: TAX_COLUMNS,
    indexed: ['shxydm', 'gsdjzh'],
    organisationRows(of) {
      const found = held(of)
      if (found === null) return []
      const { taxpayerId, address, registered, authority, paid } = found
      const old = 'registrationNumber' in of ? of.registrationNumber : null
      return [[of.uscc, old, taxpayerId, of.name, address, `${registered} 00:00:00`, authority, String(paid)]]
    },
  }
}

export const TAX_LOADS: LoadTable = ['cq_rz', 'cqsj', 'cqzt']

/** The systems' files, `tax/ds.db` and `tax/gs.db`, and the secrets of their callers. */
export function taxSystem(directory: string): Sink {
  const local = taxTable('ds_swdj', (of) => ('localTax' in of ? of.localTax : null))
  const state = taxTable('gs_swdj', (of) => ('stateTax' in of ? of.stateTax : null))
  return together(
    withSecrets(sqliteSystem(directory, 'tax/ds.db', [local], TAX_LOADS), directory, 'tax', 'api-key'),
    withUsernameToken(sqliteSystem(directory, 'tax/gs.db', [state], TAX_LOADS), directory, 'tax'),
  )
}
