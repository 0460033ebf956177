import type { FieldEntry } from '../catalog/catalog.ts'
import type { Regime } from '../regime/regime.ts'
import type { Clause } from '../vocabulary/clause.ts'
import type { Text } from '../vocabulary/codes.ts'
import type { Coordinate } from '../vocabulary/coordinate.ts'
import { holdsIdNumber } from '../vocabulary/id-number.ts'
import { STAFF_NUMBER } from '../vocabulary/staff-number.ts'
import { lackingInMatter } from './check-owed.ts'
import { LONGEST_HOURS, emergencyState, isInvolved } from './emergency.ts'
import type { Emergencies, Emergency } from './emergency.ts'
import { FAULT_TEXTS } from './emergency-texts.ts'
import type { EmergencyFault } from './emergency-texts.ts'
import type { FieldUse, Matter } from './registers.ts'

/** What is to be declared, as an officer states it. */
export interface Declaration {
  readonly emergency: string
  readonly incident: string
  readonly department: string
  readonly matter: string
  readonly by: string
  readonly officers: readonly string[]
  readonly fields: readonly string[]
  readonly hours: number
  readonly reason: string
}

/** What a declaration is held against. */
export interface DeclarationFacts {
  readonly regime: Regime
  /** Whether the department is registered, and not suspended. */
  readonly registered: boolean
  readonly matter: Matter | null
  readonly fields: ReadonlyMap<string, FieldEntry>
  readonly known: Emergencies
}

/** Everything that stands in the way of a declaration (ZS-4.10), at once; nothing where it may be made. */
export function faultsOfDeclaration(one: Declaration, facts: DeclarationFacts): readonly EmergencyFault[] {
  const { regime, registered, matter, known } = facts
  const { parameters } = regime
  const rule = parameters['emergency.publicSafety']
  if (rule === null) return [silent(regime)]
  const { clause } = rule
  const own = matter?.department === one.department
  return [
    ...(ID.test(one.emergency) ? [] : [fault('ID_MALFORMED', clause, one.emergency)]),
    ...(known.has(one.emergency) ? [fault('ID_USED', clause, one.emergency)] : []),
    ...(registered ? [] : [fault('DEPARTMENT_UNKNOWN', parameters['identity.registeredParty'].clause, one.department)]),
    ...(own ? [] : [fault('MATTER_FOREIGN', parameters['access.purposeRequired'].clause, one.matter)]),
    ...(one.officers.length === 0 ? [fault('OFFICERS_MISSING', parameters['identity.endUserRequired'].clause)] : []),
    ...[one.by, ...one.officers].filter((id) => !STAFF_NUMBER.test(id)).map((id) => fault('STAFF_NUMBER', clause, id)),
    ...(Number.isInteger(one.hours) && one.hours >= 1 && one.hours <= LONGEST_HOURS
      ? []
      : [fault('HOURS_EXCEEDED', clause, String(one.hours))]),
    ...faultsOfTexts([one.incident, one.reason], clause),
    ...(one.incident.trim().length > 64 ? [fault('TEXT_MISSING', clause)] : []),
    ...(one.fields.length === 0 ? [fault('FIELDS_MISSING', clause)] : []),
    ...faultsOfFields(one, facts, clause),
  ]
}

const ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/

function faultsOfFields(one: Declaration, facts: DeclarationFacts, clause: Clause): readonly EmergencyFault[] {
  const listed = new Map<Coordinate, FieldUse>(facts.matter?.fields ?? [])
  for (const at of one.fields) {
    const entry = facts.fields.get(at)
    if (entry) listed.set(entry.coordinate, 'READ')
  }
  return [...new Set(one.fields)].flatMap((at) => {
    const entry = facts.fields.get(at)
    if (!entry) return [fault('FIELD_UNKNOWN', clause, at)]
    if (entry.emergencyExcluded) {
      const law = entry.grounds.map(({ citation }) => citation).join('、')
      return [fault('FIELD_EXCLUDED', clause, law === '' ? at : `${at} (${law})`)]
    }
    // Such a field would stay closed in the very hour in which it is needed.
    return lackingInMatter(entry, 'READ', listed, facts.regime).map(({ other }) =>
      fault('FIELD_RESTS_ON', clause, `${at} → ${other}`),
    )
  })
}

/** What stands in the way of a second officer's approval. */
export function faultsOfApproval(
  emergency: Emergency | null,
  by: string,
  regime: Regime,
  now: number,
): readonly EmergencyFault[] {
  const rule = regime.parameters['emergency.publicSafety']
  if (rule === null) return [silent(regime)]
  const { clause } = rule
  if (emergency === null) return [fault('EMERGENCY_UNKNOWN', clause)]
  if (!STAFF_NUMBER.test(by)) return [fault('STAFF_NUMBER', clause, by)]
  if (emergency.approved) return [fault('APPROVED_ALREADY', clause, emergency.approved.by)]
  if (emergencyState(emergency, now) !== 'IN_FORCE') return [fault('EMERGENCY_OVER', clause, emergency.id)]
  return isInvolved(emergency, by) ? [fault('APPROVER_INVOLVED', clause, by)] : []
}

/** What stands in the way of an end; where the text has no emergencies any more, one can be ended all the same. */
export function faultsOfEnd(
  emergency: Emergency | null,
  { by, reason }: { readonly by: string; readonly reason: string },
  now: number,
): readonly EmergencyFault[] {
  if (emergency === null) return [fault('EMERGENCY_UNKNOWN', null)]
  if (!STAFF_NUMBER.test(by)) return [fault('STAFF_NUMBER', null, by)]
  const state = emergencyState(emergency, now)
  const over = state === 'ENDED' || state === 'EXPIRED' ? [fault('EMERGENCY_OVER', null, emergency.id)] : []
  return [...over, ...faultsOfTexts([reason], null)]
}

/** What stands in the way of an after-review: it is made once, of an emergency that is over, by who did not use it. */
export function faultsOfReview(
  emergency: Emergency | null,
  { by, outcome }: { readonly by: string; readonly outcome: string },
  now: number,
): readonly EmergencyFault[] {
  if (emergency === null) return [fault('EMERGENCY_UNKNOWN', null)]
  if (!STAFF_NUMBER.test(by)) return [fault('STAFF_NUMBER', null, by)]
  if (emergency.reviewed) return [fault('REVIEWED_ALREADY', null, emergency.reviewed.by)]
  const state = emergencyState(emergency, now)
  if (state === 'IN_FORCE' || state === 'NOT_YET') return [fault('REVIEW_TOO_EARLY', null, emergency.id)]
  const involved = isInvolved(emergency, by) ? [fault('REVIEWER_INVOLVED', null, by)] : []
  return [...involved, ...faultsOfTexts([outcome], null)]
}

function faultsOfTexts(texts: readonly string[], clause: Clause | null): readonly EmergencyFault[] {
  const bad = texts.some((text) => text.trim() === '' || text.length > 500)
  const numbers = texts.some(holdsIdNumber)
  return [...(bad ? [fault('TEXT_MISSING', clause)] : []), ...(numbers ? [fault('TEXT_HOLDS_NUMBER', 'HZ-47.2')] : [])]
}

function silent({ regime }: Regime): EmergencyFault {
  return fault('REGIME_SILENT', null, regime)
}

function fault(code: EmergencyFault['code'], clause: Clause | null, what = ''): EmergencyFault {
  const { text, next } = FAULT_TEXTS[code]
  const named: Text = what === '' ? text : { zh: `${text.zh}:${what}`, en: `${text.en}: ${what}` }
  return { code, clause, text: named, next }
}
