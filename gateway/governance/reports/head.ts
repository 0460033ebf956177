import type { Language, Text } from '../../vocabulary/codes.ts'
import type { IssuedReport } from './report.ts'
import { say } from './report.ts'
import { cityTime } from './time.ts'

const WORDS = {
  city: { zh: '城市', en: 'City' },
  reference: { zh: '报告编号', en: 'Report number' },
  by: { zh: '制作人', en: 'Made by' },
  at: { zh: '制作时间', en: 'Made at' },
  reason: { zh: '制作事由', en: 'Reason' },
} as const satisfies Readonly<Record<string, Text>>

/** Who made a report, for whom and why, and what it is about: what each of its forms begins with. */
export function headOf(
  { document, issue }: IssuedReport,
  language: Language,
): readonly { readonly label: string; readonly value: string }[] {
  const own = document.facts.map(({ label, value }) => ({ label: say(label, language), value: say(value, language) }))
  return [
    { label: say(WORDS.city, language), value: say(issue.city, language) },
    ...own,
    { label: say(WORDS.reference, language), value: issue.reference },
    { label: say(WORDS.by, language), value: issue.by },
    { label: say(WORDS.reason, language), value: issue.reason },
    { label: say(WORDS.at, language), value: `${cityTime(issue.at)} (UTC+8)` },
  ]
}
