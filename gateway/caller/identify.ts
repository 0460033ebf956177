import { Failure } from '../vocabulary/failure.ts'
import type { FailureFacts } from '../vocabulary/failure.ts'
import type { Code } from '../vocabulary/codes.ts'
import type { Acting, Caller } from './caller.ts'
import { SEPARATE_ROLES } from './roles.ts'
import type { Role } from './roles.ts'
import { assertInForce } from './claims.ts'
import type { Claims } from './claims.ts'
import { bearerToken, statedCode } from './headers.ts'
import type { RawHeaders, StatedHeader } from './headers.ts'
import { mayHold } from './parties.ts'
import type { Party, PartyRegister } from './parties.ts'
import { createTokenCache } from './token-cache.ts'
import { verifyToken } from './token.ts'
import type { TokenKeys, TokenRules } from './token.ts'

/** Keys, parties and rules that callers are identified by. */
export interface IdentifyDependencies extends TokenRules {
  readonly keys: TokenKeys
  readonly parties: PartyRegister
  /** How many verified tokens are remembered; 10,000 by default. */
  readonly cachedTokens?: number
}

/** Whom a verified token named, where the caller was refused all the same: the audit record wants to know. */
export type RefusedCaller = Pick<Claims, 'department' | 'application' | 'officer' | 'roles'>

const refusedCallers = new WeakMap<object, RefusedCaller>()

/** Whom a refusal of `identify` was about; null where no token was verified. */
export function refusedCaller(error: unknown): RefusedCaller | null {
  return (typeof error === 'object' && error !== null ? refusedCallers.get(error) : undefined) ?? null
}

function refuse(claims: Claims, code: Code, facts: FailureFacts): never {
  const failure = new Failure(code, facts)
  const { department, application, officer, roles } = claims
  refusedCallers.set(failure, { department, application, officer, roles })
  throw failure
}

/** The department is registered and in good standing (ZS-1.06). */
function partyOf(claims: Claims, parties: PartyRegister): Party {
  const party = parties.find(claims.department)
  if (party === null) refuse(claims, 'UNKNOWN_PARTY', { clause: 'ZS-1.06' })
  if (party.suspended)
    refuse(claims, 'UNKNOWN_PARTY', {
      clause: 'ZS-1.06',
      detail: { zh: '该部门已停用', en: 'The department is suspended.' },
    })
  return party
}

/** The application is this department's; what one department may use is not passed to another (HZ-6). */
function assertOwnApplication(claims: Claims, party: Party): void {
  const application = party.applications.find(({ code }) => code === claims.application)
  if (application === undefined) refuse(claims, 'AUDIENCE_MISMATCH', { clause: 'HZ-6' })
  if (application.suspended)
    refuse(claims, 'AUDIENCE_MISMATCH', {
      clause: 'HZ-6',
      detail: { zh: '该应用已停用', en: 'The application is suspended.' },
    })
  const foreign = claims.roles.find((role) => !mayHold(party, role))
  if (foreign !== undefined)
    refuse(claims, 'AUDIENCE_MISMATCH', {
      clause: foreign === 'AUDITOR' ? 'ZS-1.11' : foreign === 'SUPERVISOR' ? 'HZ-10.6' : 'ZS-1.10',
      detail: { zh: `该部门无权授予角色 ${foreign}`, en: `The role ${foreign} is not this department's to give.` },
    })
}

/**
 * Who administers does not audit, and who audits runs no data (ZS-6.04), nor decides over grants, which is what is
 * audited (ZS-1.11).
 */
function assertSeparated(claims: Claims): void {
  const separate: readonly Role[] = SEPARATE_ROLES
  if (claims.roles.filter((role) => separate.includes(role)).length > 1)
    refuse(claims, 'UNAUTHENTICATED', {
      clause: 'ZS-6.04',
      detail: {
        zh: '同一账号不得兼任安全管理、数据操作、审计核查中的两种角色',
        en: 'One account must not hold two of SECURITY_ADMIN, DATA_OPERATOR and AUDITOR.',
      },
    })
  if (claims.roles.includes('AUDITOR') && claims.roles.includes('AUTHORITY'))
    refuse(claims, 'UNAUTHENTICATED', {
      clause: 'ZS-1.11',
      detail: {
        zh: '审计人员不得兼任数据主管部门的角色',
        en: 'One account must not hold AUDITOR and AUTHORITY.',
      },
    })
}

