import type { CitySize } from '../generate.ts'
import type { Organisation } from '../organisations/organisation.ts'
import { PLACES } from '../places.ts'
import { departmentRandom } from '../random.ts'
import { hours, measured, unlessIdle } from './readings.ts'
import { restData } from './rest-data.ts'
import type { RestFiles } from './rest-data.ts'
import type { PlainTable, OrganisationTable } from './sqlite-system.ts'
import type { Sink } from './sink.ts'
import type { Cell, TableShape } from './table.ts'
import { dayBetween } from '../dates.ts'

/*
 * The environmental monitoring platform, named in a vendor's English: WQ_DATA 水质 (water), AQ_DATA 空气 (air),
 * SOIL_SAMPLE 土壤 (soil), IE_DATA 工业排放 (industrial emissions). DEVICE_NO and LAB_NO are held and never shared.
 */

export const ECOLOGY: RestFiles = { folder: 'ecology-environment', database: 'hjjc.db' }

const AIR_COLUMNS = [
  'REC_ID',
  'STATION_CODE',
  'STATION_NAME',
  'MONITOR_TIME',
  'AQI',
  'PM25',
  'PM10',
  'O3',
  'PRIMARY_POLLUTANT',
  'DEVICE_NO',
] as const
const WATER_COLUMNS = [
  'REC_ID',
  'STATION_CODE',
  'STATION_NAME',
  'MONITOR_TIME',
  'PH',
  'DISSOLVED_OXYGEN',
  'CODMN',
  'NH3N',
  'WQ_CLASS',
  'DEVICE_NO',
] as const
const SOIL_COLUMNS = [
  'SAMPLE_CODE',
  'DIVISION_CODE',
  'TOWNSHIP',
  'SAMPLE_DATE',
  'LAND_USE',
  'PH',
  'CADMIUM',
  'LEAD',
  'LAB_NO',
] as const
const EMISSION_COLUMNS = [
  'REC_ID',
  'OUTLET_CODE',
  'OUTLET_NAME',
  'MONITOR_TIME',
  'OPERATOR_USCC',
  'MEDIUM',
  'POLLUTANT',
  'CONCENTRATION',
  'LIMIT_VALUE',
  'EXCEEDED',
  'DEVICE_NO',
] as const

/** Each table by its interface, as `ecology-environment-server.ts` offers it. */
export const ECOLOGY_TABLES = {
  waterQuality: { name: 'WQ_DATA', columns: WATER_COLUMNS, indexed: ['REC_ID', 'STATION_CODE'] },
  airQuality: { name: 'AQ_DATA', columns: AIR_COLUMNS, indexed: ['REC_ID', 'STATION_CODE'] },
  soilSamples: { name: 'SOIL_SAMPLE', columns: SOIL_COLUMNS, indexed: ['SAMPLE_CODE'] },
  emissions: { name: 'IE_DATA', columns: EMISSION_COLUMNS, indexed: ['REC_ID', 'OUTLET_CODE', 'OPERATOR_USCC'] },
} as const satisfies Readonly<Record<string, TableShape>>

const AIR_STATIONS = ['石岐', '小榄', '坦洲', '江北', '淡水', '罗阳'] as const
const WATER_STATIONS = ['示范河石岐断面', '示范河港口断面', '样例江江北断面', '演示水库', '虚构涌坦洲断面'] as const
const CLASSES = ['Ⅱ', 'Ⅲ', 'Ⅲ', 'Ⅳ', 'Ⅱ'] as const

/** Of one width, so that it can be ordered by: the oldest first. */
function recordId(time: string, device: number): string {
  return `${time.replaceAll(/\D/g, '').slice(0, 10)}${String(device).padStart(5, '0')}`
}

