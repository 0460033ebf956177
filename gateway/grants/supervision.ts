import type { Caller } from '../caller/caller.ts'
import type { Role } from '../caller/roles.ts'
import type { FieldEntry } from '../catalog/catalog.ts'
import type { Regime } from '../regime/regime.ts'
import type { Clause } from '../vocabulary/clause.ts'
import { fieldOf, typeOf } from '../vocabulary/coordinate.ts'
import type { Coordinate } from '../vocabulary/coordinate.ts'
import type { Decision } from '../vocabulary/decision.ts'
import { deny } from './decide.ts'
import type { Purpose } from './purpose.ts'

/** Name of the subgraph in which governance answers: the audit record, alarms (ZS-6.03, FS-27). */
export const AUTHORITY = 'authority'

/**
 * Whose records somebody may read: everybody's, or those of a department's own requests and of the use of its data.
 * Rows are chosen by it in the store itself.
 */
export type Supervision = { readonly kind: 'OVERSIGHT' } | { readonly kind: 'DEPARTMENT'; readonly department: string }

/** Who oversees (ZS-1.10(3), ZS-1.11, HZ-10.6); a supervisor only where the text knows one. */
const OVERSEERS: readonly Role[] = ['AUDITOR', 'AUTHORITY', 'SUPERVISOR']

/** Who runs systems and data reads no audit, whatever else is held (ZS-6.04). */
const ADMINISTRATORS: readonly Role[] = ['SECURITY_ADMIN', 'DATA_OPERATOR']

/**
 * Whether a role is for reading the record, in some text or other: who comes with one of them administers nothing that
 * day, whatever other token they have (ZS-6.04).
 */
export function isForReading(roles: readonly Role[]): boolean {
  return [...OVERSEERS, 'PROVIDER' as const].some((role) => roles.includes(role))
}

/** What a department's own people read: types whose rows are theirs. Everything else is for those who oversee. */
const OF_DEPARTMENTS: ReadonlySet<string> = new Set([
  'Query.auditRecords',
  'Query.auditRecord',
  'Query.auditUse',
  'AuditRecordPage',
  'AuditRecord',
  'AuditDatum',
  'AuditSubject',
  'AuditRoute',
  'AuditArgument',
  'AuditUse',
  'AuditUseGroup',
])

/**
 * In which standing a caller reads the record; null for one who reads nothing of it. A department's data officers hold
 * PROVIDER: they answer for what it gives and for what it takes (ZS-6.03, ZS-6.06). One who acts for another department is
 * nobody's data officer there.
 */
export function supervisionOf(
  { roles, department, actingFor }: Pick<Caller, 'roles' | 'department' | 'actingFor'>,
  { parameters }: Regime,
): Supervision | null {
  if (actingFor !== null || ADMINISTRATORS.some((role) => roles.includes(role))) return null
  const known = OVERSEERS.filter((role) => role !== 'SUPERVISOR' || parameters['roles.supervisor'] !== null)
  if (known.some((role) => roles.includes(role))) return { kind: 'OVERSIGHT' }
  return roles.includes('PROVIDER') ? { kind: 'DEPARTMENT', department } : null
}

/** Whether governance alone answers a coordinate. */
export function isSupervised({ providers }: Pick<FieldEntry, 'providers'>): boolean {
  return providers.length === 1 && providers[0] === AUTHORITY
}

/**
 * Decides a coordinate of governance: by role, then by purpose. A matter of supervision is stated as any other is, and
 * opens these coordinates alone: who audits sees no business value (ZS-1.11).
 */
export function decideSupervised(at: Coordinate, caller: Caller, purpose: Purpose, regime: Regime): Decision {
  const { parameters } = regime
  const supervision = supervisionOf(caller, regime)
  const open = supervision?.kind === 'OVERSIGHT' || (supervision !== null && isOfDepartments(at))
  if (!open) return deny('ROLE_MISSING', separationClause(regime), null)
  if (purpose.kind === 'unstated') return deny(purpose.code, purpose.clause, null)
  if (purpose.matter.supervision !== true) return deny('NOT_NEEDED', parameters['access.minimalFields'].clause, null)
  return { kind: 'ALLOW', clause: parameters['audit.mandatory'].clause, grant: null }
}

function isOfDepartments(at: Coordinate): boolean {
  const type = typeOf(at)
  return OF_DEPARTMENTS.has(type === 'Query' || type === 'Mutation' ? `${type}.${fieldOf(at)}` : type)
}

/** Different people administer and audit (ZS-6.04); a text that does not say so still asks for the record. */
function separationClause({ parameters }: Regime): Clause {
  return (parameters['identity.separationOfDuties'] ?? parameters['audit.mandatory']).clause
}
