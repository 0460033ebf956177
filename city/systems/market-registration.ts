import type { Enterprise, IndividualBusiness } from '../organisations/organisation.ts'
import { sqliteSystem } from './sqlite-system.ts'
import type { OrganisationTable } from './sqlite-system.ts'
import type { Sink } from './sink.ts'
import type { SqlSystem } from './sql-system.ts'
import type { Cell } from './table.ts'

/*
 * The business registration system, named by pinyin initials: qy_jbxx 企业基本信息 (enterprises), gtgsh_jbxx
 * 个体工商户基本信息 (individual businesses), zt_bsdz 主体标识对照 (which registration number became which credit code),
 * sjjh_jl 数据交换记录 (loads). lxdh 联系电话 and cyrs 从业人数 are held and never shared: HZ-29 does not list them.
 */

/** The columns that both kinds have. */
const COMMON = ['ztsxh', 'tyshxydm', 'zch', 'xzqh', 'xzqhmc', 'sdgljg', 'hy', 'jyfw', 'clrq', 'djjg', 'lxdh'] as const
const IDENTIFIERS = ['tyshxydm', 'zch'] as const

function common(of: Enterprise | IndividualBusiness, serial: number): readonly Cell[] {
  return [
    // Text of one width, so that it can be ordered by.
    String(serial).padStart(10, '0'),
    of.uscc,
    of.registrationNumber,
    of.division,
    of.divisionName,
    of.supervisor,
    of.industry,
    of.scope,
    of.registered.replaceAll('-', ''),
    of.authority,
    of.phone,
  ]
}

const ENTERPRISES: OrganisationTable = {
  name: 'qy_jbxx',
  columns: [...COMMON, 'qymc', 'fddbr', 'fddbr_zjhm', 'zs', 'qylx', 'zczb', 'cyrs'],
  indexed: ['ztsxh', ...IDENTIFIERS, 'xzqh'],
  organisationRows(of, serial) {
    if (of.kind !== 'ENTERPRISE') return []
    const { name, representative, address, enterpriseType, capital } = of
    const own = [name, representative.name, representative.idNumber, address, enterpriseType, capital]
    return [[...common(of, serial), ...own, String(10 + (serial % 90))]]
  },
}

const INDIVIDUALS: OrganisationTable = {
  name: 'gtgsh_jbxx',
  columns: [...COMMON, 'yhmc', 'jyz', 'jyz_zjhm', 'jycs'],
  indexed: IDENTIFIERS,
  organisationRows(of, serial) {
    if (of.kind !== 'INDIVIDUAL_BUSINESS') return []
    const { name, representative, address } = of
    return [[...common(of, serial), name, representative.name, representative.idNumber, address]]
  },
}

const MAPPING: OrganisationTable = {
  name: 'zt_bsdz',
  columns: [...IDENTIFIERS, 'ztlb'],
  indexed: IDENTIFIERS,
  organisationRows(of) {
    if (of.kind !== 'ENTERPRISE' && of.kind !== 'INDIVIDUAL_BUSINESS') return []
    return [[of.uscc, of.registrationNumber, of.kind === 'ENTERPRISE' ? '1' : '2']]
  },
}

/** The system as a database. */
export const marketRegistrationTables = {
  department: 'market-registration',
  home: 'postgres',
  tables: [ENTERPRISES, INDIVIDUALS, MAPPING],
  loads: ['sjjh_jl', 'jhsj', 'jhzt'],
} as const satisfies SqlSystem

/** The system's file, `market-registration/gsdj.db`. */
export function marketRegistrationSystem(directory: string): Sink {
  const { tables, loads } = marketRegistrationTables
  return sqliteSystem(directory, 'market-registration/gsdj.db', tables, loads)
}
