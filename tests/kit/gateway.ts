import { appendFileSync } from 'node:fs'
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { vi } from 'vitest'
import { stringify } from 'yaml'
import { seedCity } from '../../city/seed.ts'
import { auditReader } from '../../gateway/adapters/audit-file.ts'
import { appendGrantEvent } from '../../gateway/adapters/grant-events.ts'
import type { DatedEvent } from '../../gateway/adapters/grant-events.ts'
import { appendOfficerEvent } from '../../gateway/adapters/officer-events.ts'
import type { OfficerEvent } from '../../gateway/adapters/officer-events.ts'
import { readRecords } from '../../gateway/audit/read-records.ts'
import type { AuditRecord } from '../../gateway/audit/record.ts'
import { verifyAudit } from '../../gateway/audit/verify.ts'
import type { VerifyReport } from '../../gateway/audit/verify.ts'
import { mintToken, PROFILES } from '../../gateway/caller/development-issuer.ts'
import type { TokenSubject } from '../../gateway/caller/development-issuer.ts'
import { grantEventsFile, officerEventsFile } from '../../gateway/config/config.ts'
import type { Config } from '../../gateway/config/config.ts'
import { loadConfig } from '../../gateway/config/load.ts'
import type { Composition } from '../../gateway/catalog/compose.ts'
import { startGateway } from '../../gateway/main.ts'
import type { RunningGateway, StartPorts } from '../../gateway/main.ts'
import { startLog } from '../../gateway/observe/log.ts'
import { NO_RULES } from '../../gateway/catalog/rules.ts'
import type { CatalogRules } from '../../gateway/catalog/rules.ts'
import { composeCity, writeComposition } from '../../gateway/start/composition.ts'
import { systemClock } from '../../gateway/vocabulary/ports.ts'
import type { Clock } from '../../gateway/vocabulary/ports.ts'
import { CITY } from './gateway-canaries.ts'
import { removeButKeepRecords } from './keep.ts'
import { sendRaw } from './gateway-http.ts'
import type { RawRequest, Reply } from './gateway-http.ts'
import { watchDepartments } from './gateway-departments.ts'
import type { WatchedDepartments } from './gateway-departments.ts'

/** Content of registers, as objects of their YAML files; what is left out is the demonstration city's. */
export type Registers = Partial<Readonly<Record<'parties' | 'matters' | 'cases' | 'grants' | 'operations', unknown>>>

export interface TestGatewayOptions {
  readonly regime?: string
  readonly registers?: Registers
  /** Further settings, in the shape of gongxiang.yaml. */
  readonly settings?: Readonly<Record<string, unknown>>
  /** Events about grants that stand in their file before the start. */
  readonly events?: readonly DatedEvent[]
  /** Events about officers that stand in their file before the start. */
  readonly officers?: readonly OfficerEvent[]
  /** By what time it decides, and its tokens are made; the real one where none is given. */
  readonly clock?: Clock
  /** Whether its record is copied into the index, in a thread that takes as long to start as all the rest; no by default. */
  readonly index?: boolean
  /** Further ports of its start. */
  readonly ports?: Pick<StartPorts, 'ids' | 'known'>
}

/** Who asks, for what, and what. */
export interface Ask {
  /** A person of the demonstration city, or another one; null sends no token. */
  readonly as?: TokenSubject | null
  readonly matter?: string | null
  readonly case?: string | null
  /** Further headers, in lower case. */
  readonly headers?: Readonly<Record<string, string>>
  readonly query?: string
  readonly variables?: Readonly<Record<string, unknown>>
  readonly operationName?: string
  readonly signal?: AbortSignal
}

/** A gateway as it is shipped, in this process, over a folder of its own. */
export interface TestGateway extends Pick<WatchedDepartments, 'seen' | 'forget' | 'disturb' | 'heal'> {
  readonly url: string
  /** Where its metrics are; null where the settings do not open that address. */
  readonly metricsUrl: string | null
  readonly config: Config
  /** Its folder: configuration, registers, keys, audit record, log. */
  readonly directory: string
  token(subject: TokenSubject, ttlSeconds?: number): Promise<string>
  /** Posts GraphQL as JSON. */
  ask(ask: Ask): Promise<Reply>
  /** Sends exactly this. */
  send(request: RawRequest): Promise<Reply>
  /** All records so far, in order. */
  records(): Promise<readonly AuditRecord[]>
  /** The record of a receipt; fails where there is none. */
  recordOf(receipt: string): Promise<AuditRecord>
  verify(): Promise<VerifyReport>
  /** Writes a revocation as another process would. */
  revoke(grant: string): Promise<void>
  /** Puts a composition where the gateway looks for one, and waits until it is in service. */
  compose(composed: Composition & { readonly kind: 'composed' }): Promise<void>
  /** Stops the gateway and leaves its folder to be searched. */
  halt(): Promise<void>
  /** Stops the gateway and removes its folder. */
  stop(): Promise<void>
}

/** The desk of Housing: matter and case of the demonstration city. */
export const DESK: TokenSubject = PROFILES['housing-clerk']
export const DESK_MATTER = { matter: 'public-rental-housing', case: 'PRH-2026-0001' } as const
/** Market regulation's application. */
export const MARKET: TokenSubject = PROFILES['market-app']
export const MARKET_MATTER = { matter: 'business-licence-change' } as const
export const ANALYST: TokenSubject = PROFILES.analyst
export const ANALYST_MATTER = { matter: 'insurance-coverage-analysis', case: 'STUDY-2026-01' } as const