function airQuality({ seed }: CitySize): PlainTable {
  const rows = AIR_STATIONS.flatMap((name, at) => {
    const random = departmentRandom(seed, at, 'ecology-air')
    return hours(3).map((time): readonly Cell[] => {
      const aqi = random.between(18, 160)
      const [fine, coarse, ozone] = [
        measured(random, 8, 90, 0),
        measured(random, 15, 150, 0),
        measured(random, 10, 190, 0),
      ]
      const pollutant = aqi <= 50 ? null : random.pick(['PM2.5', 'O3', 'PM10'])
      // A device says −99 for what it did not measure; the platform shows a dash.
      const particles = unlessIdle(random, 0.03, fine)
      return [
        recordId(time, at),
        `HJ-K${901 + at}`,
        `${name}空气站`,
        time,
        String(aqi),
        particles,
        coarse,
        ozone,
        pollutant,
        `K${at}77`,
      ]
    })
  })
  return { ...ECOLOGY_TABLES.airQuality, rows }
}

function waterQuality({ seed }: CitySize): PlainTable {
  const rows = WATER_STATIONS.flatMap((name, at) => {
    const random = departmentRandom(seed, at, 'ecology-water')
    return hours(5, 4).map((time): readonly Cell[] => {
      const [acidity, oxygen] = [measured(random, 6.4, 8.4, 2), measured(random, 3.5, 9.2, 2)]
      const [organic, ammonia] = [
        measured(random, 1.2, 6.5, 1),
        unlessIdle(random, 0.05, measured(random, 0.05, 1.4, 3)),
      ]
      const found = random.chance(0.8) ? (CLASSES[at] ?? 'Ⅲ') : random.pick(CLASSES)
      return [recordId(time, at), `HJ-S${901 + at}`, name, time, acidity, oxygen, organic, ammonia, found, `S${at}77`]
    })
  })
  return { ...ECOLOGY_TABLES.waterQuality, rows }
}

function soilSamples({ seed }: CitySize): PlainTable {
  const rows = PLACES.flatMap((place, at) => {
    const random = departmentRandom(seed, at, 'ecology-soil')
    return [1, 2, 3].map((serial): readonly Cell[] => {
      const code = `TR-2025-${String(at + 1).padStart(2, '0')}${serial}`
      const use = random.pick(['耕地', '园地', '林地', '建设用地'])
      const [acidity, cadmium, lead] = [
        measured(random, 4.8, 7.9, 2),
        measured(random, 0.05, 0.6, 3),
        measured(random, 12, 95, 1),
      ]
      const day = dayBetween(random, '2025-03-01', '2025-11-30')
      return [
        code,
        place.division,
        place.township,
        day,
        use,
        acidity,
        unlessIdle(random, 0.04, cadmium),
        lead,
        `L${serial}`,
      ]
    })
  })
  return { ...ECOLOGY_TABLES.soilSamples, rows }
}

/** Firms whose outlets have instruments. */
const MOST_OUTLETS = 8

/** 污染源在线监测 (outlets under watch): those of the first makers of anything that have a credit code. */
function emissions({ seed }: CitySize): OrganisationTable {
  let watched = 0
  return {
    ...ECOLOGY_TABLES.emissions,
    organisationRows(of, serial) {
      if (watched >= MOST_OUTLETS || !makes(of)) return []
      watched += 1
      const [random, code] = [
        departmentRandom(seed, serial, 'ecology-outlets'),
        `PK-${String(serial).padStart(5, '0')}`,
      ]
      const water = watched % 2 === 1
      const [pollutant, limit, unitTop] = water ? ['化学需氧量', 90, 110] : ['二氧化硫', 50, 56]
      return hours(2).map((time): readonly Cell[] => {
        const found = measured(random, limit * 0.2, random.chance(0.03) ? unitTop : limit * 0.9, 1)
        const exceeded = Number(found) > limit ? '1' : '0'
        const name = `${of.name}${water ? '废水总排口' : '废气排放口'}`
        return [
          recordId(time, serial),
          code,
          name,
          time,
          of.uscc,
          water ? '1' : '2',
          pollutant,
          found,
          String(limit),
          exceeded,
          `E${serial}`,
        ]
      })
    },
  }
}

function makes(of: Organisation): boolean {
  return of.kind === 'ENTERPRISE' && of.uscc !== null && of.industry.startsWith('C')
}

/** The platform's file and secret, in `ecology-environment/`. */
export function ecologySystem(directory: string, size: CitySize): Sink {
  return restData(directory, ECOLOGY, [waterQuality(size), airQuality(size), soilSamples(size), emissions(size)])
}
