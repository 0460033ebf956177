import { DropRefused } from '../drop/problem.ts'

/** Columns and rows that a sheet of Excel can have. */
export const MOST_COLUMNS = 16_384
const MOST_ROWS = 1_048_576

/** Column of a reference such as `AB12`, from 0. Throws `NOT_XLSX` for none that a sheet can have. */
export function columnAt(reference: string): number {
  let column = 0
  for (const letter of reference) {
    const value = letter.codePointAt(0) ?? 0
    if (value < 65 || value > 90) break
    column = column * 26 + value - 64
    if (column > MOST_COLUMNS) break
  }
  return columnInSheet(column - 1)
}

/** The column, if a sheet can have it: whoever names a later one would have as many headings made. */
export function columnInSheet(column: number): number {
  if (column < 0 || column >= MOST_COLUMNS) throw new DropRefused('NOT_XLSX')
  return column
}

/** The row, from 1, if a sheet can have it. Throws `NOT_XLSX`. */
export function rowInSheet(row: number): number {
  if (!Number.isInteger(row) || row < 1 || row > MOST_ROWS) throw new DropRefused('NOT_XLSX')
  return row
}

/** Letters of a column, from 0: `A`, `Z`, `AA`. */
export function columnName(at: number): string {
  return at < 26 ? String.fromCodePoint(65 + at) : columnName(Math.floor(at / 26) - 1) + columnName(at % 26)
}
