import type { AuditRecord } from '../record.ts'

/** A record to be exported, and its line as it stands in the segment. */
export interface ExportedRecord {
  readonly record: AuditRecord
  /** Without the line feed. */
  readonly bytes: Uint8Array
}

/** What an export may hold. */
export interface ExportOptions {
  /** Whether subjects' pseudonyms, and what could be linked by them, are told to the receiver. */
  readonly subjects: boolean
}

/** One output of records, a text for each; what stands before the first one is its own. */
export interface Exporter {
  /** Before the first record; empty where nothing is. */
  readonly head: string
  /** The text of one record, with its line end. Records of a chain come in the order of their numbers. */
  write(one: ExportedRecord): string
}

/** A record without anything that is the same for one person in two records, or that the keys could confirm a guess by. */
export type BareRecord = Omit<AuditRecord, 'subjects' | 'neighbours' | 'salt' | 'arguments' | 'verification'> & {
  readonly arguments: readonly { readonly name: string }[]
  readonly verification?: object
}

/** Leaves out pseudonyms, and keyed hashes of arguments and claims: the names of arguments stay. */
export function withoutPseudonyms(record: AuditRecord): BareRecord {
  const { subjects: _, neighbours: __, salt: ___, arguments: given, verification, ...rest } = record
  return {
    ...rest,
    arguments: given.map(({ name }) => ({ name })),
    ...(verification === undefined
      ? {}
      : { verification: { ...verification, items: verification.items.map(({ claim: _claim, ...item }) => item) } }),
  }
}
