import type { FieldEntry, ResourceEntry } from '../catalog/catalog.ts'
import type { Regime } from '../regime/regime.ts'
import type { Clause } from '../vocabulary/clause.ts'
import type { RefusalCode } from '../vocabulary/codes.ts'
import type { Decision, MaskRule } from '../vocabulary/decision.ts'
import { consentRule, findConsent } from './consent.ts'
import type { Refused } from './consent.ts'
import type { Grant, GrantMode } from './grant.ts'
import type { Matter } from './registers.ts'

/** Everything that a decision about one field depends on. */
export interface Situation {
  readonly regime: Regime
  /** The department that asks, or for which a delegate asks (ZS-7.04). */
  readonly department: string
  readonly matter: Matter
  /** Grants of that department which the caller's application may use. */
  readonly grants: readonly Grant[]
  /** Catalogue entries by record type. */
  readonly resources: ReadonlyMap<string, ResourceEntry>
  readonly now: number
}

/**
 * Decides one field from its class, grant and matter, in the order of the design: class → grant, agreement,
 * time → minimal-field set → masking. The first refusal applies.
 */
export function decideField(entry: FieldEntry, situation: Situation): Decision {
  const byClass = decideByClass(entry, situation)
  if (byClass.kind === 'DENY') return byClass
  return withinMatter(entry, byClass, situation)
}

function decideByClass(entry: FieldEntry, situation: Situation): Decision {
  const { regime, department, resources } = situation
  const { parameters } = regime
  const resource = resources.get(entry.resource) ?? null
  // What the gateway makes of several sources is theirs to share: it owes its decision to each of them (entail.ts).
  if (entry.reconciled) return { kind: 'ALLOW', clause: oneSourceClause(regime), grant: null }
  // Sharing is the use of *other* departments' data: one's own needs nobody's consent, only a matter. One's own is
  // what one alone serves: another's addition to one's record type is not, nor a key that all hold.
  if (entry.providers.length > 0 && entry.providers.every((one) => one === department))
    return { kind: 'ALLOW', clause: parameters['sharing.meaning'].clause, grant: null }
  if (entry.class === 'CONDITIONAL' && entry.scope !== null && !entry.scope.includes(department))
    return deny('OUT_OF_SCOPE', scopeClause(regime), null)
  const rule = consentRule(entry, resource, regime)
  if (rule === null) return withoutGrant(entry, regime)
  const found = findConsent(entry, rule, situation)
  if (found.kind === 'found') return granted(entry, found.mode, found.grant.id, rule.clause)
  return entry.class === 'NOT_SHARED' ? notShared(entry, found, regime) : unmet(entry, found, situation)
}

/** What a text says of several sources of one datum, or of who puts it right; a text that is silent still shares it. */
export function oneSourceClause({ parameters }: Regime): Clause {
  const said = parameters['source.oneSource'] ?? parameters['source.conflictDecider']
  return said?.clause ?? parameters['sharing.meaning'].clause
}

/** Who a conditional item is for is part of what conditional means (ZS-2.06, NT-8.2, R809-15). */
function scopeClause({ parameters }: Regime): Clause {
  return parameters['classes.conditional.meaning']?.clause ?? parameters['access.conditional.decider'].clause
}

/** The regime asks for no grant: unconditional data is open (ZS-4.07); what is not shared is not. */
function withoutGrant(entry: FieldEntry, regime: Regime): Decision {
  if (entry.class === 'NOT_SHARED') return notShared(entry, null, regime)
  const open = regime.parameters['access.unconditional.applicationNeeded']
  return { kind: 'ALLOW', clause: open?.clause ?? regime.parameters['sharing.meaning'].clause, grant: null }
}

/**
 * Not shared: masked where the regime lets an approved method open it (ZJ-22.3), else verified where it has
 * verification (ZS-4.09), else nothing. An agreement without the authority's confirmation opens nothing (HZ-48).
 */
