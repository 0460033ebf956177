import { dayBetween, shifted } from '../dates.ts'
import type { CitySize } from '../generate.ts'
import type { Organisation } from '../organisations/organisation.ts'
import { PLACES, STREETS, townshipCode } from '../places.ts'
import type { Place } from '../places.ts'
import { demonstrated } from './demonstration.ts'
import { departmentRandom } from '../random.ts'
import type { Random } from '../random.ts'
import type { PlainTable, OrganisationTable } from './sqlite-system.ts'
import { restData } from './rest-data.ts'
import type { RestFiles } from './rest-data.ts'
import type { Sink } from './sink.ts'
import { slashed } from './table.ts'
import type { Cell, TableShape } from './table.ts'

/*
 * The urban management platform, named by pinyin initials: cg_aj 城管案件 (cases), zf_xm 住房建设项目 (housing projects),
 * sz_ss 市政设施 (municipal facilities), hw_ss 环卫设施 (sanitation), tc_cc 停车场 (parking), gs_gqd 供水供气点 (supply points).
 * Held and never shared: sbr_dh 上报人电话 (telephone of who reported), ajms 案件描述 (free text, in which somebody may be
 * named), zj 造价 (cost), yhs 用户名单号 (list of households).
 */

export const HOUSING: RestFiles = { folder: 'housing-urban-rural', database: 'cjgl.db' }

export const HOUSING_TABLES = {
  cases: {
    name: 'cg_aj',
    columns: ['ajbh', 'ajlb', 'xzjd', 'sbsj', 'ajzt', 'czdw', 'jasj', 'ajms', 'sbr_dh'],
    indexed: ['ajbh'],
  },
  projects: {
    name: 'zf_xm',
    columns: ['xmbm', 'xmmc', 'kfqy_dm', 'xzjd', 'xmlx', 'jzmj', 'kgrq', 'xmzt', 'zj'],
    indexed: ['xmbm', 'kfqy_dm'],
  },
  municipal: {
    name: 'sz_ss',
    columns: ['ssbm', 'sslx', 'ssmc', 'xzjd', 'yhdw', 'jcrq', 'sszt'],
    indexed: ['ssbm', 'xzjd'],
  },
  sanitation: {
    name: 'hw_ss',
    columns: ['ssbm', 'sslx', 'ssmc', 'xzjd', 'kfsj', 'sszt'],
    indexed: ['ssbm', 'xzjd'],
  },
  parking: {
    name: 'tc_cc',
    columns: ['ccbm', 'ccmc', 'xzjd', 'cclx', 'bws', 'cczt'],
    indexed: ['ccbm', 'xzjd'],
  },
  supply: {
    name: 'gs_gqd',
    columns: ['dbm', 'gylx', 'xzjd', 'xxdz', 'gydw', 'fghs', 'dzt', 'yhs'],
    indexed: ['dbm'],
  },
} as const satisfies Readonly<Record<string, TableShape>>

/** So many rows for each township, each from its own random choices. */
function eachPlace(
  { seed }: CitySize,
  what: string,
  most: number,
  row: (random: Random, place: Place, serial: number) => readonly Cell[],
): PlainTable['rows'] {
  return PLACES.flatMap((place, at) => {
    const random = departmentRandom(seed, at, `housing-${what}`)
    return Array.from({ length: random.between(1, most) }, (_, nth) => row(random, place, at * most + nth + 1))
  })
}

function numbered(letters: string, place: Place, serial: number): string {
  return `${letters}${townshipCode(place)}${String(serial).padStart(4, '0')}`
}

function cases(size: CitySize): PlainTable['rows'] {
  return eachPlace(size, 'cases', 9, (random, place, serial) => {
    const reported = dayBetween(random, '2026-06-01')
    const state = reported < '2026-11-01' ? '3' : random.pick(['1', '2', '3'])
    const closed = state === '3' ? shifted(reported, random.between(1, 15)) : null
    const kind = random.pick(['市容环境', '施工管理', '街面秩序', '公用设施', '园林绿化'])
    const unit = `${place.township}${random.pick(['城管执法中队', '环卫所'])}`
    const told = `${random.pick(STREETS)}某处,虚构情况说明`
    const number = `CG2026${String(serial).padStart(6, '0')}`
    return [
      number,
      kind,
      place.township,
      slashed(reported),
      state,
      unit,
      closed && slashed(closed),
      told,
      '10000000996',
    ]
  })
}

