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
}

/** What of a table may be told. Of a group that is not in it nobody learns whether it is small, withheld or empty. */
export interface Published {
  readonly cells: readonly Cell[]
  /** Whether anything of the table is withheld; else what is not in it is empty. */
  readonly suppressed: boolean
}

/** A cell of a margin, and whether it may be told. */
export interface MarginCell {
  readonly key: string
  readonly values: readonly (string | null)[]
  readonly count: number
  told: boolean
}

/** The table over some of the dimensions, by key. */
export type Margin = ReadonlyMap<string, MarginCell>

/** The dimensions in a set. */
export function bits(mask: number): readonly number[] {
  return Array.from({ length: 32 - Math.clz32(mask) }, (_, bit) => bit).filter((bit) => (mask & (1 << bit)) !== 0)
}

/** The values in the dimensions of a set; null in the others, which tells them apart from nothing in the same set. */
export function within(values: readonly (string | null)[], mask: number): readonly (string | null)[] {
  return values.map((value, at) => ((mask & (1 << at)) === 0 ? null : value))
}

/** One text for equal values. */
export function keyOf(values: readonly (string | null)[]): string {
  return JSON.stringify(values)
}
