import type { Clause } from '../../vocabulary/clause.ts'
import type { Text } from '../../vocabulary/codes.ts'
import type { Alarm } from './alarm.ts'
import { alarmLine, concernedText, restoreText } from './describe.ts'
import { RULES } from './rules.ts'
import type { Severity } from './rules.ts'
import type { Evidence } from './sighting.ts'

/** Draft of the report that the law wants at once of an incident (ZS-6.05, FS-27); an officer completes and sends it. */
export interface IncidentDraft {
  readonly kind: 'INCIDENT_DRAFT'
  /** To the authority, and to the department concerned, where there is one. */
  readonly to: readonly string[]
  readonly alarm: string
  readonly rule: string
  readonly severity: Severity
  readonly title: Text
  readonly summary: Text
  /** When it was seen first and last, ISO 8601. */
  readonly detectedAt: string
  readonly seenAt: string
  readonly clauses: readonly Clause[]
  readonly department: string | null
  readonly application: string | null
  readonly officer: string | null
  readonly matter: string | null
  readonly evidence: Evidence
  readonly events: readonly {
    readonly at: string
    readonly kind: string
    readonly by: string
    readonly reason: string
  }[]
  /** What is left to decide; nothing of it is done by the gateway. */
  readonly proposals: readonly Text[]
}

/** @param prefixes regulations in force, as their clauses begin (`ZS`); all where none is given */
export function incidentDraft(alarm: Alarm, prefixes: readonly string[] = []): IncidentDraft {
  const { id, rule, concerned, evidence, events } = alarm
  const { title, severity, clauses } = RULES[rule]
  const own = clauses.filter((clause) => prefixes.some((prefix) => clause.startsWith(`${prefix}-`)))
  return {
    kind: 'INCIDENT_DRAFT',
    to: ['AUTHORITY', ...(concerned.department === null ? [] : [concerned.department])],
    alarm: id,
    rule,
    severity,
    title,
    summary: alarmLine(alarm),
    detectedAt: new Date(alarm.raisedAt).toISOString(),
    seenAt: new Date(alarm.seenAt).toISOString(),
    clauses: own.length === 0 ? clauses : own,
    ...concerned,
    evidence,
    events: events.map(({ at, kind, officer, reason }) => ({
      at: new Date(at).toISOString(),
      kind,
      by: officer ?? 'gateway',
      reason: reason ?? '',
    })),
    proposals: proposalsOf(alarm),
  }
}

function proposalsOf(alarm: Alarm): readonly Text[] {
  const { department, officer } = alarm.concerned
  const suspended = restoreText(alarm)
  const suspend: Text = {
    zh: `暂停人员 ${officer ?? ''}:gongxiang officer suspend`,
    en: `suspend officer ${officer ?? ''}: gongxiang officer suspend`,
  }
  const revoke: Text = {
    zh: `查清前暂停或撤销 ${department ?? ''} 所涉授权(NT-28.3):gongxiang grant revoke`,
    en: `revoke the grants of ${department ?? ''} that were used, until it is cleared up (NT-28.3): gongxiang grant revoke`,
  }
  const hear: Text = {
    zh: '向当事人所在部门核实办件与查询的关系',
    en: "ask the officer's department what the look-ups were for, case by case",
  }
  const prove: Text = {
    zh: '对所列回执导出审计证明:gongxiang audit prove <回执>',
    en: 'export proofs of the receipts that are listed: gongxiang audit prove <receipt>',
  }
  return [
    ...(suspended !== null ? [suspended] : officer === null ? [] : [suspend]),
    ...(department === null ? [] : [revoke, hear]),
    prove,
  ]
}

/** The draft as a text in both languages, to be completed by hand. */
export function incidentText(draft: IncidentDraft): string {
  const who = concernedText(draft) || '—'
  const { evidence } = draft
  const numbers = Object.entries(evidence.numbers).map(([word, value]) => `${word}=${value}`)
  const lists = Object.entries(evidence.named).map(([word, members]) => `${word}: ${members.join(', ')}`)
  return [
    '数据安全事件报告(草稿) / Data security incident report (draft)',
    '',
    `编号 Alarm: ${draft.alarm} (${draft.rule}, ${draft.severity})`,
    `报送 To: ${draft.to.join(', ')}`,
    `依据 Clauses: ${draft.clauses.join(', ')}`,
    `发现时间 Detected: ${draft.detectedAt}  最近 Last seen: ${draft.seenAt}`,
    `涉及 Concerns: ${who}`,
    '',
    `情况:${draft.summary.zh}`,
    `What: ${draft.summary.en}`,
    `时段 Window: ${evidence.from} – ${evidence.until}`,
    `指标 Numbers: ${[`count=${evidence.count}`, `limit=${evidence.limit}`, ...numbers].join(', ')}`,
    ...lists,
    `回执 Receipts: ${evidence.receipts.join(', ') || '—'}`,
    `对象假名 Subjects (pseudonyms): ${evidence.subjects.join(', ') || '—'}`,
    '',
    '处置经过 Events:',
    ...draft.events.map(({ at, kind, by, reason }) => `  ${at} ${kind} ${by}${reason === '' ? '' : `: ${reason}`}`),
    '',
    '建议 Proposals:',
    ...draft.proposals.flatMap(({ zh, en }, at) => [`  ${at + 1}. ${zh}`, `     ${en}`]),
    '',
    '待填 To be completed: 影响范围 scope, 已采取措施 measures taken, 报告人 reported by',
  ].join('\n')
}