/** Starts a gateway on a free port over the small city. */
export async function startTestGateway(options: TestGatewayOptions = {}): Promise<TestGateway> {
  const directory = await mkdtemp(join(tmpdir(), 'gx-gateway-'))
  const log = join(directory, 'gateway.log')
  const watched = watchDepartments()
  let stopLog = (): void => undefined
  try {
    await copyCity(join(directory, 'data', 'city'))
    const config = await configure(directory, options)
    for (const event of options.events ?? []) await appendGrantEvent(grantEventsFile(config), event)
    for (const event of options.officers ?? []) await appendOfficerEvent(officerEventsFile(config), event)
    stopLog = startLog({ level: 'trace', pretty: false, write: (line) => appendFileSync(log, line) })
    const progress = { step: () => undefined, count: () => undefined }
    const { clock = systemClock, index = false } = options
    const ports = { ...options.ports, watch: watched.watch, clock, index, compose: composeOnce }
    const running = await startGateway(config, progress, ports)
    return testGateway({ directory, running, watched, clock, stopLog })
  } catch (error) {
    stopLog()
    await remove(directory)
    throw error
  }
}

/** The departments' SDL does not change under a test: each regime composes it once in a process. */
function composeOnce(rules: CatalogRules = NO_RULES): Composition {
  const known = compositions.get(rules.regime) ?? composeCity(rules)
  compositions.set(rules.regime, known)
  return known
}
const compositions = new Map<string, Composition>()

interface Started {
  readonly directory: string
  readonly running: RunningGateway
  readonly watched: WatchedDepartments
  readonly clock: Clock
  readonly stopLog: () => void
}

function testGateway({ directory, running, watched, clock, stopLog }: Started): TestGateway {
  const { url, config, keys, metricsUrl } = running
  // A gateway that was stopped is forgotten: a file of tests may have had dozens of them, each with its own schema.
  let live: RunningGateway | null = running
  const reader = auditReader(config.audit.directory)
  let halted: Promise<void> | null = null
  const halt = (): Promise<void> => {
    halted ??= (live?.stop() ?? Promise.resolve()).finally(stopLog)
    live = null
    return halted
  }
  const token = (subject: TokenSubject, ttlSeconds = 3_600): Promise<string> => {
    const { issuer, audience } = config.identity
    return mintToken(keys.signing('token-signing'), subject, { issuer, audience, now: clock.now(), ttlSeconds })
  }
  const records = (): Promise<readonly AuditRecord[]> => Array.fromAsync(readRecords(reader))
  return {
    ...watched,
    url,
    metricsUrl,
    config,
    directory,
    token,
    async ask(ask) {
      const { as = DESK, matter, case: file, headers = {}, query, variables, operationName, signal } = ask
      const sent: [string, string][] = [['content-type', 'application/json']]
      if (as !== null) sent.push(['authorization', `Bearer ${await token(as)}`])
      if (typeof matter === 'string') sent.push(['x-matter', matter])
      if (typeof file === 'string') sent.push(['x-case', file])
      const body = JSON.stringify({ query, variables, operationName })
      return sendRaw(url, { headers: [...sent, ...Object.entries(headers)], body, ...(signal ? { signal } : {}) })
    },
    send: (request) => sendRaw(url, request),
    records,
    async recordOf(receipt) {
      const found = (await records()).filter((record) => record.receipt === receipt)
      if (found.length !== 1 || !found[0]) throw new Error(`${found.length} audit records with receipt ${receipt}`)
      return found[0]
    },
    verify: async () => verifyAudit(reader, [keys.signing('audit-head').publicKey]),
    revoke: (grant) =>
      appendGrantEvent(grantEventsFile(config), {
        kind: 'GRANT_REVOKED',
        grant,
        at: new Date(clock.now()).toISOString(),
        by: 'HRSS-0031',
        reason: 'the purpose has ended',
      }),
    async compose(composed) {
      writeComposition(join(config.dataDirectory, 'schema'), composed)
      await vi.waitUntil(() => live?.catalogVersion() === composed.catalog.version, { timeout: 20_000, interval: 25 })
    },
    halt,
    async stop() {
      await halt()
      await remove(directory)
    },
  }
}

async function configure(directory: string, { regime, registers = {}, settings = {} }: TestGatewayOptions) {
  const files: Record<string, string> = {}
  for (const [name, content] of Object.entries(registers)) {
    files[name] = join(directory, `${name}.yaml`)
    await writeFile(files[name], typeof content === 'string' ? content : stringify(content))
  }
  const file = join(directory, 'gongxiang.yaml')
  const content = {
    ...(regime === undefined ? {} : { regime }),
    dataDirectory: 'data',
    http: { port: 0 },
    city: CITY,
    log: { level: 'silent' },
    graphiql: { enabled: false },
    audit: { segmentBytes: 1_048_576 },
    // Tests ask about the same few people again and again, and look at what departments are asked each time.
    cache: { enabled: false },
    registers: files,
    ...settings,
  }
  await writeFile(file, stringify(content))
  return loadConfig({ file, env: {}, cwd: directory })
}

/** The city is made once per process; every gateway gets a copy. */
let template: { readonly made: Promise<string>; users: number } | null = null

async function copyCity(target: string): Promise<void> {
  template ??= { made: makeCity(), users: 0 }
  template.users += 1
  const source = await template.made
  await mkdir(target, { recursive: true })
  await cp(source, target, { recursive: true })
}

async function makeCity(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'gx-city-template-'))
  const directory = join(folder, 'city')
  await seedCity({ directory, ...CITY })
  await writeFile(join(directory, '.department-data'), '')
  return directory
}

/** Removes a gateway's folder, and the template with the last one. */
async function remove(directory: string): Promise<void> {
  await removeButKeepRecords(directory)
  if (template === null) return
  template.users -= 1
  if (template.users > 0) return
  const { made } = template
  template = null
  await rm(join(await made, '..'), { recursive: true, force: true })
}
