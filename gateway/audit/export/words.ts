import type { Text } from '../../vocabulary/codes.ts'
import type { AuditDatum, AuditEntry, AuditRoute, AuditVerification } from '../record.ts'

/** 方式: the way in which data was used. */
export const METHOD_WORDS: Readonly<Record<AuditEntry['method'], Text>> = {
  query: { zh: '查询', en: 'query' },
  verify: { zh: '核实', en: 'verification' },
  mutation: { zh: '办理', en: 'mutation' },
  introspection: { zh: '查看目录', en: 'introspection' },
  refused: { zh: '整体拒绝', en: 'refused' },
  analysis: { zh: '统计分析', en: 'analysis' },
  summary: { zh: '拒绝汇总', en: 'summary of refusals' },
}

/** 介质类型. */
export const MEDIUM_WORDS: Readonly<Record<AuditEntry['medium'], Text>> = {
  'api-response': { zh: '接口返回', en: 'answer of an interface' },
}

/** Decisions in words. */
export const DECISION_WORDS: Readonly<Record<AuditDatum['decision'], Text>> = {
  ALLOW: { zh: '提供', en: 'ALLOW' },
  MASK: { zh: '脱敏', en: 'MASK' },
  VERIFY_ONLY: { zh: '仅核实', en: 'VERIFY_ONLY' },
  DENY: { zh: '不提供', en: 'DENY' },
}

/** Outcomes of calls in words. */
export const ROUTE_WORDS: Readonly<Record<AuditRoute['outcome'], Text>> = {
  ok: { zh: '已答复', en: 'answered' },
  partial: { zh: '部分答复', en: 'answered in part' },
  failed: { zh: '未答复', en: 'failed' },
  'not-called': { zh: '未调用', en: 'not called' },
}

type Compared = NonNullable<AuditVerification['items'][number]['outcome']>

/** Outcomes of comparing in words. */
export const COMPARED_WORDS: Readonly<Record<Compared, Text>> = {
  MATCH: { zh: '相符', en: 'MATCH' },
  NO_MATCH: { zh: '不相符', en: 'NO_MATCH' },
  NO_RECORD: { zh: '无记录', en: 'NO_RECORD' },
}

/** How many coordinates were decided in each way, in words: `提供 3,脱敏 1`. */
export function decisionCounts(data: readonly AuditDatum[]): Text {
  const counts = Map.groupBy(data, ({ decision }) => decision)
  const parts = [...counts].map(([decision, some]) => ({ words: DECISION_WORDS[decision], count: some.length }))
  return {
    zh: parts.map(({ words, count }) => `${words.zh} ${count}`).join(','),
    en: parts.map(({ words, count }) => `${words.en} ${count}`).join(', '),
  }
}
