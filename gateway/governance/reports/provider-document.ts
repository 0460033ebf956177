import type { Text } from '../../vocabulary/codes.ts'
import { isoPeriod, periodText } from './citizen-document.ts'
import type { ReportNames } from './names.ts'
import { usesOf } from './provider.ts'
import type { ProviderReport } from './provider.ts'
import type { Cell, Chart, Column, ReportDocument, Section, Table } from './report.ts'
import { plain } from './report.ts'
import { createTally } from './tally.ts'
import { cityDay, cityTime } from './time.ts'

/** A column of words, so wide. */
export function words(zh: string, en: string, width = 16): Column {
  return { title: { zh, en }, kind: 'text', width }
}

/** A column of numbers. */
export function count(zh: string, en: string, width = 8): Column {
  return { title: { zh, en }, kind: 'number', width }
}

/** A section that is nothing but its table. */
export function tableSection(name: string, title: Text, table: Table, more: Partial<Section> = {}): Section {
  return { name, title, lead: null, charts: [], table, empty: { zh: '无', en: 'None' }, ...more }
}

/** Use by month, as bars. */
export function monthBars(months: readonly { readonly month: string; readonly operations: number }[]): Chart {
  return {
    kind: 'BARS',
    title: { zh: '每月使用次数', en: 'Operations by month' },
    values: months.map(({ month, operations }) => ({ label: plain(month), value: operations })),
  }
}

/** A field by its title, with its coordinate beneath where that says more. */
export function fieldCell(coordinate: string, names: ReportNames): Text {
  const { title } = names.field(coordinate)
  return { zh: title.zh === coordinate ? coordinate : `${title.zh} ${coordinate}`, en: coordinate }
}

const NOTES: readonly Text[] = [
  {
    zh: '“提供”按每次答复中每个数据项计一次,含告知没有登记的情形;核实比对不提供内容。',
    en: 'An item counts once for each answer that told it, nothing on file included; a verification gives no content.',
  },
  {
    zh: '本报告不列经办人和数据主体;涉及人数以假名计,密钥更换前后同一人计为二。',
    en: 'No officer and no data subject is named; people are counted by pseudonyms, twice across a change of keys.',
  },
  {
    zh: '第一版审计记录不载提供部门,依现行目录归入。',
    en: 'Records of version 1 do not name providers: they are placed by the catalogue in force.',
  },
]

/** The report about use of a department's data, as it is written out. */
export function providerDocument(report: ProviderReport, names: ReportNames): ReportDocument {
  const sum = (of: (one: ProviderReport['fields'][number]) => number): number =>
    report.fields.reduce((total, one) => total + of(one), 0)
  const used = report.fields.filter((one) => usesOf(one) > 0).length
  return {
    kind: 'provider',
    title: { zh: '部门数据被使用情况报告', en: 'Use of a department’s data' },
    subject: names.department(report.provider),
    facts: [
      { label: { zh: '提供部门', en: 'Provider' }, value: names.department(report.provider) },
      { label: { zh: '期间', en: 'Period' }, value: periodText(report) },
    ],
    figures: [
      { label: { zh: '使用次数', en: 'Operations' }, value: report.operations },
      { label: { zh: '提供项次', en: 'Items given' }, value: sum(({ given, masked }) => given + masked) },
      {
        label: { zh: '核实项次', en: 'Items compared' },
        value: sum(({ match, noMatch, noRecord }) => match + noMatch + noRecord),
      },
      { label: { zh: '未提供项次', en: 'Items refused' }, value: sum(({ refused }) => refused) },
      { label: { zh: '涉及人数', en: 'Persons and firms' }, value: report.subjects },
      { label: { zh: '用到的数据项', en: 'Items in use' }, value: `${used} / ${report.fields.length}` },
      { label: { zh: '调用失败', en: 'Failed calls' }, value: report.failures },
    ],
    sections: [
      consumers(report, names),
      fields(report, names),
      verification(report, names),
      refusals(report, names),
      freshness(report),
    ],
    notes: NOTES,
    data: { ...report, ...isoPeriod(report) },
  }
}

