import type { KeyObject } from 'node:crypto'
import { SignJWT } from 'jose'
import type { Role } from './roles.ts'

/** Whom a development token speaks for. */
export interface TokenSubject {
  readonly department: string
  readonly application: string
  /** Staff number. */
  readonly officer: string
  /** The officer's name as shown to colleagues; synthetic. */
  readonly name: string
  readonly roles: readonly Role[]
}

export interface TokenTerms {
  readonly issuer: string
  readonly audience: string
  /** Milliseconds since the epoch. */
  readonly now: number
  readonly ttlSeconds: number
}

/** Ready subjects of the embedded mode; nobody real. */
export const PROFILES = {
  'housing-clerk': {
    department: 'housing-urban-rural',
    application: 'housing-desk',
    officer: 'HUR-0117',
    name: '窗口 演示一',
    roles: ['DESK'],
  },
  'market-app': {
    department: 'market-registration',
    application: 'licence-service',
    officer: 'MR-0042',
    name: '许可 演示二',
    roles: ['APPLICATION'],
  },
  analyst: {
    department: 'development-reform',
    application: 'analysis-workbench',
    officer: 'DR-0009',
    name: '分析 演示三',
    roles: ['ANALYST'],
  },
} as const satisfies Record<string, TokenSubject>

export type ProfileName = keyof typeof PROFILES

/** Whether a text names a ready subject. */
export function isProfile(text: string): text is ProfileName {
  return Object.hasOwn(PROFILES, text)
}

/**
 * A compact JWT (EdDSA) as the city's identity provider would issue it; for the embedded mode and for tests.
 * @param key the current key of the purpose `token-signing`
 */
export async function mintToken(
  key: { readonly id: string; readonly privateKey: KeyObject },
  subject: TokenSubject,
  terms: TokenTerms,
): Promise<string> {
  const issued = Math.floor(terms.now / 1000)
  return new SignJWT({
    name: subject.name,
    dept: subject.department,
    app: subject.application,
    roles: [...subject.roles],
  })
    .setProtectedHeader({ alg: 'EdDSA', kid: key.id, typ: 'JWT' })
    .setIssuer(terms.issuer)
    .setAudience(terms.audience)
    .setSubject(subject.officer)
    .setIssuedAt(issued)
    .setExpirationTime(issued + terms.ttlSeconds)
    .sign(key.privateKey)
}
