import type { Delegation, PartyType } from './parties.ts'
import type { Role } from './roles.ts'

/** For whom a delegate asks. */
export interface Acting extends Delegation {
  /** Kind of party that the delegating department is. */
  readonly party: PartyType
}

/** Who asks, from the verified token and the registers; a GraphQL document can change none of it. */
export interface Caller {
  /** Department code, registered (ZS-1.06). */
  readonly department: string
  /** Application code, registered to that department. */
  readonly application: string
  /** Officer ID (使用人员, ZS-6.03): the staff number, not a citizen's number. */
  readonly officer: string
  readonly roles: readonly Role[]
  /** Kind of party that the department is; some are bound by reference only, or not at all (ZS-1.04, HZ-2.2). */
  readonly party: PartyType
  /** The department that it acts for, by the header `x-acting-for` and the register (ZS-7.04); null for itself. */
  readonly actingFor: Acting | null
  /** Header `x-matter`, as sent; whether it is this department's is decided later. */
  readonly matter: string | null
  /** Header `x-case`, as sent. */
  readonly case: string | null
  /** Header `x-emergency`, as sent; whether it holds is decided later (ZS-4.10). */
  readonly emergency: string | null
}

/** One case of one department, told apart from those of others; null where none is stated. */
export function caseKeyOf(caller: Pick<Caller, 'department' | 'actingFor' | 'case'>): string | null {
  return caller.case === null ? null : JSON.stringify([principalOf(caller), caller.case])
}

/** The department whose matters and grants count: the caller's own, or the one that it acts for (ZS-7.04). */
export function principalOf(caller: Pick<Caller, 'department' | 'actingFor'>): string {
  return caller.actingFor?.department ?? caller.department
}
