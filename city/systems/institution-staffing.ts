import { organisationSystem } from './organisation-table.ts'
import type { OrganisationTable } from './organisation-table.ts'
import type { Sink } from './sink.ts'

/*
 * The register of public institutions: sydw_fr 事业单位法人 (institutions), tb_jl 同步记录 (loads). fddbr_zjhm (ID number
 * of the representative), bzs 编制数 (posts) and djjg (authority) are held and never shared: HZ-34 does not list them.
 */

const INSTITUTIONS: OrganisationTable = {
  name: 'sydw_fr',
  columns: ['tyshxydm', 'zsh', 'dwmc', 'dwdz', 'lxdh', 'fddbr', 'fddbr_zjhm', 'djrq', 'djjg', 'bzs'],
  indexed: ['tyshxydm'],
  organisationRows(of) {
    if (of.kind !== 'PUBLIC_INSTITUTION') return []
    const { uscc, certificate, name, address, phone, representative, registered, authority, posts } = of
    const day = registered.replace('-', '年').replace('-', '月')
    const person = [representative.name, representative.idNumber]
    return [[uscc, certificate, name, address, phone, ...person, `${day}日`, authority, String(posts)]]
  },
}

/** The system's file, `institution-staffing/sydj.db`. */
export function institutionStaffingSystem(directory: string): Sink {
  return organisationSystem(directory, 'institution-staffing/sydj.db', [INSTITUTIONS], ['tb_jl', 'tbsj', 'tbzt'])
}
