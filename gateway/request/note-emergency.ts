import type { AuditEntry } from '../audit/record.ts'
import { isApproved, overAt } from '../grants/emergency.ts'
import type { Emergency } from '../grants/emergency.ts'
import type { Use } from '../compile/compiled-operation.ts'
import { claimEmergency } from '../grants/emergency-claim.ts'
import { emergencyBehind } from '../vocabulary/decision.ts'
import type { AnsweredOperation, Exchange } from './exchange.ts'
import type { House } from './house.ts'
import { once } from './once.ts'

/** Milliseconds after which the same misuse by the same officer is told again: loud, and no flood. */
const AGAIN = 600_000

type Noted = Pick<AnsweredOperation, 'active' | 'grants' | 'introspectionOnly'>

/** Tells of an emergency that was stated and does not hold: by whom stands in the record of the receipt. */
export function noteMisuse(house: House, { caller, receipt }: Exchange, { grants, introspectionOnly }: Noted): void {
  if (caller === null || introspectionOnly) return
  const now = house.clock.now()
  const claim = claimEmergency(caller, grants, house.regime, now)
  if (claim.kind !== 'refused') return
  const { flaw } = claim
  // An ID that no register knows is the caller's own text.
  const emergency = flaw === 'UNKNOWN' ? null : caller.emergency
  const { department, officer } = caller
  house.alerts.tell({ what: 'misused', emergency, department, receipt, flaw }, officer, now, AGAIN)
}

/** Tells of the first use of an emergency by each of its officers. */
export function noteUse(house: House, { caller, receipt }: Exchange, { active }: Noted): void {
  for (const emergency of emergenciesBehind(active)) {
    if (caller === null) continue
    const { department, officer } = caller
    house.alerts.tell({ what: 'used', emergency, department, receipt }, officer, house.clock.now())
  }
}

const emergenciesBehind = once((active: readonly Use[]): readonly string[] => {
  const used = new Set(active.map(({ decision }) => emergencyBehind(decision)))
  return [...used].filter((one) => one !== null)
})

/** What the record says of the emergency that a caller stated; nothing where there is none of that ID. */
export function recordedEmergency(house: House, exchange: Exchange): Pick<AuditEntry, 'emergency'> {
  const emergency = statedEmergency(house, exchange)
  if (emergency === null) return {}
  const { id, incident } = emergency
  const [declaredBy, approvedBy = null] = officersBehind(emergency, exchange.startedAt)
  return { emergency: { id, incident, declaredBy, approvedBy, until: new Date(overAt(emergency)).toISOString() } }
}

/** Who answers for an emergency at an instant: who declared it, and who was the second. */
export function officersBehind(emergency: Emergency, now: number): readonly [string, ...string[]] {
  const { declaredBy, approved } = emergency
  return approved !== null && isApproved(emergency, now) ? [declaredBy, approved.by] : [declaredBy]
}

/** The emergency as the operation met it. */
function statedEmergency(house: House, { caller, operation }: Exchange): Emergency | null {
  if (caller === null || caller.emergency === null) return null
  return (operation?.grants ?? house.grants.current()).emergencies.get(caller.emergency) ?? null
}
