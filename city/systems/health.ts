import type { Citizen, Sex } from '../citizen.ts'
import type { Birth, Death, FamilyPlanning } from '../records.ts'
import { together, withUsernameToken } from './secrets.ts'
import type { Sink } from './sink.ts'
import type { SqlSystem } from './sql-system.ts'
import { sqliteSystem } from './sqlite-system.ts'
import type { CitizenTable } from './sqlite-system.ts'
import { documentCode, slashed } from './table.ts'
import type { Cell, LoadTable } from './table.ts'

/*
 * The systems of the health department, each with its own file: that of certificates, csyxzm 出生医学证明 (births) and
 * swyxzm 死亡医学证明 (deaths), which is asked over SOAP (health-server.ts), and that of jhsy 计划生育 (family planning);
 * etl_rz 抽取日志 (loads) in both. Held and never shared: cstz 出生体重 (weight), zy 职业 (occupation),
 * xyzns 现有子女数 (number of children).
 */

const HEALTH: Readonly<Record<Birth['health'], readonly [name: string, code: string]>> = {
  GOOD: ['良好', '1'],
  FAIR: ['一般', '2'],
  POOR: ['差', '3'],
}
const SEXES: Readonly<Record<Sex, string>> = { '1': '男', '2': '女' }

export const BIRTH_COLUMNS = [
  'zmbh',
  'xsexm',
  'xsexb',
  'xsexb_dm',
  'xse_zjlx',
  'xse_zjhm',
  'jkzk',
  'jkzk_dm',
  'mqxm',
  'mqsfzh',
  'fqxm',
  'fqsfzh',
  'csrq',
  'qfrq',
  'qfdw',
  'cstz',
]

const BIRTHS: CitizenTable = {
  name: 'csyxzm',
  columns: BIRTH_COLUMNS,
  indexed: ['xse_zjhm', 'mqsfzh', 'fqsfzh'],
  citizenRows: (citizen) => (citizen.birth === null ? [] : [birthRow(citizen, citizen.birth)]),
}

function birthRow(citizen: Citizen, held: Birth): readonly Cell[] {
  return [
    held.certificateNumber,
    held.newbornName,
    SEXES[held.sex],
    held.sex,
    held.documentNumber === null ? null : documentCode(citizen),
    held.documentNumber,
    ...HEALTH[held.health],
    held.mother.name,
    held.mother.documentNumber,
    held.father?.name ?? null,
    held.father?.documentNumber ?? null,
    held.birthDate,
    held.issued,
    held.issuer,
    held.grams,
  ]
}

export const DEATH_COLUMNS = [
  'zmbh',
  'xzqhdm',
  'sheng',
  'shi',
  'xian',
  'xm',
  'xb',
  'mz',
  'gjdq',
  'nl',
  'zjlx',
  'zjhm',
  'czdz',
  'hjdz',
  'csrq',
  'swrq',
  'swdd',
  'swyy',
  'jsxm',
  'jsdh',
  'jszz',
  'ysqm',
  'yljg',
  'mjqm',
  'pcs',
  'zy',
]

const DEATHS: CitizenTable = {
  name: 'swyxzm',
  columns: DEATH_COLUMNS,
  indexed: ['zjhm'],
  citizenRows: (citizen) => (citizen.death === null ? [] : [deathRow(citizen, citizen.death)]),
}

function deathRow(citizen: Citizen, held: Death): readonly Cell[] {
  return [
    held.certificateNumber,
    held.division,
    '广东省',
    held.city,
    held.county,
    held.name,
    SEXES[held.sex],
    held.ethnicity,
    'CHN',
    held.age,
    documentCode(citizen),
    held.documentNumber,
    held.residenceAddress,
    held.householdAddress,
    slashed(held.birthDate),
    slashed(held.date),
    held.place,
    held.cause,
    held.kin.name,
    held.kin.phone,
    held.kin.address,
    held.physician,
    held.institution,
    held.officer,
    held.policeStation,
    held.occupation,
  ]
}

const PLANNING: CitizenTable = {
  name: 'jhsy',
  columns: ['xm', 'zjlx', 'zjhm', 'fwzh', 'ldhyzh', 'lzrq', 'fzjg', 'fzjg_xzqh', 'xyzns'],
  indexed: ['zjhm'],
  citizenRows: (citizen) => (citizen.familyPlanning === null ? [] : [planningRow(citizen, citizen.familyPlanning)]),
}

function planningRow(citizen: Citizen, held: FamilyPlanning): readonly Cell[] {
  return [
    held.name,
    documentCode(citizen),
    held.documentNumber,
    held.serviceCertificate,
    held.migrantCertificate,
    slashed(held.received),
    held.authority,
    held.authorityDivision,
    held.children,
  ]
}

/** Where both systems note their loads. */
export const HEALTH_LOADS: LoadTable = ['etl_rz', 'wcsj', 'zt']

/** Family planning as a database; the certificates are behind a service. */
export const healthTables = {
  department: 'health',
  home: 'mysql',
  tables: [PLANNING],
  loads: HEALTH_LOADS,
} as const satisfies SqlSystem

/** The systems' files, `health/wsjs.db` with the caller's token and `health/jhsy.db`. */
export function healthSystem(directory: string): Sink {
  const certificates = sqliteSystem(directory, 'health/wsjs.db', [BIRTHS, DEATHS], HEALTH_LOADS)
  const planning = sqliteSystem(directory, 'health/jhsy.db', [PLANNING], HEALTH_LOADS)
  return together(withUsernameToken(certificates, directory, 'health'), planning)
}
