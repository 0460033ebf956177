import type { ExplainedField } from '../request/explain-field.ts'
import type { Explanation } from '../request/explain.ts'
import type { Language, Text } from '../vocabulary/codes.ts'
import { columns, padColumns } from './box.ts'
import { alignRows, wrapColumns } from './columns.ts'
import { inLanguage } from './terminal.ts'

const DECISIONS: Readonly<Record<ExplainedField['decision'], Text>> = {
  ALLOW: { zh: '提供', en: 'ALLOW' },
  MASK: { zh: '脱敏', en: 'MASK' },
  VERIFY_ONLY: { zh: '仅核实', en: 'VERIFY_ONLY' },
  DENY: { zh: '不提供', en: 'DENY' },
}

const HEADS: readonly Text[] = [
  { zh: '数据项', en: 'Field' },
  { zh: '名称', en: 'Title' },
  { zh: '共享类型', en: 'Class' },
  { zh: '提供部门', en: 'Provider' },
  { zh: '决定', en: 'Decision' },
  { zh: '条款', en: 'Clause' },
  { zh: '授权', en: 'Grant' },
  { zh: '脱敏规则', en: 'Mask' },
]

/** An explanation for a terminal: the fields in columns, what would unlock them, the clauses' words, query and plan. */
export function explanationText(explanation: Explanation, language: Language): string {
  const say = (zh: string, en: string): string => inLanguage({ zh, en }, language)
  const { decisions, prunedDocument, plan } = explanation
  const matter = [explanation.matter, explanation.matterTitle].filter((one) => one !== null).join(' ')
  const sections = [
    [
      `${say('身份', 'Standing')}: ${explanation.department}/${explanation.application}`,
      `${say('事项', 'Matter')}: ${matter || '—'}`,
      `${say('适用办法', 'Regulation')}: ${explanation.regime}, ${say('目录', 'catalogue')} ${explanation.catalogVersion}`,
    ],
    fieldTable(decisions, language),
    section(say('条款原文', 'Words of the clauses'), clauseLines(decisions)),
    section(say('限制', 'Limits'), limitLines(explanation)),
    section(say('不得用于筛选', 'May not be filtered by'), filterLines(explanation, say)),
    section(say('实际查询', 'What is fetched'), [prunedDocument ?? say('(无)', '(nothing)')]),
    section(
      say('查询计划', 'Plan'),
      plan.flatMap(({ step, parallel, department, departmentTitle, path, operation }) => [
        `${step}. ${named(department, departmentTitle)}${parallel ? say(',并行', ', in parallel') : ''}${path ? ` → ${path}` : ''}`,
        ...operation.split('\n').map((line) => `   ${line}`),
      ]),
    ),
  ]
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')
}

function named(department: string, title: string): string {
  return title === department ? department : `${title} (${department})`
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [title, ...lines]
}

/** Rows in columns; below a row that is not ALLOW, why and what would unlock it. */
function fieldTable(decisions: readonly ExplainedField[], language: Language): readonly string[] {
  const heads = HEADS.map((head) => inLanguage(head, language))
  const rows = [heads, ...decisions.map((one) => cells(one, language))]
  const [head = '', ...lines] = alignRows(rows, ANY_WIDTH)
  const below = ({ decision, reason, unlock }: ExplainedField): readonly string[] =>
    decision === 'ALLOW'
      ? []
      : [...indented('    ', reason), ...(unlock ? indented('    → ', sentences(unlock.text)) : [])]
  return [head, '─'.repeat(columns(head)), ...decisions.flatMap((one, at) => [lines[at] ?? '', ...below(one)])]
}

/** No cell goes on below: each row is one line. */
const ANY_WIDTH = HEADS.map(() => 200)

/** One sentence a line. */
function sentences(text: string): string {
  return text.replaceAll(/; ?/g, ';\n')
}

/** Columns of running text. */
const MEASURE = 100

/** A text in lines of a readable length, the later ones under the first. */
function indented(lead: string, text: string): readonly string[] {
  const lines = text.split('\n').flatMap((line) => wrapColumns(line, MEASURE))
  return lines.map((line, at) => (at === 0 ? lead : ' '.repeat(columns(lead))) + line)
}

function cells(one: ExplainedField, language: Language): readonly string[] {
  const until = one.grantUntil === null ? '' : ` (< ${one.grantUntil.slice(0, 10)})`
  return [
    one.coordinate,
    one.title ?? '',
    [one.classLabel, one.level].filter((part) => part !== null).join(' '),
    one.providerTitle ?? '',
    one.decision === 'DENY' ? (one.code ?? '') : inLanguage(DECISIONS[one.decision], language),
    one.clause,
    one.grant === null ? '' : `${one.grant}${until}`,
    one.maskRule ?? '',
  ]
}

/** Each clause once, in the order in which the fields name them. */
function clauseLines(decisions: readonly ExplainedField[]): readonly string[] {
  const words = new Map(
    decisions.flatMap(({ clause, clauseText }) => (clauseText ? [[clause, clauseText] as const] : [])),
  )
  return [...words].flatMap(([clause, text]) => indented(padColumns(clause, 12), text))
}

function limitLines({ limits }: Explanation): readonly string[] {
  return limits.map(({ name, grant, used, allowed }) =>
    [`${name}:`, used === null ? allowed : `${used} / ${allowed}`, ...(grant === null ? [] : [`(${grant})`])].join(' '),
  )
}

/** All that the arguments could filter by and must not; with those that the document gives it would be refused. */
function filterLines(
  { filtersRefused, filtersGiven }: Explanation,
  say: (zh: string, en: string) => string,
): readonly string[] {
  return filtersRefused.map((at) =>
    filtersGiven.includes(at) ? `${at} ← FILTER_NOT_ALLOWED: ${say('本查询已用到', 'this document gives it')}` : at,
  )
}
