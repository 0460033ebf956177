import type { Citizen } from '../citizen.ts'
import type { ResidencePermit } from '../records.ts'
import type { Sink } from './sink.ts'
import type { SqlSystem } from './sql-system.ts'
import { sqliteSystem } from './sqlite-system.ts'
import type { CitizenTable } from './sqlite-system.ts'
import { compact, documentCode } from './table.ts'
import type { Cell } from './table.ts'

/*
 * The residence permit system: jzz_djb 居住证登记表 (registrations), jzz_drjl 导入记录 (loads).
 * lxdh 联系电话 (telephone) is held and never shared: HZ-19 does not list it.
 */

const PERMITS: CitizenTable = {
  name: 'jzz_djb',
  columns: [
    'xm',
    'zjlx',
    'zjhm',
    'xb',
    'mz',
    'csrq',
    'hjdz',
    'jzzh',
    'jzxz',
    'jz_xq',
    'jz_xzjd',
    'jz_jwh',
    'jz_pcs',
    'fzsj',
    'djjg',
    'djjg_xzqh',
    'djrq',
    'zxrq',
    'lxdh',
  ],
  indexed: ['zjhm'],
  citizenRows: (citizen) => (citizen.residencePermit === null ? [] : [row(citizen, citizen.residencePermit)]),
}

function row(citizen: Citizen, held: ResidencePermit): readonly Cell[] {
  return [
    held.name,
    documentCode(citizen),
    held.documentNumber,
    held.sex,
    held.ethnicity,
    compact(held.birthDate),
    held.householdAddress,
    held.permitNumber,
    held.address,
    held.county,
    held.township,
    held.committee,
    held.policeStation,
    compact(held.issued),
    held.authority,
    held.authorityDivision,
    compact(held.registered),
    held.cancelled === null ? null : compact(held.cancelled),
    held.phone,
  ]
}

/** The system as a database. */
export const residencePermitTables = {
  department: 'residence-permit',
  home: 'mysql',
  tables: [PERMITS],
  loads: ['jzz_drjl', 'drsj', 'drzt'],
} as const satisfies SqlSystem

/** The system's file, `residence-permit/jzz.db`. */
export function residencePermitSystem(directory: string): Sink {
  const { tables, loads } = residencePermitTables
  return sqliteSystem(directory, 'residence-permit/jzz.db', tables, loads)
}
