import type { Citizen } from '../citizen.ts'
import { demoOrganisations } from '../organisations/demo-organisations.ts'
import { PLACES, townshipCode } from '../places.ts'
import { hiredCar } from './cars.ts'
import type { HiredCar } from './cars.ts'
import { randomOf, serialOf } from './holders.ts'
import { sqliteSystem } from './sqlite-system.ts'
import type { CitizenTable, OrganisationTable, PlainTable } from './sqlite-system.ts'
import { measured } from './readings.ts'
import type { Sink } from './sink.ts'
import { slashed } from './table.ts'
import type { Cell } from './table.ts'

/*
 * 交通运输综合管理系统: gl_ld 公路路段 (roads), tl_ld 铁路路段 (railways), gj_xl 公交线路 (bus routes), czc 出租车 (taxis), wyc
 * 网约车 (ride-hailing), tb_rz 同步日志 (loads). jsy_sjh 驾驶员手机 and gps_zd 定位终端 are held and never shared.
 */

const ROADS: PlainTable = {
  name: 'gl_ld',
  columns: ['xh', 'ldbh', 'lxmc', 'jsdj', 'xzqh', 'lc', 'yhdw'],
  indexed: ['xh', 'ldbh', 'xzqh'],
  rows: PLACES.flatMap((place, at) => {
    const random = randomOf(townshipCode(place), 'roads')
    return Array.from({ length: 8 }, (_, nth): readonly Cell[] => {
      const serial = at * 8 + nth + 1
      const code = `X99${String(serial % 10)}-${String(serial).padStart(4, '0')}`
      const [grade, length] = [random.pick(['00', '11', '12', '13', '14']), measured(random, 0.4, 18, 3)]
      return [
        serialOf(code, 'xh', 16),
        code,
        `样例${serial % 10}号线`,
        grade,
        place.division,
        length,
        `${place.township}公路养护站`,
      ]
    })
  }),
}

/** One line from each county to the next; no railway has a number above T900. */
const RAILWAYS: PlainTable = {
  name: 'tl_ld',
  columns: ['ldbh', 'xlmc', 'xzqh', 'lc', 'sjsd'],
  indexed: ['ldbh'],
  rows: [...new Set(PLACES.map(({ division }) => division))].flatMap((division, at) => {
    const random = randomOf(division, 'railways')
    return ['虚构城际', '示范货运'].map((line, nth): readonly Cell[] => {
      const speed = nth === 0 ? '200' : '120'
      return [`T99${nth}-${String(at + 1).padStart(2, '0')}`, line, division, measured(random, 8, 64, 2), speed]
    })
  }),
}

/** Both enterprises that are in every city run buses, and some others do. */
const OPERATORS: readonly (string | null)[] = [demoOrganisations.firm.uscc, demoOrganisations.movedFirm.uscc]

const BUSES: OrganisationTable = {
  name: 'gj_xl',
  columns: ['xlbh', 'qdz', 'zdz', 'lc', 'smbsj', 'jyz_dm'],
  indexed: ['xlbh', 'jyz_dm'],
  organisationRows({ kind, uscc }) {
    if (kind !== 'ENTERPRISE' || uscc === null) return []
    const random = randomOf(uscc, 'buses')
    const count = OPERATORS.includes(uscc) ? 3 : random.chance(0.03) ? 2 : 0
    return Array.from({ length: count }, (_, nth): readonly Cell[] => {
      const [from, to] = [random.pick(PLACES), random.pick(PLACES)]
      const code = `${nth + 1}${serialOf(uscc, 'bus')}`
      return [code, `${from.township}总站`, `${to.township}站`, measured(random, 4, 42, 1), '06:00-22:30', uscc]
    })
  },
}

function cars(name: string, kind: HiredCar['kind']): CitizenTable {
  return {
    name,
    columns: ['cph', 'cx', 'yszh', 'yszyxq', 'jyz_dm', 'jsy_xm', 'jsy_sfzh', 'jsy_zgzh', 'jsy_sjh', 'gps_zd'],
    indexed: ['cph', 'jyz_dm', 'jsy_sfzh'],
    citizenRows: (citizen: Citizen) => {
      const car = hiredCar(citizen)
      return car?.kind === kind ? [carRow(car)] : []
    },
  }
}

function carRow({ plate, brand, licence, licenceUntil, operator, driver, qualification }: HiredCar): readonly Cell[] {
  const of = [driver.name, driver.idNumber, qualification, driver.phone]
  return [plate, brand, licence, slashed(licenceUntil), operator.uscc, ...of, `ZD${serialOf(plate, 'terminal')}`]
}

/** The system as a database. */
export const transportTables = {
  department: 'transport',
  home: 'mysql',
  tables: [ROADS, RAILWAYS, BUSES, cars('czc', 'TAXI'), cars('wyc', 'RIDE_HAILING')],
  loads: ['tb_rz', 'tbsj', 'tbjg'],
} as const

/** The system's file, `transport/jtys.db`. */
export function transportSystem(directory: string): Sink {
  const { tables, loads } = transportTables
  return sqliteSystem(directory, 'transport/jtys.db', tables, loads)
}
