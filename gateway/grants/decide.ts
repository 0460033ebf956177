import type { FieldEntry } from '../catalog/catalog.ts'
import type { Regime } from '../regime/regime.ts'
import type { Clause } from '../vocabulary/clause.ts'
import type { RefusalCode } from '../vocabulary/codes.ts'
import type { Decision } from '../vocabulary/decision.ts'
import { grantState } from './grant.ts'
import type { Grant, GrantMode } from './grant.ts'
import type { Matter } from './registers.ts'

/** Everything that a decision about one field depends on. */
export interface Situation {
  readonly regime: Regime
  readonly matter: Matter
  /** Grants of the caller's department that its application may use. */
  readonly grants: readonly Grant[]
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
  const { parameters } = situation.regime
  if (entry.class === 'NOT_SHARED') return decideNotShared(entry, situation)
  const applied = parameters['access.unconditional.applicationNeeded']
  if (entry.class === 'UNCONDITIONAL' && !applied.value) return { kind: 'ALLOW', clause: applied.clause, grant: null }
  const agreement = entry.class === 'CONDITIONAL' ? parameters['access.agreement'] : null
  const clause = entry.class === 'CONDITIONAL' ? parameters['access.conditional.decider'].clause : applied.clause
  const found = findGrant(entry, situation, clause, agreement?.clause ?? null)
  if (found.kind === 'refused') return unmet(entry, situation, found)
  return granted(entry, found.mode, found.grant.id, clause)
}

/** Not-shared: verification where the regime has it (ZS-4.09), else nothing; an agreement alone opens nothing. */
function decideNotShared(entry: FieldEntry, { regime }: Situation): Decision {
  const verification = regime.parameters['verification.notShared']
  if (verification && entry.verify) return verifyOnly(verification.clause, null)
  return deny('NOT_SHARED', regime.parameters['classes.notShared.meaning'].clause, null)
}

/**
 * A verifiable field that the matter only verifies may be compared although no condition of its sharing is met
 * (不符合共享条件, ZS-4.09): not, though, against a revocation, which is the provider's word on this very case.
 */
function unmet(entry: FieldEntry, situation: Situation, refused: Refused): Decision {
  const verification = situation.regime.parameters['verification.conditionalUnmet']
  const wanted = entry.verifyOnly || situation.matter.fields.get(entry.coordinate) === 'VERIFY'
  const open = refused.code !== 'GRANT_REVOKED' && entry.class === 'CONDITIONAL' && entry.verify !== null
  return verification && wanted && open
    ? verifyOnly(verification.clause, null)
    : deny(refused.code, refused.clause, refused.grant)
}

function granted(entry: FieldEntry, mode: GrantMode, grant: string, clause: Clause): Decision {
  if (mode === 'VERIFY_ONLY' || entry.verifyOnly) return verifyOnly(clause, grant)
  if (mode === 'CLEAR') return { kind: 'ALLOW', clause, grant }
  return { kind: 'MASK', rule: entry.mask ?? 'M-NULL', clause, grant }
}

/** The matter's minimal set: what it does not need is refused; what it only verifies is not shown. */
function withinMatter(entry: FieldEntry, decision: Decision, { matter, regime }: Situation): Decision {
  if (entry.coordinate.startsWith('Query.')) return decision
  const use = matter.fields.get(entry.coordinate)
  const { clause } = regime.parameters['access.minimalFields']
  if (use === undefined) return deny('NOT_NEEDED', clause, decision.grant)
  return use === 'VERIFY' && decision.kind !== 'VERIFY_ONLY' ? verifyOnly(clause, decision.grant) : decision
}

interface Refused {
  readonly kind: 'refused'
  readonly code: RefusalCode
  readonly clause: Clause
  readonly grant: string | null
}

type Found = { readonly kind: 'found'; readonly grant: Grant; readonly mode: GrantMode } | Refused

const WIDEST: Readonly<Record<GrantMode, number>> = { CLEAR: 0, MASKED: 1, VERIFY_ONLY: 2 }

/**
 * The grant that serves the field for this matter; else the reason nearest to one: one without its agreement →
 * AGREEMENT_MISSING (HZ-48); an ended one → GRANT_REVOKED or GRANT_EXPIRED; one for another matter →
 * PURPOSE_MISMATCH; a grant over the record that leaves the field out → NOT_NEEDED (S01, S04); none → NO_GRANT.
 *
 * @param clause the clause that asks for a grant
 * @param agreement the clause that asks for a security agreement, or null
 */
function findGrant(entry: FieldEntry, situation: Situation, clause: Clause, agreement: Clause | null): Found {
  const { regime, matter, grants, now } = situation
  const naming = grants.filter((grant) => grant.fields.has(entry.coordinate))
  const serving = naming.filter((grant) => grant.matters.includes(matter.code))
  const active = serving
    .filter((grant) => grantState(grant, now) === 'ACTIVE')
    .map((grant) => ({ kind: 'found', grant, mode: grant.fields.get(entry.coordinate) ?? 'VERIFY_ONLY' }) as const)
    .toSorted((a, b) => WIDEST[a.mode] - WIDEST[b.mode])
  const usable = active.find(({ grant }) => agreement === null || grant.agreement !== null)
  if (usable) return usable
  if (agreement && active[0]) return refused('AGREEMENT_MISSING', agreement, active[0].grant.id)
  const ended =
    serving.find((grant) => grantState(grant, now) === 'REVOKED') ??
    serving.find((grant) => grantState(grant, now) === 'EXPIRED')
  if (ended) return refused(grantState(ended, now) === 'REVOKED' ? 'GRANT_REVOKED' : 'GRANT_EXPIRED', clause, ended.id)
  const foreign = naming.find((grant) => grantState(grant, now) === 'ACTIVE')
  if (foreign) return refused('PURPOSE_MISMATCH', regime.parameters['access.secondaryUse'].clause, foreign.id)
  const record = grants.find(
    (grant) => coversRecord(grant, entry) && grant.matters.includes(matter.code) && grantState(grant, now) === 'ACTIVE',
  )
  if (record) return refused('NOT_NEEDED', regime.parameters['access.minimalFields'].clause, record.id)
  return refused('NO_GRANT', clause, null)
}

function coversRecord(grant: Grant, entry: FieldEntry): boolean {
  return [...grant.fields.keys()].some((at) => at.startsWith(`${entry.resource}.`))
}

function refused(code: RefusalCode, clause: Clause, grant: string | null): Refused {
  return { kind: 'refused', code, clause, grant }
}

/** A refusal. */
export function deny(code: RefusalCode, clause: Clause, grant: string | null): Decision {
  return { kind: 'DENY', code, clause, grant }
}

function verifyOnly(clause: Clause, grant: string | null): Decision {
  return { kind: 'VERIFY_ONLY', code: 'VERIFY_ONLY', clause, grant }
}
