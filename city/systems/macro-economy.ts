import { randomOf } from './holders.ts'
import type { PlainTable } from './sqlite-system.ts'
import { measured } from './readings.ts'
import { recordDrop } from './record-drop.ts'
import type { Sink } from './sink.ts'
import type { Cell } from './table.ts'

/*
 * 宏观经济数据库, dropped each month: hgzb 指标数值 (values of indicators). 填报人 and 初步数 are in the file and never shared.
 */

/** Three months late where one is declared: whoever reads it is told (HZ-16, ZS-3.07; planted). */
const DATA_DATE = '2026-08-20'

/** Code, name, unit, and the range in which the synthetic city's values lie. */
const INDICATORS = [
  ['GY-01', '规模以上工业增加值', '亿元', 60, 140],
  ['TZ-01', '固定资产投资额', '亿元', 30, 90],
  ['XF-01', '社会消费品零售总额', '亿元', 80, 160],
  ['CZ-01', '一般公共预算收入', '亿元', 15, 45],
  ['WM-01', '进出口总额', '亿元', 90, 260],
  ['JG-01', '居民消费价格指数', '上年同月=100', 98, 103],
] as const

/** The two cities of the demonstration, as divisions. */
const CITIES = ['442000', '441300'] as const
const MONTHS = Array.from(
  { length: 19 },
  (_, at) => `${2025 + Math.floor(at / 12)}${String((at % 12) + 1).padStart(2, '0')}`,
)

const VALUES: PlainTable = {
  name: 'hgzb',
  columns: ['指标编码', '所属期', '指标名称', '行政区划代码', '数值', '计量单位', '同比(%)', '填报人', '初步数'],
  indexed: [],
  rows: CITIES.flatMap((city) =>
    INDICATORS.flatMap(([code, name, unit, low, high]) =>
      MONTHS.map((month): readonly Cell[] => {
        const random = randomOf(`${city}${code}${month}`, 'indicators')
        const [value, growth] = [measured(random, low, high, 2), measured(random, -4, 9, 1)]
        return [`${city}-${code}`, month, name, city, value, unit, growth, '演示填报员', measured(random, low, high, 2)]
      }),
    ),
  ),
}

/** The drop folder `macro-economy/drop/` with one version of its file. */
export function macroEconomyDrop(directory: string): Sink {
  return recordDrop(directory, 'macro-economy/drop', [VALUES], DATA_DATE)
}
