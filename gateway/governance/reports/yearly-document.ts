import type { Text } from '../../vocabulary/codes.ts'
import type { ReportNames } from './names.ts'
import { count, monthBars, tableSection, words } from './provider-document.ts'
import type { Cell, ReportDocument, Section } from './report.ts'
import { plain } from './report.ts'
import type { DepartmentYear } from './yearly-facts.ts'
import type { Figure, YearlyReport } from './yearly.ts'

const REPORTER: Readonly<Record<string, Text>> = {
  AUTHORITY: { zh: '政务数据主管部门', en: 'the data authority' },
  DEPARTMENTS: { zh: '各共享单位', en: 'each department' },
  GOVERNMENT: { zh: '政府', en: 'the government' },
}

/** The figures that stand in the head of the page. */
const HEADLINE: readonly string[] = ['USE-1', 'USE-3', 'USE-7', 'USE-9', 'CAT-1', 'QUA-1', 'SEC-1']

/** The yearly report, as it is written out; for one department its own sheet alone (ZS-6.11, HZ-50). */
export function yearlyDocument(report: YearlyReport, names: ReportNames, department: string | null): ReportDocument {
  const { year, duty, figures, departments } = report
  const own = department === null ? departments : departments.filter((one) => one.department === department)
  const subject = department === null ? plain('') : names.department(department)
  const whole = department === null
  return {
    kind: 'yearly',
    title: { zh: `${year} 年度政务数据共享工作情况`, en: `Sharing of government data in ${year}` },
    subject: { zh: subject.zh || '全市', en: subject.en || 'The whole city' },
    facts: [
      { label: { zh: '年度', en: 'Year' }, value: plain(String(year)) },
      ...(duty === null
        ? [
            {
              label: { zh: '依据', en: 'Basis' },
              value: { zh: '现行制度未规定年度报告', en: 'the regime asks for no yearly report' },
            },
          ]
        : [
            { label: { zh: '依据', en: 'Basis' }, value: plain(duty.clause) },
            { label: { zh: '报告主体', en: 'Reported by' }, value: REPORTER[duty.who] ?? plain(duty.who) },
            {
              label: { zh: '期限', en: 'Due' },
              value: duty.due === null ? { zh: '未规定日期', en: 'no day named' } : plain(duty.due),
            },
          ]),
    ],
    figures: whole
      ? figures.filter(({ code }) => HEADLINE.includes(code)).map((one) => ({ label: one.title, value: shown(one) }))
      : [],
    sections: [
      ...(whole ? [figuresSection(report)] : []),
      departmentsSection(own, names),
      ...(whole ? [missingSection(report)] : []),
    ],
    notes: [
      {
        zh: '数字取自审计记录、现行目录、登记簿和治理库;计算方法见各行。',
        en: 'Figures come from the audit record, the catalogue and registers in force, and the governance store; each row says how.',
      },
      {
        zh: '须经人工判断的事项(动机、责任)不作结论。',
        en: 'Intent and responsibility are for people to judge.',
      },
    ],
    data: { ...report, departments: own, ...(whole ? {} : { figures: [], missing: [] }) },
  }
}

function shown({ value, unit }: Figure): string | number {
  if (value === null) return '—'
  return unit.en === '%' ? `${value}%` : value
}

function figuresSection({ figures, months }: YearlyReport): Section {
  const columns = [
    words('代码', 'Code', 10),
    words('指标', 'Figure', 28),
    { ...count('数值', 'Value', 9), kind: 'number' as const },
    words('单位', 'Unit', 7),
    words('条款', 'Clauses', 22),
    words('计算方法', 'How', 26),
  ]
  const rows = figures.map((one): readonly Cell[] => [
    one.code,
    one.title,
    one.value ?? '—',
    one.unit,
    one.clauses.join(' '),
    one.how,
  ])
  return tableSection('figures', { zh: '指标', en: 'Figures' }, { columns, rows }, { charts: [monthBars(months)] })
}

function departmentsSection(rows: readonly DepartmentYear[], names: ReportNames): Section {
  const columns = [
    words('部门', 'Department', 22),
    count('使用次数', 'Uses'),
    count('被拒绝', 'Refused', 7),
    count('涉及人数', 'Persons'),
    count('超出用途', 'Other purpose'),
    count('提供项次', 'Given'),
    count('核实项次', 'Compared'),
    count('调用失败', 'Failed'),
    count('超出周期', 'Late'),
    count('目录条目', 'Entries'),
    count('授权', 'Grants', 6),
  ]
  const cells = rows.map((one): readonly Cell[] => [
    names.department(one.department),
    one.operations,
    one.refusedOperations,
    one.subjects,
    one.purposeRefusals,
    one.given,
    one.compared,
    one.failures,
    one.lateAnswers,
    one.resources,
    one.grants,
  ])
  const values = rows.map(({ department, given, compared }) => ({
    label: names.department(department),
    value: given + compared,
  }))
  const charts =
    rows.length > 1
      ? [{ kind: 'SHARES' as const, title: { zh: '各部门提供与核实项次', en: 'Items given and compared' }, values }]
      : []
  return tableSection('departments', { zh: '各部门', en: 'Departments' }, { columns, rows: cells }, { charts })
}

function missingSection({ missing }: YearlyReport): Section {
  const columns = [words('指标', 'Figure', 30), words('条款', 'Clauses', 26), words('原因', 'Why', 34)]
  const rows = missing.map(({ title, clauses, why }): readonly Cell[] => [title, clauses.join(' '), why])
  return tableSection(
    'missing',
    { zh: '尚不能提供的指标', en: 'Figures that are not available yet' },
    { columns, rows },
    {
      lead: {
        zh: '制度要求而现有登记尚不足以计算的,如实列明。',
        en: 'Asked for by the regime, and not yet to be computed.',
      },
    },
  )
}
