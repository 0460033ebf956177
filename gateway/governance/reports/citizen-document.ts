import type { Text } from '../../vocabulary/codes.ts'
import type { CitizenEntry } from './citizen.ts'
import type { Disclosure } from './disclosure.ts'
import type { ReportNames } from './names.ts'
import type { Cell, Mark, Period, ReportDocument, Section } from './report.ts'
import { plain } from './report.ts'
import { createTally } from './tally.ts'
import { cityDay, cityMonth, cityTime, monthsOf } from './time.ts'

/** Several uses that are the same but for the hour: what a citizen reads as one. */
interface EntryGroup {
  readonly entry: CitizenEntry
  /** The newest first. */
  readonly times: readonly number[]
  readonly receipts: readonly string[]
}

/** Puts together what one officer did on one day for one matter in one way, with the same items. The newest first. */
function groupEntries(entries: readonly CitizenEntry[]): readonly EntryGroup[] {
  const alike = Map.groupBy(entries, (one) => {
    const { department, actingFor, application, officer, matter, method, emergency, among } = one
    const items = [one.told, one.verified, one.refused, one.codes]
    const who = [department, actingFor, application, officer, matter]
    return JSON.stringify([cityDay(one.at), ...who, method, emergency, among, items])
  })
  return [...alike.values()]
    .flatMap((some) => {
      const sorted = some.toSorted((a, b) => b.at - a.at)
      const [entry] = sorted
      if (entry === undefined) return []
      return [{ entry, times: sorted.map(({ at }) => at), receipts: sorted.map(({ receipt }) => receipt) }]
    })
    .toSorted((a, b) => b.entry.at - a.entry.at)
}

const OUTCOMES = {
  MATCH: { zh: '一致', en: 'matches' },
  NO_MATCH: { zh: '不一致', en: 'differs' },
  NO_RECORD: { zh: '无登记', en: 'nothing on file' },
} as const satisfies Readonly<Record<string, Text>>

const METHODS: Readonly<Record<CitizenEntry['method'], Text>> = {
  QUERY: { zh: '查询', en: 'query' },
  VERIFY: { zh: '核实比对', en: 'verification' },
  REFUSED: { zh: '请求被拒绝', en: 'refused request' },
}

const DOCUMENTS: Readonly<Record<string, Text>> = {
  RESIDENT_ID: { zh: '居民身份证', en: 'Resident identity card' },
  PASSPORT: { zh: '护照', en: 'Passport' },
  HMT_PERMIT: { zh: '港澳台居民通行证', en: 'Permit of a resident of Hong Kong, Macao or Taiwan' },
  HMT_RESIDENCE_PERMIT: { zh: '港澳台居民居住证', en: 'Residence permit of a resident of Hong Kong, Macao or Taiwan' },
  FOREIGNER_PERMANENT_RESIDENCE: { zh: '外国人永久居留身份证', en: 'Permanent residence card of a foreigner' },
  USCC: { zh: '统一社会信用代码', en: 'Unified social credit code' },
  REGISTRATION_NUMBER: { zh: '注册号', en: 'Registration number' },
}

const NOTES: readonly Text[] = [
  {
    zh: '“已脱敏”指只提供了部分内容;“仅核实”指只比对是否一致,不提供内容;“未提供”指请求被拒绝或者来源系统当时不可用。',
    en: '“Masked” means that only a part was given; “verified only” that a value was compared and not given; “refused” that the request was refused or the source was not available.',
  },
  {
    zh: '列为已提供的数据项,包括告知“没有登记”的情形。',
    en: 'An item that was given includes that nothing is on file.',
  },
  {
    zh: '本报告只列以本人为对象的使用;经他人的记录涉及本人的,不列入本报告,以免泄露他人情况。',
    en: 'The report lists uses whose object was this person; where the person was reached through somebody else’s record it is left out, since it would tell of that other person.',
  },
  {
    zh: '经办人以固定代码表示;对使用有疑问的,可凭报告编号和回执号向数据主管部门查询。',
    en: 'Officers stand under fixed codes; ask the data authority by the number of this report and the receipt.',
  },
]

