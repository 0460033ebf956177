import type { Text } from '../../vocabulary/codes.ts'
import { isoPeriod, periodText } from './citizen-document.ts'
import type { ConsumerReport, GrantUse } from './consumer.ts'
import type { ReportNames } from './names.ts'
import { count, fieldCell, monthBars, tableSection, words } from './provider-document.ts'
import type { Cell, ReportDocument, Section } from './report.ts'
import { cityDay } from './time.ts'

const STATES: Readonly<Record<GrantUse['state'], Text>> = {
  ACTIVE: { zh: '有效', en: 'active' },
  NOT_YET: { zh: '未生效', en: 'not yet' },
  EXPIRED: { zh: '已到期', en: 'expired' },
  REVOKED: { zh: '已撤销', en: 'revoked' },
}

const NOTES: readonly Text[] = [
  {
    zh: '经办人以固定代码表示;代码与工号的对应由审计人员依职权查询。',
    en: 'Officers stand under fixed codes; auditors can tell whose they are.',
  },
  {
    zh: '“超出需要”只列被拒绝的请求,是否违规须人工判断。',
    en: 'What went beyond need lists refused requests only; whether it was wrong is for people to judge.',
  },
  {
    zh: '非工作时段指 20:00 至次日 07:00。',
    en: 'Off hours are from 20:00 to 07:00.',
  },
]

/** The report about a department's own use, as it is written out. */
export function consumerDocument(report: ConsumerReport, names: ReportNames): ReportDocument {
  const { department, matter } = report
  const unused = report.grants.filter(({ uses, state }) => uses === 0 && state === 'ACTIVE').length
  const beyond = report.beyond.reduce((sum, { times }) => sum + times, 0)
  return {
    kind: 'consumer',
    title: { zh: '部门使用数据情况报告', en: 'A department’s use of data' },
    subject: names.department(department),
    facts: [
      { label: { zh: '使用部门', en: 'Consumer' }, value: names.department(department) },
      {
        label: { zh: '事项', en: 'Matter' },
        value: matter === null ? { zh: '全部事项', en: 'all matters' } : names.matter(matter),
      },
      { label: { zh: '期间', en: 'Period' }, value: periodText(report) },
    ],
    figures: [
      { label: { zh: '使用次数', en: 'Operations' }, value: report.operations },
      { label: { zh: '其中整体被拒绝', en: 'Refused as a whole' }, value: report.refusedOperations },
      { label: { zh: '涉及人数', en: 'Persons and firms' }, value: report.subjects },
      { label: { zh: '授权', en: 'Grants' }, value: report.grants.length },
      { label: { zh: '有效而未使用', en: 'Active and unused' }, value: unused },
      { label: { zh: '超出需要的请求', en: 'Beyond need' }, value: beyond },
    ],
    sections: [
      matters(report, names),
      grants(report, names),
      unusedItems(report, names),
      beyondNeed(report, names),
      limits(report, names),
      officers(report),
    ],
    notes: NOTES,
    data: { ...report, ...isoPeriod(report) },
  }
}

function matters({ matters: rows, months }: ConsumerReport, names: ReportNames): Section {
  const columns = [
    words('事项', 'Matter', 30),
    count('次数', 'Operations'),
    count('人数', 'Persons'),
    count('提供', 'Given'),
    count('核实', 'Compared'),
    count('未提供', 'Refused'),
  ]
  const cells = rows.map((one): readonly Cell[] => [
    names.matter(one.matter),
    one.operations,
    one.subjects,
    one.given,
    one.compared,
    one.refused,
  ])
  const shares = {
    kind: 'SHARES',
    title: { zh: '各事项', en: 'By matter' },
    values: rows.map(({ matter, operations }) => ({ label: names.matter(matter), value: operations })),
  } as const
  return tableSection(
    'matters',
    { zh: '使用量', en: 'Volume' },
    { columns, rows: cells },
    {
      charts: [monthBars(months), shares],
      empty: { zh: '本期间内没有使用记录。', en: 'Nothing was used in this period.' },
    },
  )
}

