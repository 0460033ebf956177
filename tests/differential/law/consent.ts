import type { RefusalCode } from '../../../gateway/vocabulary/codes.ts'
import type { Business, Consent, Item, Ruling, Situation } from './facts.ts'
import { principal } from './purpose.ts'
import { deny } from './rulings.ts'

/** What a text asks of a consent: who must have approved (any list whole), and whether an agreement is signed. */
export interface Demand {
  readonly approvals: readonly (readonly string[])[]
  readonly agreement: boolean
  /** Clause of the consent itself. */
  readonly clause: string
}

/** Consents of the department that this application may use (HZ-6: nobody else's). */
export function usable(situation: Situation): readonly Consent[] {
  const { asker, consents } = situation
  return consents.filter(
    ({ consumer, applications }) =>
      consumer === principal(situation) && (applications?.includes(asker.application) ?? true),
  )
}

/** Everything that keeps one consent from serving this field for this matter now. */
function failings(consent: Consent, demand: Demand, matter: Business, now: number): readonly RefusalCode[] {
  const codes: RefusalCode[] = []
  const revoked = consent.revokedAt !== null && consent.revokedAt <= now
  if (revoked) codes.push('GRANT_REVOKED')
  // Revocation is told for good; a consent that has not begun is none yet; one that ended has ended to the instant (S14).
  else if (now < consent.validFrom) codes.push('NO_GRANT')
  else if (now >= consent.validUntil) codes.push('GRANT_EXPIRED')
  if (!consent.matters.includes(matter.code)) codes.push('PURPOSE_MISMATCH')
  const approved = demand.approvals.some((all) => all.every((who) => consent.approvals.some(({ by }) => by === who)))
  if (!approved) codes.push('NO_GRANT')
  if (demand.agreement && consent.agreement === null) codes.push('AGREEMENT_MISSING')
  return codes
}

/** The consents that serve a field, or why none does. */
export function consentFor(
  item: Item,
  demand: Demand,
  matter: Business,
  situation: Situation,
): { readonly held: readonly Consent[] } | { readonly refusal: Ruling } {
  const mine = usable(situation)
  const covering = mine.filter(({ fields }) => fields.has(item.coordinate))
  const judged = covering.map((one) => ({ one, codes: failings(one, demand, matter, situation.now) }))
  const held = judged.filter(({ codes }) => codes.length === 0).map(({ one }) => one)
  if (held.length > 0) return { held }
  if (judged.length === 0) return { refusal: uncovered(item, demand, matter, situation) }
  const law = situation.regime.parameters
  const codes = [...new Set(judged.flatMap((one) => one.codes))]
  const clauses = [demand.clause, law['access.secondaryUse'].clause, law['access.agreement']?.clause]
  return { refusal: deny(codes, clauses, [null, ...covering.map(({ id }) => id)]) }
}

/** Applied for the record and not for this field: it is not among what was found to suffice (S01, S04). */
function uncovered(item: Item, demand: Demand, matter: Business, situation: Situation): Ruling {
  const { now, items, regime } = situation
  const near = usable(situation).filter((one) => {
    const inForce = failings(one, demand, matter, now).length === 0
    return inForce && [...one.fields.keys()].some((at) => items.get(at)?.resource === item.resource)
  })
  return near.length > 0
    ? deny(['NOT_NEEDED'], [regime.parameters['access.minimalFields'].clause], [null, ...near.map(({ id }) => id)])
    : deny(['NO_GRANT'], [demand.clause])
}
