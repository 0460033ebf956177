import type { Clause } from '../vocabulary/clause.ts'
import type { Coordinate } from '../vocabulary/coordinate.ts'
import type { MaskRule } from '../vocabulary/decision.ts'
import type { AttributeEntry, Reconciled } from './attributes.ts'

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

/** Base databases (ZS-2.13, HZ-4.2, ZJ-20.1); which of them a regulation knows is the regime's. */
export const BASE_GROUPS = [
  'NATURAL_PERSON',
  'LEGAL_AND_UNINCORPORATED',
  'NATURAL_RESOURCES_GEOSPATIAL',
  'E_LICENCE',
  'MACRO_ECONOMY',
  'PUBLIC_CREDIT',
] as const

/** Theme databases (ZS-2.14); the list is open in the law. */
export const THEMES = [
  'COUNTER_TERRORISM',
  'EMERGENCY_RESCUE',
  'EPIDEMIC_CONTROL',
  'HEALTH',
  'SOCIAL_SECURITY',
  'CREDIT',
  'URBAN_RURAL_CONSTRUCTION',
  'COMMUNITY_GOVERNANCE',
  'MARKET_REGULATION',
  'ECOLOGY',
  'TAX',
  'ENERGY_SECURITY',
] as const

/** Form of a resource (形式, ZS-2.04, ZS-1.07). */
export const RESOURCE_FORMS = ['STRUCTURED', 'DOCUMENT', 'IMAGE', 'CHART'] as const

/** How a resource is shared (共享方式, ZS-2.04, NT-7.1). */
export const SHARING_MODES = ['QUERY', 'VERIFY', 'COPY'] as const

/** Opening to the public (开放属性, NT-7.1, FS-20); says nothing of sharing between departments. */
export const OPENNESS = ['OPEN', 'ON_REQUEST', 'NOT_OPEN'] as const

/** How a resource would be opened (开放方式, NT-7.1). */
export const OPEN_MODES = ['DOWNLOAD', 'API', 'NONE'] as const

/** Who authorises the use of a resource (NT-18.2). */
export const AUTHORISATION_MODES = ['DIRECT', 'PLATFORM'] as const
export type AuthorisationMode = (typeof AUTHORISATION_MODES)[number]

/** How a conditional item is shared (ZS-2.06, NT-8.1). */
export const CONDITIONAL_MODES = ['DEPARTMENTS', 'PARTIAL', 'MASKED', 'COMPARE', 'CONDITIONS'] as const
export type ConditionalMode = (typeof CONDITIONAL_MODES)[number]

/** Rank of a legal ground (ZS-4.04, HZ-4.4, NT-8.2, FS-8, ZJ-22.1, R809-14). */
export const GROUND_RANKS = [
  'LAW',
  'ADMIN_REGULATION',
  'STATE_COUNCIL_DECISION',
  'CENTRAL_POLICY',
  'REGULATION',
  'GOVERNMENT_RULE',
  'RULE',
  'POLICY',
  'OTHER',
] as const
export type GroundRank = (typeof GROUND_RANKS)[number]

/** What forbids or limits sharing. */
export interface Ground {
  readonly rank: GroundRank
  /** As the department cites it, e.g. 《中华人民共和国统计法》第九条. */
  readonly citation: string
}

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
  readonly grounds: readonly Ground[]
  /** Why it is limited, in words (ZJ-22.1, R809-15). */
  readonly reasons: string | null
  readonly conditions: string | null
  readonly subMode: ConditionalMode | null
  /** Departments that a conditional item may be shared with; null for any (ZS-2.06, NT-8.2, R809-15). */
  readonly scope: readonly string[] | null
  readonly verifyOnly: boolean
  readonly mask: MaskRule | null
  /** Number under which the masking method was approved (ZJ-22.3). */
  readonly maskApproval: string | null
  /** A law forbids even masked provision (ZJ-22.3). */
  readonly maskProhibited: boolean
  readonly verify: { readonly as: VerifyKind; readonly lowEntropy: boolean } | null
  readonly embeds: readonly Coordinate[]
  readonly quasiIdentifier: QuasiIdentifier | null
  /** A law keeps it back even in an emergency (ZS-4.10). */
  readonly emergencyExcluded: boolean
  /** The attribute of which this is the one authoritative source (ZS-3.06), e.g. `person.name`. */
  readonly authoritativeFor: string | null
  /** The identifier that a reference follows; it is crossed only with that decision. */
  readonly follows: Coordinate | null
  /** Coordinates that the source computes the field from (`@requires`). */
  readonly requires: readonly Coordinate[]
  /** Clause that lets the computed value be shared although `requires` may not be. */
  readonly declassified: Clause | null
  /** Added to an interface (`@interfaceObject`): the strictest decision of all its types applies to each. */
  readonly onInterface: boolean
  /** What the gateway makes of several sources' values; absent for what a department serves. */
  readonly reconciled?: Reconciled
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
  readonly themes: readonly string[]
  readonly content: string | null
  readonly form: string | null
  readonly mode: string | null
  readonly use: string | null
  readonly sample: string | null
  readonly system: string | null
  readonly location: string | null
  readonly sharingPeriod: string | null
  readonly openness: string | null
  readonly openMode: string | null
  /** YYYY-MM-DD. */
  readonly published: string | null
  readonly standard: string | null
  readonly authorisationMode: AuthorisationMode | null
  /** Argument values are fixed by the grant, whatever the class (NT-18.1). */
  readonly parameterControl: boolean
  /** Changes often, is urgent or serves parallel approval: no file drop (NT-13.2). */
  readonly urgent: boolean
  readonly secrecyReview: string | null
  readonly secret: boolean
  /** The source answers by caller: neither cached nor shared in flight. */
  readonly varies: boolean
  /**
   * Proposed by this installation: a regulation names its domain, none its items (HZ-35, FS-12 to FS-16). Absent in what
   * was composed before there were any.
   */
  readonly proposed?: boolean
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
  /** Of these, the ones that keep the answer within their values: `=` and `in` (NT-18.1). */
  readonly exactFilters: readonly string[]
  /** Root fields that count records in groups → the record type counted; absent in what was composed before there were any. */
  readonly statistics?: Readonly<Record<string, string>>
  /** Attributes that several sources hold; absent in what was composed before there were any. */
  readonly attributes?: readonly AttributeEntry[]
}

/** Fields by coordinate, for lookups. */
export function indexFields(catalog: Catalog): ReadonlyMap<Coordinate, FieldEntry> {
  return new Map(catalog.fields.map((field) => [field.coordinate, field]))
}

/** Resources by record type, for lookups. */
export function indexResources(catalog: Catalog): ReadonlyMap<string, ResourceEntry> {
  return new Map(catalog.resources.map((resource) => [resource.type, resource]))
}
