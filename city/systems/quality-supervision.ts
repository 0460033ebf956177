import { sqliteSystem } from './sqlite-system.ts'
import type { OrganisationTable } from './sqlite-system.ts'
import type { Sink } from './sink.ts'
import type { SqlSystem } from './sql-system.ts'

/*
 * The licensing system of quality supervision: scxkz 生产许可证 (production permits), zljc 质量检测 (inspections), gx_rz
 * 更新日志 (loads). jcjg 检测结果 (outcome) is held and never shared: HZ-30 does not list it.
 */

const PERMITS: OrganisationTable = {
  name: 'scxkz',
  columns: ['tyshxydm', 'zch', 'xkzh', 'xkfw', 'yxq', 'bzrq', 'qymc'],
  indexed: ['tyshxydm', 'zch'],
  organisationRows(of) {
    if (of.kind !== 'ENTERPRISE') return []
    return of.permits.map(({ number, scope, from, until, issued }) => [
      of.uscc,
      of.registrationNumber,
      number,
      scope,
      `${from}至${until}`,
      issued,
      of.name,
    ])
  },
}

const INSPECTIONS: OrganisationTable = {
  name: 'zljc',
  columns: ['tyshxydm', 'zch', 'pzwh', 'hznr', 'jcrq', 'jcjg'],
  indexed: ['tyshxydm', 'zch'],
  organisationRows(of) {
    if (of.kind !== 'ENTERPRISE') return []
    return of.inspections.map(({ approval, content, date, passed }) => [
      of.uscc,
      of.registrationNumber,
      approval,
      content,
      date,
      passed ? '合格' : '不合格',
    ])
  },
}

/** The system as a database. */
export const qualitySupervisionTables = {
  department: 'quality-supervision',
  home: 'mysql',
  tables: [PERMITS, INSPECTIONS],
  loads: ['gx_rz', 'gxsj', 'gxjg'],
} as const satisfies SqlSystem

/** The system's file, `quality-supervision/zjxk.db`. */
export function qualitySupervisionSystem(directory: string): Sink {
  const { tables, loads } = qualitySupervisionTables
  return sqliteSystem(directory, 'quality-supervision/zjxk.db', tables, loads)
}
