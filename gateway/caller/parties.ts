import type { Clause } from '../vocabulary/clause.ts'
import type { Text } from '../vocabulary/codes.ts'
import type { Role } from './roles.ts'

/**
 * Kinds of party that the regulations bind: departments (政务部门, ZS-1.06), publicly funded units (ZS-1.03),
 * public utilities (ZS-1.04), organs stationed locally (ZS-1.05), towns and subdistricts (镇区, ZS-7.03).
 */
export const PARTY_TYPES = [
  'DEPARTMENT',
  'PUBLIC_INSTITUTION',
  'PUBLIC_UTILITY',
  'STATIONED_ORGAN',
  'TOWNSHIP',
] as const
export type PartyType = (typeof PARTY_TYPES)[number]

/** Roles that only a party named for them may give its people (ZS-1.10, ZS-1.11, ZS-6.04, HZ-10.6). */
export const RESERVED_ROLES = [
  'AUTHORITY',
  'AUDITOR',
  'SUPERVISOR',
  'SECURITY_ADMIN',
  'DATA_OPERATOR',
] as const satisfies readonly Role[]

/**
 * What a department asks for one of its applications, as to documents that it has not registered (最少够用, ZS-4.01(3)):
 * they run; they run and are told in record and log; they are refused.
 */
export const OPERATION_MODES = ['OPEN', 'LOG', 'REQUIRED'] as const
export type OperationMode = (typeof OPERATION_MODES)[number]

/** A system of a party that may call the gateway. */
export interface Application {
  readonly code: string
  readonly name: Text
  readonly suspended: boolean
  /** OPEN where the register says nothing. */
  readonly operations?: OperationMode
}

/** A department's charge to a party that acts for it, in the department's own system (ZS-7.04). */
export interface Delegation {
  /** The delegating department: grants and matters are its own. */
  readonly department: string
  /** Codes of the matters that the party may handle for it. */
  readonly matters: readonly string[]
}

/** One registered party (ZS-1.06). */
export interface Party {
  /** Department code; the subgraph's name where the party serves one. */
  readonly code: string
  readonly name: Text
  readonly type: PartyType
  /** Bound by reference only (参照执行, ZS-1.04, ZS-1.05); shown in grants and audit. */
  readonly byReference: boolean
  /** Clauses that name the party or its duty. */
  readonly basis: readonly Clause[]
  /** Reserved roles that its people may hold. */
  readonly roles: readonly Role[]
  readonly suspended: boolean
  /** Departments that it acts for. */
  readonly delegations: readonly Delegation[]
  readonly applications: readonly Application[]
}

/** Port: the register of parties. */
export interface PartyRegister {
  /** The party of a department code, suspended ones included, or null. */
  find(department: string): Party | null
  all(): readonly Party[]
}

const BY_REFERENCE: readonly PartyType[] = ['PUBLIC_UTILITY', 'STATIONED_ORGAN']

/** Kinds of party that take part by reference only (参照执行, ZS-1.04, ZS-1.05). */
export function isByReference(type: PartyType): boolean {
  return BY_REFERENCE.includes(type)
}

/** Whether people of this party may hold a role. */
export function mayHold(party: Party, role: Role): boolean {
  const reserved: readonly Role[] = RESERVED_ROLES
  return !reserved.includes(role) || party.roles.includes(role)
}
