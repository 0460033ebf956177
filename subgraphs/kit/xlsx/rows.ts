import type { FileHandle } from 'node:fs/promises'
import { DropRefused } from '../drop/problem.ts'
import type { DropTable } from '../drop/drop.ts'
import { plainHeading } from '../drop/rows.ts'
import type { RawCell, RawRow, RawTable } from '../drop/rows.ts'
import type { WorkFolder } from '../drop/work.ts'
import { cellOf } from './cell.ts'
import { columnAt, columnInSheet, MOST_COLUMNS, rowInSheet } from './column.ts'
import { openParts } from './parts.ts'
import type { Parts } from './parts.ts'
import { joinedHeadings, mergesOf } from './headings.ts'
import { grownText, readStrings, wholeText } from './strings.ts'
import type { SharedStrings } from './strings.ts'
import { readWorkbook } from './workbook.ts'
import type { Sheet, Workbook } from './workbook.ts'
import { readXml } from './xml.ts'

/** A workbook open for reading. */
export interface OpenWorkbook {
  /** The sheet of a table; throws `DropRefused` where it cannot be told or is hidden. */
  open(table: DropTable): Promise<RawTable>
  close(): void
}

/** Opens a workbook; whatever its size, a little of it is in memory. Throws `DropRefused`. */
export async function openWorkbook(handle: FileHandle, work: WorkFolder): Promise<OpenWorkbook> {
  const parts = await openParts(handle)
  const workbook = await readWorkbook(parts)
  const strings = await readStrings(parts, workbook.strings, work)
  return {
    open: (table) => openSheet({ parts, workbook, strings }, sheetOf(workbook, table.sheet), table),
    close: () => strings.close(),
  }
}

interface Context {
  readonly parts: Parts
  readonly workbook: Workbook
  readonly strings: SharedStrings
}

/** What is hidden is not what the department has looked at before it dropped the file. */
function sheetOf({ sheets }: Workbook, name: string | undefined): Sheet {
  const visible = sheets.filter(({ hidden }) => !hidden)
  const [first, second] = name === undefined ? visible : sheets.filter((one) => one.name.trim() === name)
  const at = { sheet: name ?? null }
  if (first === undefined) throw new DropRefused('SHEET_MISSING', at)
  if (second !== undefined) throw new DropRefused('SHEET_AMBIGUOUS', at)
  if (first.hidden) throw new DropRefused('SHEET_HIDDEN', at)
  return first
}

/** A row of a sheet: its cells by column. */
interface SheetRow {
  readonly row: number
  readonly cells: ReadonlyMap<number, RawCell>
}

async function openSheet(context: Context, sheet: Sheet, table: DropTable): Promise<RawTable> {
  const { parts } = context
  const { titleRows = 0, headerRows = 1 } = table
  const last = titleRows + headerRows
  // The list of merged cells stands behind the rows, so a sheet with headings in two rows is read twice.
  const merges = headerRows > 1 ? await mergesOf(await parts.open(sheet.path), last) : []
  const wanted: Wanted = { columns: null }
  const batches = sheetRows(context, await parts.open(sheet.path), wanted)
  const head: SheetRow[] = []
  let rest: readonly SheetRow[] = []
  while (rest.length === 0) {
    const next = await batches.next()
    if (next.done === true) break
    head.push(...next.value.filter(({ row }) => row > titleRows && row <= last))
    rest = next.value.filter(({ row }) => row > last)
  }
  const numbers = Array.from({ length: headerRows }, (_, at) => titleRows + 1 + at)
  return {
    headings: joinedHeadings(head.map(headingRow), numbers, merges),
    rows: (columns) => rowsOf(rest, batches, wanted, columns),
    close: async () => void (await batches.return()),
  }
}

function headingRow({ row, cells }: SheetRow) {
  return { row, texts: new Map([...cells].map(([at, cell]) => [at, headingOf(cell)])) }
}

function headingOf(cell: RawCell): string {
  return typeof cell === 'string' ? plainHeading(cell) : cell.kind === 'FAULT' ? '' : cell.text
}

/** Columns that are read; all as long as the headings are. */
interface Wanted {
  columns: ReadonlySet<number> | null
}

async function* rowsOf(
  rest: readonly SheetRow[],
  batches: AsyncGenerator<readonly SheetRow[], void, undefined>,
  wanted: Wanted,
  columns: readonly number[],
): AsyncGenerator<readonly RawRow[], void, undefined> {
  wanted.columns = new Set(columns)
  const inOrder = ({ row, cells }: SheetRow): RawRow => ({
    row,
    cells: columns.map((at) => cells.get(at) ?? ''),
    fault: null,
  })
  yield rest.map(inOrder)
  for await (const batch of batches) yield batch.map(inOrder)
}

/** The rows of a sheet that hold anything. */
async function* sheetRows(
  context: Context,
  stream: Awaited<ReturnType<Parts['open']>>,
  wanted: Wanted,
): AsyncGenerator<readonly SheetRow[], void, undefined> {
  const rows: SheetRow[] = []
  for await (const _ of readXml(
    stream,
    sheetHandler(context, wanted, (row) => rows.push(row)),
  )) {
    if (rows.length > 0) yield rows.splice(0)
  }
  if (rows.length > 0) yield rows
}

/** Puts rows and cells together of what stands in the part of a sheet. */
function sheetHandler({ workbook, strings }: Context, wanted: Wanted, done: (row: SheetRow) => void) {
  let [row, column, count, filled] = [0, -1, 0, false]
  let cells = new Map<number, RawCell>()
  let cell: OpenCell | null = null
  let [inText, aids] = [false, 0]
  const put = ({ type, style, formula, value }: OpenCell): void => {
    if (value === null && !formula) return
    filled ||= value !== ''
    if (wanted.columns !== null && !wanted.columns.has(column)) return
    const text = type === 's' && value !== null ? strings.at(Number(value)) : value && wholeText(value)
    const dated = workbook.dated[style] ?? false
    cells.set(column, cellOf({ type, value: text, formula, dated }, workbook.from1904))
  }
  return {
    open(name: string, attributes: Readonly<Record<string, string>>): void {
      inText = (name === 'v' || name === 't') && cell !== null && aids === 0
      if (inText && cell !== null) cell.value ??= ''
      if (name === 'row') row = rowInSheet(attributes['r'] === undefined ? row + 1 : Number(attributes['r']))
      else if (name === 'c') {
        column = attributes['r'] === undefined ? columnInSheet(column + 1) : columnAt(attributes['r'])
        count += 1
        if (count > MOST_COLUMNS) throw new DropRefused('NOT_XLSX')
        cell = { type: attributes['t'], style: Number(attributes['s'] ?? 0), formula: false, value: null }
      } else if (name === 'f' && cell !== null) cell.formula = true
      else if (name === 'rPh') aids += 1
    },
    text(text: string): void {
      if (inText && cell !== null) cell.value = grownText(cell.value ?? '', text)
    },
    close(name: string): void {
      inText = false
      if (name === 'rPh') aids -= 1
      if (name === 'c' && cell !== null) {
        put(cell)
        cell = null
      }
      if (name !== 'row') return
      if (filled) done({ row, cells })
      column = -1
      count = 0
      filled = false
      cells = new Map()
    },
  }
}

interface OpenCell {
  readonly type: string | undefined
  readonly style: number
  formula: boolean
  value: string | null
}
