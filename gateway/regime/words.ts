/**
 * The closed lists of words that values are made of. Those that annotations use as well stand in gateway/catalog and
 * gateway/caller under the same names; this room imports no neighbour, and a test holds the lists together.
 */

/** Kinds of party, as `gateway/caller/parties.ts` has them, and one more. */
export const PARTY_WORDS = [
  'DEPARTMENT',
  'PUBLIC_INSTITUTION',
  'PUBLIC_UTILITY',
  'STATIONED_ORGAN',
  'TOWNSHIP',
  /** Other bodies with powers of the state (HZ-2.3). */
  'OTHER_BODY',
] as const

/** Ranks of legal grounds (ZS-4.04, HZ-4.4, NT-8.2, FS-8, ZJ-22.1, R809-14). */
export const RANKS = [
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

/** One name for a group in all regimes, so that annotations fit each: 人口 and 自然人 are both NATURAL_PERSON. */
const BASE_WORDS = ['NATURAL_PERSON', 'LEGAL_AND_UNINCORPORATED', 'NATURAL_RESOURCES_GEOSPATIAL', 'E_LICENCE'] as const

/** As BASE_WORDS, with the groups that Zhejiang adds (ZJ-20.1). */
export const BASE_GROUP_WORDS = [...BASE_WORDS, 'MACRO_ECONOMY', 'PUBLIC_CREDIT'] as const

/** As BASE_WORDS, with what serves a licence or parallel approval (HZ-4.2). */
export const UNCONDITIONAL_WORDS = [...BASE_WORDS, 'LICENSING'] as const

/** How conditional data is shared (ZS-2.06, HZ-4.1, NT-8.1). */
export const SUB_MODES = ['DEPARTMENTS', 'PARTIAL', 'MASKED', 'COMPARE', 'CONDITIONS'] as const

/** What the registration of conditional data must state. */
export const REGISTRATION_NEEDS = ['BASIS', 'CONDITIONS', 'SCOPE', 'REASONS', 'USE'] as const

/** Elements of a catalogue entry. */
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

/** Who hears a dispute, in the order of the steps. */
export const STEPS = ['NEGOTIATION', 'AUTHORITY', 'JOINT_REVIEW', 'GOVERNMENT'] as const

/** What an application states. */
export const APPLICATION_WORDS = [
  'BUSINESS',
  'DUTY',
  'ITEM_NAMES',
  'BASIS',
  'FORM',
  'STAMPED_SCAN',
  'SCENARIO',
  'SCOPE',
  'METHOD',
  'TIME_LIMIT',
] as const

/** How data reaches its user. */
export const ACCESS_WORDS = [
  'INTERFACE',
  'DIRECT',
  'NETWORKED',
  'DB_TABLE',
  'API',
  'FILE',
  'BATCH',
  'REQUEST_RESPONSE',
] as const
