import type { Language } from '../../vocabulary/codes.ts'
import { headOf } from './head.ts'
import type { Cell, Column, IssuedReport, Section } from './report.ts'
import { cellText, say } from './report.ts'

/** What makes a spreadsheet take a text for a formula, half width and full, with blanks before it too. */
const FORMULA = /^\s*[=+\-@＝＋－＠]|^[\t\r\n]/

/**
 * A report as CSV (RFC 4180) for people: UTF-8 with a byte order mark, so that spreadsheets read Chinese, and lines that
 * end in CR LF; first who made it, then each table under its title. A text that a spreadsheet would take for a formula
 * begins with an apostrophe. Programs take JSON.
 */
export function reportCsv(report: IssuedReport, language: Language): string {
  const head = headOf(report, language).map(({ label, value }) => [label, value])
  const sections = report.document.sections.flatMap((section) => [[], ...sectionRows(section, language)])
  const rows = [[say(report.document.title, language)], ...head, ...sections]
  return `\uFEFF${rows.map((row) => `${row.map(field).join(',')}\r\n`).join('')}`
}

/** A section without a table is told by the numbers of its charts. */
function sectionRows(section: Section, language: Language): readonly (readonly (string | number)[])[] {
  const { title, table, empty, charts } = section
  const named = [say(title, language)]
  if (table === null && charts.some(({ values }) => values.length > 0))
    return charts.flatMap((chart) => [
      [say(chart.title, language)],
      ...chart.values.map(({ label, value }) => [say(label, language), value]),
    ])
  if (table === null || table.rows.length === 0) return [named, [say(empty, language)]]
  const columns = table.columns.map((column) => say(column.title, language))
  return [named, columns, ...table.rows.map((row) => row.map((cell, at) => valueOf(cell, table.columns[at], language)))]
}

function valueOf(cell: Cell, column: Column | undefined, language: Language): string | number {
  return typeof cell === 'number' && column?.kind === 'number' ? cell : cellText(cell, language)
}

/** One field; what a text could do beside being read is taken from it. */
export function field(value: string | number): string {
  if (typeof value === 'number') return String(value)
  const safe = FORMULA.test(value) ? `'${value}` : value
  return /[",\r\n]|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
