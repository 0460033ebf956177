import type { Clock } from '../../gateway/vocabulary/ports.ts'
import type { Health } from './contract.ts'

/** The kinds of identity document, as in every department's SDL (HZ-15.2). */
export const ID_DOCUMENT_TYPES = [
  'RESIDENT_ID',
  'PASSPORT',
  'HMT_PERMIT',
  'HMT_RESIDENCE_PERMIT',
  'FOREIGNER_PERMANENT_RESIDENCE',
  'OTHER',
] as const
export type IdDocumentType = (typeof ID_DOCUMENT_TYPES)[number]

/** Who is asked for: the key of `Person` (HZ-15.2). */
export interface PersonKey {
  readonly idDocumentType: IdDocumentType
  readonly idDocumentNumber: string
}

/** A source's own column or field, and how its value becomes the value of the GraphQL field. */
export interface FieldSource {
  readonly column: string
  /** Never called with null, undefined or an empty text: these are null. Throws `SOURCE_INVALID`. */
  readonly decode: (value: unknown) => unknown
}

/** Where a source keeps the kind of identity document: nowhere (one kind only), or in a column by its own codes. */
export type DocumentTypeSource =
  | { readonly kind: 'CONSTANT'; readonly value: IdDocumentType }
  | { readonly kind: 'COLUMN'; readonly column: string; readonly codes: Readonly<Record<string, IdDocumentType>> }

/** How a source knows a person. */
export interface RegisterKey {
  readonly documentType: DocumentTypeSource
  /** Column of the document number. */
  readonly number: string
  /** Whether the source still holds 15-digit numbers issued before 1999, which are the same persons. */
  readonly oldNumbers: boolean
}

/** One record type in one existing system: data, no code but the decoders. */
export interface Register {
  /** GraphQL type of the record. */
  readonly type: string
  /** Table, path or file prefix: what the adapter kind calls the place. */
  readonly at: string
  /** Whether a person has at most one record, or several. */
  readonly rows: 'ONE' | 'MANY'
  readonly key: RegisterKey
  /** GraphQL field of `type` → where its value comes from. */
  readonly fields: Readonly<Record<string, FieldSource>>
}

/** A row as the source gave it, by its own column names. */
export type Row = Readonly<Record<string, unknown>>

/** Rows for a batch of persons, in the source's order, and the source's own time. */
export interface Batch {
  readonly rows: readonly Row[]
  /** ISO 8601 instant with offset: the rows are at least as new as this. */
  readonly asOf: string
}

/** What is asked of a source in one call: one query, for all persons of one batch. */
export interface Lookup {
  readonly register: Register
  /** The source's columns, key columns first; no others may be read. */
  readonly columns: readonly string[]
  readonly keys: readonly PersonKey[]
  readonly signal: AbortSignal | undefined
}

/** A connection to one existing system: the port that each adapter kind fills. */
export interface Source {
  /** One query for all keys. Throws `SOURCE_UNAVAILABLE` or `SOURCE_INVALID`, without values in either. */
  fetch(lookup: Lookup): Promise<Batch>
  /** The source's own time for a register, ISO 8601 with offset. */
  asOf(register: Register): Promise<string>
  health(): Promise<Health>
  close(): Promise<void>
}

/** Where the existing systems are. A department uses what it needs. */
export interface ConnectOptions {
  /** The city's data directory; the embedded default reads everything from it. */
  readonly dataDirectory: string
  /** `postgres://…` of the household registration replica; SQLite in `dataDirectory` when absent. */
  readonly databaseUrl?: string | undefined
  /** Base URL of the human resources system. */
  readonly apiUrl?: string | undefined
  /** Its API key; read from `dataDirectory` when absent. */
  readonly apiKey?: string | undefined
  /** Folder into which the system drops its files; below `dataDirectory` when absent. */
  readonly directory?: string | undefined
  readonly clock?: Clock | undefined
}

/** A department: its SDL, its registers, and how to connect to its system. */
export interface Department {
  /** Department code, also the subgraph's name. */
  readonly name: string
  /** `schema.graphql` beside the department's source.ts. */
  readonly schema: URL
  /** Field of `Person` → the register whose record or records it leads to. */
  readonly links: Readonly<Record<string, Register>>
  /** Field of `Person` → the register and record field that it is taken from (authoritative source, ZS-3.06). */
  readonly person: Readonly<Record<string, { readonly register: Register; readonly field: string }>>
  connect(options: ConnectOptions): Promise<Source>
}
