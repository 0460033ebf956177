import {
  COMPARED_WORDS,
  DECISION_WORDS,
  MEDIUM_WORDS,
  METHOD_WORDS,
  ROUTE_WORDS,
  decisionCounts,
} from '../audit/export/words.ts'
import type { AuditRecord } from '../audit/record.ts'
import { CITY_OFFSET } from '../vocabulary/city-time.ts'
import { isCode, message } from '../vocabulary/codes.ts'
import type { Language } from '../vocabulary/codes.ts'
import type { Names } from './audit-names.ts'
import type { FoundRecord } from './audit-scan.ts'
import { columns } from './box.ts'
import { alignRows } from './columns.ts'
import { inLanguage } from './terminal.ts'

/** Whether the next record names this one's hash; `NONE`: there is no next one yet. */
export type Follower = 'AGREES' | 'CONTRADICTED' | 'NONE'

/** A record that was found by its receipt, the rows of its batch, and what the record behind it says. */
export interface Shown {
  readonly found: FoundRecord
  readonly rows: readonly FoundRecord[]
  readonly follower: Follower
}

type Say = (zh: string, en: string) => string

/** A record for people: the seven elements of ZS-6.03 first, then each decision, route and comparison in columns. */
export function recordText(shown: Shown, names: Names, language: Language): string {
  const say: Say = (zh, en) => inLanguage({ zh, en }, language)
  const { record } = shown.found
  const sections = [
    [`${say('审计记录', 'Audit record')} ${record.receipt}`, ...facts(placeFacts(shown, say))],
    titled(
      say('使用情况(ZS-6.03 七项)', 'The seven elements (ZS-6.03)'),
      facts(elements(record, names, say, language)),
    ),
    titled(say('结果', 'Outcome'), facts(outcomeFacts(record, say, language))),
    table(say('数据内容', 'Data content'), dataRows(record, names, say, language)),
    table(say('途径', 'Route'), routeRows(record, names, say, language)),
    table(say('核实', 'Verification'), verificationRows(record, say, language)),
    table(say('批量中的各行', 'Rows of the batch'), batchRows(shown, say)),
    table(say('统计', 'Counted'), statisticsRows(record, say)),
    titled(say('其他', 'Besides'), facts(otherFacts(record, say))),
  ]
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')
}

type Fact = readonly [label: string, value: string | null]

/** A line for each thing that is known, values under one another. */
function facts(all: readonly Fact[]): readonly string[] {
  const known = all.flatMap(([label, value]) => (value === null || value === '' ? [] : [[label, value]]))
  return alignRows(known, [40, 100]).map((line) => `  ${line}`)
}

function titled(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [title, ...lines]
}

/** Rows under their heads; nothing where there is no row. */
function table(title: string, [heads, ...rows]: readonly (readonly string[])[]): readonly string[] {
  if (heads === undefined || rows.length === 0) return []
  // A column in which nothing stands is left out.
  const used = heads.flatMap((_, at) => (rows.some((row) => (row[at] ?? '') !== '') ? [at] : []))
  const cells = [heads, ...rows].map((row) => used.map((at) => row[at] ?? ''))
  const [head = '', ...lines] = alignRows(
    cells,
    used.map(() => 60),
  )
  return [title, `  ${head}`, `  ${'─'.repeat(columns(head))}`, ...lines.map((line) => `  ${line}`)]
}

function placeFacts({ found, follower }: Shown, say: Say): readonly Fact[] {
  const { place, intact } = found
  const { chain, seq, file, line, directory } = place
  const agrees = {
    AGREES: say(`第 ${seq + 1} 条记录与其相接`, `record ${seq + 1} follows it`),
    CONTRADICTED: say(
      `第 ${seq + 1} 条记录所载的散列不同:记录已被改动`,
      `record ${seq + 1} knows another hash: the record was altered`,
    ),
    NONE: say('其后尚无记录', 'no record follows it yet'),
  }[follower]
  const own = intact
    ? say('散列完好', 'its hash fits')
    : say('散列不符:该行已被改动', 'its hash does not fit: the line was altered')
  return [
    [say('链', 'Chain'), say(`${chain},第 ${seq} 条`, `${chain}, record ${seq}`)],
    [say('文件', 'File'), say(`${directory}/${file} 第 ${line} 行`, `${directory}/${file}, line ${line}`)],
    [say('完整性', 'Integrity'), say(`${own};${agrees}`, `${own}; ${agrees}`)],
  ]
}

