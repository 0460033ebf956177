import { join } from 'node:path'
import type { Citizen, Disability, IdDocumentType } from '../citizen.ts'
import { manifestOf, newCsv, writeManifest } from './drop-file.ts'
import type { Sink } from './sink.ts'

/*
 * The federation's monthly drop: CSV in GB 18030 with CRLF, and a manifest that is written last.
 * 残疾类别, 残疾等级 and 联系电话 are in the file and not in the list of HZ-25.
 */

const DATA_DATE = '2026-11-01'
const NAME = `cjrdj_${DATA_DATE.replaceAll('-', '')}`

const HEADERS = [
  '序号',
  '姓名',
  '证件类型',
  '证件号码',
  '残疾人证号',
  '残疾类别',
  '残疾等级',
  '发证机关',
  '发证机关区划',
  '发证日期',
  '注销原因',
  '注销机关',
  '注销机关区划',
  '注销日期',
  '联系电话',
] as const

const DOCUMENT_NAMES: Readonly<Record<IdDocumentType, string>> = {
  RESIDENT_ID: '居民身份证',
  PASSPORT: '护照',
  HMT_PERMIT: '港澳台居民来往内地通行证',
  HMT_RESIDENCE_PERMIT: '港澳台居民居住证',
  FOREIGNER_PERMANENT_RESIDENCE: '外国人永久居留身份证',
  OTHER: '其他',
}

/** The drop folder `disabled-persons/drop/` with one version of the register. */
export function disabledPersonsDrop(directory: string): Sink {
  const path = `disabled-persons/drop/${NAME}.csv`
  const file = newCsv(join(directory, path), 'gb18030', HEADERS)
  let rows = 0
  return {
    files: [path, manifestOf(path)],
    async add(citizens) {
      file.add(
        citizens.flatMap((citizen) => {
          if (citizen.disability === null) return []
          rows += 1
          return [certificateRow(rows, citizen, citizen.disability)]
        }),
      )
    },
    async finish() {
      writeManifest(join(directory, path), { dataDate: DATA_DATE, ...file.finish() })
    },
  }
}

function certificateRow(serial: number, { document }: Citizen, held: Disability): readonly string[] {
  return [
    String(serial),
    held.name,
    DOCUMENT_NAMES[document.idDocumentType],
    held.documentNumber,
    held.certificateNumber,
    held.category,
    held.degree,
    held.authority,
    held.authorityDivision,
    chineseDate(held.issued),
    held.cancelled?.reason ?? '',
    held.cancelled?.authority ?? '',
    held.cancelled?.authorityDivision ?? '',
    held.cancelled === null ? '' : chineseDate(held.cancelled.date),
    held.phone,
  ]
}

/** `YYYY年M月D日`, as the federation writes dates. */
function chineseDate(date: string): string {
  const [year, month, day] = date.split('-')
  return `${year}年${Number(month)}月${Number(day)}日`
}
