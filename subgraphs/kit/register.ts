import type { Clock } from '../../gateway/vocabulary/ports.ts'
import type { Health } from './contract.ts'
import type { CursorKeys } from './cursor.ts'

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

/** How a legal entity is known (HZ-15.2): by its unified social credit code, else by the number of its licence. */
export const LEGAL_IDENTIFIER_TYPES = ['USCC', 'REGISTRATION_NUMBER'] as const
export type LegalIdentifierType = (typeof LEGAL_IDENTIFIER_TYPES)[number]

/** Which organisation is asked for: the key of `LegalEntity` (HZ-15.2). */
export interface LegalEntityKey {
  readonly identifierType: LegalIdentifierType
  readonly identifier: string
}

/** Which record of a type with a key of its own is asked for: a parcel, a road, a reading of a station. */
export interface RecordKey {
  readonly identifierType: 'RECORD'
  /** The first field of the key, by which a source is searched, in the source's own form. */
  readonly identifier: string
  /** The others of a compound key, in their order and as the GraphQL fields have them; none of a plain one. */
  readonly and: readonly string[]
}

/** Who or what a record is about: somebody, or the record itself. */
export type SubjectKey = PersonKey | LegalEntityKey | RecordKey
export type IdentifierType = IdDocumentType | LegalIdentifierType | RecordKey['identifierType']

/** A source's own column or field, and how its value becomes the value of the GraphQL field. */
export interface FieldSource {
  readonly column: string
  /** Never called with null, undefined or an empty text: these are null. Throws `SOURCE_INVALID`. */
  readonly decode: (value: unknown) => unknown
}

/** Where a source keeps the kind of identifier: nowhere (one kind only), or in a column by its own codes. */
export type DocumentTypeSource =
  | { readonly kind: 'CONSTANT'; readonly value: IdentifierType }
  | { readonly kind: 'COLUMN'; readonly column: string; readonly codes: Readonly<Record<string, IdentifierType>> }

/** How a source knows a person or an organisation. */
export interface RegisterKey {
  readonly documentType: DocumentTypeSource
  /** Column of the number. */
  readonly number: string
  /** Whether the source still holds 15-digit numbers issued before 1999, which are the same persons. */
  readonly oldNumbers: boolean
  /** What else a compound key of a record has; a source may narrow by `number` alone, other rows are dropped. */
  readonly and?: readonly FieldSource[]
}

/** One record type in one existing system: data, no code but the decoders. */
export interface Register {
  /** GraphQL type of the record. */
  readonly type: string
  /** Table, path or file prefix: what the adapter kind calls the place. */
  readonly at: string
  /** Whether a subject has at most one record, or several. */
  readonly rows: 'ONE' | 'MANY'
  readonly key: RegisterKey
  /** Other columns that lead to a row: it belongs to whoever any of them names, e.g. to mother and father. */
  readonly otherKeys?: readonly RegisterKey[]
  /** GraphQL fields of a key of the record's own, as `recordKey` makes it; absent where a subject is the key. */
  readonly keyFields?: readonly string[]
  /** GraphQL field of `type` → where its value comes from. */
  readonly fields: Readonly<Record<string, FieldSource>>
}

/** A row as the source gave it, by its own column names. */
export type Row = Readonly<Record<string, unknown>>

/** Rows for a batch of subjects, in the source's order, and the source's own time. */
export interface Batch {
  readonly rows: readonly Row[]
  /** ISO 8601 instant with offset: the rows are at least as new as this. */
  readonly asOf: string
}

/** What is asked of a source in one call: one query, for all subjects of one batch. */
export interface Lookup {
  readonly register: Register
  /** The source's columns, key columns first; no others may be read. */
  readonly columns: readonly string[]
  readonly keys: readonly SubjectKey[]
  readonly signal: AbortSignal | undefined
}

/** A column that a page is filtered by: it must hold one of these values. */
export interface Condition {
  readonly column: string
  readonly values: readonly string[]
}

/** What is asked of a source for one page of a list: one query. */
export interface PageLookup {
  readonly register: Register
  readonly columns: readonly string[]
  /** All of them must hold. */
  readonly conditions: readonly Condition[]
  /** Column by which the rows are ordered; no two rows have the same value in it. */
  readonly order: string
  /** Only rows after this value; null begins the list. */
  readonly after: string | null
  readonly limit: number
  readonly signal?: AbortSignal | undefined
}

/** What is asked of a source for numbers: one query, grouped at the source; no row leaves it. */
export interface CountLookup {
  readonly register: Register
  /** Columns to group by; none for the total alone. */
  readonly columns: readonly string[]
  /** All of them must hold for a row that counts. */
  readonly conditions: readonly Condition[]
  /** Groups at most; which ones, of more, does not matter. */
  readonly most: number
  readonly signal: AbortSignal | undefined
}

/** One group: the columns that are grouped by, and how many rows have these values in them. */
export interface CountedGroup {
  readonly row: Row
  readonly count: number
}

/** Groups, and the source's own time. */
export interface Counts {
  readonly groups: readonly CountedGroup[]
  /** As that of a batch. */
  readonly asOf: string
}

