import type { Clause } from '../../vocabulary/clause.ts'
import type { Text } from '../../vocabulary/codes.ts'

/** Codes of the rules, in the order in which an officer on duty should look at what they found. */
export const ALARM_RULES = [
  'HONEY',
  'ENUMERATION',
  'SELF_LOOKUP',
  'RELATIVE_LOOKUP',
  'DISTINCT_SUBJECTS',
  'VERIFY_MISMATCH',
  'PURPOSE_MISMATCH',
  'DENIED_BURST',
  'OFF_HOURS',
  'MANY_OFFICERS',
  'CASE_REUSE',
  'VOLUME',
  'FIRST_SEEN',
  'AUDIT_TROUBLE',
] as const

/** Code of a rule. */
export type AlarmRuleCode = (typeof ALARM_RULES)[number]

/** `HIGH`: look at once; `MEDIUM`: today; `LOW`: with the week's review. */
export type Severity = 'HIGH' | 'MEDIUM' | 'LOW'

/** What a rule is called, why there is one, and how pressing it is. */
export interface AlarmRule {
  readonly title: Text
  readonly severity: Severity
  /** Why it is watched for, of all regulations: a deployment shows those of its own. */
  readonly clauses: readonly Clause[]
}

/** Loss of control, use beyond duty, and the early warning itself, as every regulation that speaks of them has it. */
const LEAK: readonly Clause[] = ['FS-27', 'NT-33.1(3)', 'R809-35']
const BEYOND_DUTY: readonly Clause[] = ['ZS-6.14(7)', 'NT-33.1(4)', 'FS-27', 'R809-35']

/** Every rule by its code. */
export const RULES: Readonly<Record<AlarmRuleCode, AlarmRule>> = {
  HONEY: {
    title: { zh: '查询诱饵记录', en: 'A planted record was looked up' },
    severity: 'HIGH',
    clauses: ['ZS-6.05', 'ZS-6.14(7)', ...LEAK],
  },
  ENUMERATION: {
    title: { zh: '逐个试探相邻证件号码', en: 'Neighbouring numbers are tried out' },
    severity: 'HIGH',
    clauses: ['ZS-6.05', 'ZS-6.14(7)', 'HZ-52', ...LEAK],
  },
  SELF_LOOKUP: {
    title: { zh: '工作人员查询本人信息', en: 'An officer looks at their own data' },
    severity: 'MEDIUM',
    clauses: BEYOND_DUTY,
  },
  RELATIVE_LOOKUP: {
    title: { zh: '工作人员查询亲属信息', en: "An officer looks at a relative's data" },
    severity: 'MEDIUM',
    clauses: BEYOND_DUTY,
  },
  DISTINCT_SUBJECTS: {
    title: { zh: '查询对象数量异常', en: 'An officer asks about unusually many subjects' },
    severity: 'HIGH',
    clauses: ['ZS-6.05', 'ZS-6.14(7)', ...LEAK],
  },
  VERIFY_MISMATCH: {
    title: { zh: '核验不符比例异常', en: 'Most verifications of an officer do not match' },
    severity: 'HIGH',
    clauses: ['ZS-6.14(7)', ...LEAK],
  },
  PURPOSE_MISMATCH: {
    title: { zh: '多次以不符用途查询', en: 'An officer asks for other purposes again and again' },
    severity: 'MEDIUM',
    clauses: ['ZS-6.14(7)', 'NT-33.1(4)', 'HZ-6'],
  },
  DENIED_BURST: {
    title: { zh: '短时间内大量被拒', en: 'A burst of refusals' },
    severity: 'MEDIUM',
    clauses: BEYOND_DUTY,
  },
  OFF_HOURS: {
    title: { zh: '非工作时间批量查询', en: 'Many look-ups outside working hours' },
    severity: 'MEDIUM',
    clauses: BEYOND_DUTY,
  },
  MANY_OFFICERS: {
    title: { zh: '同一对象被多人查询', en: 'One subject is looked up by many officers' },
    severity: 'MEDIUM',
    clauses: BEYOND_DUTY,
  },
  CASE_REUSE: {
    title: { zh: '办件号重复使用异常', en: 'Case numbers are used for more than one case' },
    severity: 'MEDIUM',
    clauses: BEYOND_DUTY,
  },
  VOLUME: {
    title: { zh: '查询量异常', en: 'Unusually many requests for a matter' },
    severity: 'MEDIUM',
    clauses: ['ZS-6.14(7)', ...LEAK],
  },
  FIRST_SEEN: {
    title: { zh: '首次使用的数据项或事项', en: 'A field or matter is used for the first time' },
    severity: 'LOW',
    clauses: ['ZS-6.14(7)', 'NT-33.1(4)', 'FS-27', 'R809-35'],
  },
  AUDIT_TROUBLE: {
    title: { zh: '审计记录不完整', en: 'The audit record is not whole' },
    severity: 'HIGH',
    clauses: ['ZS-6.03', 'ZS-6.05', 'HZ-52', 'NT-28.4', 'FS-27'],
  },
}

/** Whether a text is the code of a rule. */
export function isAlarmRule(text: string): text is AlarmRuleCode {
  return ALARM_RULES.some((one) => one === text)
}