function elements(record: AuditRecord, names: Names, say: Say, language: Language): readonly Fact[] {
  return [
    [say('具体途径', 'Route'), routeLine(record, names, say, language)],
    [say('使用人员', 'User'), userLine(record, names, say)],
    [say('批准人员', 'Approver'), record.approvers.map((one) => approverWords(one, say)).join(say('、', ', '))],
    [say('数据内容', 'Data content'), contentLine(record, say, language)],
    [say('时间', 'Time'), `${cityTime(record.time)} (${record.milliseconds} ms)`],
    [say('方式', 'Method'), inLanguage(METHOD_WORDS[record.method], language)],
    [say('介质类型', 'Medium'), inLanguage(MEDIUM_WORDS[record.medium], language)],
  ]
}

/** The stand-in of records for an approver where the law itself opens the data. */
function approverWords(approver: string, say: Say): string {
  return approver === 'NONE-UNCONDITIONAL' ? say('无需批准(无条件共享)', 'none needed (unconditional)') : approver
}

function titleOf(code: string, names: ReadonlyMap<string, string>): string {
  const title = names.get(code)
  return title === undefined ? code : `${title} (${code})`
}

function routeLine({ route, lane }: AuditRecord, { departments }: Names, say: Say, language: Language): string {
  const parts = route.map(
    ({ department, outcome }) => `${titleOf(department, departments)} ${inLanguage(ROUTE_WORDS[outcome], language)}`,
  )
  const by = lane === 'none' ? [] : [say(`通道 ${lane}`, `lane ${lane}`)]
  return parts.length === 0 ? say('未调用任何部门', 'no department was asked') : [...parts, ...by].join(say('、', ', '))
}

function userLine(record: AuditRecord, { departments }: Names, say: Say): string {
  const { department, application, officer, roles, actingFor, matter } = record
  if (department === null) return say('身份未能确认', 'unknown')
  const comma = say(',', ', ')
  return [
    `${titleOf(department, departments)} / ${application ?? '—'} / ${officer ?? '—'}`,
    ...(roles.length > 0 ? [roles.join(' ')] : []),
    ...(actingFor === undefined ? [] : [say(`代 ${actingFor}`, `for ${actingFor}`)]),
    ...(record.byReference === true ? [say('参照适用', 'by reference')] : []),
    ...(matter === null ? [] : [say(`事项 ${matter}`, `matter ${matter}`)]),
    ...(record.case === null ? [] : [say(`办件 ${record.case}`, `case ${record.case}`)]),
  ].join(comma)
}

function contentLine({ data, subjects, objects }: AuditRecord, say: Say, language: Language): string {
  const reached = subjects.length - (objects ?? subjects.length)
  return [
    say(`${data.length} 个数据项`, `${data.length} fields`),
    ...(data.length > 0 ? [inLanguage(decisionCounts(data), language)] : []),
    objects === undefined
      ? say(`涉及 ${subjects.length} 个相对人`, `${subjects.length} subjects`)
      : say(`查询 ${objects} 个相对人,延及 ${reached} 个`, `about ${objects} subjects, ${reached} more reached`),
  ].join(say(';', '; '))
}

/** An instant in the city's time, UTC+8. */
function cityTime(instant: string): string {
  const at = Date.parse(instant)
  return Number.isNaN(at) ? instant : new Date(at + CITY_OFFSET).toISOString().replace('Z', '+08:00').replace('T', ' ')
}

function outcomeFacts(record: AuditRecord, say: Say, language: Language): readonly Fact[] {
  const { outcome, result, finding, count, emergency, explains, degraded } = record
  const codes = outcome.codes.map((code) => (isCode(code) ? `${code} ${message(code, language)}` : code))
  const shown = explains && `${explains.department}/${explains.application} ${explains.matter ?? ''}`.trim()
  return [
    ['HTTP', String(outcome.status)],
    [say('代码', 'Codes'), codes.join(say(';', '; '))],
    [
      say('返回', 'Result'),
      say(`${result.entities} 条,${result.bytes} 字节`, `${result.entities} records, ${result.bytes} bytes`),
    ],
    [say('汇总次数', 'Refusals'), count === undefined ? null : String(count)],
    [say('试号', 'Enumeration'), finding ? `${finding.kind} ${finding.of} ${finding.count}` : null],
    [say('紧急情况', 'Emergency'), emergency ? emergencyLine(emergency, say) : null],
    [say('所解释的身份', 'Explained standing'), shown ?? null],
    [say('已降级', 'Degraded'), degraded.join(', ')],
  ]
}

