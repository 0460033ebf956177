import type { RawCell } from '../drop/rows.ts'
import type { ProblemKind } from '../drop/problem.ts'

/** A cell as it stands in the sheet's part. */
export interface SheetCell {
  /** Kind of its content; absent for a figure. */
  readonly type: string | undefined
  /** Its content, texts of other parts already in place; null where it has none. */
  readonly value: string | null
  readonly formula: boolean
  readonly dated: boolean
}

const EMPTY = ''
const DAY = 86_400_000
/** 9999-12-31, counted from 1900. */
const LAST_DAY = 2_958_465
/** Figures have 15 digits: from here on, the last ones may have been made up by the spreadsheet. */
const EXACT = 1e15

function fault(problem: ProblemKind): RawCell {
  return { kind: 'FAULT', problem }
}

/** What a cell holds, as a text; with the value that was computed last where it is a formula. */
export function cellOf({ type, value, formula, dated }: SheetCell, from1904: boolean): RawCell {
  if (value === null) return formula ? fault('FORMULA_EMPTY') : EMPTY
  switch (type) {
    case 's':
    case 'str':
    case 'inlineStr':
      return unescaped(value)
    case 'b':
      return value === '1' ? 'TRUE' : 'FALSE'
    case 'd':
      return { kind: 'DATE', text: value }
    case 'e':
      return fault('CELL_ERROR')
    default:
      return value === '' ? EMPTY : figure(Number(value), dated, from1904)
  }
}

function figure(value: number, dated: boolean, from1904: boolean): RawCell {
  if (Number.isNaN(value)) return fault('CELL_ERROR')
  if (dated) {
    const text = dateText(value, from1904)
    return text === null ? fault('DATE_IMPOSSIBLE') : { kind: 'DATE', text }
  }
  return Math.abs(value) >= EXACT ? fault('NUMBER_RUINED') : { kind: 'NUMBER', text: plainFigure(value) }
}

/** Without an exponent, which is how people write small figures. */
function plainFigure(value: number): string {
  const text = String(value)
  return text.includes('e') ? value.toFixed(20).replace(/0+$/, '') : text
}

/**
 * `YYYY-MM-DD`, with a time where there is one. Days from 1900 on are one too many after February of that year, which
 * spreadsheets give a 29th; that day itself is none. Null for what is no date.
 */
export function dateText(serial: number, from1904: boolean): string | null {
  const days = from1904 ? serial + 1462 : serial
  if (days < 1 || days > LAST_DAY + 1 || (!from1904 && days >= 60 && days < 61)) return null
  const since = Date.UTC(1899, 11, !from1904 && days < 60 ? 31 : 30)
  // Fractions of days are only nearly those of seconds.
  const iso = new Date(since + Math.round((days * DAY) / 1000) * 1000).toISOString()
  return iso.endsWith('T00:00:00.000Z') ? iso.slice(0, 10) : iso.slice(0, 19).replace('T', ' ')
}

/** Characters that XML cannot hold stand as `_x000D_`, and an underscore before such a form as `_x005F_`. */
function unescaped(text: string): string {
  if (!text.includes('_x')) return text
  return text.replaceAll(/_x([0-9A-Fa-f]{4})_/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
}
