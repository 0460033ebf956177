import type { FieldEntry, ResourceEntry } from '../catalog/catalog.ts'
import type { Regime } from '../regime/regime.ts'
import type { Clause } from '../vocabulary/clause.ts'
import type { RefusalCode } from '../vocabulary/codes.ts'
import { typeOf } from '../vocabulary/coordinate.ts'
import { grantState } from './grant.ts'
import type { Approver, Grant, GrantMode } from './grant.ts'
import type { Matter } from './registers.ts'

/** What a regime asks of a grant over one field. */
export interface ConsentRule {
  /** The clause that asks for a grant. */
  readonly clause: Clause
  /** Lists of approvals, of which one must be complete. */
  readonly approvals: readonly (readonly Approver[])[]
  /** The clause that asks for a security agreement (HZ-48), or null. */
  readonly agreement: Clause | null
  /** The grant must fix argument values (NT-18.1). */
  readonly parameters: boolean
}

/** Who must have approved a grant over a field of this class; null where the regime asks for no grant. */
export function consentRule(entry: FieldEntry, resource: ResourceEntry | null, regime: Regime): ConsentRule | null {
  switch (entry.class) {
    case 'UNCONDITIONAL':
      return unconditionalRule(resource, regime)
    case 'CONDITIONAL':
      return conditionalRule(resource, regime)
    case 'NOT_SHARED':
      return agreementRule(regime)
  }
}

function unconditionalRule(resource: ResourceEntry | null, { parameters }: Regime): ConsentRule | null {
  const control = parameters['access.parameterControl']
  // Even unconditional data, where its parameters are controlled: the provider itself authorises.
  if (control && resource?.parameterControl)
    return { clause: control.clause, approvals: [['PROVIDER']], agreement: null, parameters: true }
  const applied = parameters['access.unconditional.applicationNeeded']
  if (!applied?.value) return null
  const decider = parameters['access.unconditional.decider']?.value ?? 'NONE'
  const approvals: readonly (readonly Approver[])[] = decider === 'NONE' ? [[]] : [[decider]]
  return { clause: applied.clause, approvals, agreement: null, parameters: false }
}

function conditionalRule(resource: ResourceEntry | null, { parameters }: Regime): ConsentRule {
  const decider = parameters['access.conditional.decider']
  const approvals: (readonly Approver[])[] = [
    decider.value === 'AGENCY_AND_PROVIDER' ? ['AGENCY', 'PROVIDER'] : ['PROVIDER'],
  ]
  const delegated = parameters['access.delegatedAuthorisation']?.value === true
  if (decider.value === 'PROVIDER_OR_PLATFORM' && delegated && resource?.authorisationMode === 'PLATFORM')
    approvals.push(['PLATFORM'])
  // A provider that stays silent is no obstacle where the authority then provides directly (ZS-4.08).
  if (parameters['silence.effect']?.value === 'AUTHORITY_PROVIDES') approvals.push(['AUTHORITY'])
  const agreement = parameters['access.agreement']?.clause ?? null
  const control = parameters['access.parameterControl'] !== null && resource?.parameterControl === true
  return { clause: decider.clause, approvals, agreement, parameters: control }
}

/** Not-shared data moves under a recorded agreement that the authority has confirmed (HZ-48, ambiguity 9), or never. */
function agreementRule({ parameters }: Regime): ConsentRule | null {
  const agreement = parameters['access.agreement']
  return agreement
    ? {
        clause: agreement.clause,
        approvals: [['PROVIDER', 'AUTHORITY']],
        agreement: agreement.clause,
        parameters: false,
      }
    : null
}

/** Why no grant serves. */
export interface Refused {
  readonly kind: 'refused'
  readonly code: RefusalCode
  readonly clause: Clause
  readonly grant: string | null
}

/** The grant that serves a field, and how; or why none does. */
export type Consent = { readonly kind: 'found'; readonly grant: Grant; readonly mode: GrantMode } | Refused

/** Where a grant is looked for. */
export interface ConsentSearch {
  readonly regime: Regime
  readonly matter: Matter
  /** Grants that the caller's application may use. */
  readonly grants: readonly Grant[]
  readonly now: number
}

const WIDEST: Readonly<Record<GrantMode, number>> = { CLEAR: 0, MASKED: 1, VERIFY_ONLY: 2 }