const AMONG: Text = {
  zh: '同一请求还涉及他人的,所列数据项以整个请求为限。',
  en: 'Where a request concerned others as well, the items are those of the whole request, at most.',
}

/** A citizen's report as it is written out. It says nothing of entries that are kept back but what it says to everybody. */
export function citizenDocument(
  entries: readonly CitizenEntry[],
  { names, period, disclosure, subjectType }: CitizenDocumentFacts,
): ReportDocument {
  const groups = groupEntries(entries)
  const answered = entries.filter(({ method }) => method !== 'REFUSED')
  const departments = createTally<[string | null]>()
  for (const { department } of entries) departments.add([department])
  const { notice } = disclosure
  const among = entries.some((one) => one.among)
  return {
    kind: 'citizen',
    title: { zh: '个人数据使用情况报告', en: 'Who used my data' },
    subject: { zh: '谁、何时、为办何事使用了我的数据', en: 'Who used it, when, for which matter' },
    facts: [
      { label: { zh: '证件类型', en: 'Document' }, value: DOCUMENTS[subjectType] ?? plain(subjectType) },
      { label: { zh: '期间', en: 'Period' }, value: periodText(period) },
    ],
    figures: [
      { label: { zh: '使用次数', en: 'Uses' }, value: entries.length },
      { label: { zh: '其中已答复', en: 'Answered' }, value: answered.length },
      { label: { zh: '使用部门', en: 'Departments' }, value: departments.rows().length },
      { label: { zh: '最近一次', en: 'Last use' }, value: entries[0] ? cityDay(entries[0].at) : '—' },
    ],
    sections: [summary(entries, departments.rows(), names, period), details(groups, names)],
    notes: [
      ...NOTES,
      ...(among ? [AMONG] : []),
      ...(notice === null ? [] : [{ zh: `${notice.zh}(${notice.basis})`, en: `${notice.en} (${notice.basis})` }]),
    ],
    data: { period: isoPeriod(period), entries: entries.map(machineEntry) },
  }
}

/** What a citizen’s document says beside the entries. */
export interface CitizenDocumentFacts {
  readonly names: ReportNames
  readonly period: Period
  readonly disclosure: Disclosure
  readonly subjectType: string
}

/** A period in words; the last day is the one before its end. One from the epoch on is that of the whole record. */
export function periodText({ since, until }: Period): Text {
  const [first, last] = [cityDay(since), cityDay(until - 1)]
  if (since === 0) return { zh: `${last} 以前的全部记录`, en: `all that is recorded until ${last}` }
  return { zh: `${first} 至 ${last}`, en: `${first} to ${last}` }
}

/** A period as ISO 8601 instants, for programs. */
export function isoPeriod({ since, until }: Period): { readonly since: string; readonly until: string } {
  return { since: new Date(since).toISOString(), until: new Date(until).toISOString() }
}

function machineEntry({ at, ...entry }: CitizenEntry): object {
  return { at: new Date(at).toISOString(), ...entry }
}

function summary(
  entries: readonly CitizenEntry[],
  departments: readonly { readonly key: readonly [string | null]; readonly count: number }[],
  names: ReportNames,
  { since, until }: Period,
): Section {
  const monthly = createTally<[string]>()
  for (const { at } of entries) monthly.add([cityMonth(at)])
  // Months without a use before the first one tell nothing and take room.
  const first = Math.max(since, entries.at(-1)?.at ?? since)
  return {
    name: 'summary',
    title: { zh: '概况', en: 'Overview' },
    lead: null,
    charts: [
      {
        kind: 'BARS',
        title: { zh: '每月使用次数', en: 'Uses by month' },
        values: monthsOf(first, until).map((month) => ({ label: plain(month), value: monthly.get([month]) })),
      },
      {
        kind: 'SHARES',
        title: { zh: '各部门使用次数', en: 'Uses by department' },
        values: departments.map(({ key: [code], count }) => ({ label: names.department(code), value: count })),
      },
    ],
    table: null,
    empty: NO_USE,
  }
}

