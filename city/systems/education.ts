import type { Citizen } from '../citizen.ts'
import type { Result, Student } from '../records.ts'
import { credentialDrops } from './education-drops.ts'
import type { Sink } from './sink.ts'
import type { SqlSystem } from './sql-system.ts'
import { sqliteSystem } from './sqlite-system.ts'
import type { CitizenTable } from './sqlite-system.ts'
import { compact, documentCode } from './table.ts'
import type { Cell } from './table.ts'

/*
 * The student register: xs_xjxx 学籍信息 (student records), sjjh_rz 数据交换日志 (loads); credentials are dropped by the
 * institutions (education-drops.ts). What has no table of its own (exams, health, vaccinations, awards, aid) is JSON in
 * a column of the record. Held and never shared: jhrdh 监护人电话 (a guardian's telephone).
 */

const STUDENTS: CitizenTable = {
  name: 'xs_xjxx',
  columns: [
    'xjh',
    'xm',
    'zjlx',
    'zjhm',
    'xb',
    'csrq',
    'csd',
    'hkszd',
    'rxrq',
    'xxmc',
    'xxdz',
    'ksjl',
    'tctc',
    'shsj',
    'tzcs',
    'jktj',
    'yfjz',
    'hjjl',
    'zzjl',
    'byrq',
    'byxx',
    'zxrq',
    'zcxx',
    'zrxx',
    'xxrq',
    'fxrq',
    'txrq',
    'lxrq',
    'lxyy',
    'djjg',
    'djjg_xzqh',
    'djrq',
    'jhrdh',
  ],
  indexed: ['zjhm'],
  citizenRows: (citizen) => (citizen.student === null ? [] : [studentRow(citizen, citizen.student)]),
}

function studentRow(citizen: Citizen, held: Student): readonly Cell[] {
  return [
    held.registrationNumber,
    held.name,
    documentCode(citizen),
    held.documentNumber,
    held.sex,
    compact(held.birthDate),
    held.birthPlace,
    held.household,
    compact(held.enrolled),
    held.school,
    held.schoolAddress,
    ...experienceCells(held),
    ...changeCells(held),
    held.authority,
    held.authorityDivision,
    compact(held.registered),
    held.guardianPhone,
  ]
}

function experienceCells(held: Student): readonly Cell[] {
  return [
    results(held.exams),
    held.skills,
    held.practice,
    results(held.fitness),
    results(held.checkups),
    list(
      held.vaccinations.map(({ vaccine, dose, date }) => ({ ymmc: vaccine, jc: String(dose), jzrq: compact(date) })),
    ),
    list(held.awards.map(({ title, by, date }) => ({ jxmc: title, sjdw: by, hjrq: compact(date) }))),
    list(held.aid.map(({ kind, from, until }) => ({ zzlb: kind, qsrq: compact(from), jzrq: compact(until) }))),
  ]
}

function changeCells(held: Student): readonly Cell[] {
  const day = (date: string | undefined | null): Cell => (date === undefined || date === null ? null : compact(date))
  return [
    day(held.completed),
    held.completed === null ? null : held.school,
    day(held.transfer?.date),
    held.transfer?.from ?? null,
    held.transfer?.to ?? null,
    day(held.suspended),
    day(held.resumed),
    day(held.withdrawn),
    day(held.left?.date),
    held.left?.reason ?? null,
  ]
}

function results(all: readonly Result[]): Cell {
  return list(all.map(({ what, date, result }) => ({ xm: what, rq: compact(date), jg: result })))
}

/** Nothing is an empty cell, as the register has it. */
function list(all: readonly Readonly<Record<string, string>>[]): Cell {
  return all.length === 0 ? null : JSON.stringify(all)
}

/** The register as a database. */
export const educationTables = {
  department: 'education',
  home: 'mysql',
  tables: [STUDENTS],
  loads: ['sjjh_rz', 'jhsj', 'jhzt'],
} as const satisfies SqlSystem

/** The register's file, `education/xjgl.db`, and the credentials beside it. */
export function educationSystem(directory: string): Sink {
  const register = sqliteSystem(directory, 'education/xjgl.db', educationTables.tables, educationTables.loads)
  const drops = credentialDrops(directory)
  return {
    files: [...register.files, ...drops.files],
    async add(citizens) {
      await register.add(citizens)
      await drops.add(citizens)
    },
    async finish() {
      await register.finish()
      await drops.finish()
    },
  }
}
