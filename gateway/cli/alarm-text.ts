import type { Alarm } from '../governance/alarms/alarm.ts'
import { alarmLine, concernedText, restoreText } from '../governance/alarms/describe.ts'
import { RULES } from '../governance/alarms/rules.ts'
import type { Language } from '../vocabulary/codes.ts'
import { alignRows } from './columns.ts'
import { inLanguage } from './terminal.ts'

/** Alarms as a table for people, the newest first. */
export function alarmTable(alarms: readonly Alarm[], language: Language): readonly string[] {
  const rows = alarms.map((alarm) => [
    alarm.id,
    new Date(alarm.seenAt).toISOString(),
    alarm.state,
    RULES[alarm.rule].severity,
    `${inLanguage(alarmLine(alarm), language)} ×${alarm.times}`,
  ])
  return alignRows(rows, [29, 24, 9, 6, 120])
}

/** One alarm with its evidence and what became of it. */
export function alarmPage(alarm: Alarm, language: Language): readonly string[] {
  const { evidence, events, concerned } = alarm
  const { title, severity, clauses } = RULES[alarm.rule]
  const restore = restoreText(alarm)
  const rows: readonly (readonly [string, string])[] = [
    ['alarm', `${alarm.id}  ${alarm.state}  ${severity}`],
    ['rule', `${alarm.rule}  ${inLanguage(title, language)}`],
    ['clauses', clauses.join(', ')],
    ['about', concernedText(concerned) || '—'],
    ['what', inLanguage(alarmLine(alarm), language)],
    ['raised', new Date(alarm.raisedAt).toISOString()],
    ['last seen', `${new Date(alarm.seenAt).toISOString()}  ×${alarm.times}`],
    ['window', `${evidence.from} – ${evidence.until}`],
    ...Object.entries(evidence.numbers).map(([word, value]) => [word, String(value)] as const),
    ...Object.entries(evidence.named).map(([word, members]) => [word, members.join(' ')] as const),
    ['receipts', evidence.receipts.join(' ')],
    ['subjects', evidence.subjects.join(' ')],
    ...(restore === null ? [] : [['restore', inLanguage(restore, language)] as const]),
    ...events.map(
      ({ at, kind, officer, reason }) =>
        [kind, [new Date(at).toISOString(), officer ?? 'gateway', reason ?? ''].join(' ').trimEnd()] as const,
    ),
  ]
  return alignRows(rows, [20, 120])
}
