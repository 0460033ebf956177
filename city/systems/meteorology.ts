import type { CitySize } from '../generate.ts'
import { departmentRandom } from '../random.ts'
import { hours, measured, unlessIdle } from './readings.ts'
import { restData } from './rest-data.ts'
import type { RestFiles } from './rest-data.ts'
import type { PlainTable } from './sqlite-system.ts'
import type { Sink } from './sink.ts'
import type { Cell, TableShape } from './table.ts'

/*
 * 地面气象观测 (surface observations), named as the national service of meteorological data names its elements. Its times
 * are those of Greenwich, as all times of weather are. Q_TEM 质量控制码 (quality flag) is held and never shared.
 */

export const METEOROLOGY: RestFiles = { folder: 'meteorology', database: 'qxgc.db' }

export const SURFACE = {
  name: 'SURF_HOR',
  columns: ['Rec_Id', 'Station_Id_C', 'Station_Name', 'Datetime', 'TEM', 'RHU', 'PRE_1h', 'WIN_S', 'WIN_D', 'Q_TEM'],
  indexed: ['Rec_Id', 'Station_Id_C'],
} as const satisfies TableShape

/** Numbers of stations that no country has: 00 is no block of the World Meteorological Organization. */
const STATIONS = ['石岐', '三乡', '江北', '平山', '龙城'] as const

function surface({ seed }: CitySize): PlainTable {
  const rows = STATIONS.flatMap((name, at) => {
    const random = departmentRandom(seed, at, 'meteorology')
    return hours(3).map((time): readonly Cell[] => {
      const [warm, damp] = [measured(random, 12.5, 26.5, 1), unlessIdle(random, 0.02, measured(random, 45, 98, 0))]
      // 999990 is a trace of rain, too little to be measured.
      const rain = random.chance(0.1) ? measured(random, 0.1, 12, 1) : random.pick(['0', '0', '999990'])
      const [speed, direction] = [measured(random, 0.2, 9.5, 1), measured(random, 0, 359, 0)]
      const [station, instant] = [`0090${at + 1}`, greenwich(time)]
      return [
        `${instant.slice(0, 10)}${station}`,
        station,
        `${name}站`,
        instant,
        warm,
        damp,
        rain,
        speed,
        direction,
        '0',
      ]
    })
  })
  return { ...SURFACE, rows }
}

/** `YYYYMMDDHHMMSS` of Greenwich, of a time of Asia/Shanghai. */
export function greenwich(time: string): string {
  return new Date(`${time.replace(' ', 'T')}+08:00`).toISOString().slice(0, 19).replaceAll(/\D/g, '')
}

/** The service's file and secret, in `meteorology/`. */
export function meteorologySystem(directory: string, size: CitySize): Sink {
  return restData(directory, METEOROLOGY, [surface(size)])
}