function notShared(entry: FieldEntry, refused: Refused | null, regime: Regime): Decision {
  const { parameters } = regime
  const masked = openedByMask(entry, regime, 'masking.opensNotShared')
  if (masked) return masked
  const verification = parameters['verification.notShared']
  if (verification && entry.verify) return verifyOnly(verification.clause, null)
  if (refused?.code === 'AGREEMENT_MISSING') return deny(refused.code, refused.clause, refused.grant)
  return deny('NOT_SHARED', parameters['classes.notShared.meaning'].clause, null)
}

/**
 * Masked provision without a grant: only by a method that was approved for this very field, and never against a law
 * (ZJ-22.3). Where masking is a way of conditional sharing it needs a grant like any other (NT-8.1).
 */
function openedByMask(
  entry: FieldEntry,
  { parameters }: Regime,
  by: 'masking.opensNotShared' | 'masking.opensConditional',
): Decision | null {
  const opens = parameters[by]
  const aSubMode = parameters['classes.conditional.subModes']?.value.includes('MASKED') ?? false
  if (!opens?.value || aSubMode || entry.mask === null || entry.mask === 'M-NONE' || entry.maskApproval === null)
    return null
  if (entry.maskProhibited && parameters['masking.exceptByLaw']) return null
  return { kind: 'MASK', rule: entry.mask, clause: opens.clause, grant: null, approval: entry.maskApproval }
}

/**
 * No grant serves. A verifiable field that the matter only verifies may be compared although no condition of its
 * sharing is met (不符合共享条件, ZS-4.09): not, though, against a revocation, which is the provider's word on this case.
 */
function unmet(entry: FieldEntry, refused: Refused, { regime, matter }: Situation): Decision {
  const conditional = entry.class === 'CONDITIONAL'
  const masked = conditional ? openedByMask(entry, regime, 'masking.opensConditional') : null
  if (masked) return masked
  const verification = regime.parameters['verification.conditionalUnmet']
  const wanted = entry.verifyOnly || matter.fields.get(entry.coordinate) === 'VERIFY'
  const open = refused.code !== 'GRANT_REVOKED' && conditional && entry.verify !== null
  return verification && wanted && open
    ? verifyOnly(verification.clause, null)
    : deny(refused.code, refused.clause, refused.grant)
}

function granted(entry: FieldEntry, mode: GrantMode, grant: string, clause: Clause): Decision {
  if (mode === 'VERIFY_ONLY' || entry.verifyOnly || entry.subMode === 'COMPARE') return verifyOnly(clause, grant)
  // What is shared masked is never shown clear, whatever a grant says (NT-8.1).
  if (mode === 'CLEAR' && entry.subMode !== 'MASKED') return { kind: 'ALLOW', clause, grant }
  return { kind: 'MASK', rule: maskOf(entry), clause, grant }
}

/** The rule that a field is masked by; one that shows everything is no mask. */
export function maskOf({ mask }: FieldEntry): MaskRule {
  return mask === null || mask === 'M-NONE' ? 'M-NULL' : mask
}

/** The matter's minimal set: what it does not need is refused; what it only verifies is not shown. */
function withinMatter(entry: FieldEntry, decision: Decision, { matter, regime }: Situation): Decision {
  // A lookup belongs to every matter; a value at the root is a value like any other.
  if (entry.kind === 'object' && entry.coordinate.startsWith('Query.')) return decision
  const use = matter.fields.get(entry.coordinate)
  const { clause } = regime.parameters['access.minimalFields']
  if (use === undefined) return deny('NOT_NEEDED', clause, decision.grant)
  return use === 'VERIFY' && decision.kind !== 'VERIFY_ONLY' ? verifyOnly(clause, decision.grant) : decision
}

/** A refusal. */
export function deny(code: RefusalCode, clause: Clause, grant: string | null): Decision & { readonly kind: 'DENY' } {
  return { kind: 'DENY', code, clause, grant }
}

function verifyOnly(clause: Clause, grant: string | null): Decision {
  return { kind: 'VERIFY_ONLY', code: 'VERIFY_ONLY', clause, grant }
}
