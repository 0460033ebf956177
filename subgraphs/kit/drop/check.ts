import { isResidentNumber } from '../../../gateway/vocabulary/id-number.ts'
import { calendarDate, read, text } from '../decode.ts'
import type { DropTable } from './drop.ts'
import { DropRefused } from './problem.ts'
import type { Place, Problem, ProblemKind } from './problem.ts'
import { plainHeading } from './rows.ts'
import type { RawCell, RawRow } from './rows.ts'
import { storedColumns } from './store.ts'
import type { StoredRow } from './store.ts'
import { ownersOf, waysOf } from '../keys.ts'
import type { FieldSource, Row } from '../register.ts'
import { columnName } from '../xlsx/column.ts'

/** The columns of a table as they lie in one file. */
export interface Plan {
  readonly table: DropTable
  /** The register's column, the heading that stands for it, and its place among the headings. */
  readonly columns: readonly PlannedColumn[]
  /** Whether each row must be somebody's. */
  readonly primary: boolean
  /** Whether cells have references, as those of a sheet do. */
  readonly cells: boolean
}

interface PlannedColumn {
  readonly column: string
  readonly heading: string
  readonly at: number
  readonly holds: 'NUMBER' | 'TEXT' | 'OTHER'
}

/** Finds the declared columns. Throws `COLUMN_MISSING`, `COLUMN_TWICE`; headings that are not declared are not told. */
export function planOf(table: DropTable, headings: readonly string[], cells: boolean, primary: boolean): Plan {
  const own = new Map(Object.entries(table.columns ?? {}).map(([heading, column]) => [column, plainHeading(heading)]))
  const numbers = new Set(waysOf(table.register).map(({ number }) => number))
  const columns = storedColumns(table).map((column): PlannedColumn => {
    const heading = own.get(column) ?? plainHeading(column)
    const at = headings.indexOf(heading)
    const place = { sheet: table.sheet ?? null, column: heading }
    if (at === -1) throw new DropRefused('COLUMN_MISSING', place)
    if (headings.includes(heading, at + 1)) throw new DropRefused('COLUMN_TWICE', place)
    return { column, heading, at, holds: numbers.has(column) ? 'NUMBER' : holdsText(table, column) ? 'TEXT' : 'OTHER' }
  })
  return { table, columns, primary, cells }
}

/** Whether every declared column is among the headings. */
export function fits(table: DropTable, headings: readonly string[]): boolean {
  try {
    planOf(table, headings, false, true)
    return true
  } catch {
    return false
  }
}

function holdsText({ register }: DropTable, column: string): boolean {
  const plain = text(column).decode
  const sources = Object.values(register.fields).filter((source) => source.column === column)
  return sources.length > 0 && sources.every(({ decode }) => decode === plain)
}

/** A row that can be stored, or all that is wrong with it: nothing of one that is nobody's and need not be. */
export function checkRow(plan: Plan, raw: RawRow): StoredRow | readonly Problem[] {
  const { table, columns } = plan
  const sheet = table.sheet ?? null
  if (raw.fault !== null) return [{ kind: raw.fault, at: { sheet, row: raw.row } }]
  const wrong = columns.flatMap((column, at): Problem[] => {
    const kind = cellProblem(column, raw.cells[at] ?? '')
    return kind === null ? [] : [{ kind, at: placeOf(plan, column, raw.row) }]
  })
  const values = columns.map(({ holds }, at) => stored(raw.cells[at] ?? '', holds === 'NUMBER'))
  const row: Row = Object.fromEntries(columns.map(({ column }, at) => [column, values[at]]))
  const owners = ownersOf(table.register, row)
  if (owners.length === 0 && !plan.primary) return wrong
  const all = [
    ...wrong,
    ...(owners.length > 0 || wrong.length > 0 ? [] : [{ kind: 'NO_SUBJECT', at: { sheet, row: raw.row } } as const]),
    ...(wrong.length > 0 ? [] : unreadable(plan, row, raw)),
    ...figuresAsNumbers(plan, row, raw),
  ]
  return all.length > 0 ? all : { row: raw.row, values, owners, unique: uniqueOf(table, row) }
}