function consumers({ consumers: rows, months }: ProviderReport, names: ReportNames): Section {
  const byDepartment = createTally<[string | null]>()
  for (const { department, operations } of rows) byDepartment.add([department], operations)
  return {
    name: 'consumers',
    title: { zh: '使用部门与事项', en: 'Consumers and matters' },
    lead: null,
    charts: [
      monthBars(months),
      {
        kind: 'SHARES',
        title: { zh: '各使用部门', en: 'By consumer' },
        values: byDepartment.rows().map(({ key: [code], count: value }) => ({ label: names.department(code), value })),
      },
    ],
    table: {
      columns: [
        words('使用部门', 'Consumer', 20),
        words('事项', 'Matter', 22),
        count('次数', 'Operations'),
        count('人数', 'Persons'),
        count('提供', 'Given'),
        count('核实', 'Compared'),
        count('未提供', 'Refused'),
      ],
      rows: rows.map((one): readonly Cell[] => [
        names.department(one.department),
        names.matter(one.matter),
        one.operations,
        one.subjects,
        one.given,
        one.compared,
        one.refused,
      ]),
    },
    empty: { zh: '本期间内没有使用记录。', en: 'Nothing was used in this period.' },
  }
}

function fields({ fields: rows }: ProviderReport, names: ReportNames): Section {
  const columns = [
    words('数据项', 'Item', 34),
    count('提供', 'Given'),
    count('脱敏', 'Masked'),
    count('核实', 'Compared'),
    count('未提供', 'Refused'),
    count('部门数', 'Consumers'),
    words('最近使用', 'Last use', 12),
  ]
  const cells = rows.map((one): readonly Cell[] => [
    fieldCell(one.coordinate, names),
    one.given,
    one.masked,
    one.match + one.noMatch + one.noRecord,
    one.refused,
    one.consumers,
    one.lastUsed === null ? '—' : cityDay(one.lastUsed),
  ])
  return tableSection('fields', { zh: '各数据项使用情况', en: 'Use of each item' }, { columns, rows: cells })
}

function verification({ fields: rows }: ProviderReport, names: ReportNames): Section {
  const columns = [
    words('数据项', 'Item', 34),
    count('一致', 'Matches'),
    count('不一致', 'Differs'),
    count('无登记', 'Nothing on file'),
  ]
  const cells = rows
    .filter(({ match, noMatch, noRecord }) => match + noMatch + noRecord > 0)
    .map((one): readonly Cell[] => [fieldCell(one.coordinate, names), one.match, one.noMatch, one.noRecord])
  return tableSection('verification', { zh: '核实比对结果', en: 'Outcomes of verification' }, { columns, rows: cells })
}

function refusals({ refusals: rows }: ProviderReport, names: ReportNames): Section {
  const columns = [
    words('使用部门', 'Consumer', 16),
    words('事项', 'Matter', 18),
    words('数据项', 'Item', 26),
    words('原因', 'Reason', 24),
    count('次数', 'Times', 7),
  ]
  const cells = rows.map((one): readonly Cell[] => [
    names.department(one.department),
    names.matter(one.matter),
    fieldCell(one.coordinate, names),
    names.code(one.code),
    one.times,
  ])
  return tableSection('refusals', { zh: '未予提供的请求', en: 'Refused requests' }, { columns, rows: cells })
}

function freshness({ freshness: rows }: ProviderReport): Section {
  const columns = [
    words('记录类型', 'Record type', 28),
    count('答复', 'Answers'),
    count('超出周期', 'Behind the cycle'),
    words('最早来源时间', 'Oldest source time', 18),
  ]
  const cells = rows.map(({ type, answers, late, oldest }): readonly Cell[] => [
    type,
    answers,
    late ?? '—',
    cityTime(oldest),
  ])
  return tableSection('freshness', { zh: '更新及时性', en: 'Freshness' }, { columns, rows: cells })
}
