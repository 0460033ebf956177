import type { CatalogRules, Element, ListedItem, Topic } from '../catalog/rules.ts'
import { BASE_GROUPS } from '../catalog/catalog.ts'
import type { AnyParameter, Regime, RegimeName } from '../regime/regime.ts'
import type { Clause } from '../vocabulary/clause.ts'

/** Topics that rest on a clause which sets no parameter of the profile. */
type Plain = 'CATALOGUED' | 'RESPONSIBLE_BODY' | 'SAMPLE' | 'SECRET' | 'URGENT_CHANNEL'

/** Each from the regime's own text; null where that text is silent. */
const PLAIN: Readonly<Record<RegimeName, Readonly<Record<Plain, Clause | null>>>> = {
  zhongshan: {
    CATALOGUED: 'ZS-2.01',
    RESPONSIBLE_BODY: 'ZS-1.12',
    SAMPLE: 'ZS-2.04',
    SECRET: 'ZS-3.05',
    URGENT_CHANNEL: null,
  },
  huizhou: {
    CATALOGUED: 'HZ-5.3',
    RESPONSIBLE_BODY: 'HZ-39.1',
    SAMPLE: 'HZ-7',
    SECRET: 'HZ-15.2',
    URGENT_CHANNEL: null,
  },
  nantong: {
    CATALOGUED: 'NT-10.1',
    RESPONSIBLE_BODY: 'NT-29',
    SAMPLE: null,
    SECRET: 'NT-3.1',
    URGENT_CHANNEL: 'NT-13.2',
  },
  fushun: {
    CATALOGUED: 'FS-10.2',
    RESPONSIBLE_BODY: 'FS-7',
    SAMPLE: 'FS-18.5',
    SECRET: null,
    URGENT_CHANNEL: null,
  },
  zhejiang: {
    CATALOGUED: 'ZJ-16.2',
    RESPONSIBLE_BODY: 'ZJ-16.2',
    SAMPLE: 'ZJ-19',
    SECRET: null,
    URGENT_CHANNEL: null,
  },
  national: {
    CATALOGUED: 'R809-13',
    RESPONSIBLE_BODY: 'R809-13',
    SAMPLE: 'R809-37',
    SECRET: 'R809-3',
    URGENT_CHANNEL: null,
  },
}

/** Elements that a regime demands in another article than the others. */
const ELEMENT_CLAUSES: Partial<Readonly<Record<RegimeName, Partial<Readonly<Record<Element, Clause>>>>>> = {
  nantong: { STANDARD: 'NT-9' },
}

/** Regimes whose list of grounds ends in 等 (NT-8.2). */
const OPEN_GROUNDS: ReadonlySet<RegimeName> = new Set(['nantong'])

/**
 * What a regime asks of a catalogue, as the plain data that gateway/catalog judges by.
 *
 * @param items the lists of items, by ID
 */
export function catalogRules(regime: Regime, items: ReadonlyMap<string, ListedItem>): CatalogRules {
  const { parameters } = regime
  const clauses = clausesOf(regime)
  const elements = parameters['catalog.mandatoryElements']
  const forced = parameters['classes.forcedUnconditional']?.value ?? []
  return {
    regime: regime.regime,
    clauses,
    conditionalNeeds: parameters['classes.conditional.registrationNeeds']?.value ?? [],
    groundRanks: parameters['classes.notShared.basisRanks']?.value ?? null,
    groundsOpen: OPEN_GROUNDS.has(regime.regime),
    notSharedReasons: parameters['classes.notShared.reasons']?.value ?? false,
    // Licensing, which Huizhou adds (HZ-4.2), is no base group: no annotation tells it.
    forcedUnconditional: BASE_GROUPS.filter((group) => forced.some((one) => one === group)),
    elements: (elements?.value ?? []).flatMap((element) => {
      const clause = ELEMENT_CLAUSES[regime.regime]?.[element] ?? elements?.clause
      return clause === undefined ? [] : [{ element, clause }]
    }),
    secrecyReview: parameters['catalog.secrecyReview']?.value ?? false,
    authorisationMode: parameters['catalog.authorisationModeDeclared']?.value ?? false,
    urgentByInterface: clauses.URGENT_CHANNEL !== null,
    items,
  }
}

function clausesOf({ regime, parameters }: Regime): Readonly<Record<Topic, Clause | null>> {
  const clause = (parameter: AnyParameter | null): Clause | null => parameter?.clause ?? null
  const modes = parameters['classes.conditional.subModes']
  // Comparison is a way of conditional sharing (NT-8.1), or what is left where the conditions are not met (ZS-4.09).
  const compares = modes?.value.includes('COMPARE') === true
  const oneSource = parameters['source.oneSource']
  return {
    ...PLAIN[regime],
    CLASS_DECLARED: clause(parameters['classes.declared']),
    MINIMUM: clause(parameters['access.minimalFields']),
    CONDITIONAL_NEEDS: clause(parameters['classes.conditional.registrationNeeds']),
    NOT_SHARED_BASIS: clause(parameters['classes.notShared.basisRanks']),
    NOT_SHARED_REASONS: clause(parameters['classes.notShared.reasons']),
    BASE_SHARED: clause(parameters['classes.forcedUnconditional']),
    COMPARISON: compares ? clause(modes) : clause(parameters['verification.conditionalUnmet']),
    MASKING: clause(parameters['masking.exceptByLaw']),
    EMERGENCY: clause(parameters['emergency.publicSafety']),
    // Who is the authority is the clause that says whose value holds, where the text wants one source at all.
    ONE_SOURCE: oneSource === null ? null : clause(parameters['source.conflictDecider'] ?? oneSource),
    SECRECY_REVIEW: clause(parameters['catalog.secrecyReview']),
    AUTHORISATION_MODE: clause(parameters['catalog.authorisationModeDeclared']),
  }
}