function placeOf({ table, cells }: Plan, { heading, at }: PlannedColumn, row: number): Place {
  const cell = cells ? `${columnName(at)}${row}` : null
  return { sheet: table.sheet ?? null, row, column: heading, cell }
}

/** What a cell holds; numbers of people and organisations without the blanks around them. */
function stored(cell: RawCell, number: boolean): string {
  if (typeof cell !== 'string') return cell.kind === 'FAULT' ? '' : cell.text
  return number ? cell.trim() : cell
}

/** Any figure that has grown an exponent, and of other texts those that can have been nothing but a long number. */
const EXPONENT = /^\d(?:\.\d+)?E\+?\d+$/i
const LONG_EXPONENT = /^\d(?:\.\d+)?E\+(?:1\d|[2-9]\d)$/i

function cellProblem({ holds }: PlannedColumn, cell: RawCell): ProblemKind | null {
  if (typeof cell !== 'string') {
    if (cell.kind === 'FAULT') return cell.problem
    return cell.kind === 'DATE' && holds !== 'OTHER' ? 'DATE_IN_TEXT' : null
  }
  const value = cell.trim()
  if ((holds === 'NUMBER' ? EXPONENT : LONG_EXPONENT).test(value)) return 'SCIENTIFIC'
  // Fifteen digits, then zeros, and no right check character: what a spreadsheet leaves of a number of 18.
  if (holds === 'NUMBER' && /^\d{15}000$/.test(value) && !isResidentNumber(value)) return 'NUMBER_RUINED'
  return null
}

/** A resident's number of 18 digits cannot be a figure; one of 15 can, and is whole. */
function figuresAsNumbers(plan: Plan, row: Row, raw: RawRow): readonly Problem[] {
  const resident = waysOf(plan.table.register).filter(({ documentType }) =>
    documentType.kind === 'CONSTANT'
      ? documentType.value === 'RESIDENT_ID'
      : documentType.codes[String(row[documentType.column])] === 'RESIDENT_ID',
  )
  return plan.columns.flatMap((column, at): Problem[] => {
    const cell = raw.cells[at]
    const figure = typeof cell === 'object' && cell.kind === 'NUMBER' && cell.text.length !== 15
    const number = resident.some((way) => way.number === column.column)
    return figure && number ? [{ kind: 'NUMBER_AS_FIGURE', at: placeOf(plan, column, raw.row) }] : []
  })
}

function unreadable(plan: Plan, row: Row, raw: RawRow): readonly Problem[] {
  return Object.values(plan.table.register.fields).flatMap((source): Problem[] => {
    if (readable(source, row)) return []
    const column = plan.columns.find((one) => one.column === source.column)
    const at = column === undefined ? { row: raw.row } : placeOf(plan, column, raw.row)
    return [{ kind: lostZeros(source, row) ? 'LEADING_ZEROS' : 'UNREADABLE', at }]
  })
}

function readable(source: FieldSource, row: Row): boolean {
  try {
    read(source, row)
    return true
  } catch {
    return false
  }
}

/** Zeros at most that a code may have lost. */
const MOST_ZEROS = 8

/** Whether zeros in front would make a code of the figures that stand there. A date has none to lose. */
function lostZeros(source: FieldSource, row: Row): boolean {
  const value = row[source.column]
  if (typeof value !== 'string' || !/^\d+$/.test(value) || source.decode === calendarDate) return false
  return Array.from({ length: MOST_ZEROS }, (_, at) => '0'.repeat(at + 1) + value).some((longer) =>
    readable(source, { ...row, [source.column]: longer }),
  )
}

function uniqueOf({ unique = [] }: DropTable, row: Row): string | null {
  const values = unique.map((column) => row[column])
  return values.length === 0 || values.some((value) => value === '') ? null : JSON.stringify(values)
}
