import { CITY_OFFSET } from '../../vocabulary/city-time.ts'
import { isCode, message } from '../../vocabulary/codes.ts'
import type { AuditRecord } from '../record.ts'
import type { Exporter, ExportOptions } from './exported.ts'
import { METHOD_WORDS, MEDIUM_WORDS, ROUTE_WORDS, decisionCounts } from './words.ts'

type Cell = (record: AuditRecord) => string

/** The columns, in the order of ZS-6.03's elements behind what names the record. */
const COLUMNS: readonly (readonly [head: string, cell: Cell])[] = [
  ['回执号', ({ receipt }) => receipt],
  ['时间(UTC+8)', ({ time }) => cityTime(time)],
  ['使用部门', ({ department }) => department ?? ''],
  ['应用', ({ application }) => application ?? ''],
  ['使用人员', ({ officer }) => officer ?? ''],
  ['代为办理的部门', ({ actingFor }) => actingFor ?? ''],
  ['事项', ({ matter }) => matter ?? ''],
  ['办件', (record) => record.case ?? ''],
  ['批准人员', ({ approvers }) => listed(approvers)],
  ['授权', ({ grants }) => listed(grants)],
  ['具体途径', ({ route }) => listed(route.map((one) => `${one.department} ${ROUTE_WORDS[one.outcome].zh}`))],
  ['方式', ({ method }) => METHOD_WORDS[method].zh],
  ['介质类型', ({ medium }) => MEDIUM_WORDS[medium].zh],
  ['决定', ({ data }) => decisionCounts(data).zh],
  ['数据内容', ({ data }) => listed(data.flatMap((one) => (one.decision === 'DENY' ? [] : [one.coordinate])))],
  [
    '未提供',
    ({ data }) =>
      listed(data.flatMap((one) => (one.decision === 'DENY' ? [`${one.coordinate} ${one.code ?? ''}`.trim()] : []))),
  ],
  ['状态', ({ outcome }) => String(outcome.status)],
  [
    '代码',
    ({ outcome }) => listed(outcome.codes.map((code) => (isCode(code) ? `${code} ${message(code, 'zh-CN')}` : code))),
  ],
  ['条数', ({ result }) => String(result.entities)],
  ['相对人数', ({ subjects }) => String(subjects.length)],
  ['次数', ({ count }) => String(count ?? 1)],
  ['用时(毫秒)', ({ milliseconds }) => String(milliseconds)],
  ['办法', ({ versions }) => versions.regime],
  ['链', ({ chain }) => chain],
  ['序号', ({ seq }) => String(seq)],
  ['散列', ({ hash }) => hash],
]

const PSEUDONYMS: readonly [string, Cell] = ['相对人化名', ({ subjects }) => listed(subjects)]

/** A table for people: UTF-8 with its mark, as spreadsheet programs want it, and no cell that such a program would run. */
export function csv({ subjects }: ExportOptions): Exporter {
  const columns = subjects ? [...COLUMNS, PSEUDONYMS] : COLUMNS
  return {
    head: `\uFEFF${csvRow(columns.map(([head]) => head))}`,
    write: ({ record }) => csvRow(columns.map(([, cell]) => cell(record))),
  }
}

/** A row of CSV (RFC 4180) with its line end. A cell that a spreadsheet would take for a formula begins with `'`. */
export function csvRow(cells: readonly string[]): string {
  return `${cells.map((cell) => quoted(FORMULA.test(cell) ? `'${cell}` : cell)).join(',')}\r\n`
}

/** Half and full width: some programs take both; blanks before them are skipped. */
const FORMULA = /^\s*[=+\-@\t\r\uFF1D\uFF0B\uFF0D\uFF20]/

function quoted(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
}

function listed(texts: readonly string[]): string {
  return texts.join('; ')
}

function cityTime(instant: string): string {
  const at = Date.parse(instant)
  return Number.isNaN(at) ? instant : new Date(at + CITY_OFFSET).toISOString().slice(0, 23).replace('T', ' ')
}
