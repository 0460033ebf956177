import type { Citizen } from '../citizen.ts'
import { demoPeople } from '../demo-people.ts'
import { dayBetween, yearsLater } from '../dates.ts'
import { demoOrganisations } from '../organisations/demo-organisations.ts'
import type { Organisation } from '../organisations/organisation.ts'
import { PLACES, STREETS, townshipCode } from '../places.ts'
import type { Place } from '../places.ts'
import type { Random } from '../random.ts'
import { heldNumber, mayHold, placeIn, placeOf, randomOf, serialOf } from './holders.ts'
import { sqliteSystem } from './sqlite-system.ts'
import type { CitizenTable, OrganisationTable, PlainTable } from './sqlite-system.ts'
import { measured } from './readings.ts'
import type { Sink } from './sink.ts'
import type { Cell } from './table.ts'

/*
 * 自然资源一张图: zd 宗地 (parcels), ckq 采矿权 (mining rights), ghdy 规划单元 (plan units), ghxk 规划许可 (permits), dzzhd
 * 地质灾害点 (hazards), dm 地名 (names), sjhj 数据汇交 (loads). lxdh 联系电话 and pgjz 评估价值 are held and never shared.
 */

/** A parcel: its code, its place and its use, before anybody holds it. */
interface Parcel {
  readonly code: string
  readonly cells: readonly Cell[]
  /** Ten thousand yuan; the system's own assessment. */
  readonly value: string
}

function parcel(random: Random, identifier: string, place: Place, uses: readonly string[]): Parcel {
  const code = `${townshipCode(place)}GB${serialOf(identifier, 'parcel')}`
  const location = `${place.township}${random.pick(STREETS)}${random.between(1, 300)}号`
  const cells = [code, place.division, location, random.pick(uses), measured(random, 60, 20000, 2)]
  return { code, cells, value: measured(random, 20, 9000, 2) }
}

/** The certificate of a title; the seal of no registry has these digits. */
function certificate(identifier: string, { division }: Place): string {
  const city = division.startsWith('4420') ? '中山市' : '惠州市'
  return `粤(2026)${city}不动产权第99${serialOf(identifier, 'title', 8)}号`
}

const NAMED = [demoPeople.allThree, demoPeople.movedOut].map(({ document }) => document.idDocumentNumber)

function parcelOfCitizen(citizen: Citizen): readonly (readonly Cell[])[] {
  const { idDocumentNumber: number } = citizen.document
  const random = randomOf(number, 'land')
  if (!NAMED.includes(number) && !(mayHold(citizen) && random.chance(0.12))) return []
  const place = placeOf(random, citizen)
  const { code, cells, value } = parcel(random, number, place, ['07'])
  const phone = `100${serialOf(number, 'land-phone', 8)}`
  const holder = [citizen.name, heldNumber(random, citizen), null]
  return [[serialOf(code, 'xh', 16), ...cells, certificate(number, place), ...holder, phone, value]]
}

/** The parcel of an organisation with a code; null for some. */
function parcelOfOrganisation(of: Organisation): Parcel | null {
  if (of.uscc === null) return null
  const random = randomOf(of.uscc, 'land')
  if (of.uscc !== demoOrganisations.firm.uscc && !random.chance(0.4)) return null
  return parcel(random, of.uscc, placeIn(random, of), of.kind === 'ENTERPRISE' ? ['05', '06'] : ['08'])
}

const PARCELS: OrganisationTable & CitizenTable = {
  name: 'zd',
  columns: ['xh', 'zddm', 'xzqdm', 'zl', 'tdyt', 'zdmj', 'bdcqzh', 'qlrmc', 'qlr_sfzh', 'qlr_dm', 'lxdh', 'pgjz'],
  indexed: ['xh', 'zddm', 'qlr_sfzh', 'qlr_dm', 'xzqdm'],
  organisationRows(of) {
    const held = parcelOfOrganisation(of)
    if (held === null || of.uscc === null) return []
    const place = placeIn(randomOf(of.uscc, 'land'), of)
    const title = certificate(of.uscc, place)
    return [[serialOf(held.code, 'xh', 16), ...held.cells, title, of.name, null, of.uscc, of.phone, held.value]]
  },
  citizenRows: parcelOfCitizen,
}

const MINERALS = ['建筑用花岗岩', '砖瓦用粘土', '水泥用灰岩', '矿泉水'] as const