/** A header of a caller who is known: a fault in it is that caller's, and is recorded as such. */
function stated(claims: Claims, headers: RawHeaders, name: StatedHeader): string | null {
  try {
    return statedCode(headers, name)
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    return refuse(claims, error.code, {
      ...(error.clause ? { clause: error.clause } : {}),
      ...(error.text ? { detail: error.text } : {}),
    })
  }
}

/**
 * The charge under which the caller acts for another department; a department that gave none is nobody's, and one that
 * may not ask itself has nothing that another could ask for (ZS-7.04).
 */
function actingFor(claims: Claims, party: Party, headers: RawHeaders, parties: PartyRegister): Acting | null {
  const department = stated(claims, headers, 'x-acting-for')
  if (department === null) return null
  const delegation = party.delegations.find((one) => one.department === department)
  if (!delegation)
    return refuse(claims, 'AUDIENCE_MISMATCH', {
      clause: 'ZS-7.04',
      detail: { zh: '该部门未委托贵单位办理', en: 'That department has not charged yours to act for it.' },
    })
  const principal = parties.find(department)
  if (principal && !principal.suspended) return { ...delegation, party: principal.type }
  return refuse(claims, 'UNKNOWN_PARTY', {
    clause: 'ZS-1.06',
    detail: { zh: '委托部门未登记或已停用', en: 'The delegating department is not registered, or suspended.' },
  })
}

/** A person, not an account that a department shares (ZS-6.03, NT-28.3). */
function officerOf(claims: Claims): string {
  const { officer } = claims
  if (officer === null || !claims.named) refuse(claims, 'END_USER_MISSING', { clause: 'ZS-6.03' })
  if (officer === claims.department || officer === claims.application)
    refuse(claims, 'END_USER_MISSING', {
      clause: 'NT-28.3',
      detail: { zh: '账号为部门共用,未落实到人', en: 'The account is shared by a department.' },
    })
  return officer
}

/**
 * Builds the step that says who asks: `Authorization: Bearer` JWT with `sub, name, dept, app, roles, exp`, and the
 * headers `x-matter`, `x-case`, `x-acting-for` and `x-emergency`. In the order of the scenarios: party known, person known.
 *
 * The step takes raw headers and the time in milliseconds, and rejects with a Failure: UNAUTHENTICATED, UNKNOWN_PARTY
 * (ZS-1.06), AUDIENCE_MISMATCH (HZ-6), END_USER_MISSING (ZS-6.03, NT-28.3), BAD_REQUEST (a header), NOT_READY (keys).
 */
export function createIdentify(deps: IdentifyDependencies): (headers: RawHeaders, now: number) => Promise<Caller> {
  const cache = createTokenCache(deps.cachedTokens ?? 10_000)

  async function claimsOf(token: string, now: number): Promise<Claims> {
    const keys = await deps.keys.current()
    const known = cache.get(token, keys)
    const claims = known ?? (await verifyToken(token, keys, deps, now))
    assertInForce(claims, now, deps.clockToleranceSeconds)
    if (known === undefined) cache.put(token, keys, claims)
    return claims
  }

  return async function identify(headers, now) {
    const claims = await claimsOf(bearerToken(headers), now)
    assertSeparated(claims)
    const party = partyOf(claims, deps.parties)
    assertOwnApplication(claims, party)
    return Object.freeze({
      department: claims.department,
      application: claims.application,
      officer: officerOf(claims),
      roles: claims.roles,
      party: party.type,
      actingFor: actingFor(claims, party, headers, deps.parties),
      matter: stated(claims, headers, 'x-matter'),
      case: stated(claims, headers, 'x-case'),
      emergency: stated(claims, headers, 'x-emergency'),
    })
  }
}
