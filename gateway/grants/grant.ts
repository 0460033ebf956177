import type { Coordinate } from '../vocabulary/coordinate.ts'
import type { Emergencies, Emergency } from './emergency.ts'

/** How a granted field is provided. */
export type GrantMode = 'CLEAR' | 'MASKED' | 'VERIFY_ONLY'

/**
 * Who approves a grant: the provider (ZS-4.08, HZ-45), the platform where authorisation is delegated to it (NT-18.1),
 * the working agency (ZJ-22.2), the data authority where it provides directly (ZS-4.08) or confirms (HZ-48).
 */
export const APPROVERS = ['PROVIDER', 'PLATFORM', 'AGENCY', 'AUTHORITY'] as const
export type Approver = (typeof APPROVERS)[number]

/** One approval, by a named officer (批准人员, ZS-6.03). */
export interface Approval {
  readonly by: Approver
  /** Staff number. */
  readonly officer: string
}

/** Values that an argument may take under a grant (参数管控, NT-18.1), by the coordinate that the argument filters by. */
export type PermittedValues = ReadonlyMap<Coordinate, readonly string[]>

/** How much a grant may be used in a calendar day, Asia/Shanghai; null for no bound of its own. */
export interface Quota {
  readonly callsPerDay: number | null
  readonly subjectsPerDay: number | null
  readonly rowsPerDay: number | null
}

/** The data authority's signature under how few candidates a masked number leaves in the hands of one department. */
export interface LinkageSignature {
  /** The masked number. */
  readonly coordinate: Coordinate
  /** Officer of the data authority. */
  readonly by: string
  readonly reason: string
  /** The count that was signed for: it does not cover fewer. */
  readonly candidates: number
}

/** A provider's consent that one department uses named fields for named matters (ZS-4.08, HZ-45). */
export interface Grant {
  readonly id: string
  /** Department that may use it; never transferable (HZ-6). */
  readonly consumer: string
  /** Applications of that department, or null for all. */
  readonly applications: readonly string[] | null
  readonly matters: readonly string[]
  readonly fields: ReadonlyMap<Coordinate, GrantMode>
  /** First instant, milliseconds since the epoch. */
  readonly validFrom: number
  /** First instant at which it no longer holds, milliseconds since the epoch. */
  readonly validUntil: number
  /** Who approved it; never empty. */
  readonly approvals: readonly Approval[]
  /** Number of the security agreement (HZ-48). */
  readonly agreement: string | null
  /** Permitted argument values (NT-18.1); empty for none fixed. */
  readonly parameters: PermittedValues
  readonly quota: Quota
  /** Used in a season only, e.g. school enrolment: never counted as unused (NT-26). */
  readonly seasonal: boolean
  /** Linkages that the data authority has signed for (R809-25). */
  readonly linkage: readonly LinkageSignature[]
  /** Number of the agency's consent to copying whole lists (ZJ-23.2). */
  readonly copyConsent: string | null
  /** Instant of revocation, or null. */
  readonly revokedAt: number | null
}

/** An immutable snapshot of all grants. */
export interface GrantIndex {
  /** Rises with every change; part of the identity of every view built from it. */
  readonly version: number
  find(id: string): Grant | null
  /** Grants of a department, whatever their state. */
  ofConsumer(department: string): readonly Grant[]
  /** Declared emergencies by ID, whatever their state (ZS-4.10). */
  readonly emergencies: Emergencies
  /** Those of a department. */
  emergenciesOf(department: string): readonly Emergency[]
}

/** Where grants come from; `current` is replaced, never changed. */
export interface GrantSource {
  current(): GrantIndex
}

/** Builds a snapshot. */
export function createGrantIndex(
  version: number,
  grants: readonly Grant[],
  emergencies: Emergencies = new Map(),
): GrantIndex {
  const byId = new Map(grants.map((grant) => [grant.id, grant]))
  const byConsumer = Map.groupBy(grants, (grant) => grant.consumer)
  const byDepartment = Map.groupBy(emergencies.values(), ({ department }) => department)
  return Object.freeze({
    version,
    find: (id: string) => byId.get(id) ?? null,
    ofConsumer: (department: string) => byConsumer.get(department) ?? [],
    emergencies,
    emergenciesOf: (department: string) => byDepartment.get(department) ?? [],
  })
}

/** Where a grant stands at an instant. */
export type GrantState = 'ACTIVE' | 'NOT_YET' | 'EXPIRED' | 'REVOKED'

/** The state of a grant at an instant, to the millisecond; revocation outlasts expiry. */
export function grantState(grant: Grant, now: number): GrantState {
  if (grant.revokedAt !== null && grant.revokedAt <= now) return 'REVOKED'
  if (now < grant.validFrom) return 'NOT_YET'
  return now < grant.validUntil ? 'ACTIVE' : 'EXPIRED'
}

/** The earliest later instant at which any of these grants changes its state; infinity where none will. */
export function nextChange(grants: readonly Grant[], now: number): number {
  const instants = grants.flatMap((grant) => [grant.validFrom, grant.validUntil, grant.revokedAt ?? Infinity])
  return Math.min(Infinity, ...instants.filter((instant) => instant > now))
}
