import { dayBetween } from '../dates.ts'
import { PLACES, townshipCode } from '../places.ts'
import type { Place } from '../places.ts'
import type { Random } from '../random.ts'
import { randomOf } from './holders.ts'
import type { PlainTable } from './sqlite-system.ts'
import { measured } from './readings.ts'
import { recordDrop } from './record-drop.ts'
import type { Sink } from './sink.ts'
import type { Cell } from './table.ts'

/*
 * 林业资源调查成果, dropped once a year: slxb 森林小班 (forests), cdtb 草地图斑 (grassland), ysdw 野生动物调查 (wildlife). 经度,
 * 纬度 and 调查人 are in the file and never shared.
 */

const DATA_DATE = '2026-06-30'

function ofPlaces(
  what: string,
  count: number,
  row: (random: Random, place: Place, serial: string) => readonly Cell[],
): readonly (readonly Cell[])[] {
  return PLACES.flatMap((place, at) => {
    const random = randomOf(townshipCode(place), what)
    return Array.from({ length: count }, (_, nth) => row(random, place, String(at * count + nth + 1).padStart(4, '0')))
  })
}

const FORESTS: PlainTable = {
  name: 'slxb',
  columns: ['小班号', '行政区划代码', '林种', '优势树种', '面积(公顷)', '保护等级', '调查人'],
  indexed: [],
  rows: ofPlaces('forests', 6, (random, { division }, serial) => {
    const [kind, species] = [
      random.pick(['防护林', '特种用途林', '用材林', '经济林']),
      random.pick(['杉木', '马尾松', '桉树', '荔枝']),
    ]
    const grade = random.pick(['Ⅰ', 'Ⅱ', 'Ⅲ', 'Ⅳ'])
    return [`${division}-LB-${serial}`, division, kind, species, measured(random, 0.5, 60, 2), grade, '演示调查员']
  }),
}

const GRASSLANDS: PlainTable = {
  name: 'cdtb',
  columns: ['图斑号', '行政区划代码', '草地类型', '面积(公顷)', '植被盖度(%)'],
  indexed: [],
  rows: ofPlaces('grasslands', 3, (random, { division }, serial) => {
    const kind = random.pick(['天然牧草地', '人工牧草地', '其他草地'])
    return [`${division}-CD-${serial}`, division, kind, measured(random, 0.2, 25, 2), random.between(20, 95)]
  }),
}

const WILDLIFE: PlainTable = {
  name: 'ysdw',
  columns: ['调查编号', '物种名称', '行政区划代码', '调查地点', '调查日期', '个体数量', '经度', '纬度', '调查人'],
  indexed: [],
  rows: ofPlaces('wildlife', 4, (random, { division, township }, serial) => {
    const species = random.pick(['白鹭', '褐翅鸦鹃', '豹猫', '平胸龟', '虎纹蛙'])
    const [seen, count] = [dayBetween(random, '2025-10-01', '2026-05-31'), random.between(1, 60)]
    const [year = '', month, day] = seen.split('-')
    const when = `${year}年${Number(month)}月${Number(day)}日`
    return [
      `YS${year}-${serial}`,
      species,
      division,
      `${township}虚构山`,
      when,
      count,
      '0.0000',
      '0.0000',
      '演示调查员',
    ]
  }),
}

/** The drop folder `forestry/drop/` with one version of each file. */
export function forestryDrop(directory: string): Sink {
  return recordDrop(directory, 'forestry/drop', [FORESTS, GRASSLANDS, WILDLIFE], DATA_DATE)
}
