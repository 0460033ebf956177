import writeXlsxFile from 'write-excel-file/node'
import type { CellObject, Row } from 'write-excel-file/node'
import type { Language } from '../../vocabulary/codes.ts'
import { headOf } from './head.ts'
import type { Cell, Column, IssuedReport, Section } from './report.ts'
import { cellText, say } from './report.ts'

type BookSheet = Parameters<typeof writeXlsxFile>[0][number]

/** Longest text of a cell, and most characters of a sheet's name, that spreadsheets take. */
const LONGEST = 32_767
const LONGEST_NAME = 31

const HEAD = { fontWeight: 'bold', backgroundColor: '#E8EEF4', wrap: true, alignVertical: 'top' } as const
const BODY = { wrap: true, alignVertical: 'top' } as const

/**
 * A report as a workbook: a sheet of what it is and who made it, then one for each table, its head frozen. Texts are
 * texts: no cell holds a formula.
 */
export async function reportXlsx(report: IssuedReport, language: Language): Promise<Uint8Array> {
  const { document } = report
  const cover: BookSheet = {
    sheet: language === 'en' ? 'Report' : '说明',
    data: [
      [text(say(document.title, language), { fontWeight: 'bold', fontSize: 16 })],
      ...headOf(report, language).map(({ label, value }): Row => [text(label, HEAD), text(value, BODY)]),
      [],
      ...document.figures.map(({ label, value }): Row => [
        text(say(label, language), BODY),
        typeof value === 'number' ? number(value) : text(value, BODY),
      ]),
      [],
      ...document.notes.map((note): Row => [text(say(note, language), BODY)]),
    ],
    columns: [{ width: 40 }, { width: 60 }],
  }
  const names = new Set([cover.sheet ?? ''])
  const sheets = document.sections.flatMap((section) => sheetOf(section, language, names))
  return writeXlsxFile([cover, ...sheets]).toBuffer()
}

function sheetOf({ title, table, empty }: Section, language: Language, names: Set<string>): readonly BookSheet[] {
  if (table === null) return []
  const rows = table.rows.map((row) => row.map((cell, at) => cellOf(cell, table.columns[at], language)))
  return [
    {
      sheet: nameOf(say(title, language), names),
      data: [
        table.columns.map((column) => text(say(column.title, language), HEAD)),
        ...(rows.length > 0 ? rows : [[text(say(empty, language), BODY)]]),
      ],
      columns: table.columns.map(({ width }) => ({ width: Math.min(80, Math.max(8, width * 1.6)) })),
      stickyRowsCount: 1,
    },
  ]
}

/** Sheets' names are unique, short, and without the characters that references are written with. */
function nameOf(title: string, names: Set<string>): string {
  const plain = title.replaceAll(/[\\/?*[\]:']/g, ' ').trim()
  for (let place = 1; ; place += 1) {
    const suffix = place === 1 ? '' : ` ${place}`
    const name = `${[...plain].slice(0, LONGEST_NAME - suffix.length).join('')}${suffix}`
    if (names.has(name)) continue
    names.add(name)
    return name
  }
}

function cellOf(cell: Cell, column: Column | undefined, language: Language): CellObject | null {
  if (cell === null) return null
  return typeof cell === 'number' && column?.kind === 'number' ? number(cell) : text(cellText(cell, language), BODY)
}

function number(value: number): CellObject {
  return { type: Number, value, alignVertical: 'top' }
}

/** XML has no place for control characters. */
function text(value: string, style: Omit<CellObject, 'value' | 'type'>): CellObject {
  const plain = value.replaceAll(/(?![\t\n\r])\p{Cc}|[\uFFFE\uFFFF]/gu, ' ').toWellFormed()
  return { type: String, value: plain.slice(0, LONGEST), ...style }
}
