import { generateKeyPairSync, sign } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { createLocalJWKSet } from 'jose'
import type { JSONWebKeySet } from 'jose'
import type { PartyRegister } from '../../../gateway/caller/parties.ts'
import type { TokenKeys, TokenKeySet } from '../../../gateway/caller/token.ts'
import { parseParties } from '../../../gateway/adapters/party-register-file.ts'
import { systemClock } from '../../../gateway/vocabulary/ports.ts'
import type { Clock } from '../../../gateway/vocabulary/ports.ts'

/** 2026-11-22T08:00:00Z */
export const NOW = 1_795_334_400_000
export const ISSUER = 'https://issuer.example'
export const AUDIENCE = 'gongxiang'

export interface TestKey {
  readonly kid: string
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
}

export function makeKey(kid: string): TestKey {
  return { kid, ...generateKeyPairSync('ed25519') }
}

export function jwksOf(...keys: readonly TestKey[]): JSONWebKeySet {
  return {
    keys: keys.map(({ kid, publicKey }) => ({ ...publicKey.export({ format: 'jwk' }), kid, alg: 'EdDSA', use: 'sig' })),
  }
}

/** Keys that a test can change. */
export function changeableKeys(first: JSONWebKeySet): TokenKeys & { change(next: JSONWebKeySet): void } {
  let current: TokenKeySet = { keyFor: createLocalJWKSet(first) }
  return {
    current: () => Promise.resolve(current),
    change(next) {
      current = { keyFor: createLocalJWKSet(next) }
    },
  }
}

export const encode = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')

export const GOOD_CLAIMS = {
  iss: ISSUER,
  aud: AUDIENCE,
  sub: 'HUR-0117',
  name: '演示人员',
  dept: 'housing-urban-rural',
  app: 'housing-desk',
  roles: ['DESK'],
  iat: NOW / 1000 - 60,
  exp: NOW / 1000 + 600,
} as const

/** A token made by hand over any text, so that every part of it can be wrong. */
export function forgeText(key: TestKey, body: string, header: Readonly<Record<string, unknown>> = {}): string {
  const input = `${encode({ alg: 'EdDSA', kid: key.kid, typ: 'JWT', ...header })}.${encode(body)}`
  return `${input}.${sign(null, Buffer.from(input), key.privateKey).toString('base64url')}`
}

/** A good token with some claims changed; claims set to undefined are left out. */
export function forge(
  key: TestKey,
  claims: Readonly<Record<string, unknown>> = {},
  header: Readonly<Record<string, unknown>> = {},
): string {
  return forgeText(key, JSON.stringify({ ...GOOD_CLAIMS, ...claims }), header)
}

export const bearer = (token: string, ...more: readonly string[]): readonly string[] => [
  'Host',
  'gateway',
  'Authorization',
  `Bearer ${token}`,
  ...more,
]

const REGISTER = `
version: 1
parties:
  - code: housing-urban-rural
    name: { zh: 住建, en: Housing }
    type: DEPARTMENT
    basis: [FS-12]
    applications:
      - { code: housing-desk, name: { zh: 窗口, en: Desk } }
      - { code: old-desk, name: { zh: 旧窗口, en: Old desk }, suspended: true }
  - code: data-authority
    name: { zh: 数据局, en: Data authority }
    type: DEPARTMENT
    basis: [ZS-1.10]
    roles: [AUTHORITY, SECURITY_ADMIN, DATA_OPERATOR]
    applications:
      - { code: authority-console, name: { zh: 平台, en: Console } }
  - code: civil-affairs
    name: { zh: 民政, en: Civil affairs }
    type: DEPARTMENT
    basis: [HZ-20]
  - code: town-governments
    name: { zh: 乡镇, en: Towns }
    type: TOWNSHIP
    basis: [ZS-7.03]
    delegations:
      - { department: civil-affairs, matters: [living-allowance-review] }
      - { department: closed-bureau, matters: [living-allowance-review] }
      - { department: unheard-of, matters: [living-allowance-review] }
    applications:
      - { code: town-desk, name: { zh: 窗口, en: Desk } }
  - code: closed-bureau
    name: { zh: 已撤销, en: Closed }
    type: DEPARTMENT
    basis: [ZS-1.06]
    suspended: true
    applications:
      - { code: desk, name: { zh: 窗口, en: Desk } }
`

export function testParties(): PartyRegister {
  const parties = parseParties(REGISTER, 'parties.yaml')
  return {
    find: (department) => parties.find(({ code }) => code === department) ?? null,
    all: () => parties,
  }
}

/** A monotonic clock that a test moves by hand. */
export function handClock(): Clock & { pass(milliseconds: number): void } {
  let at = 0
  return { now: () => systemClock.now(), monotonic: () => at, pass: (milliseconds) => (at += milliseconds) }
}
