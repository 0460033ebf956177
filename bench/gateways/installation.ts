import { KeyObject } from 'node:crypto'
import { cp, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { exportJWK, generateKeyPair } from 'jose'
import { stringify } from 'yaml'
import { generateKeys } from '../../gateway/adapters/key-files.ts'
import { mintToken } from '../../gateway/caller/development-issuer.ts'
import type { TokenSubject } from '../../gateway/caller/development-issuer.ts'
import type { Composition } from '../../gateway/catalog/compose.ts'
import { isError, printFault } from '../../gateway/catalog/fault.ts'
import type { CatalogRules } from '../../gateway/catalog/rules.ts'
import { readRules, ROOT, writeComposition } from '../../gateway/start/composition.ts'
import { systemClock } from '../../gateway/vocabulary/ports.ts'

const ISSUER = 'https://identity.bench.example'
const REGIME = 'zhongshan'

/** What is installed. */
export interface InstallationPlan {
  /** @throws Error with every fault of the departments' schemas */
  composed(): Composition & { readonly kind: 'composed' }
  /** Content of the registers, as objects of their YAML files; null for those of the demonstration city. */
  readonly registers: Readonly<Record<string, unknown>> | null
  /** Who asks. */
  readonly subject: TokenSubject
  /** What the officer states beside the token. */
  readonly headers: Readonly<Record<string, string>>
  /** One officer asks here what a city's officers ask together: the counting is measured, not the refusal. */
  readonly limits: Readonly<Record<string, number>>
}

/** An installation of this gateway as production has it. */
export interface Installation {
  readonly configFile: string
  /** Headers of the officer who asks. */
  readonly headers: Readonly<Record<string, string>>
}

/**
 * Writes keys, composed schema, registers, the identity provider's key and the configuration into a folder.
 *
 * @param urls department → address
 * @param settings further settings, in the shape of gongxiang.yaml
 */
export async function install(
  directory: string,
  urls: Readonly<Record<string, string>>,
  plan: InstallationPlan,
  settings: Readonly<Record<string, unknown>> = {},
): Promise<Installation> {
  const at = (...names: string[]): string => join(directory, ...names)
  await mkdir(at('registers'), { recursive: true })
  for (const part of ['regimes', 'regulations'])
    await cp(join(ROOT, 'schema', part), at('schema', part), { recursive: true })
  writeComposition(at('schema'), plan.composed())
  await generateKeys(at('data/keys'), { development: false, now: systemClock.now() })
  const registers: Record<string, string> = {}
  for (const [name, content] of Object.entries(plan.registers ?? {})) {
    registers[name] = at('registers', `${name}.yaml`)
    await writeFile(registers[name], stringify(content))
  }
  const token = await identityProvider(at('identity.jwks.json'), plan.subject)
  const configFile = at('gongxiang.yaml')
  await writeFile(
    configFile,
    stringify({
      mode: 'production',
      regime: REGIME,
      dataDirectory: at('data'),
      schemaDirectory: at('schema'),
      http: { host: '127.0.0.1', port: 0 },
      identity: { issuer: ISSUER, jwks: at('identity.jwks.json') },
      ...(plan.registers === null ? {} : { registers }),
      departments: Object.fromEntries(Object.entries(urls).map(([name, url]) => [name, { url }])),
      audit: { directory: at('audit') },
      log: { level: 'warn' },
      limits: plan.limits,
      ...settings,
    }),
  )
  return { configFile, headers: { authorization: `Bearer ${token}`, ...plan.headers } }
}

/** What is composed under the bench's regime, or every fault of it. */
export function composedOrThrow(composition: Composition): Composition & { readonly kind: 'composed' } {
  if (composition.kind === 'composed') return composition
  throw new Error(composition.faults.filter(isError).map(printFault).join('\n'))
}

/** What the regime of the bench asks of a catalogue. */
export function benchRules(): CatalogRules {
  return readRules(REGIME)
}

/** A key of its own, its public half in a file, and a token that is good for a day. */
async function identityProvider(file: string, subject: TokenSubject): Promise<string> {
  const { publicKey, privateKey } = await generateKeyPair('Ed25519', { extractable: true })
  const key = { ...(await exportJWK(publicKey)), kid: 'bench-1', alg: 'EdDSA', use: 'sig' }
  await writeFile(file, JSON.stringify({ keys: [key] }))
  const terms = { issuer: ISSUER, audience: 'gongxiang', now: systemClock.now(), ttlSeconds: 86_400 }
  return mintToken({ id: 'bench-1', privateKey: KeyObject.from(privateKey) }, subject, terms)
}
