import type { RefusalCode } from '../../../gateway/vocabulary/codes.ts'
import { typeOf } from '../../../gateway/vocabulary/coordinate.ts'
import type { Business, Consent, Item, Ruling, Situation } from './facts.ts'
import { principal } from './purpose.ts'
import { denyAs } from './rulings.ts'

/** What a text asks of a consent. */
export interface Demand {
  /** Who must have approved: any of these lists, whole. */
  readonly approvals: readonly (readonly string[])[]
  /** A security agreement is signed (HZ-48). */
  readonly agreement: boolean
  /** Argument values are fixed (NT-18.1). */
  readonly parameters: boolean
  /** Clause of the consent itself. */
  readonly clause: string
}

/**
 * Consents of the department that this application may use: nobody else's (HZ-6), and what is given to named
 * applications of the holder is not given to whoever acts for it (ZS-7.04).
 */
function usable(situation: Situation): readonly Consent[] {
  const { asker, consents } = situation
  const mine = (named: Consent['applications']): boolean =>
    named === null || (asker.actingFor === null && named.includes(asker.application))
  return consents.filter(({ consumer, applications }) => consumer === principal(situation) && mine(applications))
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
  const fixed = !demand.parameters || consent.parameters.size > 0
  if (!approved || !fixed) codes.push('NO_GRANT')
  if (demand.agreement && consent.agreement === null) codes.push('AGREEMENT_MISSING')
  return codes
}

/** Why no consent serves. */
interface NoConsent {
  readonly refusal: Ruling
  /** One would have served and was revoked: the provider's word on this very case. */
  readonly revoked: boolean
}

/** The consents that serve a field, or why none does. */
export function consentFor(
  item: Item,
  demand: Demand,
  matter: Business,
  situation: Situation,
): { readonly held: readonly Consent[] } | NoConsent {
  const covering = usable(situation).filter(({ fields }) => fields.has(item.coordinate))
  const judged = covering.map((one) => ({ one, codes: failings(one, demand, matter, situation.now) }))
  const held = judged.filter(({ codes }) => codes.length === 0).map(({ one }) => one)
  if (held.length > 0) return { held }
  const uncovered = notApplied(item, demand, matter, situation)
  if (judged.length === 0) return { refusal: uncovered, revoked: false }
  const revoked = judged.some(({ codes: [first, ...rest] }) => first === 'GRANT_REVOKED' && rest.length === 0)
  // With one thing wrong a consent is refused for it; with more, it may as well be none at all.
  const single = judged.filter(({ codes }) => codes.length === 1)
  const codes = judged.flatMap((one) => one.codes)
  const fixed = single.length === judged.length && !codes.includes('NO_GRANT')
  const told = Object.fromEntries(codes.map((code) => [code, clauseOf(code, demand, situation)]))
  const grants = [null, ...usable(situation).map(({ id }) => id)]
  return { revoked, refusal: denyAs({ ...told, ...(fixed ? {} : uncovered.clauseOf) }, grants) }
}

/** Why each of them: a term that ends has a clause of its own where the text knows terms (HZ-39.1, NT-26, R809-20). */
function clauseOf(code: RefusalCode, demand: Demand, { regime }: Situation): string {
  const law = regime.parameters
  const own: Readonly<Partial<Record<RefusalCode, string | undefined>>> = {
    GRANT_EXPIRED: law['grant.expiry']?.clause,
    PURPOSE_MISMATCH: law['access.secondaryUse'].clause,
    AGREEMENT_MISSING: law['access.agreement']?.clause,
    NOT_NEEDED: law['access.minimalFields'].clause,
  }
  return own[code] ?? demand.clause
}

/**
 * No consent names the field. Where one in force is over its record, the field is not among what was found to suffice
 * (S01, S04); whether a consent counts for that which lacks an approval, the texts leave open.
 */
function notApplied(item: Item, demand: Demand, matter: Business, situation: Situation): Ruling {
  const { now } = situation
  const over = usable(situation).filter((one) => [...one.fields.keys()].some((at) => typeOf(at) === item.resource))
  const current = ({ validFrom, validUntil, revokedAt, matters }: Consent): boolean =>
    validFrom <= now && now < validUntil && !(revokedAt !== null && revokedAt <= now) && matters.includes(matter.code)
  const near = over.filter(current)
  const sure = near.filter((one) => failings(one, demand, matter, now).length === 0)
  const codes: RefusalCode[] =
    near.length === 0 ? ['NO_GRANT'] : sure.length > 0 ? ['NOT_NEEDED'] : ['NOT_NEEDED', 'NO_GRANT']
  const told = Object.fromEntries(codes.map((code) => [code, clauseOf(code, demand, situation)]))
  return denyAs(told, [null, ...near.map(({ id }) => id)])
}