/** A column that a list is filtered by, with the source's own codes where it has its own. */
export interface FilterSource {
  readonly column: string
  readonly codes?: Readonly<Record<string, string>>
}

/** A field of `Query` that lists the subjects or the records of one register, page by page. */
export interface RegisterList {
  readonly register: Register
  /** Object type of the nodes: `LegalEntity`, by reference, or the register's own type. Persons are never listed. */
  readonly subject: string
  /** Member of the filter, a code or a list of codes → the column that it filters by. */
  readonly filters: Readonly<Record<string, FilterSource>>
  /** The source's own serial column: text, unique, and nobody's identifier. */
  readonly order: string
  /** Most subjects of a page; more is refused, never cut. */
  readonly most: number
}

/** A field of `Query` that counts the rows of one register in groups (ZS-5.09). */
export interface RegisterStatistics {
  readonly register: Register
  /** Value of the enum of dimensions → field of the register, of the group, and member of the filter. */
  readonly dimensions: Readonly<Record<string, string>>
  /**
   * Dimension → the one that each of its values lies within, as a township lies within its county. Everybody knows that:
   * what is told of the one must not give back what is withheld of the other. At most one lies within each.
   */
  readonly within?: Readonly<Record<string, string>>
  /** Rows that count, where not all do. */
  readonly only?: readonly Condition[]
  /**
   * Fewest rows of a group that is told; never fewer than the kit's own minimum. Where a subject may have several rows
   * it must be stated: so many that ten subjects are in them.
   */
  readonly minimum?: number
}

/** What is read of a table, path or file prefix. */
export interface NeededPlace {
  readonly at: string
  readonly columns: readonly string[]
}

/** What is needed of a place, and its source does not let us read. */
export interface MissingPlace {
  readonly at: string
  /** Which of the columns; `ALL` where the place itself cannot be read. */
  readonly columns: readonly string[] | 'ALL'
}

/** A connection to one existing system: the port that each adapter kind fills. */
export interface Source {
  /** One query for all keys. Throws `SOURCE_UNAVAILABLE` or `SOURCE_INVALID`, without values in either. */
  fetch(lookup: Lookup): Promise<Batch>
  /** One query for a page of a list; only adapters that can order and limit have it. Throws as `fetch` does. */
  list?(page: PageLookup): Promise<Batch>
  /** One query that counts rows in groups; only adapters whose source can count have it. Throws as `fetch` does. */
  count?(lookup: CountLookup): Promise<Counts>
  /** What of these places the source does not have, found without asking for anybody. Throws as `fetch` does. */
  describe?(needed: readonly NeededPlace[]): Promise<readonly MissingPlace[]>
  /** The source's own time for a register, ISO 8601 with offset. */
  asOf(register: Register): Promise<string>
  health(): Promise<Health>
  close(): Promise<void>
}

/** Where the existing systems are. A department uses what it needs. */
export interface ConnectOptions {
  /** The city's data directory; the embedded default reads everything from it. */
  readonly dataDirectory: string
  /** `postgres://…` of the department's replica; SQLite in `dataDirectory` when absent. */
  readonly databaseUrl?: string | undefined
  /** Schema of its tables there, where they are not in the usual one. */
  readonly databaseSchema?: string | undefined
  /** Base URL of the department's REST system. */
  readonly apiUrl?: string | undefined
  /** Its API key; read from `dataDirectory` when absent. */
  readonly apiKey?: string | undefined
  /** Address of the department's SOAP service. */
  readonly soapUrl?: string | undefined
  /** User of its WS-Security username token; read from `dataDirectory`, with the password, when absent. */
  readonly soapUser?: string | undefined
  readonly soapPassword?: string | undefined
  /** Folder of the system's files: those it drops, or its SQLite file; below `dataDirectory` when absent. */
  readonly directory?: string | undefined
  /** Where versions of dropped files are built and reports on bad ones are kept; a temporary folder when absent. */
  readonly workDirectory?: string | undefined
  readonly clock?: Clock | undefined
  /** Told each statement that SQLite is sent, without its parameters. */
  readonly onQuery?: ((sql: string) => void) | undefined
  /** Keys for the cursors of its lists; a key of this process's own when absent. */
  readonly cursorKeys?: CursorKeys | undefined
}

/** A field of a subject that is one record's field. */
export interface TakenField {
  readonly register: Register
  readonly field: string
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
  readonly person: Readonly<Record<string, TakenField>>
  /** Field of `LegalEntity` → the register whose record or records it leads to. */
  readonly legalLinks?: Readonly<Record<string, Register>>
  /** Field of `LegalEntity` → where it is taken from. */
  readonly legalEntity?: Readonly<Record<string, TakenField>>
  /** Registers of the types with a key of their own (`@key` in the SDL): other departments may refer to these. */
  readonly records?: readonly Register[]
  /** Field of `Query` → the register in which it looks up; its arguments are called as the register's `keyFields`. */
  readonly lookups?: Readonly<Record<string, Register>>
  /** Field of `Query` → the list behind it. */
  readonly lists?: Readonly<Record<string, RegisterList>>
  /** Field of `Query` → what it counts. */
  readonly statistics?: Readonly<Record<string, RegisterStatistics>>
  connect(options: ConnectOptions): Promise<Source>
}
