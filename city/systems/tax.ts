import type { Organisation, TaxRegistration } from '../organisations/organisation.ts'
import { organisationSystem } from './organisation-table.ts'
import type { OrganisationTable } from './organisation-table.ts'
import type { Sink } from './sink.ts'

/*
 * The tax collection system with the registers of the two authorities that became one: ds_swdj 地税税务登记 (local), gs_swdj
 * 国税税务登记 (state), cq_rz 抽取日志 (loads). ynse 应纳税额 (amount due) is held and never shared: no list has amounts.
 */

const COLUMNS = ['shxydm', 'gsdjzh', 'nsrsbh', 'nsrmc', 'zcdz', 'djrq', 'swjg', 'ynse']

function taxTable(name: string, held: (of: Organisation) => TaxRegistration | null): OrganisationTable {
  return {
    name,
    columns: COLUMNS,
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

/** The system's file, `tax/zsxt.db`. */
export function taxSystem(directory: string): Sink {
  const local = taxTable('ds_swdj', (of) => ('localTax' in of ? of.localTax : null))
  const state = taxTable('gs_swdj', (of) => ('stateTax' in of ? of.stateTax : null))
  return organisationSystem(directory, 'tax/zsxt.db', [local, state], ['cq_rz', 'cqsj', 'cqzt'])
}
