import { join } from 'node:path'
import { writeSum } from './drop-file.ts'
import type { Sink } from './sink.ts'
import { newWorkbook } from './xlsx-file.ts'

/*
 * The register of public institutions: a workbook that is written by hand, with a title, headings in two rows and a
 * hidden sheet of notes; no manifest, but a checksum. 证件号码 (ID number of the representative), 机关 (authority) and
 * 编制数 (posts) are held and never shared: HZ-34 does not list them.
 */

const NAME = 'sydw_20260930.xlsx'
const MERGES = ['A1:J1', 'A2:A3', 'B2:B3', 'C2:E2', 'F2:G2', 'H2:I2', 'J2:J3']

/** The drop folder of the department, `institution-staffing/`. */
export function institutionStaffingSystem(directory: string): Sink {
  const path = join(directory, 'institution-staffing', NAME)
  const book = newWorkbook(path)
  const sheet = book.sheet({ name: '事业单位', merges: MERGES })
  sheet.add(['事业单位法人名册(虚构)'])
  sheet.add(['统一社会信用代码', '证书号', '单位', null, null, '法定代表人', null, '登记', null, '编制数'])
  sheet.add([null, null, '名称', '地址', '联系电话', '姓名', '证件号码', '日期', '机关'])
  book.sheet({ name: '备注', hidden: true }).add(['仅供内部使用'])
  return {
    files: [`institution-staffing/${NAME}`, `institution-staffing/${NAME}.sha256`],
    async addOrganisations(organisations) {
      for (const of of organisations) {
        if (of.kind !== 'PUBLIC_INSTITUTION') continue
        const { uscc, certificate, name, address, phone, representative, registered, authority, posts } = of
        const person = [representative.name, representative.idNumber]
        sheet.add([uscc, certificate, name, address, phone, ...person, { day: registered }, authority, posts])
      }
    },
    async add() {
      // A register of organisations alone.
    },
    async finish() {
      book.finish()
      writeSum(path)
    },
  }
}
