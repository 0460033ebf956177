import type { Text } from '../../vocabulary/codes.ts'

/** What each measure of an evidence counts, for people; `{count}` and `{limit}` stand for its numbers. */
const MEASURES: Readonly<Record<string, Text>> = {
  NEIGHBOURS_OF_OFFICER: {
    zh: '一名工作人员 24 小时内查询 {count} 个相邻证件号码(界限 {limit})',
    en: 'one officer asked about {count} neighbouring numbers within 24 hours (limit {limit})',
  },
  NEIGHBOURS_OF_APPLICATION: {
    zh: '一个应用 24 小时内查询 {count} 个相邻证件号码(界限 {limit})',
    en: 'one application asked about {count} neighbouring numbers within 24 hours (limit {limit})',
  },
  NEIGHBOURS_OF_DEPARTMENT: {
    zh: '一个部门 24 小时内查询 {count} 个相邻证件号码(界限 {limit})',
    en: 'one department asked about {count} neighbouring numbers within 24 hours (limit {limit})',
  },
  REFUSED_NEIGHBOURHOOD: {
    zh: '网关已拒绝:当日查询 {count} 个相邻证件号码',
    en: 'refused by the limits: {count} neighbouring numbers in a day',
  },
  REFUSED_NO_HIT: {
    zh: '网关已拒绝:一小时内 {count} 个查询对象查无此人',
    en: 'refused by the limits: nothing was found of {count} subjects in an hour',
  },
  DISTINCT_SUBJECTS_PER_HOUR: {
    zh: '一小时内查询 {count} 个不同对象(界限 {limit})',
    en: '{count} different subjects in an hour (limit {limit})',
  },
  DISTINCT_SUBJECTS_PER_DAY: {
    zh: '24 小时内查询 {count} 个不同对象(界限 {limit})',
    en: '{count} different subjects within 24 hours (limit {limit})',
  },
  NO_MATCH_OF_COMPARED: {
    zh: '24 小时内核验不符 {count} 项(界限 {limit})',
    en: '{count} verifications without a match within 24 hours (limit {limit})',
  },
  MISMATCHES_OF_OFFICER: {
    zh: '24 小时内 {count} 次用途不符(界限 {limit})',
    en: '{count} requests for another purpose within 24 hours (limit {limit})',
  },
  REFUSALS_OF_OFFICER: {
    zh: '一名工作人员 10 分钟内被拒 {count} 次(界限 {limit})',
    en: '{count} refusals of one officer within 10 minutes (limit {limit})',
  },
  REFUSALS_OF_APPLICATION: {
    zh: '一个应用 10 分钟内被拒 {count} 次(界限 {limit})',
    en: '{count} refusals of one application within 10 minutes (limit {limit})',
  },
  REFUSALS_OF_STRANGERS: {
    zh: '身份不明者 10 分钟内被拒 {count} 次(界限 {limit})',
    en: '{count} refusals of unknown callers within 10 minutes (limit {limit})',
  },
  SUBJECTS_OFF_HOURS: {
    zh: '非工作时间 12 小时内查询 {count} 个不同对象(界限 {limit})',
    en: '{count} different subjects outside working hours, within 12 hours (limit {limit})',
  },
  OFFICERS_OF_SUBJECT: {
    zh: '同一对象被 {count} 名工作人员查询(界限 {limit})',
    en: 'one subject was looked up by {count} officers (limit {limit})',
  },
  DEPARTMENTS_OF_SUBJECT: {
    zh: '同一对象被 {count} 个部门查询(界限 {limit})',
    en: 'one subject was looked up by {count} departments (limit {limit})',
  },
  SUBJECTS_OF_CASE: {
    zh: '同一办件查询 {count} 个不同对象(界限 {limit})',
    en: '{count} different subjects in one case (limit {limit})',
  },
  OFFICERS_OF_CASE: {
    zh: '同一办件由 {count} 名工作人员使用(界限 {limit})',
    en: 'one case was used by {count} officers (limit {limit})',
  },
  CASES_OF_SUBJECT: {
    zh: '同一工作人员在 {count} 个办件中查询同一对象(界限 {limit})',
    en: 'one officer asked about one subject in {count} cases (limit {limit})',
  },
  REQUESTS_OF_MATTER_PER_DAY: {
    zh: '一个部门当日为同一事项查询 {count} 次(界限 {limit})',
    en: '{count} requests of one department for one matter in a day (limit {limit})',
  },
  FIRST_USE_OF_FIELD: { zh: '首次使用 {count} 个数据项', en: '{count} fields are used for the first time' },
  FIRST_USE_OF_MATTER: { zh: '首次使用 {count} 个事项', en: '{count} matters are used for the first time' },
  HONEY_LOOKED_UP: { zh: '诱饵记录被查询', en: 'a planted record was looked up' },
  SELF_LOOKED_UP: { zh: '工作人员查询本人', en: 'an officer looked up their own data' },
  RULE_FAILED: {
    zh: '一条规则无法判断 {count} 条审计记录',
    en: 'a rule could not judge {count} audit records',
  },
  RELATIVE_LOOKED_UP: { zh: '工作人员查询亲属', en: 'an officer looked up a relative' },
}

/** Of the audit record itself (rule-trouble.ts); the kinds are the index's, which may know more of them than this. */
const TROUBLE: Text = { zh: '审计记录 {count} 条异常', en: '{count} audit records are concerned' }

/** What was counted, in a sentence in both languages. */
export function measureText({ measure, count, limit }: { measure: string; count: number; limit: number }): Text {
  const refused = /^(REFUSED_(?:NEIGHBOURHOOD|NO_HIT))_OF_/.exec(measure)?.[1]
  const text = MEASURES[refused ?? measure] ?? TROUBLE
  const filled = (sentence: string): string =>
    sentence.replace('{count}', String(count)).replace('{limit}', String(limit))
  return { zh: filled(text.zh), en: filled(text.en) }
}

/** Measures that have a sentence; for a test that all of them have. */
export const KNOWN_MEASURES: readonly string[] = Object.keys(MEASURES)