const NO_USE: Text = {
  zh: '本期间内没有可以列出的使用记录。',
  en: 'No use to be listed in this period.',
}

function details(groups: readonly EntryGroup[], names: ReportNames): Section {
  return {
    name: 'uses',
    title: { zh: '使用明细', en: 'Uses' },
    lead: null,
    charts: [],
    table: {
      columns: [
        { title: { zh: '时间', en: 'When' }, kind: 'text', width: 12 },
        { title: { zh: '部门、应用、经办人', en: 'Department, application, officer' }, kind: 'text', width: 21 },
        { title: { zh: '事项与方式', en: 'Matter, way' }, kind: 'text', width: 16 },
        { title: { zh: '数据项', en: 'Items' }, kind: 'text', width: 32 },
        { title: { zh: '回执号', en: 'Receipt' }, kind: 'text', width: 19 },
      ],
      rows: groups.map((group) => groupRow(group, names)),
    },
    empty: NO_USE,
  }
}

/** So many receipts stand in a row; the others are told by their number. */
const RECEIPTS = 3

function groupRow({ entry, times, receipts }: EntryGroup, names: ReportNames): readonly Cell[] {
  const [newest = 0] = times
  const oldest = times.at(-1) ?? newest
  const several = times.length > 1
  const when = several
    ? {
        zh: `${cityTime(newest)}(自 ${cityTime(oldest).slice(11)} 起 ${times.length} 次)`,
        en: `${cityTime(newest)} (${times.length} times since ${cityTime(oldest).slice(11)})`,
      }
    : plain(cityTime(newest))
  const more = receipts.length - RECEIPTS
  const shown = receipts.slice(0, RECEIPTS).join(' ')
  return [
    when,
    { lines: whoLines(entry, names) },
    { lines: wayLines(entry, names) },
    { marks: marksOf(entry, names) },
    more > 0 ? { zh: `${shown} 等 ${receipts.length} 个`, en: `${shown} and ${more} more` } : shown,
  ]
}

function whoLines({ department, actingFor, application, officer }: CitizenEntry, names: ReportNames): readonly Text[] {
  const principal = actingFor === null ? null : names.department(actingFor)
  return [
    names.department(department),
    ...(principal ? [{ zh: `受${principal.zh}委托`, en: `for ${principal.en}` }] : []),
    names.application(department, application),
    ...(officer === null ? [] : [{ zh: `经办人 ${officer}`, en: `officer ${officer}` }]),
  ]
}

function wayLines({ matter, method, emergency, codes }: CitizenEntry, names: ReportNames): readonly Text[] {
  return [
    names.matter(matter),
    METHODS[method],
    ...(emergency ? [{ zh: '紧急情况', en: 'emergency' }] : []),
    ...codes.map((code) => names.code(code)),
  ]
}

function marksOf({ told, verified, refused }: CitizenEntry, names: ReportNames): readonly Mark[] {
  return [
    ...told.map(({ coordinate, masked }): Mark => ({
      tone: masked ? 'MASKED' : 'GIVEN',
      text: names.field(coordinate).title,
    })),
    ...verified.map(({ coordinate, outcome }): Mark => {
      const [title, word] = [names.field(coordinate).title, OUTCOMES[outcome]]
      return { tone: 'VERIFIED', text: { zh: `${title.zh}:${word.zh}`, en: `${title.en}: ${word.en}` } }
    }),
    ...refused.map(({ coordinate }): Mark => ({ tone: 'REFUSED', text: names.field(coordinate).title })),
  ]
}
