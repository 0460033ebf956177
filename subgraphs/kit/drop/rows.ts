import type { ProblemKind } from './problem.ts'

/**
 * A cell: its text, or what a workbook made of it. Figures and dates are kept apart from texts, since a column of texts
 * must not hold what a spreadsheet has changed.
 */
export type RawCell = string | { readonly kind: 'NUMBER' | 'DATE'; readonly text: string } | CellFault

/** A cell that cannot be read. */
export interface CellFault {
  readonly kind: 'FAULT'
  readonly problem: ProblemKind
}

/** A row of a file. */
export interface RawRow {
  /** As a spreadsheet counts. */
  readonly row: number
  /** The cells of the columns that were asked for, in that order; empty ones are empty texts. */
  readonly cells: readonly RawCell[]
  readonly fault: ProblemKind | null
}

/** A table of a file, open for reading. Everything throws `DropRefused` for a file that cannot be taken. */
export interface RawTable {
  /** One heading for each column of the file. */
  readonly headings: readonly string[]
  /** The rows that hold anything at all, in batches; columns by their place among the headings. */
  rows(columns: readonly number[]): AsyncIterable<readonly RawRow[]>
  close(): Promise<void>
}

/** Headings are compared without blanks and line breaks. */
export function plainHeading(text: string): string {
  return text.replaceAll(/\s/g, '')
}