function emergencyLine(emergency: NonNullable<AuditRecord['emergency']>, say: Say): string {
  const { id, incident, declaredBy, approvedBy, until } = emergency
  const second = approvedBy ?? say('无', 'nobody')
  return say(
    `${id},${incident},宣布 ${declaredBy},第二人 ${second},至 ${cityTime(until)}`,
    `${id}, ${incident}, declared by ${declaredBy}, second officer ${second}, until ${cityTime(until)}`,
  )
}

function dataRows({ data }: AuditRecord, names: Names, say: Say, language: Language) {
  const heads = [
    say('数据项', 'Field'),
    say('名称', 'Title'),
    say('决定', 'Decision'),
    say('代码', 'Code'),
    say('条款', 'Clause'),
    say('授权', 'Grant'),
    say('脱敏规则', 'Mask'),
    say('提供部门', 'Provider'),
  ]
  const rows = data.map(({ coordinate, decision, code, clause, grant, rule, providers }) => [
    coordinate,
    names.coordinates.get(coordinate) ?? '',
    inLanguage(DECISION_WORDS[decision], language),
    code ?? '',
    clause ?? '',
    grant ?? '',
    rule ?? '',
    (providers ?? []).join(' '),
  ])
  return [heads, ...rows]
}

function routeRows({ route }: AuditRecord, { departments }: Names, say: Say, language: Language) {
  const heads = [
    say('部门', 'Department'),
    say('结果', 'Outcome'),
    say('条数', 'Records'),
    say('其中已存', 'Of these kept'),
    'ms',
    say('数据时间', 'As of'),
  ]
  const rows = route.map(({ department, outcome, entities, kept, milliseconds, asOf }) => [
    titleOf(department, departments),
    inLanguage(ROUTE_WORDS[outcome], language),
    String(entities),
    kept === undefined ? '' : String(kept),
    String(milliseconds),
    asOf.map((one) => `${one.type} ${cityTime(one.asOf)}`).join(say(',', ', ')),
  ])
  return [heads, ...rows]
}

function verificationRows({ verification }: AuditRecord, say: Say, language: Language) {
  const heads = [say('数据项', 'Field'), say('结果', 'Outcome'), say('代码', 'Code'), say('第几次', 'Attempt')]
  const rows = (verification?.items ?? []).map(({ coordinate, outcome, code, attempt }) => [
    coordinate ?? say('(目录中没有)', '(not in the catalogue)'),
    outcome === null ? '' : inLanguage(COMPARED_WORDS[outcome], language),
    code ?? '',
    attempt === null ? '' : String(attempt),
  ])
  return [heads, ...rows]
}

function batchRows({ rows }: Shown, say: Say) {
  const heads = [say('行', 'Row'), say('回执号', 'Receipt'), say('记录', 'Record')]
  return [
    heads,
    ...rows.map(({ record, place }) => [String(record.verification?.row ?? ''), record.receipt, String(place.seq)]),
  ]
}

function statisticsRows({ statistics }: AuditRecord, say: Say) {
  const heads = [say('表', 'Table'), say('分组依据', 'By'), say('组数', 'Groups')]
  return [heads, ...(statistics ?? []).map(({ of, dimensions, groups }) => [of, dimensions.join(' '), String(groups)])]
}

function otherFacts(record: AuditRecord, say: Say): readonly Fact[] {
  const { operation, versions, generation, grants, verification } = record
  const { regime, catalog, gateway, masks } = versions
  const registered = operation?.registered
  return [
    [say('批量操作的回执号', 'Batch'), verification?.of ?? null],
    [say('重复自', 'Repeats'), verification?.repeats ?? null],
    [say('授权', 'Grants'), grants.join(' ')],
    [say('查询散列', 'Operation hash'), operation?.hash ?? null],
    [say('登记的查询', 'Registered operation'), registered === null ? say('未登记', 'none') : (registered ?? null)],
    [say('参数', 'Arguments'), record.arguments.map(({ name }) => name).join(' ')],
    [say('适用办法', 'Regulation'), `${regime}${masks === undefined ? '' : `, ${masks}`}`],
    [
      say('版本', 'Versions'),
      say(
        `目录 ${catalog},网关 ${gateway},第 ${generation} 代`,
        `catalogue ${catalog}, gateway ${gateway}, generation ${generation}`,
      ),
    ],
    [say('规格', 'Specification'), `v${record.v}`],
  ]
}
