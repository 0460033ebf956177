import { join } from 'node:path'
import type { Citizen } from '../citizen.ts'
import type { Certificate } from '../records.ts'
import { manifestOf, newCsv, sumOf, writeManifest } from './drop-file.ts'
import type { Sink } from './sink.ts'
import { documentCode, slashed } from './table.ts'
import { newWorkbook } from './xlsx-file.ts'
import type { SheetValue } from './xlsx-file.ts'

/*
 * What the bodies that issue qualifications drop every quarter, each in its own way: 卫生 (health) and 财政
 * (finance) a workbook with a sheet of qualifications and one of licences; 教育 (education) CSV in GBK; 司法 (justice)
 * two CSV files in UTF-8. 考试成绩 (mark of the examination) is in all of them and
 * never shared: HZ-27 does not list it.
 */

const FOLDER = 'professional-qualifications'
const SHEETS = ['资格证书', '执业证书'] as const

/** The file of one issuer, with the certificates of one quarter and before. */
interface IssuerFile {
  readonly files: readonly string[]
  add(citizen: Citizen, held: Certificate): void
  finish(): void
}

/** The drop folder of the department. */
export function professionalQualificationsSystem(directory: string): Sink {
  const folder = join(directory, FOLDER)
  const issuers: readonly (readonly [ending: string, file: IssuerFile])[] = [
    ['卫生和计划生育局', workbook(folder, 'wsjk_20261008.xlsx', '2026-10-08')],
    ['财政局', workbook(folder, 'czj_20261009.xlsx', '2026-10-09')],
    ['司法局', justice(folder)],
    ['教育局', teachers(folder)],
  ]
  return {
    files: issuers.flatMap(([, { files }]) => files.map((file) => `${FOLDER}/${file}`)),
    async add(citizens) {
      for (const citizen of citizens) {
        for (const held of citizen.certificates) fileOf(issuers, held).add(citizen, held)
      }
    },
    async finish() {
      for (const [, file] of issuers) file.finish()
    },
  }
}

function fileOf(issuers: readonly (readonly [string, IssuerFile])[], { issuer }: Certificate): IssuerFile {
  const found = issuers.find(([ending]) => issuer.endsWith(ending))
  if (found === undefined) throw new Error('A certificate of an issuer that drops nothing')
  return found[1]
}

const BOOK_HEADINGS = [
  '姓名',
  '证件类型代码',
  '证件号码',
  '证书名称',
  '证书编号',
  '发证部门',
  '发证部门区划',
  '发证日期',
  '注销日期',
  '考试成绩',
]

/** As clerks keep it: codes as figures, dates as dates, numbers as texts. */
function workbook(folder: string, name: string, dataDate: string): IssuerFile {
  const path = join(folder, name)
  const book = newWorkbook(path)
  const sheets = SHEETS.map((sheet) => book.sheet({ name: sheet }))
  for (const sheet of sheets) sheet.add(BOOK_HEADINGS)
  const counts = [0, 0]
  return {
    files: [name, manifestOf(name)],
    add(citizen, held) {
      const at = held.kind === 'QUALIFICATION' ? 0 : 1
      counts[at] = (counts[at] ?? 0) + 1
      const day = (date: string | null): SheetValue => (date === null ? null : { day: date })
      const { title, number, issuer, issuerDivision, issued, cancelled, mark } = held
      const person = [held.name, Number(documentCode(citizen)), held.documentNumber]
      sheets[at]?.add([...person, title, number, issuer, Number(issuerDivision), day(issued), day(cancelled), mark])
    },
    finish() {
      book.finish()
      const rows = Object.fromEntries(SHEETS.map((sheet, at) => [sheet, counts[at] ?? 0]))
      writeManifest(path, { dataDate, rows, sha256: sumOf(path) })
    },
  }
}

function cells(citizen: Citizen, held: Certificate): readonly string[] {
  return [
    held.name,
    documentCode(citizen),
    held.documentNumber,
    held.title,
    held.number,
    held.issuer,
    held.issuerDivision,
    slashed(held.issued),
    held.cancelled === null ? '' : slashed(held.cancelled),
    String(held.mark),
  ]
}

function teachers(folder: string): IssuerFile {
  const name = 'jszg_20261015.csv'
  const headings = [
    '持证人',
    '证件类型',
    '证件号码',
    '资格种类',
    '证书号码',
    '认定机构',
    '认定机构区划',
    '认定日期',
    '注销日期',
    '考试成绩',
  ]
  const file = newCsv(join(folder, name), 'gbk', headings)
  return {
    files: [name, manifestOf(name)],
    add: (citizen, held) => file.add([cells(citizen, held)]),
    finish: () => writeManifest(join(folder, name), { dataDate: '2026-10-15', ...file.finish(), encoding: 'GBK' }),
  }
}

/** One file for each kind of certificate, with the headings of the system that it was exported from. */
function justice(folder: string): IssuerFile {
  const headings = ['xm', 'zjlx', 'zjhm', 'zsmc', 'zsbh', 'fzbm', 'fzbm_xzqh', 'fzrq', 'zxrq', 'kscj']
  const names = ['sfzg_20261010.csv', 'sfzy_20261010.csv'] as const
  const [qualifications, licences] = names.map((name) => newCsv(join(folder, name), 'utf-8-bom', headings))
  return {
    files: names.flatMap((name) => [name, manifestOf(name)]),
    add: (citizen, held) => (held.kind === 'QUALIFICATION' ? qualifications : licences)?.add([cells(citizen, held)]),
    finish() {
      for (const [at, file] of [qualifications, licences].entries()) {
        if (file !== undefined)
          writeManifest(join(folder, names[at] ?? ''), { dataDate: '2026-10-10', ...file.finish() })
      }
    },
  }
}
