/** One step from a version of the tables to the next. A step that was published is never changed. */
export interface Migration {
  /** Version that the store has afterwards, and the day on which it was written. */
  readonly version: number
  readonly written: string
  readonly sqlite: readonly string[]
  /** `$SCHEMA` stands for the quoted name of the schema. */
  readonly postgres: readonly string[]
}
