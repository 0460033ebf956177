import type { Caller } from '../caller/caller.ts'
import type { FieldEntry } from '../catalog/catalog.ts'
import type { Regime } from '../regime/regime.ts'
import type { Clause } from '../vocabulary/clause.ts'
import type { Text } from '../vocabulary/codes.ts'
import type { Coordinate } from '../vocabulary/coordinate.ts'
import { disclosesValue } from '../vocabulary/decision.ts'
import type { Decision } from '../vocabulary/decision.ts'
import { deny, maskOf } from './decide.ts'
import { emergencyState, isApproved } from './emergency.ts'
import type { Emergency } from './emergency.ts'
import type { GrantIndex } from './grant.ts'

/** Why a stated emergency does not hold. */
export type EmergencyFlaw = 'UNKNOWN' | 'OTHER_MATTER' | 'OTHER_OFFICER' | 'NOT_YET' | 'ENDED' | 'EXPIRED'

/** What a caller's stated emergency comes to, before any field is looked at. */
export type EmergencyClaim =
  | { readonly kind: 'none' }
  | { readonly kind: 'held'; readonly emergency: Emergency; readonly approved: boolean; readonly clause: Clause }
  | {
      readonly kind: 'refused'
      readonly code: 'EMERGENCY_INVALID' | 'PURPOSE_MISMATCH'
      readonly flaw: EmergencyFlaw
      readonly clause: Clause
      readonly detail: Text
      /** Fields of the emergency that was stated. */
      readonly fields: ReadonlySet<Coordinate>
    }

/** Where no emergency is stated, or the text knows none. */
export const NO_CLAIM: EmergencyClaim = { kind: 'none' }

/**
 * Holds a stated emergency against caller, matter and time (ZS-4.10). None where none is stated, where no matter is
 * (that is refused for itself), and where the regime's text has no such rule: there the statement changes nothing.
 *
 * Another department's emergency is answered as one that does not exist. One that acts for another department has its
 * own officers, whose numbers say nothing in the list of the other's.
 */
export function claimEmergency(
  caller: Pick<Caller, 'department' | 'actingFor' | 'officer' | 'matter' | 'emergency'>,
  grants: GrantIndex,
  { parameters }: Regime,
  now: number,
): EmergencyClaim {
  const rule = parameters['emergency.publicSafety']
  if (rule === null || caller.emergency === null || caller.matter === null) return NO_CLAIM
  const { clause } = rule
  const emergency = grants.emergencies.get(caller.emergency)
  const refused = (flaw: EmergencyFlaw, by = clause): EmergencyClaim => ({
    kind: 'refused',
    code: flaw === 'OTHER_MATTER' ? 'PURPOSE_MISMATCH' : 'EMERGENCY_INVALID',
    flaw,
    clause: by,
    detail: FLAWS[flaw],
    fields: flaw === 'UNKNOWN' ? new Set() : (emergency?.fields ?? new Set()),
  })
  if (!emergency || emergency.department !== caller.department || caller.actingFor !== null) return refused('UNKNOWN')
  // For that incident and no other business (ZS-4.06).
  if (emergency.matter !== caller.matter) return refused('OTHER_MATTER', parameters['access.secondaryUse'].clause)
  if (!emergency.officers.has(caller.officer)) return refused('OTHER_OFFICER')
  const state = emergencyState(emergency, now)
  return state === 'IN_FORCE'
    ? { kind: 'held', emergency, approved: isApproved(emergency, now), clause }
    : refused(state)
}

const FLAWS: Readonly<Record<EmergencyFlaw, Text>> = {
  UNKNOWN: { zh: '本部门没有该紧急情况', en: 'your department has declared no such emergency' },
  OTHER_MATTER: { zh: '该紧急情况为另一事项而宣布', en: 'the emergency was declared for another matter' },
  OTHER_OFFICER: { zh: '该紧急情况未列本人为使用人员', en: 'the emergency does not name you among those who use it' },
  NOT_YET: { zh: '该紧急情况尚未开始', en: 'the emergency has not begun' },
  ENDED: { zh: '该紧急情况已结束', en: 'the emergency was ended' },
  EXPIRED: { zh: '该紧急情况已到期', en: 'the time of the emergency is over' },
}
const UNAPPROVED: Text = {
  zh: '四级数据须另一名人员批准后方可使用',
  en: 'a field of level L4 opens only once a second officer has approved the emergency',
}

/**
 * The decision on one field under a stated emergency. Where it holds, a listed field is provided at once, whatever its
 * class and whatever the matter needs; what a way of sharing masks stays masked, and what a law keeps back stays so. Where
 * it does not hold, a refusal names that as its reason; what is open without it stays open.
 */
export function underEmergency(entry: FieldEntry, ordinary: Decision, claim: EmergencyClaim): Decision {
  if (claim.kind === 'none' || entry.emergencyExcluded) return ordinary
  if (claim.kind === 'refused') {
    const replaced = ordinary.kind === 'DENY' || (claim.fields.has(entry.coordinate) && !disclosesValue(ordinary))
    return replaced ? refusal(claim.code, claim.clause, claim.detail) : ordinary
  }
  const { emergency, approved, clause } = claim
  if (!emergency.fields.has(entry.coordinate)) return ordinary
  if (entry.level === 'L4' && !approved)
    return disclosesValue(ordinary) ? ordinary : refusal('EMERGENCY_INVALID', clause, UNAPPROVED)
  // One's own data, or what a grant gives in clear, is not masked for being asked in an emergency.
  const masked = entry.subMode === 'MASKED' && ordinary.kind !== 'ALLOW'
  const because = { clause, grant: null, emergency: emergency.id }
  return masked ? { kind: 'MASK', rule: maskOf(entry), ...because } : { kind: 'ALLOW', ...because }
}

function refusal(code: 'EMERGENCY_INVALID' | 'PURPOSE_MISMATCH', clause: Clause, detail: Text): Decision {
  return { ...deny(code, clause, null), detail }
}
