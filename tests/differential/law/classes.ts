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
  const { regime, entries } = situation
  const law = regime.parameters
  const needed = law['access.unconditional.applicationNeeded']
  if (!needed.value) return allow({ clause: needed.clause })
  const demand: Demand = { approvals: opener(), agreement: false, clause: needed.clause }
  const found = consentFor(item, demand, matter, situation)
  return 'refusal' in found ? found.refusal : asGiven(item, found.held, demand.clause)

  function opener(): readonly (readonly string[])[] {
    if (regime.regime === 'zhejiang') return [['AGENCY']]
    if (regime.regime !== 'nantong') return [['PROVIDER']]
    // NT-18.1: the platform itself, but the provider where parameters are controlled, unless wholly delegated.
    const entry = entries.get(item.resource)
    return entry?.parameterControl === true && entry.authorisationMode !== 'PLATFORM' ? [['PROVIDER']] : [['PLATFORM']]
  }
}

/** Who consents to conditional data, and under what. */
function demandOf(item: Item, { regime, entries }: Situation): Demand {
  const clause = regime.parameters['access.conditional.decider'].clause
  switch (regime.regime) {
    case 'zhongshan': // ZS-4.08: the provider, or the authority in its place.
      return { approvals: [['PROVIDER'], ['AUTHORITY']], agreement: false, clause }
    case 'huizhou': // HZ-45, and HZ-48: under a signed agreement.
      return { approvals: [['PROVIDER']], agreement: true, clause }
    case 'nantong': // NT-18.1: the provider, or the platform where it was wholly delegated.
      return {
        approvals: entries.get(item.resource)?.authorisationMode === 'PLATFORM' ? [['PLATFORM']] : [['PROVIDER']],
        agreement: false,
        clause,
      }
    case 'zhejiang': // ZJ-22.2: both; one alone opens nothing (S09).
      return { approvals: [['AGENCY', 'PROVIDER']], agreement: false, clause }
    case 'fushun': // FS-18.3, by the platform's rules.
    case 'national': // R809-21.
      return { approvals: [['PROVIDER']], agreement: false, clause }
  }
}

function conditional(item: Item, matter: Business, situation: Situation): Ruling {
  const { regime } = situation
  const demand = demandOf(item, situation)
  const most = (ruling: Ruling): Ruling => (width(ruling) > 0 ? bySubMode(item, ruling, situation) : ruling)
  // ZS-2.06, NT-8.1, R809-14: for the departments that the catalogue names.
  const inScope = item.scope === null || item.scope.includes(principal(situation))
  if (!inScope)
    return otherwise(
      item,
      matter,
      situation,
      deny(['OUT_OF_SCOPE'], [regime.parameters['classes.conditional.meaning']?.clause]),
    )
  const found = consentFor(item, demand, matter, situation)
  if ('refusal' in found) return otherwise(item, matter, situation, found.refusal)
  return wider(most(asGiven(item, found.held, demand.clause)), otherwise(item, matter, situation, null))
}

/** What remains where the condition is not met: comparison (ZS-4.09), masked provision (ZJ-22.3), or the refusal. */
function otherwise(item: Item, matter: Business, situation: Situation, refusal: Ruling | null): Ruling {
  const { regime } = situation
  const masked = maskedByMethod(item, situation)
  if (masked) return masked
  const compared = regime.parameters['verification.conditionalUnmet']
  const asked = item.verifyOnly || matter.fields.get(item.coordinate) === 'VERIFY'
  const revoked = refusal?.codes.includes('GRANT_REVOKED') ?? false
  if (compared && item.verify && asked && refusal && !revoked) return verifyOnly({ clause: compared.clause })
  return refusal ?? deny(['NO_GRANT'], [])
}

/** NT-8.1: what must be masked is masked, what must be compared is compared, whatever the consent says. */
function bySubMode(item: Item, ruling: Ruling, situation: Situation): Ruling {
  const meaning = situation.regime.parameters['classes.conditional.meaning']?.clause
  const why = { clause: meaning, consents: ruling.consents }
  const cap = item.verifyOnly || item.subMode === 'COMPARE' ? 1 : item.subMode === 'MASKED' ? 2 : 3
  if (width(ruling) <= cap) return ruling
  return cap === 1 ? verifyOnly(why) : mask(item.mask, why)
}

function notShared(item: Item, matter: Business, situation: Situation): Ruling {
  const law = situation.regime.parameters
  const refusal = deny(['NOT_SHARED'], [law['classes.notShared.meaning'].clause])
  const masked = maskedByMethod(item, situation)
  if (masked) return masked
  // ZS-4.09: the provider cooperates where a value is to be verified.
  const compared = law['verification.notShared']
  if (compared && item.verify) return verifyOnly({ clause: compared.clause })
  const agreement = law['access.agreement']
  if (!agreement) return refusal
  // HZ-48: by recorded agreement, and confirmed by the authority (ambiguity 9).
  const demand: Demand = { approvals: [['AUTHORITY']], agreement: true, clause: agreement.clause }
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
