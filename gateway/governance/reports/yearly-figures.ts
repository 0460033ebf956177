import type { Text } from '../../vocabulary/codes.ts'
import type { YearFacts } from './yearly-facts.ts'

/** How a figure is computed, and which clauses ask for it. */
export interface FigureRule {
  readonly code: string
  readonly title: Text
  readonly unit: Text
  readonly clauses: readonly string[]
  readonly how: Text
  readonly value: (facts: YearFacts) => number | null
}

const TIMES: Text = { zh: '次', en: 'operations' }
const ITEMS: Text = { zh: '项次', en: 'items' }
const COUNT: Text = { zh: '个', en: '' }
const PERCENT: Text = { zh: '%', en: '%' }
const RECORD: Text = { zh: '审计记录', en: 'from the audit record' }
const CATALOGUE: Text = { zh: '现行目录', en: 'from the catalogue in force' }

/** Per hundred, to one decimal; null of nothing. */
function share(part: number, whole: number): number | null {
  return whole === 0 ? null : Math.round((part / whole) * 1_000) / 10
}

/** Every figure that can be computed from record, catalogue, registers and regime. */
export const FIGURES: readonly FigureRule[] = [
  {
    code: 'USE-1',
    title: { zh: '共享平台办理的查询与核实', en: 'Operations through the gateway' },
    unit: TIMES,
    clauses: ['ZS-6.08', 'ZS-6.10', 'ZS-6.11', 'HZ-50', 'NT-31.1', 'FS-5'],
    how: RECORD,
    value: ({ operations }) => operations,
  },
  {
    code: 'USE-2',
    title: { zh: '其中整体未予答复', en: 'Of these, refused as a whole' },
    unit: TIMES,
    clauses: ['ZS-6.08', 'ZS-6.10', 'HZ-50', 'NT-31.1', 'FS-5'],
    how: RECORD,
    value: ({ refusedOperations }) => refusedOperations,
  },
  {
    code: 'USE-3',
    title: { zh: '使用数据的部门', en: 'Departments that used data' },
    unit: COUNT,
    clauses: ['ZS-6.10', 'HZ-50', 'NT-31.1', 'FS-5'],
    how: RECORD,
    value: ({ consumers }) => consumers,
  },
  {
    code: 'USE-4',
    title: { zh: '提供数据的部门', en: 'Departments that provided data' },
    unit: COUNT,
    clauses: ['ZS-6.10', 'HZ-50', 'NT-31.1', 'FS-5'],
    how: RECORD,
    value: ({ providers }) => providers,
  },
  {
    code: 'USE-5',
    title: { zh: '得到支撑的事项', en: 'Matters that were served' },
    unit: COUNT,
    clauses: ['ZS-6.10', 'HZ-50', 'FS-5'],
    how: RECORD,
    value: ({ matters }) => matters,
  },
  {
    code: 'USE-6',
    title: { zh: '涉及的自然人和法人', en: 'Persons and firms concerned' },
    unit: COUNT,
    clauses: ['ZS-6.10', 'HZ-50'],
    how: {
      zh: '审计记录中不同的假名;密钥更换前后同一人计为二',
      en: 'different pseudonyms in the audit record; a person counts twice across a change of keys',
    },
    value: ({ subjects }) => subjects,
  },
  {
    code: 'USE-7',
    title: { zh: '提供的数据项', en: 'Items of data given' },
    unit: ITEMS,
    clauses: ['ZS-6.10', 'ZS-6.11', 'HZ-50', 'NT-31.1', 'FS-5'],
    how: { zh: '每次答复中每个数据项计一次,含脱敏', en: 'each item of each answer, masked ones too' },
    value: ({ given }) => given,
  },
  {
    code: 'USE-8',
    title: { zh: '其中脱敏提供', en: 'Of these, masked' },
    unit: ITEMS,
    clauses: ['ZS-6.10', 'HZ-50'],
    how: RECORD,
    value: ({ masked }) => masked,
  },
  {
    code: 'USE-9',
    title: { zh: '核实比对', en: 'Items compared' },
    unit: ITEMS,
    clauses: ['ZS-6.10', 'ZS-6.14(10)', 'HZ-50', 'FS-5'],
    how: { zh: '有结果的核实项', en: 'items of verifications that have an outcome' },
    value: ({ match, noMatch, noRecord }) => match + noMatch + noRecord,
  },
  {
    code: 'USE-10',
    title: { zh: '核实一致率', en: 'Of these, matching' },
    unit: PERCENT,
    clauses: ['ZS-6.10', 'HZ-50'],
    how: { zh: '一致 / (一致 + 不一致)', en: 'matching / (matching + differing)' },
    value: ({ match, noMatch }) => share(match, match + noMatch),
  },
  {
    code: 'USE-11',
    title: {
      zh: '可由共享取得材料、但全年未查询的事项',
      en: 'Matters with obtainable materials of which nothing was asked',
    },
    unit: COUNT,
    clauses: ['ZS-6.14(10)'],
    how: {
      zh: '事项清单中列有材料而审计记录中没有的;是否向群众索要材料须人工核查',
      en: 'matters with materials in the register and none in the record; whether papers were asked for is for people to find out',
    },
    value: ({ idleMatters }) => idleMatters,
  },
  {
    code: 'CAT-1',
    title: { zh: '目录条目', en: 'Entries of the catalogue' },
    unit: COUNT,
    clauses: ['ZS-6.08', 'ZS-6.10', 'ZS-6.14(2)', 'HZ-51.2', 'NT-31.1(1)', 'FS-5'],
    how: CATALOGUE,
    value: ({ resources }) => resources,
  },
  {
    code: 'CAT-2',
    title: { zh: '要素填写完整的条目', en: 'Entries with every element' },
    unit: PERCENT,
    clauses: ['ZS-6.08', 'HZ-51.2', 'NT-31.1(1)'],
    how: { zh: '各项要素均不为空的条目 / 条目', en: 'entries that leave no element open / entries' },
    value: ({ completeResources, resources }) => share(completeResources, resources),
  },
  {
    code: 'CAT-3',
    title: { zh: '数据项', en: 'Items of the catalogue' },
    unit: COUNT,
    clauses: ['ZS-6.10', 'HZ-50', 'NT-31.1(1)', 'FS-5'],
    how: CATALOGUE,
    value: ({ fields }) => fields,
  },
  {
    code: 'CAT-4',
    title: { zh: '其中无条件共享', en: 'Of these, shared unconditionally' },
    unit: PERCENT,
    clauses: ['ZS-6.10', 'HZ-50', 'NT-31.1(4)', 'FS-5'],
    how: CATALOGUE,
    value: ({ unconditional, fields }) => share(unconditional, fields),
  },
  {
    code: 'CAT-5',
    title: { zh: '已编目、但全年没有来源应答的条目', en: 'Entries of which no source answered all year' },
    unit: COUNT,
    clauses: ['ZS-6.14(1)', 'ZS-6.14(3)', 'NT-31.1(4)'],
    how: {
      zh: '审计记录中没有其来源时间的条目;未接入与无人查询须人工区分',
      en: 'entries whose source time is nowhere in the record; whether they are not connected or were not asked for is for people to tell',
    },
    value: ({ silentResources }) => silentResources,
  },
  {
    code: 'QUA-1',
    title: { zh: '更新及时率', en: 'Answers within the update cycle' },
    unit: PERCENT,
    clauses: ['ZS-6.08', 'ZS-6.14(5)', 'HZ-51.2', 'NT-31.1(5)'],
    how: {
      zh: '来源时间不晚于更新周期要求的答复 / 有来源时间的答复',
      en: 'answers whose source was within its registered cycle / answers that state their source’s time',
    },
    value: ({ freshAnswers, lateAnswers }) => share(freshAnswers, freshAnswers + lateAnswers),
  },
  {
    code: 'QUA-2',
    title: { zh: '超出更新周期的答复', en: 'Answers behind the update cycle' },
    unit: TIMES,
    clauses: ['ZS-6.14(5)', 'NT-31.1(5)', 'NT-33.1(2)'],
    how: RECORD,
    value: ({ lateAnswers }) => lateAnswers,
  },
  {
    code: 'QUA-3',
    title: { zh: '来源间不一致、未作取舍', en: 'Differences between sources left open' },
    unit: TIMES,
    clauses: ['ZS-6.14(4)', 'HZ-51.2', 'NT-31.1(6)'],
    how: RECORD,
    value: ({ conflicts }) => conflicts,
  },
  {
    code: 'QUA-4',
    title: { zh: '来源答复不符合标准', en: 'Answers that broke the standard' },
    unit: TIMES,
    clauses: ['ZS-6.14(6)', 'NT-31.1(6)', 'NT-33.1(2)'],
    how: RECORD,
    value: ({ invalidAnswers }) => invalidAnswers,
  },
  {
    code: 'QUA-5',
    title: { zh: '来源系统应答率', en: 'Calls that sources answered' },
    unit: PERCENT,
    clauses: ['ZS-6.08', 'ZS-6.14(8)', 'HZ-51.2'],
    how: { zh: '未失败的调用 / 全部调用', en: 'calls that did not fail / calls' },
    value: ({ calls, failures }) => share(calls - failures, calls),
  },
  {
    code: 'SEC-1',
    title: { zh: '超出用途的请求,已拒绝', en: 'Refused for another purpose' },
    unit: ITEMS,
    clauses: ['ZS-6.14(7)', 'HZ-51.2', 'NT-33.1(4)'],
    how: {
      zh: '未说明事项、用途不符、超出最少够用的数据项',
      en: 'no matter stated, another matter, or not needed for it',
    },
    value: ({ purposeRefusals }) => purposeRefusals,
  },
  {
    code: 'SEC-2',
    title: { zh: '超出授权范围的请求,已拒绝', en: 'Refused as beyond what is granted' },
    unit: ITEMS,
    clauses: ['HZ-51.2', 'NT-33.1(3)'],
    how: RECORD,
    value: ({ scopeRefusals }) => scopeRefusals,
  },
  {
    code: 'SEC-3',
    title: { zh: '异常使用预警', en: 'Alarms raised' },
    unit: COUNT,
    clauses: ['ZS-6.14(7)', 'HZ-51.2', 'NT-33.1(3)'],
    how: { zh: '治理库中的预警', en: 'alarms in the governance store' },
    value: ({ alarms }) => alarms.raised,
  },
  {
    code: 'SEC-4',
    title: { zh: '经核查确认的预警', en: 'Alarms confirmed' },
    unit: COUNT,
    clauses: ['ZS-6.14(7)', 'HZ-51.2', 'NT-33.1(3)'],
    how: { zh: '当年内确认的预警', en: 'alarms that were confirmed within the year' },
    value: ({ alarms }) => alarms.confirmed,
  },
  {
    code: 'SEC-5',
    title: { zh: '疑似逐号试探,已中止', en: 'Numbers tried out, stopped' },
    unit: TIMES,
    clauses: ['HZ-51.2', 'NT-33.1(3)'],
    how: RECORD,
    value: ({ enumerations }) => enumerations,
  },
  {
    code: 'SEC-6',
    title: { zh: '紧急情况下的使用', en: 'Emergencies stated' },
    unit: COUNT,
    clauses: ['ZS-6.10'],
    how: { zh: '审计记录中不同的紧急情况', en: 'different emergencies in the audit record' },
    value: ({ emergencies }) => emergencies,
  },
  {
    code: 'SEC-7',
    title: { zh: '审计记录缺口', en: 'Gaps found in the audit record' },
    unit: COUNT,
    clauses: ['ZS-6.10', 'HZ-51.2', 'NT-31.1'],
    how: { zh: '索引时发现的缺口、断尾、分叉', en: 'gaps, lost tails and forks found while indexing' },
    value: ({ gaps }) => gaps,
  },
  {
    code: 'GRA-1',
    title: { zh: '登记的授权', en: 'Grants in the register' },
    unit: COUNT,
    clauses: ['ZS-6.10', 'HZ-50', 'NT-31.1'],
    how: { zh: '授权登记簿', en: 'from the register of grants' },
    value: ({ grants }) => grants,
  },
  {
    code: 'GRA-2',
    title: { zh: '其中全年未使用', en: 'Of these, not used all year' },
    unit: COUNT,
    clauses: ['ZS-6.10', 'HZ-50', 'NT-31.1'],
    how: RECORD,
    value: ({ unusedGrants }) => unusedGrants,
  },
]

