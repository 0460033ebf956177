import type { Citizen } from '../citizen.ts'
import type { Credential, Result, Student } from '../records.ts'
import type { Sink } from './sink.ts'
import { compact, documentCode, sqliteSystem } from './table.ts'
import type { Cell, Table } from './table.ts'

/*
 * The student register: xs_xjxx 学籍信息 (student records), xl_xwxx 学历学位信息 (credentials), sjjh_rz 数据交换日志
 * (loads). What has no table of its own (exams, health, vaccinations, awards, aid) is JSON in a column of the record.
 * Held and never shared: jhrdh 监护人电话 (a guardian's telephone), pjcj 平均成绩 (mean mark).
 */

const STUDENTS: Table = {
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
  rowsOf: (citizen) => (citizen.student === null ? [] : [studentRow(citizen, citizen.student)]),
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

const CREDENTIALS: Table = {
  name: 'xl_xwxx',
  columns: ['xm', 'zjlx', 'zjhm', 'xl', 'zy', 'byzsh', 'xw', 'xwsyrq', 'xwsydw', 'xwzsh', 'pjcj'],
  indexed: ['zjhm'],
  rowsOf: (citizen) => citizen.credentials.map((held) => credentialRow(citizen, held)),
}

function credentialRow(citizen: Citizen, held: Credential): readonly Cell[] {
  return [
    held.name,
    documentCode(citizen),
    held.documentNumber,
    held.level,
    held.major,
    held.diploma,
    held.degree?.code ?? null,
    held.degree === null ? null : compact(held.degree.conferred),
    held.degree?.by ?? null,
    held.degree?.number ?? null,
    held.meanMark,
  ]
}

/** The register's file, `education/xjgl.db`. */
export function educationSystem(directory: string): Sink {
  return sqliteSystem(directory, 'education/xjgl.db', [STUDENTS, CREDENTIALS], ['sjjh_rz', 'jhsj', 'jhzt'])
}
