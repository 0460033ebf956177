import type { Citizen } from '../citizen.ts'
import type { Certificate } from '../records.ts'
import type { Sink } from './sink.ts'
import { documentCode, slashed, sqliteSystem } from './table.ts'
import type { Cell, Table } from './table.ts'

/*
 * The licence register of the bodies that issue qualifications: zgzs 资格证书 (qualifications), zyzs 执业证书 (licences),
 * hzjl 汇总记录 (loads). kscj 考试成绩 (mark of the examination) is held and never shared: HZ-27 does not list it.
 */

const COLUMNS = ['xm', 'zjlx', 'zjhm', 'zsmc', 'zsbh', 'fzbm', 'fzbm_xzqh', 'fzrq', 'zxrq', 'kscj'] as const

function table(name: string, kind: Certificate['kind']): Table {
  return {
    name,
    columns: COLUMNS,
    indexed: ['zjhm'],
    rowsOf: (citizen) => citizen.certificates.filter((held) => held.kind === kind).map((held) => row(citizen, held)),
  }
}

function row(citizen: Citizen, held: Certificate): readonly Cell[] {
  return [
    held.name,
    documentCode(citizen),
    held.documentNumber,
    held.title,
    held.number,
    held.issuer,
    held.issuerDivision,
    slashed(held.issued),
    held.cancelled === null ? null : slashed(held.cancelled),
    held.mark,
  ]
}

/** The register's file, `professional-qualifications/zgzs.db`. */
export function professionalQualificationsSystem(directory: string): Sink {
  const tables = [table('zgzs', 'QUALIFICATION'), table('zyzs', 'LICENCE')]
  return sqliteSystem(directory, 'professional-qualifications/zgzs.db', tables, ['hzjl', 'hzsj', 'hzzt'])
}