/** A figure that a regulation asks for and that cannot be computed yet. */
export interface MissingFigure {
  readonly title: Text
  readonly clauses: readonly string[]
  readonly why: Text
}

const APPLICATIONS: Text = {
  zh: '需要申请与审批的登记,尚未提供',
  en: 'needs the register of applications and approvals, which is not there yet',
}
const CATALOGUE_ACTS: Text = {
  zh: '需要目录编制、更新、退回的登记,尚未提供',
  en: 'needs the register of what was submitted, updated and returned, which is not there yet',
}
const CORRECTIONS: Text = {
  zh: '需要数据异议与更正的登记,尚未提供',
  en: 'needs the register of objections and corrections, which is not there yet',
}
const BY_HAND: Text = { zh: '须人工填报', en: 'must be stated by people' }

/** In the order of the regulations. */
export const MISSING: readonly MissingFigure[] = [
  {
    title: { zh: '共享申请按时答复率', en: 'Applications answered in time' },
    clauses: ['ZS-6.08', 'ZS-6.14(8)', 'HZ-51.2', 'NT-31.1(7)', 'FS-5'],
    why: APPLICATIONS,
  },
  {
    title: { zh: '不予共享的申请及理由', en: 'Applications refused, with reasons' },
    clauses: ['ZS-6.08', 'ZS-6.14(8)', 'NT-33.1(1)'],
    why: APPLICATIONS,
  },
  {
    title: { zh: '目录按时更新、全面核查', en: 'Catalogue updated in time and checked as a whole' },
    clauses: ['ZS-6.14(2)', 'HZ-51.2', 'NT-31.1(3)'],
    why: CATALOGUE_ACTS,
  },
  {
    title: { zh: '退回修改的目录条目及用时', en: 'Entries returned, and the time to mend them' },
    clauses: ['NT-31.1(2)'],
    why: CATALOGUE_ACTS,
  },
  {
    title: { zh: '经确认的数据错误及更正用时', en: 'Confirmed errors, and the time to correct them' },
    clauses: ['ZS-6.08', 'ZS-6.14(4)', 'HZ-51.2', 'NT-31.1(6)'],
    why: CORRECTIONS,
  },
  {
    title: { zh: '整改通知、期限与逾期', en: 'Notices to rectify, time limits, overdue ones' },
    clauses: ['ZS-6.14', 'NT-33.1(5)'],
    why: APPLICATIONS,
  },
  {
    title: { zh: '工作机构与人员备案', en: 'Offices and staff filed' },
    clauses: ['HZ-51.2'],
    why: BY_HAND,
  },
  {
    title: { zh: '共享成效', en: 'Effect of sharing' },
    clauses: ['HZ-50'],
    why: BY_HAND,
  },
]
