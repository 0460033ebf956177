import { principalOf } from '../caller/caller.ts'
import type { Caller } from '../caller/caller.ts'
import type { Regime } from '../regime/regime.ts'
import type { Clause } from '../vocabulary/clause.ts'
import type { CaseSource, Matter, MatterSource } from './registers.ts'

/** What the call is for (INV-3: no matter, no query), or why that is not established. */
export type Purpose =
  | { readonly kind: 'stated'; readonly matter: Matter }
  | { readonly kind: 'unstated'; readonly code: 'PURPOSE_MISSING' | 'PURPOSE_MISMATCH'; readonly clause: Clause }

/**
 * Establishes the purpose: the matter is stated, is the caller's own, and the case, where given or needed,
 * belongs to that matter and department (S15).
 */
export function establishPurpose(caller: Caller, matters: MatterSource, cases: CaseSource, regime: Regime): Purpose {
  const required = regime.parameters['access.purposeRequired'].clause
  const bound = regime.parameters['access.secondaryUse'].clause
  const missing = { kind: 'unstated', code: 'PURPOSE_MISSING', clause: required } as const
  const mismatch = { kind: 'unstated', code: 'PURPOSE_MISMATCH', clause: bound } as const
  if (caller.matter === null) return missing
  const matter = matters.find(caller.matter)
  const department = principalOf(caller)
  if (matter === null || matter.department !== department) return mismatch
  // A delegate handles the matters that it was given, not all that the department has (ZS-7.04).
  if (caller.actingFor && !caller.actingFor.matters.includes(matter.code)) return mismatch
  if (caller.case === null) return matter.caseRequired ? missing : { kind: 'stated', matter }
  const file = cases.find(caller.case)
  const fits = file !== null && file.matter === matter.code && file.department === department
  return fits ? { kind: 'stated', matter } : mismatch
}
