import type { Citizen } from '../citizen.ts'
import { CITY_DATE } from '../citizen.ts'
import type { SqlSystem } from './sql-system.ts'
import type { Table } from './table.ts'

/*
 * The replica of the household registration system, with names as such systems have them: pinyin initials.
 * czrk_jbxx 常住人口基本信息 (permanent residents), sjtb_jl 数据同步记录 (log of replications).
 * It holds more than HZ-18 lists (csrq 出生日期, hjd_xxdz 详细地址, lxdh 联系电话): what is not listed is not shared.
 */

/** Columns of czrk_jbxx, in the order of `residentRow`. */
export const RESIDENT_COLUMNS = [
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

/** Columns of sjtb_jl. */
export const LOAD_COLUMNS = ['pch', 'tbsj', 'tbzt'] as const

/** The replications: the last one failed (tbzt 0), so the data are those of the night before. */
export const LOADS: readonly (readonly string[])[] = [
  ['20261119', '2026-11-19 02:10:00', '1'],
  ['20261120', `${CITY_DATE} 02:10:00`, '1'],
  ['20261120B', `${CITY_DATE} 14:10:00`, '0'],
]

/** The statements that make the tables, in words that SQLite and PostgreSQL share. */
export const TABLES: readonly string[] = [
  `create table czrk_jbxx (${RESIDENT_COLUMNS.map(columnDefinition).join(', ')})`,
  `create table sjtb_jl (${LOAD_COLUMNS.map((name) => `${name} text not null`).join(', ')})`,
]

function columnDefinition(name: (typeof RESIDENT_COLUMNS)[number]): string {
  return name === 'gmsfhm' ? 'gmsfhm text primary key' : `${name} text`
}

/** A row of czrk_jbxx; null for somebody without a household registration here. */
export function residentRow({ document, birthDate, household }: Citizen): readonly (string | null)[] | null {
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

/** The registrations as a table of any database. */
export const RESIDENTS: Table = {
  name: 'czrk_jbxx',
  columns: RESIDENT_COLUMNS,
  indexed: ['gmsfhm'],
  rowsOf(citizen) {
    const row = residentRow(citizen)
    return row === null ? [] : [row]
  },
}

/** The system as a database. */
export const publicSecurityTables = {
  department: 'public-security',
  home: 'postgres',
  tables: [RESIDENTS],
  loads: ['sjtb_jl', 'tbsj', 'tbzt'],
  loadedAt: '02:10:00',
} as const satisfies SqlSystem