function grants({ grants: rows }: ConsumerReport, names: ReportNames): Section {
  const columns = [
    words('授权', 'Grant', 10),
    words('事项', 'Matters', 26),
    words('状态', 'State', 9),
    count('使用', 'Uses'),
    count('数据项', 'Items'),
    count('未使用', 'Unused'),
    words('最近使用', 'Last use', 12),
    words('提示', 'Remark', 16),
  ]
  const cells = rows.map((one): readonly Cell[] => {
    const titles = one.matters.map((code) => names.matter(code))
    return [
      one.id,
      { zh: titles.map(({ zh }) => zh).join('、'), en: titles.map(({ en }) => en).join(', ') },
      STATES[one.state],
      one.uses,
      one.fields,
      one.unused.length,
      one.lastUsed === null ? '—' : cityDay(one.lastUsed),
      remarkOf(one),
    ]
  })
  return tableSection('grants', { zh: '授权及其使用', en: 'Grants and their use' }, { columns, rows: cells })
}

function remarkOf({ idle, seasonal }: GrantUse): Text | null {
  if (idle) return { zh: '闲置超过规定期限,提供部门可视情收回', en: 'idle too long: the provider may withdraw it' }
  return seasonal ? { zh: '季节性需求', en: 'seasonal' } : null
}

function unusedItems({ grants: rows }: ConsumerReport, names: ReportNames): Section {
  const columns = [words('授权', 'Grant', 10), words('已授权而未使用的数据项', 'Granted and never used', 60)]
  const cells = rows
    .filter(({ unused }) => unused.length > 0)
    .map((one): readonly Cell[] => [
      one.id,
      { marks: one.unused.map((coordinate) => ({ tone: 'GIVEN' as const, text: names.field(coordinate).title })) },
    ])
  return tableSection('unused', { zh: '授权而未使用', en: 'Granted and never used' }, { columns, rows: cells })
}

function beyondNeed({ beyond: rows }: ConsumerReport, names: ReportNames): Section {
  const columns = [
    words('事项', 'Matter', 18),
    words('数据项', 'Item', 26),
    words('原因', 'Reason', 26),
    count('次数', 'Times', 7),
    count('人员', 'Officers', 7),
    words('反复', 'Repeated', 7),
  ]
  const cells = rows.map((one): readonly Cell[] => [
    names.matter(one.matter),
    fieldCell(one.coordinate, names),
    names.code(one.code),
    one.times,
    one.officers,
    one.repeated ? { zh: '是', en: 'yes' } : null,
  ])
  return tableSection('beyond', { zh: '超出需要的请求', en: 'Beyond need' }, { columns, rows: cells })
}

function limits({ limits: rows }: ConsumerReport, names: ReportNames): Section {
  const columns = [words('事项', 'Matter', 24), words('限制', 'Bound', 36), count('次数', 'Times', 8)]
  const cells = rows.map(({ code, matter, times }): readonly Cell[] => [names.matter(matter), names.code(code), times])
  return tableSection('limits', { zh: '触及的限制', en: 'Bounds that were met' }, { columns, rows: cells })
}

function officers({ officers: rows }: ConsumerReport): Section {
  const columns = [
    words('经办人', 'Officer', 16),
    count('次数', 'Operations'),
    count('人数', 'Persons'),
    count('提供', 'Given'),
    count('未提供', 'Refused'),
    count('非工作时段', 'Off hours', 9),
  ]
  const cells = rows.map((one): readonly Cell[] => [
    one.officer,
    one.operations,
    one.subjects,
    one.given,
    one.refused,
    one.offHours,
  ])
  return tableSection('officers', { zh: '经办人', en: 'Officers' }, { columns, rows: cells })
}
