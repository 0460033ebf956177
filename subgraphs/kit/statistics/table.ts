/** One group of a table: its value in each dimension, null where the source has none, and how many it counts. */
export interface Cell {
  readonly values: readonly (string | null)[]
  readonly count: number
}

/** Counts over some dimensions, the finest that was asked for; groups that count nobody are in no table. */
export interface Table {
  /** How many dimensions: the length of `values` in each cell. */
  readonly width: number
  readonly cells: readonly Cell[]
  /** For each dimension the one that its values lie within, null where there is none; absent where none has one. */
  readonly within?: readonly (number | null)[]
}

/** What of a table may be told. Of a group that is not in it nobody learns whether it is small, withheld or empty. */
export interface Published {
  readonly cells: readonly Cell[]
  /** Whether anything of the table is withheld; else what is not in it is empty. */
  readonly suppressed: boolean
}

/** One text for equal values. */
export function keyOf(values: readonly (string | null)[]): string {
  return JSON.stringify(values)
}
