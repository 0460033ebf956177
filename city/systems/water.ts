import type { CitySize } from '../generate.ts'
import { PLACES } from '../places.ts'
import { departmentRandom } from '../random.ts'
import { dayBetween } from '../dates.ts'
import { measured } from './readings.ts'
import { restData } from './rest-data.ts'
import type { RestFiles } from './rest-data.ts'
import type { PlainTable } from './sqlite-system.ts'
import type { Sink } from './sink.ts'
import type { Cell, TableShape } from './table.ts'

/*
 * The water bureau's map server, with the attributes of its layers: WATER_BODY 水体, STATION 监测站. OBJECTID is the map's
 * own; TEL 值班电话 (telephone of the watch) is held and never shared.
 */

export const WATER: RestFiles = { folder: 'water', database: 'swxx.db' }

export const WATER_TABLES = {
  bodies: {
    name: 'WATER_BODY',
    columns: [
      'OBJECTID',
      'WB_CODE',
      'WB_NAME',
      'WB_TYPE',
      'DIV_CODE',
      'LENGTH_KM',
      'AREA_KM2',
      'WQ_TARGET',
      'MGR_UNIT',
      'TEL',
    ],
    indexed: ['WB_CODE'],
  },
  stations: {
    name: 'STATION',
    columns: [
      'OBJECTID',
      'ST_CODE',
      'ST_NAME',
      'WB_CODE',
      'TOWNSHIP',
      'ST_KIND',
      'BUILT',
      'ST_STATUS',
      'WARN_LEVEL',
      'TEL',
    ],
    indexed: ['OBJECTID', 'ST_CODE', 'WB_CODE'],
  },
} as const satisfies Readonly<Record<string, TableShape>>

/** 河流、水库、湖泊、渠道 (river, reservoir, lake, channel), as the map codes them. */
const KINDS = [
  ['R', '示范河'],
  ['K', '演示水库'],
  ['L', '虚构湖'],
  ['Q', '样例渠'],
] as const

interface WaterBody {
  readonly code: string
  readonly row: readonly Cell[]
}

/** Two or three bodies of water for each township. */
function bodies({ seed }: CitySize): readonly WaterBody[] {
  return PLACES.flatMap((place, at) => {
    const random = departmentRandom(seed, at, 'water-bodies')
    return Array.from({ length: random.between(2, 3) }, (_, nth): WaterBody => {
      const serial = at * 3 + nth + 1
      const [kind, name] = random.pick(KINDS)
      const code = `${place.division}${kind}${String(serial).padStart(4, '0')}`
      const flows = kind === 'R' || kind === 'Q'
      const size = [flows ? measured(random, 1.5, 48, 2) : null, flows ? null : measured(random, 0.05, 6, 3)]
      const rest = [random.pick(['Ⅱ', 'Ⅲ', 'Ⅲ', 'Ⅳ']), `${place.township}水务所`, '10000000997']
      return {
        code,
        row: [String(serial).padStart(6, '0'), code, `${name}第${serial}`, kind, place.division, ...size, ...rest],
      }
    })
  })
}

function stations({ seed }: CitySize, known: readonly WaterBody[]): PlainTable['rows'] {
  return known.flatMap(({ code, row }, at): readonly (readonly Cell[])[] => {
    const random = departmentRandom(seed, at, 'water-stations')
    if (!random.chance(0.8)) return []
    const place = PLACES[Math.floor((Number(row[0]) - 1) / 3)]
    const [kind, built] = [random.pick(['1', '2', '3']), dayBetween(random, '1998-01-01', '2024-12-31')]
    // The map keeps days as milliseconds since 1970, at midnight of Greenwich.
    const day = String(Date.parse(built))
    const status = random.chance(0.93) ? '1' : '0'
    const warning = kind === '3' ? null : measured(random, 2, 38, 2)
    const name = `${String(row[2])}${kind === '1' ? '水位' : kind === '2' ? '流量' : '水质'}站`
    return [
      [
        String(at + 1).padStart(6, '0'),
        `SZ${code}`,
        name,
        code,
        place?.township ?? null,
        kind,
        day,
        status,
        warning,
        '10000000997',
      ],
    ]
  })
}

/** The map server's file and secret, in `water/`. */
export function waterSystem(directory: string, size: CitySize): Sink {
  const known = bodies(size)
  return restData(directory, WATER, [
    { ...WATER_TABLES.bodies, rows: known.map(({ row }) => row) },
    { ...WATER_TABLES.stations, rows: stations(size, known) },
  ])
}
