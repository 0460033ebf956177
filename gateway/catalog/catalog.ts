import type { Clause } from '../vocabulary/clause.ts'
import type { Coordinate } from '../vocabulary/coordinate.ts'
import type { MaskRule } from '../vocabulary/decision.ts'

/** Sharing class (共享类型, ZS-2.05, HZ-4.1). */
export const SHARING_CLASSES = ['UNCONDITIONAL', 'CONDITIONAL', 'NOT_SHARED'] as const
export type SharingClass = (typeof SHARING_CLASSES)[number]

/** Level (ZS-2.02): L1 may be public … L4 sensitive personal or uniquely identifying. */
export const LEVELS = ['L1', 'L2', 'L3', 'L4'] as const
export type Level = (typeof LEVELS)[number]

/** What a value tells beyond itself, for linkage with a masked identifier (R809-25). */
export const QUASI_IDENTIFIERS = ['BIRTH_DATE', 'SEX', 'DIVISION'] as const
export type QuasiIdentifier = (typeof QUASI_IDENTIFIERS)[number]

/** How claims are normalised before they are compared (ZS-4.09). */
export const VERIFY_KINDS = ['TEXT', 'NAME', 'ID_NUMBER', 'DATE', 'CODE'] as const
export type VerifyKind = (typeof VERIFY_KINDS)[number]

/** How often a resource is brought up to date (ZS-3.07, HZ-16). */
export const UPDATE_CYCLES = ['REALTIME', 'DAILY', 'MONTHLY', 'QUARTERLY', 'STATIC'] as const

/** How a resource is provided (NT-13.1). */
export const RESOURCE_FORMATS = ['DB_TABLE', 'API', 'FILE'] as const

/** Base databases (ZS-2.13, HZ-4.2). */
export const BASE_GROUPS = [
  'NATURAL_PERSON',
  'LEGAL_AND_UNINCORPORATED',
  'NATURAL_RESOURCES_GEOSPATIAL',
  'E_LICENCE',
] as const

/** One field of one type, as its department registered it. */
export interface FieldEntry {
  readonly coordinate: Coordinate
  /** `leaf` carries a value; `object` leads to a record, whose existence is a fact of its own. */
  readonly kind: 'leaf' | 'object'
  /** Responsible department (ZS-1.12); for a key held by several, the first by name. */
  readonly provider: string
  /** Every department that serves the coordinate. */
  readonly providers: readonly string[]
  /** Record type that the field belongs to, or leads to: the unit that grants are given for. */
  readonly resource: string
  readonly class: SharingClass
  readonly level: Level
  readonly item: string | null
  readonly title: string
  readonly basis: readonly Clause[]
  readonly conditions: string | null
  readonly verifyOnly: boolean
  readonly mask: MaskRule | null
  readonly verify: { readonly as: VerifyKind; readonly lowEntropy: boolean } | null
  readonly embeds: readonly Coordinate[]
  readonly quasiIdentifier: QuasiIdentifier | null
  /** The identifier that a reference follows; it is crossed only with that decision. */
  readonly follows: Coordinate | null
  /** Coordinates that the source computes the field from (`@requires`). */
  readonly requires: readonly Coordinate[]
  /** Clause that lets the computed value be shared although `requires` may not be. */
  readonly declassified: Clause | null
  /** Added to an interface (`@interfaceObject`): the strictest decision of all its types applies to each. */
  readonly onInterface: boolean
}

/** A catalogue entry (目录条目): one record type of one department. */
export interface ResourceEntry {
  readonly type: string
  readonly code: string
  readonly title: string
  readonly department: string
  readonly updateCycle: string
  readonly format: string
  readonly contact: string
  readonly base: string | null
}

/** The catalogue, as it is written to `schema/catalog.json`. */
export interface Catalog {
  /** First 16 hex digits of the SHA-256 over the supergraph and all entries below. */
  readonly version: string
  /** SHA-256 of the supergraph that belongs to it. */
  readonly supergraph: string
  readonly resources: readonly ResourceEntry[]
  readonly fields: readonly FieldEntry[]
  /** Arguments and input fields that filter, order or group: `Type.field(argument:)` or `Input.field` → coordinate. */
  readonly filters: Readonly<Record<string, Coordinate>>
}

/** Fields by coordinate, for lookups. */
export function indexFields(catalog: Catalog): ReadonlyMap<Coordinate, FieldEntry> {
  return new Map(catalog.fields.map((field) => [field.coordinate, field]))
}
