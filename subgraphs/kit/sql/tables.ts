/** Tables known only by the registers, at run time. */
export type Tables = Record<string, Record<string, unknown>>

/** Where a database keeps the time up to which it is loaded. */
export interface LoadTime {
  readonly table: string
  /** The greatest value of this column is the source's time. */
  readonly column: string
  /** Only rows with this value count: loads that ended well. */
  readonly where: { readonly column: string; readonly value: string }
  /** To an ISO 8601 instant with offset. */
  readonly decode: (value: unknown) => string
}