const MINING: OrganisationTable = {
  name: 'ckq',
  columns: ['xkzh', 'kz', 'xzqdm', 'kqmj', 'yxq', 'kyqr_dm', 'lxdh'],
  indexed: ['xkzh', 'kyqr_dm'],
  organisationRows({ kind, uscc, division, phone }) {
    if (kind !== 'ENTERPRISE' || uscc === null) return []
    const random = randomOf(uscc, 'mining')
    if (uscc !== demoOrganisations.movedFirm.uscc && !random.chance(0.06)) return []
    const from = dayBetween(random, '2016-01-04', '2025-12-31')
    const period = `${from}至${yearsLater(from, 10)}`
    const [mineral, area] = [random.pick(MINERALS), measured(random, 0.05, 3, 4)]
    return [[`C990000${serialOf(uscc, 'mining-licence')}`, mineral, division, area, period, uscc, phone]]
  },
}

const PERMITS: OrganisationTable = {
  name: 'ghxk',
  columns: ['zsbh', 'xklx', 'xmmc', 'xzqdm', 'zddm', 'hfrq', 'jsdw_dm', 'lxdh'],
  indexed: ['zsbh', 'jsdw_dm'],
  organisationRows(of) {
    const held = parcelOfOrganisation(of)
    if (held === null || of.uscc === null) return []
    const random = randomOf(of.uscc, 'planning')
    const number = `演示规建〔2026〕${serialOf(of.uscc, 'planning-permit')}号`
    const issued = dayBetween(random, '2018-01-04', '2026-10-31').replaceAll('-', '')
    const [kind, project] = [random.pick(['1', '2', '3']), `${of.name}${random.pick(['厂房', '办公楼', '仓库'])}项目`]
    return [[number, kind, project, held.cells[1] ?? null, held.code, issued, of.uscc, of.phone]]
  },
}

/** Rows of each township, from random choices of its own. */
function ofPlaces(
  what: string,
  count: number,
  row: (random: Random, place: Place, serial: number) => readonly Cell[],
): readonly (readonly Cell[])[] {
  return PLACES.flatMap((place, at) => {
    const random = randomOf(townshipCode(place), what)
    return Array.from({ length: count }, (_, nth) => row(random, place, at * count + nth + 1))
  })
}

const UNITS: PlainTable = {
  name: 'ghdy',
  columns: ['dybh', 'dymc', 'xzqdm', 'ghfq', 'ghmj', 'ghq'],
  indexed: ['dybh'],
  rows: ofPlaces('plan-units', 3, (random, { division, township }, serial) => {
    const name = `${township}第${serial}规划单元`
    const code = `${division}-GH${String(serial).padStart(4, '0')}`
    const zone = random.pick(['ST', 'NT', 'CZ', 'XC'])
    return [code, name, division, zone, measured(random, 40, 900, 1), '2021-01-01至2035-12-31']
  }),
}

const HAZARDS: PlainTable = {
  name: 'dzzhd',
  columns: ['tybh', 'zhlx', 'xzqdm', 'szxz', 'fxdj', 'hcrq', 'lxdh'],
  indexed: ['tybh'],
  rows: ofPlaces('hazards', 2, (random, { division, township }, serial) => {
    const [kind, risk] = [random.pick(['01', '02', '03', '05']), random.pick(['极高', '高', '中', '低'])]
    const surveyed = dayBetween(random, '2025-01-04', '2026-10-31')
    return [`DZ${division}${String(serial).padStart(4, '0')}`, kind, division, township, risk, surveyed, '10000000997']
  }),
}

const NAMES: PlainTable = {
  name: 'dm',
  columns: ['dmdm', 'bzmc', 'dmlb', 'xzqdm'],
  indexed: ['dmdm'],
  rows: ofPlaces('names', 5, (random, { division }, serial) => {
    const kind = random.pick(['J', 'D', 'S', 'T'] as const)
    const name = { J: '虚构里', D: '样例路', S: '示范河', T: '演示山' }[kind]
    return [`${division}-${kind}-${String(serial).padStart(4, '0')}`, `${name}${serial}`, kind, division]
  }),
}

/** The system as a database. */
export const naturalResourcesTables = {
  department: 'natural-resources',
  home: 'postgres',
  tables: [PARCELS, MINING, PERMITS, UNITS, HAZARDS, NAMES],
  loads: ['sjhj', 'hjsj', 'hjzt'],
} as const

/** The system's file, `natural-resources/zrzy.db`. */
export function naturalResourcesSystem(directory: string): Sink {
  const { tables, loads } = naturalResourcesTables
  return sqliteSystem(directory, 'natural-resources/zrzy.db', tables, loads)
}
