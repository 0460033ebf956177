import type { Citizen } from '../citizen.ts'
import { sqliteSystem } from './sqlite-system.ts'
import type { CitizenTable } from './sqlite-system.ts'
import { PUBLIC_SECURITY_RECORDS } from './public-security-records.ts'
import type { Sink } from './sink.ts'
import type { SqlSystem } from './sql-system.ts'

/*
 * The replica of the household registration system, with names as such systems have them: pinyin initials.
 * czrk_jbxx 常住人口基本信息 (permanent residents), sjtb_jl 数据同步记录 (log of replications).
 * It holds more than HZ-18 lists (csrq 出生日期, hjd_xxdz 详细地址, lxdh 联系电话): what is not listed is not shared.
 */

/** Columns of czrk_jbxx, in the order of `residentRow`. */
const RESIDENT_COLUMNS = [
  'gmsfhm',
  'xm',
  'xb',
  'mz',
  'csrq',
  'hjd_xzqh',
  'hjd_xzjd',
  'hjd_xxdz',
  'hjd_pcs',
  'xp_wjid',
  'lxdh',
  'hjzt',
  'zxq_xzqh',
  'zxq_pcs',
  'zxrq',
  'zxyy',
] as const

/** A row of czrk_jbxx; null for somebody without a household registration here. */
function residentRow({ document, birthDate, household }: Citizen): readonly (string | null)[] | null {
  if (household === null) return null
  const { cancelled } = household
  return [
    document.idDocumentNumber,
    household.name,
    household.sex,
    household.ethnicity,
    compact(birthDate),
    household.division,
    household.township,
    household.address,
    household.policeStation,
    household.photoFile,
    household.phone,
    cancelled === null ? '1' : '0',
    cancelled?.division ?? null,
    cancelled?.policeStation ?? null,
    cancelled === null ? null : compact(cancelled.date),
    cancelled === null ? null : { MOVED_OUT: '1', DECEASED: '2' }[cancelled.reason],
  ]
}

/** `YYYYMMDD`, as the system writes dates. */
function compact(date: string): string {
  return date.replaceAll('-', '')
}

/** The registrations; those of FS-16 stand beside them. */
const RESIDENTS: CitizenTable = {
  name: 'czrk_jbxx',
  columns: RESIDENT_COLUMNS,
  indexed: ['gmsfhm'],
  citizenRows(citizen) {
    const row = residentRow(citizen)
    return row === null ? [] : [row]
  },
}

/** The system as a database. */
export const publicSecurityTables = {
  department: 'public-security',
  home: 'postgres',
  tables: [RESIDENTS, ...PUBLIC_SECURITY_RECORDS],
  loads: ['sjtb_jl', 'tbsj', 'tbzt'],
  loadedAt: '02:10:00',
} as const satisfies SqlSystem

/** The replica as one SQLite file, `public-security/hjgl.db`. */
export function publicSecuritySystem(directory: string): Sink {
  const { tables, loads, loadedAt } = publicSecurityTables
  return sqliteSystem(directory, 'public-security/hjgl.db', tables, loads, loadedAt)
}
