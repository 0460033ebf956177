/**
 * What every report is made of, in both languages at once: facts, figures, charts and tables. The writers (csv.ts,
 * xlsx.ts, page.ts) know this shape and no report; a report knows no writer.
 */
import type { Language, Text } from '../../vocabulary/codes.ts'

/** What there are reports about. */
export const REPORT_KINDS = ['citizen', 'provider', 'consumer', 'yearly'] as const
/** Kind of a report, as the journal keeps it. */
export type ReportKind = (typeof REPORT_KINDS)[number]

/** What became of one item of data. */
export type Tone = 'GIVEN' | 'MASKED' | 'VERIFIED' | 'REFUSED'

/** One item of a cell that lists several. */
export interface Mark {
  readonly tone: Tone
  readonly text: Text
}

/** What stands in a cell: one text for both languages, a number, a text, several items, several lines, or nothing. */
export type Cell =
  | null
  | string
  | number
  | Text
  | { readonly marks: readonly Mark[] }
  | { readonly lines: readonly Text[] }

/** A column of a table. */
export interface Column {
  readonly title: Text
  /** Numbers stand to the right and are numbers in a workbook too. */
  readonly kind: 'text' | 'number'
  /** Characters of its usual content, for the widths of a page and of a workbook. */
  readonly width: number
}

/** A table of a report: each row has a cell for each column. */
export interface Table {
  readonly columns: readonly Column[]
  readonly rows: readonly (readonly Cell[])[]
}

/** `BARS`: a series in time; `SHARES`: parts of a whole, or a ranking. */
export interface Chart {
  readonly kind: 'BARS' | 'SHARES'
  readonly title: Text
  readonly values: readonly { readonly label: Text; readonly value: number }[]
}

/** A part of a report with its charts and table. */
export interface Section {
  /** Names the sheet of a workbook and the file of a table: small letters and `-`. */
  readonly name: string
  readonly title: Text
  readonly lead: Text | null
  readonly charts: readonly Chart[]
  readonly table: Table | null
  /** Stands in place of an empty table. */
  readonly empty: Text
}

/** A report in no form yet: pages, workbooks, CSV and JSON are written from it. */
export interface ReportDocument {
  readonly kind: ReportKind
  readonly title: Text
  /** About whom or what, in the head of the page. */
  readonly subject: Text
  readonly facts: readonly { readonly label: Text; readonly value: Text }[]
  readonly figures: readonly { readonly label: Text; readonly value: number | string }[]
  readonly sections: readonly Section[]
  readonly notes: readonly Text[]
  /** The same for machines. */
  readonly data: unknown
}

/** Who made a report, and under which number that stands in the journal (journal.ts). */
export interface Issue {
  readonly reference: string
  /** Staff number. */
  readonly by: string
  readonly reason: string
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly city: Text
  readonly regime: string
}

/** A report that bears its number, as it leaves. */
export interface IssuedReport {
  readonly document: ReportDocument
  readonly issue: Issue
}

/** From the first instant up to, and without, the second; milliseconds since the epoch. */
export interface Period {
  readonly since: number
  readonly until: number
}

/** One text that is the same in both languages. */
export function plain(text: string): Text {
  return { zh: text, en: text }
}

/** A text in one language. */
export function say(text: Text, language: Language): string {
  return language === 'en' ? text.en : text.zh
}

/** A cell as one line of text. */
export function cellText(cell: Cell, language: Language): string {
  if (cell === null) return ''
  if (typeof cell === 'number') return String(cell)
  if (typeof cell === 'string') return cell
  const between = language === 'en' ? '; ' : '；'
  if ('marks' in cell) return cell.marks.map((mark) => markText(mark, language)).join(between)
  if ('lines' in cell) return cell.lines.map((line) => say(line, language)).join(between)
  return say(cell, language)
}

/** What is not simply given says so in words: a print may have no colours. */
function markText({ tone, text }: Mark, language: Language): string {
  const word = TONE_TEXTS[tone]
  return tone === 'GIVEN' ? say(text, language) : `${say(text, language)} (${say(word, language)})`
}

/** What each mark says in words. */
export const TONE_TEXTS: Readonly<Record<Tone, Text>> = {
  GIVEN: { zh: '已提供', en: 'given' },
  MASKED: { zh: '已脱敏', en: 'masked' },
  VERIFIED: { zh: '仅核实', en: 'verified only' },
  REFUSED: { zh: '未提供', en: 'refused' },
}
