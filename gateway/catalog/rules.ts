import type { Clause } from '../vocabulary/clause.ts'
import type { BASE_GROUPS, GroundRank } from './catalog.ts'

/** What a fault rests on. Each regime says it in a clause of its own text, or is silent. */
export const TOPICS = [
  'CATALOGUED',
  'RESPONSIBLE_BODY',
  'CLASS_DECLARED',
  'MINIMUM',
  'CONDITIONAL_NEEDS',
  'NOT_SHARED_BASIS',
  'NOT_SHARED_REASONS',
  'BASE_SHARED',
  'COMPARISON',
  'MASKING',
  'EMERGENCY',
  'ONE_SOURCE',
  'SAMPLE',
  'SECRET',
  'SECRECY_REVIEW',
  'AUTHORISATION_MODE',
  'URGENT_CHANNEL',
] as const
export type Topic = (typeof TOPICS)[number]

/** Elements that a regulation may demand of a catalogue entry (ZS-2.04, HZ-39.1, NT-7.1, ZJ-16.3, R809-13). */
export const ELEMENTS = [
  'CATEGORY',
  'FORM',
  'FORMAT',
  'ATTRIBUTES',
  'SHARING_TYPE',
  'SHARING_METHOD',
  'USE_REQUIREMENTS',
  'SAMPLE',
  'RESPONSIBLE_BODY',
  'NAME',
  'CONTENT',
  'UPDATE_FREQUENCY',
  'PLATFORM_LOCATION',
  'SHARING_PERIOD',
  'SYSTEM_NAME',
  'ITEM_NAMES',
  'OPEN_ATTRIBUTE',
  'OPEN_METHOD',
  'PUBLICATION_DATE',
  'STANDARD',
  'GRADE',
] as const
export type Element = (typeof ELEMENTS)[number]

/** What the registration of a conditional item must state (ZS-4.03, NT-8.2, ZJ-22.1, R809-15). */
export type ConditionalNeed = 'BASIS' | 'CONDITIONS' | 'SCOPE' | 'REASONS' | 'USE'

/** One item of the lists, as schema/code-lists/items.csv has it. */
export interface ListedItem {
  readonly title: string
  /** How many fields it makes: an entry such as 法定代表人及其身份证件号码 is two. */
  readonly fields: number
}

/** What one regime asks of a catalogue, as plain data: this room knows no regime. */
export interface CatalogRules {
  /** Name of the regime, for people. */
  readonly regime: string
  /** Clauses of the regime's own text; null where it is silent, and never another regime's. */
  readonly clauses: Readonly<Record<Topic, Clause | null>>
  readonly conditionalNeeds: readonly ConditionalNeed[]
  /** Ranks that carry NOT_SHARED; null where nothing is asked. */
  readonly groundRanks: readonly GroundRank[] | null
  /** The list of ranks is open (NT-8.2: 等): another ground may count, once the authority has confirmed it. */
  readonly groundsOpen: boolean
  /** NOT_SHARED needs its reasons in words as well (ZJ-22.1, R809-15). */
  readonly notSharedReasons: boolean
  /** Base groups that the regulation shares without conditions (ZS-4.02, HZ-4.2). */
  readonly forcedUnconditional: readonly (typeof BASE_GROUPS)[number][]
  readonly elements: readonly { readonly element: Element; readonly clause: Clause }[]
  readonly secrecyReview: boolean
  readonly authorisationMode: boolean
  /** What is urgent may not come as a file (NT-13.2). */
  readonly urgentByInterface: boolean
  /** Items by ID; null where the lists are not at hand. */
  readonly items: ReadonlyMap<string, ListedItem> | null
}

/** Asks nothing: for what holds whatever the regime. */
export const NO_RULES: CatalogRules = {
  regime: 'none',
  clauses: Object.fromEntries(TOPICS.map((topic) => [topic, null])) as CatalogRules['clauses'],
  conditionalNeeds: [],
  groundRanks: null,
  groundsOpen: false,
  notSharedReasons: false,
  forcedUnconditional: [],
  elements: [],
  secrecyReview: false,
  authorisationMode: false,
  urgentByInterface: false,
  items: null,
}
