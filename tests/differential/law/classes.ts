import type { Business, Consent, Item, Ruling, Situation } from './facts.ts'
import { consentFor } from './consent.ts'
import type { Demand } from './consent.ts'
import { principal } from './purpose.ts'
import { allow, deny, mask, verifyOnly, width } from './rulings.ts'

/** What the class of a field lets this matter have. */
export function byClass(item: Item, matter: Business, situation: Situation): Ruling {
  switch (item.class) {
    case 'UNCONDITIONAL':
      return unconditional(item, matter, situation)
    case 'CONDITIONAL':
      return conditional(item, matter, situation)
    case 'NOT_SHARED':
      return notShared(item, matter, situation)
  }
}

/** ZS-4.07, FS-18.3: taken directly. HZ-44.1, NT-18.1, ZJ-22.2, R809-21: applied for first. */
function unconditional(item: Item, matter: Business, situation: Situation): Ruling {
  const needed = situation.regime.parameters['access.unconditional.applicationNeeded']
  if (!needed?.value) return allow({ clause: needed?.clause })
  const demand = openedBy(item, situation, needed.clause)
  const found = consentFor(item, demand, matter, situation)
  return 'refusal' in found ? found.refusal : asGiven(item, found.held, demand.clause)
}

/** Who opens unconditional data. NT-18.1: the platform, but the provider where argument values are controlled. */
function openedBy(item: Item, { regime, entries }: Situation, clause: string): Demand {
  const controlled = regime.regime === 'nantong' && entries.get(item.resource)?.parameterControl === true
  const opener = { zhejiang: 'AGENCY', nantong: controlled ? 'PROVIDER' : 'PLATFORM' }
  const by = regime.regime === 'zhejiang' || regime.regime === 'nantong' ? opener[regime.regime] : 'PROVIDER'
  return { approvals: [[by]], agreement: false, parameters: controlled, clause }
}

/** Who consents to conditional data, and under what. */
function demandOf(item: Item, { regime, entries }: Situation): Demand {
  const { clause } = regime.parameters['access.conditional.decider']
  const by = (...approvals: readonly (readonly string[])[]): Demand => ({
    approvals,
    agreement: false,
    parameters: false,
    clause,
  })
  const entry = entries.get(item.resource)
  switch (regime.regime) {
    case 'zhongshan': // ZS-4.08: the provider, or the authority in its place.
      return by(['PROVIDER'], ['AUTHORITY'])
    case 'huizhou': // HZ-45, and HZ-48: under a signed agreement.
      return { ...by(['PROVIDER']), agreement: true }
    case 'nantong': {
      // NT-18.1: the provider, also the platform where it was wholly delegated.
      const either = entry?.authorisationMode === 'PLATFORM' ? by(['PROVIDER'], ['PLATFORM']) : by(['PROVIDER'])
      return { ...either, parameters: entry?.parameterControl === true }
    }
    case 'zhejiang': // ZJ-22.2: both; one alone opens nothing (S09).
      return by(['AGENCY', 'PROVIDER'])
    case 'fushun': // FS-18.3, by the platform's rules.
    case 'national': // R809-21.
      return by(['PROVIDER'])
  }
}

function conditional(item: Item, matter: Business, situation: Situation): Ruling {
  const { regime } = situation
  // ZS-2.06, NT-8.1, R809-14: for the departments that the catalogue names.
  const inScope = item.scope === null || item.scope.includes(principal(situation))
  if (!inScope) {
    const refusal = deny(['OUT_OF_SCOPE'], [regime.parameters['classes.conditional.meaning']?.clause])
    return compared(item, matter, situation) ?? refusal
  }
  const demand = demandOf(item, situation)
  const found = consentFor(item, demand, matter, situation)
  if (!('refusal' in found)) {
    const given = bySubMode(item, asGiven(item, found.held, demand.clause))
    // A permission that needs no consent is not lost by one (ZJ-22.3).
    return wider(given, maskedByMethod(item, situation) ?? given)
  }
  const standing = found.revoked ? null : compared(item, matter, situation)
  return maskedByMethod(item, situation) ?? standing ?? found.refusal
}

/** Where the condition is not met, comparison remains for whom needs it (ZS-4.09), but not against a revocation. */
function compared(item: Item, matter: Business, { regime }: Situation): Ruling | null {
  const law = regime.parameters['verification.conditionalUnmet']
  const asked = item.verifyOnly || matter.fields.get(item.coordinate) === 'VERIFY'
  return law && item.verify && asked ? verifyOnly({ clause: law.clause }) : null
}

/** NT-8.1: what must be masked is masked, what must be compared is compared, whatever the consent says. */
function bySubMode(item: Item, given: Ruling): Ruling {
  const why = { consents: given.consents }
  if (item.verifyOnly || item.subMode === 'COMPARE') return verifyOnly(why)
  return item.subMode === 'MASKED' && given.kind === 'ALLOW' ? mask(item.mask, why) : given
}

function notShared(item: Item, matter: Business, situation: Situation): Ruling {
  const law = situation.regime.parameters
  const refusal = deny(['NOT_SHARED'], [law['classes.notShared.meaning'].clause])
  const masked = maskedByMethod(item, situation)
  if (masked) return masked
  // ZS-4.09: the provider cooperates where a value is to be verified.
  const verification = law['verification.notShared']
  if (verification && item.verify) return verifyOnly({ clause: verification.clause })
  const agreement = law['access.agreement']
  if (!agreement) return refusal
  // HZ-48: by an agreement of both parties, recorded, and confirmed by the authority (ambiguity 9).
  const demand: Demand = {
    approvals: [['PROVIDER', 'AUTHORITY']],
    agreement: true,
    parameters: false,
    clause: agreement.clause,
  }
  const found = consentFor(item, demand, matter, situation)
  if (!('refusal' in found)) return asGiven(item, found.held, agreement.clause)
  return deny(['NOT_SHARED', ...found.refusal.codes], [], found.refusal.grants)
}

/** ZJ-22.3: restricted and not-shared data masked by an approved method, unless a law forbids even that. */
function maskedByMethod(item: Item, { regime }: Situation): Ruling | null {
  const law = regime.parameters
  const opens = law['masking.opensNotShared']
  if (opens?.value !== true || item.maskApproval === null || item.maskProhibited) return null
  return mask(item.mask, { clause: opens.clause })
}

/** The widest that the consents in force give. */
function asGiven(item: Item, held: readonly Consent[], clause: string): Ruling {
  const giving = (mode: string): readonly Consent[] => held.filter(({ fields }) => fields.get(item.coordinate) === mode)
  const clear = giving('CLEAR')
  if (clear.length > 0) return allow({ clause, consents: clear })
  const masked = giving('MASKED')
  if (masked.length > 0) return mask(item.mask, { clause, consents: masked })
  return verifyOnly({ clause, consents: held })
}

function wider(a: Ruling, b: Ruling): Ruling {
  return width(b) > width(a) ? b : a
}
