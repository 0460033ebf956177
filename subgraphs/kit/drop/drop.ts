import type { Register } from '../register.ts'

/** Encodings of a CSV file; GBK is read as GB 18030, which contains it. */
export const DROP_ENCODINGS = ['UTF-8', 'GBK', 'GB18030'] as const
export type DropEncoding = (typeof DROP_ENCODINGS)[number]

/** One record type in the files of a series: a whole CSV file, or one sheet of a workbook. */
export interface DropTable {
  readonly register: Register
  /** Name of the sheet; absent where the workbook has one visible sheet. CSV has none. */
  readonly sheet?: string
  /**
   * Rows of headings, 1 when absent. Two are joined with `/`, a merged heading counting for every column below it:
   * `证件` over `类型` and `号码` are `证件/类型` and `证件/号码`.
   */
  readonly headerRows?: number
  /** Rows above the headings, such as a title. None when absent. */
  readonly titleRows?: number
  /** The supplier's heading → the register's column, where they differ. Blanks in headings do not count. */
  readonly columns?: Readonly<Record<string, string>>
  /** Columns whose values together are in one row only, e.g. a certificate's number: not checked where one is empty. */
  readonly unique?: readonly string[]
  /** Columns by which the register is listed. */
  readonly indexed?: readonly string[]
}

/** A series of files that one supplier drops, `<prefix>_<version>` each, of which the newest good one is in service. */
export interface Drop {
  readonly prefix: string
  /** How the text of its CSV files is encoded, where neither a manifest nor the bytes themselves tell. */
  readonly encoding?: DropEncoding
  /**
   * Of tables over the same rows the first one has them all; to others a row may mean nobody, as a vessel without an
   * owner does to the register that finds vessels by their owners.
   */
  readonly tables: readonly DropTable[]
}

/** The series of registers whose own columns are the headings: one for each `at`. */
export function plainDrops(registers: readonly Register[]): readonly Drop[] {
  const prefixes = [...new Set(registers.map(({ at }) => at))]
  return prefixes.map((prefix) => ({
    prefix,
    tables: registers.filter(({ at }) => at === prefix).map((register) => ({ register })),
  }))
}