/** What three in ten enterprises build, and the demonstration's firm. */
function projects({ seed }: CitySize): OrganisationTable {
  return {
    ...HOUSING_TABLES.projects,
    organisationRows(of, serial) {
      const developer = developerOf(of)
      const random = departmentRandom(seed, serial, 'housing-projects')
      if (developer === null || !(demonstrated(of) === 'firm' || random.chance(0.3))) return []
      const started = dayBetween(random, of.registered > '2015-01-01' ? of.registered : '2015-01-01', '2026-10-31')
      const state = started < '2022-01-01' ? '3' : random.pick(['1', '2'])
      const name = `${of.divisionName}样例花园${serial}期`
      const kind = random.pick(['1', '1', '2', '3'])
      const area = String(random.between(80, 2400) * 100)
      const code = `ZJ${of.division}${String(serial).padStart(5, '0')}`
      return [
        [code, name, developer, of.address.replace(/(街道|镇).*$/, '$1'), kind, area, slashed(started), state, '99999'],
      ]
    },
  }
}

function developerOf(of: Organisation): string | null {
  if (of.kind !== 'ENTERPRISE') return null
  return of.uscc ?? of.registrationNumber
}

function municipal(size: CitySize): PlainTable['rows'] {
  return eachPlace(size, 'municipal', 6, (random, place, serial) => {
    const kind = random.pick(['道路', '桥梁', '路灯', '排水管网', '井盖'])
    const built = dayBetween(random, '1996-01-01', '2025-12-31')
    const name = `${random.pick(STREETS)}${kind}${serial}号`
    const unit = `${place.township}市政养护所`
    return [
      numbered('SZ', place, serial),
      kind,
      name,
      place.township,
      unit,
      slashed(built),
      random.pick(['1', '1', '1', '2']),
    ]
  })
}

function sanitation(size: CitySize): PlainTable['rows'] {
  return eachPlace(size, 'sanitation', 4, (random, place, serial) => {
    const kind = random.pick(['公共厕所', '垃圾转运站', '垃圾分类投放点'])
    const hours = kind === '公共厕所' ? '全天' : '06:00-22:00'
    return [
      numbered('HW', place, serial),
      kind,
      `${random.pick(STREETS)}${kind}`,
      place.township,
      hours,
      random.pick(['1', '1', '2']),
    ]
  })
}

function parking(size: CitySize): PlainTable['rows'] {
  return eachPlace(size, 'parking', 4, (random, place, serial) => {
    const name = `${random.pick(STREETS)}停车场`
    const spaces = String(random.between(20, 900))
    return [
      numbered('TC', place, serial),
      name,
      place.township,
      random.pick(['1', '2', '3']),
      spaces,
      random.pick(['1', '1', '2']),
    ]
  })
}

function supply(size: CitySize): PlainTable['rows'] {
  return eachPlace(size, 'supply', 5, (random, place, serial) => {
    const gas = random.chance(0.4)
    const address = `${place.township}${random.pick(STREETS)}${random.between(1, 300)}号`
    const unit = `${place.township.slice(0, 3)}虚构${gas ? '燃气' : '自来水'}有限公司`
    const households = String(random.between(30, 1800))
    const code = numbered(gas ? 'GQ' : 'GS', place, serial)
    return [
      code,
      gas ? '2' : '1',
      place.township,
      address,
      unit,
      households,
      random.pick(['1', '1', '1', '0']),
      `Y${serial}`,
    ]
  })
}

/** The platform's file and secret, in `housing-urban-rural/`. */
export function housingSystem(directory: string, size: CitySize): Sink {
  const { cases: caseTable, municipal: municipalTable, sanitation: sanitationTable, ...other } = HOUSING_TABLES
  return restData(directory, HOUSING, [
    { ...caseTable, rows: cases(size) },
    projects(size),
    { ...municipalTable, rows: municipal(size) },
    { ...sanitationTable, rows: sanitation(size) },
    { ...other.parking, rows: parking(size) },
    { ...other.supply, rows: supply(size) },
  ])
}
