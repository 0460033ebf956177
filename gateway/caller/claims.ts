import { Failure } from '../vocabulary/failure.ts'
import { ROLES } from './roles.ts'
import type { Role } from './roles.ts'
import { holdsIdNumber } from '../vocabulary/id-number.ts'
import { STAFF_NUMBER } from '../vocabulary/staff-number.ts'

/** What the gateway takes from a verified token; everything else in it is ignored. */
export interface Claims {
  readonly department: string
  readonly application: string
  /** `sub`; null where the token names nobody. */
  readonly officer: string | null
  /** Whether `name` is there; the name itself is not kept. */
  readonly named: boolean
  readonly roles: readonly Role[]
  /** Seconds since the epoch. */
  readonly expires: number
  /** Seconds since the epoch; 0 where absent. */
  readonly notBefore: number
}

const CODE = /^[a-z0-9][a-z0-9-]{0,63}$/

function bad(zh: string, en: string): Failure {
  return new Failure('UNAUTHENTICATED', { detail: { zh, en } })
}

/** Own properties only: a claim named like a property of Object.prototype is no claim. */
function claim(payload: object, name: string): unknown {
  return Object.getOwnPropertyDescriptor(payload, name)?.value
}

function code(payload: object, name: string): string {
  const value = claim(payload, name)
  if (typeof value === 'string' && CODE.test(value)) return value
  throw bad(`令牌的 ${name} 缺失或不是代码`, `The claim ${name} is missing or no code.`)
}

function seconds(payload: object, name: string): number | null {
  const value = claim(payload, name)
  if (value === undefined) return null
  if (typeof value === 'number' && Number.isFinite(value)) return value
  throw bad(`令牌的 ${name} 不是时间`, `The claim ${name} is no time.`)
}

function officerOf(payload: object): string | null {
  const value = claim(payload, 'sub')
  if (value === undefined || value === '') return null
  if (typeof value !== 'string' || !STAFF_NUMBER.test(value))
    throw bad('令牌的 sub 不是工作人员编号', 'The claim sub is no staff number.')
  if (holdsIdNumber(value))
    throw new Failure('UNAUTHENTICATED', {
      clause: 'HZ-47.2',
      detail: {
        zh: '令牌的 sub 应为工作人员编号,不得为公民身份号码',
        en: "The claim sub must be a staff number, not a citizen's.",
      },
    })
  return value
}

function isRole(value: unknown): value is Role {
  return ROLES.some((role) => role === value)
}

/** Roles in the order of the list and once each, so that equal sets give equal views. */
function rolesOf(payload: object): readonly Role[] {
  const value = claim(payload, 'roles')
  if (!Array.isArray(value) || value.length === 0)
    throw bad('令牌的 roles 应为至少有一个角色的列表', 'The claim roles must be a list with at least one role.')
  if (!value.every(isRole)) throw bad('令牌的 roles 含有未知角色', 'The claim roles names an unknown role.')
  const roles = ROLES.filter((role) => value.includes(role))
  return Object.freeze(roles)
}

/**
 * Reads the claims of a verified token.
 * @throws Failure UNAUTHENTICATED naming the claim, never its value.
 */
export function readClaims(payload: object): Claims {
  // RFC 8705: a token bound to a certificate proves nothing on a connection that shows none.
  if (claim(payload, 'cnf') !== undefined)
    throw bad(
      '令牌绑定了客户端证书,而本连接未出示',
      'The token is bound to a client certificate, which this connection does not show.',
    )
  const expires = seconds(payload, 'exp')
  if (expires === null) throw bad('令牌缺少 exp', 'The claim exp is missing.')
  const name = claim(payload, 'name')
  return Object.freeze({
    department: code(payload, 'dept'),
    application: code(payload, 'app'),
    officer: officerOf(payload),
    named: typeof name === 'string' && name.trim() !== '',
    roles: rolesOf(payload),
    expires,
    notBefore: seconds(payload, 'nbf') ?? 0,
  })
}

/**
 * Whether the token is in force.
 * @throws Failure UNAUTHENTICATED: expired, or not yet valid.
 */
export function assertInForce(claims: Claims, nowMilliseconds: number, toleranceSeconds: number): void {
  const now = Math.floor(nowMilliseconds / 1000)
  if (claims.expires <= now - toleranceSeconds) throw bad('令牌已过期', 'The token has expired.')
  if (claims.notBefore > now + toleranceSeconds) throw bad('令牌尚未生效', 'The token is not valid yet.')
}
