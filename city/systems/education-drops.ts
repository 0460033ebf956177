import { join } from 'node:path'
import type { Citizen } from '../citizen.ts'
import type { Credential } from '../records.ts'
import { manifestOf, newCsv, writeManifest, writeSum } from './drop-file.ts'
import type { Sink } from './sink.ts'
import { compact, documentCode } from './table.ts'
import { newWorkbook } from './xlsx-file.ts'
import type { SheetValue } from './xlsx-file.ts'

/*
 * The diplomas and degrees that institutions drop every month: a university in 中山 a workbook with a checksum, one in
 * 惠州 CSV in GB 18030, the research institutes CSV in UTF-8. 平均成绩 (mean mark) is in all of them and never shared:
 * HZ-24 does not list it.
 */

const HEADINGS = [
  '姓名',
  '证件类型',
  '证件号码',
  '学历',
  '专业',
  '毕业证书号',
  '学位',
  '学位授予日期',
  '学位授予单位',
  '学位证书号',
  '平均成绩',
]

/** Who drops a diploma: masters are trained at institutes; who gave no degree is told by the diploma's number alone. */
function institutionOf({ level, degree, diploma }: Credential): 'INSTITUTE' | 'ZHONGSHAN' | 'HUIZHOU' {
  if (level === '14') return 'INSTITUTE'
  const zhongshan = degree === null ? Number(diploma.at(-1)) % 2 === 0 : degree.by.startsWith('中山')
  return zhongshan ? 'ZHONGSHAN' : 'HUIZHOU'
}

function cells(citizen: Citizen, held: Credential): readonly string[] {
  const { degree } = held
  return [
    held.name,
    documentCode(citizen),
    held.documentNumber,
    held.level,
    held.major,
    held.diploma,
    degree?.code ?? '',
    degree === null ? '' : compact(degree.conferred),
    degree?.by ?? '',
    degree?.number ?? '',
    String(held.meanMark),
  ]
}

/** The same in a workbook: codes and marks as figures, the day as a day. */
function bookCells(citizen: Citizen, held: Credential): readonly SheetValue[] {
  const { degree } = held
  const day = degree === null ? null : { day: degree.conferred }
  const given = degree === null ? [null, null, null, null] : [Number(degree.code), day, degree.by, degree.number]
  const person = [held.name, Number(documentCode(citizen)), held.documentNumber]
  return [...person, Number(held.level), held.major, held.diploma, ...given, held.meanMark]
}

/** The drops of the institutions, in `education/`. */
export function credentialDrops(directory: string): Sink {
  const names = { book: 'zsdx_20261105.xlsx', huizhou: 'hzdx_20261110.csv', institute: 'kyjg_20261112.csv' }
  const at = (name: string): string => join(directory, 'education', name)
  const book = newWorkbook(at(names.book))
  const sheet = book.sheet({ name: '学历学位' })
  sheet.add(HEADINGS)
  const huizhou = newCsv(at(names.huizhou), 'gb18030', HEADINGS)
  const institute = newCsv(at(names.institute), 'utf-8', HEADINGS)
  const add = (citizen: Citizen, held: Credential): void => {
    const from = institutionOf(held)
    if (from === 'ZHONGSHAN') sheet.add(bookCells(citizen, held))
    else (from === 'HUIZHOU' ? huizhou : institute).add([cells(citizen, held)])
  }
  const proofs = [`${names.book}.sha256`, manifestOf(names.huizhou), manifestOf(names.institute)]
  return {
    files: [...Object.values(names), ...proofs].map((name) => `education/${name}`),
    async add(citizens) {
      for (const citizen of citizens) for (const held of citizen.credentials) add(citizen, held)
    },
    async finish() {
      book.finish()
      writeSum(at(names.book))
      writeManifest(at(names.huizhou), { dataDate: '2026-11-10', ...huizhou.finish() })
      writeManifest(at(names.institute), { dataDate: '2026-11-12', ...institute.finish(), encoding: 'UTF-8' })
    },
  }
}
