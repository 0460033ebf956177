import { join } from 'node:path'
import { Failure } from '../../gateway/vocabulary/failure.ts'
import { decimal, standardCode, text } from '../kit/decode.ts'
import { fileSource } from '../kit/drop/file.ts'
import { recordKey } from '../kit/keys.ts'
import type { Department, FieldSource, Register } from '../kit/register.ts'

/** A month as the file has it, `202609`, in the form of ISO 8601: `2026-09`. */
function month(column: string): FieldSource {
  const decode = (value: unknown): string => {
    const parts = /^(\d{4})(0[1-9]|1[0-2])$/.exec(String(value).trim())
    if (parts === null) throw new Failure('SOURCE_INVALID', { detail: 'A value of the source is not a month' })
    return `${parts[1]}-${parts[2]}`
  }
  return { column, decode }
}

const fields: Register['fields'] = {
  indicatorCode: text('指标编码'),
  period: month('所属期'),
  indicatorName: text('指标名称'),
  divisionCode: standardCode('行政区划代码', /^\d{6}$/),
  value: decimal('数值'),
  unit: text('计量单位'),
  yearOnYear: decimal('同比(%)'),
}

/** 指标数值 (values of indicators): one row an indicator and month. */
const indicators: Register = {
  type: 'IndicatorSeries',
  at: 'hgzb',
  rows: 'ONE',
  ...recordKey(fields, 'indicatorCode', 'period'),
  fields,
}

/** The macro-economy (宏观经济): indicators of the city, file drop, monthly. */
export const macroEconomy: Department = {
  name: 'macro-economy',
  schema: new URL('schema.graphql', import.meta.url),
  links: {},
  person: {},
  records: [indicators],
  lookups: { indicatorSeries: indicators },
  connect: ({ dataDirectory, directory = join(dataDirectory, 'macro-economy', 'drop'), workDirectory, clock }) =>
    fileSource({ folder: directory, workDirectory, clock, registers: [indicators] }),
}
