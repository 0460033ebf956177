import { readFile } from 'node:fs/promises'
import { parseJwks } from '../../adapters/jwks.ts'
import { createKeyFiles } from '../../adapters/key-files.ts'
import { readOperations } from '../../adapters/operation-files.ts'
import { parseParties } from '../../adapters/party-register-file.ts'
import { readCases, readGrants, readMatters } from '../../adapters/register-files.ts'
import { keysDirectory } from '../../config/config.ts'
import { KeyFault } from '../../keys/key-fault.ts'
import { openKeyRing } from '../../keys/key-ring.ts'
import { fail, ok, reasonOf, same, warn } from './finding.ts'
import type { Check, Finding } from './finding.ts'

const FIRST_START = { zh: '首次启动时自动生成', en: 'The first start makes them' }

/** Every purpose has a key, readable by this user alone, and none for development in production. */
export const checkKeys: Check = async (config) => {
  const embedded = config.mode === 'embedded'
  try {
    const ring = await openKeyRing(createKeyFiles(keysDirectory(config)), { allowDevelopment: embedded })
    const development = ring.development.length > 0
    return [
      development
        ? ok('keys', '密钥齐全(仅供开发)', 'all keys are there (for development only)')
        : ok('keys', '密钥齐全', 'all keys are there'),
    ]
  } catch (error) {
    if (!(error instanceof KeyFault)) throw error
    if (embedded && error.problems.every(({ kind }) => kind === 'MISSING'))
      return [warn('keys', { zh: '尚无密钥', en: 'there are no keys yet' }, FIRST_START)]
    return error.problems.map(({ purpose, message }) =>
      fail(`keys.${purpose}`, same(message), {
        zh: '按提示处理;密钥文件权限应为 0600',
        en: 'Do what the line says; key files have the mode 0600',
      }),
    )
  }
}

interface RemoteText {
  readonly text: string
  /** Seconds by which the other clock is ahead of ours, or null where it does not say. */
  readonly ahead: number | null
}

async function fetchText(address: string): Promise<RemoteText> {
  const response = await fetch(address, { signal: AbortSignal.timeout(5_000), redirect: 'error' })
  if (response.status !== 200) throw new Error(`HTTP ${response.status}`)
  const date = Date.parse(response.headers.get('date') ?? '')
  return { text: await response.text(), ahead: Number.isNaN(date) ? null : Math.round((date - Date.now()) / 1000) }
}

function skew(ahead: number | null, tolerance: number): readonly Finding[] {
  if (ahead === null || Math.abs(ahead) <= Math.max(tolerance, 2)) return []
  return [
    fail(
      'clock.identity',
      {
        zh: `与身份认证系统的时钟相差 ${ahead} 秒`,
        en: `the identity provider's clock differs by ${ahead} s`,
      },
      { zh: '校准两边的系统时间(NTP)', en: 'Set both clocks (NTP), or good tokens are refused' },
    ),
  ]
}

/** The identity provider's public keys can be read, and its clock agrees with ours. */
export const checkIdentity: Check = async ({ identity, mode, dataDirectory }) => {
  const { jwks } = identity
  const remote = /^https?:/.test(jwks)
  try {
    const { text, ahead } = remote ? await fetchText(jwks) : { text: await readFile(jwks, 'utf8'), ahead: null }
    const count = parseJwks(text).keys.length
    return [
      ok('identity', `${jwks}:${count} 个公钥`, `${jwks}: ${count} public keys`),
      ...skew(ahead, identity.clockToleranceSeconds),
    ]
  } catch (error) {
    if (mode === 'embedded' && jwks.startsWith(dataDirectory))
      return [warn('identity', { zh: '尚无开发用公钥', en: 'there are no development keys yet' }, FIRST_START)]
    return [
      fail('identity', same(`${jwks}: ${reasonOf(error)}`), {
        zh: '检查 identity.jwks 与身份认证系统',
        en: 'Check identity.jwks and the identity provider',
      }),
    ]
  }
}

const READERS: Readonly<Record<string, (path: string, text: string) => unknown>> = {
  parties: (path, text) => parseParties(text, path),
  matters: readMatters,
  cases: readCases,
  grants: readGrants,
  operations: readOperations,
}

/** Every register can be read and parsed. */
export const checkRegisters: Check = async ({ registers }) =>
  Promise.all(
    Object.entries(registers).map(async ([name, path]) => {
      const check = `register.${name}`
      try {
        READERS[name]?.(path, await readFile(path, 'utf8'))
        return ok(check, path, path)
      } catch (error) {
        return fail(check, same(reasonOf(error)), {
          zh: '改正该登记文件,或用 registers 指向正确的文件',
          en: 'Mend the register, or name the right file under registers',
        })
      }
    }),
  )
