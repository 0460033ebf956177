/** Whose rows a reader sees. Every query of this folder takes one, and chooses rows by it in the store itself. */
export type Scope = { readonly kind: 'OVERSIGHT' } | { readonly kind: 'DEPARTMENT'; readonly department: string }

/** What is looked for in the record; null or absent asks nothing. Times are milliseconds, `until` is exclusive. */
export interface RecordFilter {
  readonly receipt?: string | null | undefined
  readonly department?: string | null | undefined
  readonly application?: string | null | undefined
  readonly officer?: string | null | undefined
  readonly matter?: string | null | undefined
  readonly case?: string | null | undefined
  readonly coordinate?: string | null | undefined
  readonly provider?: string | null | undefined
  readonly code?: string | null | undefined
  readonly method?: string | null | undefined
  readonly grant?: string | null | undefined
  readonly since?: number | null | undefined
  readonly until?: number | null | undefined
  /** Pseudonyms of one subject under each key that is kept; an empty list finds nothing. */
  readonly pseudonyms?: readonly string[] | null | undefined
}

/** Where a record stands in the order of all: newest first, then by number and chain, both from the highest on. */
export interface Position {
  readonly at: number
  readonly chain: string
  readonly seq: number
}

/** In which standing a record is shown. */
export type Standing = 'OVERSIGHT' | 'CONSUMER' | 'PROVIDER'

/** What is given of a filter's member. */
export function given<T>(value: T | null | undefined): value is T {
  return value !== null && value !== undefined
}
