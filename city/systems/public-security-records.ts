import type { Citizen } from '../citizen.ts'
import { demoPeople } from '../demo-people.ts'
import { dayBetween, yearsLater } from '../dates.ts'
import { PLACES, townshipCode } from '../places.ts'
import { firmCar, hiredCar, ownCar } from './cars.ts'
import type { Car } from './cars.ts'
import { heldNumber, mayHold, placeOf, randomOf, serialOf } from './holders.ts'
import type { CitizenTable, OrganisationTable, PlainTable } from './sqlite-system.ts'
import { compact } from './table.ts'
import type { Cell } from './table.ts'

/*
 * The other registers beside the household registration: jdc 机动车 (vehicles), qz 养犬 (dogs), jtwf 交通违法 (violations),
 * sqwg 社区网格 (grids). fdjh 发动机号, lxdh 联系电话 and jf 记分 are held and never shared.
 */

function carRow({ plate, plateType, brand, registered }: Car, owner: readonly Cell[]): readonly Cell[] {
  const random = randomOf(plate, 'status')
  const status = random.chance(0.9) ? 'A' : random.pick(['G', 'H', 'E'])
  return [plate, plateType, brand, status, compact(registered), ...owner, `FDJ${serialOf(plate, 'engine', 8)}`]
}

/** A citizen's own car, and the hired one that somebody drives, whose owner is its operator. */
function carsOfCitizen(citizen: Citizen): readonly (readonly Cell[])[] {
  const { idDocumentNumber: number } = citizen.document
  const [own, hired] = [ownCar(citizen), hiredCar(citizen)]
  const holder = [citizen.name, heldNumber(randomOf(number, 'car-holder'), citizen), null]
  return [
    ...(own === null ? [] : [carRow(own, holder)]),
    ...(hired === null ? [] : [carRow(hired, [hired.operator.name, null, hired.operator.uscc])]),
  ]
}

const VEHICLES: OrganisationTable & CitizenTable = {
  name: 'jdc',
  columns: ['hphm', 'hpzl', 'ppxh', 'zt', 'ccdjrq', 'syr', 'syr_sfzh', 'syr_dm', 'fdjh'],
  indexed: ['hphm', 'syr_sfzh', 'syr_dm'],
  organisationRows(of) {
    const car = firmCar(of)
    return car === null ? [] : [carRow(car, [of.name, null, of.uscc])]
  },
  citizenRows: carsOfCitizen,
}

const DOGS: CitizenTable = {
  name: 'qz',
  columns: ['djzh', 'qpz', 'djrq', 'yxqz', 'syd_xzjd', 'yqr_sfzh', 'lxdh'],
  indexed: ['djzh', 'yqr_sfzh'],
  citizenRows(citizen) {
    const { idDocumentNumber: number } = citizen.document
    const random = randomOf(number, 'dog')
    const keeps = number === demoPeople.allThree.document.idDocumentNumber || (mayHold(citizen) && random.chance(0.05))
    if (!keeps) return []
    const issued = dayBetween(random, '2024-01-04', '2026-10-31')
    const days = [issued, yearsLater(issued, 1)].map(compact)
    const phone = `100${serialOf(number, 'dog-phone', 8)}`
    const breed = random.pick(['柴犬', '贵宾犬', '中华田园犬', '拉布拉多'])
    const township = placeOf(random, citizen).township
    return [[`QZ99${serialOf(number, 'dog')}`, breed, ...days, township, heldNumber(random, citizen), phone]]
  },
}

/** Codes of GA 408.1, with the fine that goes with each. */
const VIOLATIONS = [
  ['1039', '150.00'],
  ['1345', '200.00'],
  ['1625', '200.00'],
  ['6023', '50.00'],
] as const

const DECISIONS: CitizenTable = {
  name: 'jtwf',
  columns: ['jdsbh', 'wfxw', 'wfsj', 'wfdd', 'fkje', 'hphm', 'dsr_sfzh', 'jf'],
  indexed: ['jdsbh', 'dsr_sfzh'],
  citizenRows(citizen) {
    const { idDocumentNumber: number } = citizen.document
    const car = hiredCar(citizen) ?? ownCar(citizen)
    if (car === null) return []
    const random = randomOf(number, 'violations')
    const always = number === demoPeople.parent.document.idDocumentNumber
    const count = always ? 2 : random.chance(0.4) ? random.between(1, 3) : 0
    return Array.from({ length: count }, (_, nth): readonly Cell[] => {
      const [violation, fine] = random.pick(VIOLATIONS)
      const when = dayBetween(random, car.registered, '2026-10-31')
      const [place, holder] = [`${placeOf(random, citizen).township}演示大道`, heldNumber(random, citizen)]
      return [`4420999${serialOf(number, `decision-${nth}`)}`, violation, when, place, fine, car.plate, holder, '3']
    })
  },
}

const GRIDS: PlainTable = {
  name: 'sqwg',
  columns: ['wgbh', 'wgmc', 'xzqh', 'xzjd', 'pcs', 'wgy'],
  indexed: ['wgbh'],
  rows: PLACES.flatMap((place) =>
    Array.from({ length: 6 }, (_, nth): readonly Cell[] => {
      const { division, township, policeStation } = place
      const code = `${townshipCode(place)}${String(nth + 1).padStart(6, '0')}`
      return [code, `${township}第${nth + 1}网格`, division, township, policeStation, '演示网格员']
    }),
  ),
}

/** The registers of FS-16, as tables of any database. */
export const PUBLIC_SECURITY_RECORDS = [VEHICLES, DOGS, DECISIONS, GRIDS] as const