/**
 * The grant that serves the field for this matter, the widest first; else the reason nearest to one: one without its
 * agreement → AGREEMENT_MISSING (HZ-48); an ended one → GRANT_REVOKED or GRANT_EXPIRED; one for another matter →
 * PURPOSE_MISMATCH; a grant over the record that leaves the field out → NOT_NEEDED (S01, S04); none → NO_GRANT. A grant
 * that lacks an approval is none yet (ZJ-22.2): NO_GRANT, and its number says which one waits.
 */
export function findConsent(entry: FieldEntry, rule: ConsentRule, search: ConsentSearch): Consent {
  const { regime, matter, now } = search
  const { naming: byField, covering } = indexOf(search.grants)
  const naming = byField.get(entry.coordinate) ?? NONE
  const complete = naming.filter((grant) => isComplete(grant, rule))
  const serving = complete.filter((grant) => grant.matters.includes(matter.code))
  const active = serving
    .filter((grant) => grantState(grant, now) === 'ACTIVE')
    .map((grant) => ({ kind: 'found', grant, mode: grant.fields.get(entry.coordinate) ?? 'VERIFY_ONLY' }) as const)
    .toSorted((a, b) => WIDEST[a.mode] - WIDEST[b.mode] || a.grant.parameters.size - b.grant.parameters.size)
  const usable = active.find(({ grant }) => rule.agreement === null || grant.agreement !== null)
  if (usable) return usable
  if (rule.agreement && active[0]) return refused('AGREEMENT_MISSING', rule.agreement, active[0].grant.id)
  const ended =
    serving.find((grant) => grantState(grant, now) === 'REVOKED') ??
    serving.find((grant) => grantState(grant, now) === 'EXPIRED')
  if (ended && grantState(ended, now) === 'REVOKED') return refused('GRANT_REVOKED', rule.clause, ended.id)
  if (ended) return refused('GRANT_EXPIRED', regime.parameters['grant.expiry']?.clause ?? rule.clause, ended.id)
  const foreign = complete.find((grant) => grantState(grant, now) === 'ACTIVE')
  if (foreign) return refused('PURPOSE_MISMATCH', regime.parameters['access.secondaryUse'].clause, foreign.id)
  const waiting = naming.find((grant) => !isComplete(grant, rule) && serves(grant, search))
  if (waiting) return refused('NO_GRANT', rule.clause, waiting.id)
  const beside = covering.get(entry.resource)?.find((grant) => serves(grant, search))
  if (beside) return refused('NOT_NEEDED', regime.parameters['access.minimalFields'].clause, beside.id)
  return refused('NO_GRANT', rule.clause, null)
}

function serves(grant: Grant, { matter, now }: ConsentSearch): boolean {
  return grant.matters.includes(matter.code) && grantState(grant, now) === 'ACTIVE'
}

/** Whether everybody who must approve has done so, and fixed what must be fixed. */
function isComplete(grant: Grant, rule: ConsentRule): boolean {
  const given = new Set(grant.approvals.map(({ by }) => by))
  if (rule.parameters && grant.parameters.size === 0) return false
  return rule.approvals.some((needed) => needed.every((one) => given.has(one)))
}

/** Grants by what they are looked for by: a city has thousands of them, and a view hundreds of fields. */
interface ConsentIndex {
  readonly naming: ReadonlyMap<string, readonly Grant[]>
  /** By record type: a field that a grant leaves out, of a record that it is over, is one that it was not given for. */
  readonly covering: ReadonlyMap<string, readonly Grant[]>
}

const NONE: readonly Grant[] = []
const indexes = new WeakMap<readonly Grant[], ConsentIndex>()

/** The index of a list of grants, made once for as long as the list lives; lists of grants never change. */
function indexOf(grants: readonly Grant[]): ConsentIndex {
  const known = indexes.get(grants)
  if (known) return known
  const places = grants.flatMap((grant) => [...grant.fields.keys()].map((at) => ({ at, type: typeOf(at), grant })))
  const group = (keyOf: (place: (typeof places)[number]) => string): ConsentIndex['naming'] =>
    new Map([...Map.groupBy(places, keyOf)].map(([key, found]) => [key, [...new Set(found.map(({ grant }) => grant))]]))
  const index = { naming: group(({ at }) => at), covering: group(({ type }) => type) }
  indexes.set(grants, index)
  return index
}

function refused(code: RefusalCode, clause: Clause, grant: string | null): Refused {
  return { kind: 'refused', code, clause, grant }
}
