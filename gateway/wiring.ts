import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { startApolloFront, createExecutor } from './adapters/apollo-front.ts'
import { createSupergraphGateway } from './adapters/apollo-gateway.ts'
import type { SupergraphGateway } from './adapters/apollo-gateway.ts'
import { auditFiles } from './adapters/audit-file.ts'
import { openGrantFiles } from './adapters/grant-files.ts'
import type { GrantFiles } from './adapters/grant-files.ts'
import { createMemoryCounters } from './adapters/counters-memory.ts'
import { createRedisCounters } from './adapters/counters-redis.ts'
import { createIds } from './adapters/ids.ts'
import { openJwks } from './adapters/jwks.ts'
import { openPartyFile } from './adapters/party-register-file.ts'
import { openMatterFiles } from './adapters/matter-files.ts'
import { openRegimeFile } from './adapters/regime-file.ts'
import { openClauseTexts } from './adapters/clause-texts.ts'
import { createSubgraphClients } from './adapters/subgraph-clients.ts'
import type { DepartmentClient } from './adapters/subgraph-clients.ts'
import { followComposed } from './adapters/supergraph-files.ts'
import type { ComposedSchema } from './adapters/supergraph-files.ts'
import { BUILTIN } from './builtin/subgraph.ts'
import { openAuditLog } from './audit/audit-log.ts'
import type { AuditLog } from './audit/audit-log.ts'
import { openRefusalSummary } from './audit/refusal-summary.ts'
import { ed25519Signer } from './audit/signature.ts'
import { createIdentify } from './caller/identify.ts'
import type { Party, PartyRegister } from './caller/parties.ts'
import { indexFields, indexResources } from './catalog/catalog.ts'
import { implementationsOf } from './catalog/implementations.ts'
import { createApolloPlanner } from './compile/apollo-planner.ts'
import { createGeneration } from './compile/generation.ts'
import type { Generation } from './compile/generation.ts'
import type { Wording } from './compile/view-schema.ts'
import type { servedSchema } from './compile/served-schema.ts'
import { grantEventsFile } from './config/config.ts'
import type { Config } from './config/config.ts'
import type { GrantSource } from './grants/grant.ts'
import { classLabel } from './grants/class-label.ts'
import { createViewCache } from './grants/view-cache.ts'
import { handleRequest } from './handle-request.ts'
import { createBudget } from './limits/budget.ts'
import type { Counters } from './limits/counters.ts'
import { createRateLimit } from './limits/rate-limit.ts'
import type { KeyRing } from './keys/key-ring.ts'
import { publishFailure, publishLifecycle } from './observe/channels.ts'
import type { Regime } from './regime/regime.ts'
import { MAX_FIELDS, answerOperation } from './request/answer-operation.ts'
import type { House } from './request/house.ts'
import type { HttpAnswer, HttpRequest } from './request/http.ts'
import { sharingFacts } from './request/sharing-facts.ts'
import { createClosers } from './vocabulary/closers.ts'
import type { Closers } from './vocabulary/closers.ts'
import { systemClock } from './vocabulary/ports.ts'
import type { Clock } from './vocabulary/ports.ts'

/** What a house is built from, beside its configuration. */
export interface HouseParts {
  readonly config: Config
  readonly keys: KeyRing
  readonly composed: ComposedSchema
  /** Folder in which compositions are followed. */
  readonly schemaDirectory: string
  readonly departments: ReadonlyMap<string, DepartmentClient>
  readonly clock?: Clock
  readonly version: string
}

/** A house that can be asked. */
export interface OpenHouse {
  handle(request: HttpRequest): Promise<HttpAnswer>
  readonly audit: AuditLog
  readonly counters: Counters
  /** What the registers are held against, and the registers themselves. */
  readonly standing: HouseStanding
  catalogVersion(): string
  close(): Promise<void>
}

/** What decides beside the requests; each may be another one at the next look. */
export interface HouseStanding {
  readonly grants: GrantFiles
  /** Rises whenever the register of matters changes. */
  mattersVersion(): number
  parties(): readonly Party[]
  regime(): Regime
  generation(): Pick<Generation, 'catalog' | 'schema'>
}

/** The longest audit record; room for as much is reserved before anything is fetched. */
const MAX_RECORD_BYTES = 64 * 1024

/**
 * Wires every port to its adapter; the only place where adapters are built.
 *
 * @throws an error of one clear line or several; nothing stays open then
 */
export async function openHouse(parts: HouseParts): Promise<OpenHouse> {
  const closers = createClosers()
  try {
    return await wire(parts, closers)
  } catch (error) {
    // What went wrong first is told; what then cannot be closed only follows from it.
    await closers.closeAll().catch(() => undefined)
    throw error
  }
}

async function wire(parts: HouseParts, closers: Closers): Promise<OpenHouse> {
  const { config, keys } = parts
  const clock = parts.clock ?? systemClock
  const ids = createIds(clock)
  const regimes = openRegimeFile(join(config.schemaDirectory, 'regimes', `${config.regime}.yaml`), () =>
    followRegime(supergraph),
  )
  closers.add(() => regimes.close())
  const { grants, registers, parties } = openRegisters(config, closers)
  const identify = createIdentity(config, parties, clock, closers)
  const counters = createCounters(config, clock)
  closers.add(() => counters.close())
  const audit = await openAudit(config, keys, clock)
  closers.add(() => audit.close())

  const executor = createExecutor((exchange, request) => answerOperation(house, exchange, request))
  const build = buildGeneration(() => regimes.current(), { ...registers, parties }, grants, clock)
  const supergraph = createSupergraphGateway(parts.composed, build, executor)
  const front = await startApolloFront(supergraph.gateway, config.limits.tokens)
  closers.add(() => front.stop())
  const versions = () => versionsOf(regimes.current(), supergraph, parts.version)
  const summary = openRefusalSummary({ log: audit, clock, ids, versions })
  closers.add(() => summary.close())
  const house: House = {
    clock,
    ids,
    get regime() {
      return regimes.current()
    },
    grants,
    client: createSubgraphClients(parts.departments),
    audit,
    limits: config.limits,
    masks: config.masking.ruleSet,
    rate: createRateLimit(counters, config.limits),
    budget: createBudget(counters, config.limits),
    registers,
    parties,
    clauseText: openClauseTexts(config.schemaDirectory, regimes.current().regime),
    maxRecordBytes: MAX_RECORD_BYTES,
    degraded: () => (counters.health().ok ? [] : ['counters']),
    version: parts.version,
    secrets: { subject: secret(keys, 'subject-pseudonym'), argument: secret(keys, 'argument-hash') },
    identify,
    generationOf: (schema) => supergraph.generationOf(schema),
    catalogVersion: () => supergraph.current().catalog.version,
    front: (exchange, request) => front.answer(exchange, request, () => sharingFacts(house, exchange)),
    countRefusal: (code, who) => summary.add(code, who),
  }
  closers.add(followComposed(parts.schemaDirectory, (next) => void reload(supergraph, next)))
  return {
    handle: (request) => handleRequest(house, request),
    audit,
    counters,
    standing: standingOf({ grants, registers, parties, regimes, supergraph }),
    catalogVersion: () => house.catalogVersion(),
    close: () => closers.closeAll(),
  }
}

type Followed = ReturnType<typeof openRegisters> & {
  readonly regimes: { current(): Regime }
  readonly supergraph: SupergraphGateway
}

function standingOf({ grants, registers, parties, regimes, supergraph }: Followed): HouseStanding {
  return {
    grants,
    mattersVersion: () => registers.matters.version(),
    parties: () => parties.all(),
    regime: () => regimes.current(),
    generation: () => supergraph.current(),
  }
}

/** The city's registers, followed. */
export function openRegisters(config: Config, closers: Closers) {
  const grants = openGrantFiles(config.registers.grants, grantEventsFile(config))
  closers.add(() => grants.close())
  const registers = openMatterFiles(config.registers.matters, config.registers.cases)
  closers.add(() => registers.close())
  const parties = openPartyFile(config.registers.parties)
  closers.add(() => parties.close())
  return { grants, registers, parties }
}

function createCounters(config: Config, clock: Clock): Counters {
  return config.redis.url === null ? createMemoryCounters(clock) : createRedisCounters(config.redis.url, clock)
}

function versionsOf(regime: Regime, supergraph: SupergraphGateway, gateway: string) {
  const current = supergraph.current()
  return { versions: { regime: regime.regime, catalog: current.catalog.version, gateway }, generation: current.id }
}

async function reload(supergraph: SupergraphGateway, next: ComposedSchema): Promise<void> {
  try {
    await supergraph.update(next)
    publishLifecycle(() => ({ step: 'reloaded', subject: 'generation' }))
  } catch (error) {
    publishLifecycle(() => ({ step: 'reload-refused', subject: 'generation' }))
    publishFailure(() => ({ receipt: null, where: 'reload', code: null, error }))
  }
}

/** A changed profile decides from the next request on; one that nothing can be built from changes nothing. */
function followRegime(supergraph: SupergraphGateway): void {
  try {
    supergraph.rebuild()
  } catch (error) {
    publishLifecycle(() => ({ step: 'reload-refused', subject: 'generation' }))
    publishFailure(() => ({ receipt: null, where: 'regime', code: null, error }))
  }
}

function createIdentity(config: Config, parties: PartyRegister, clock: Clock, closers: Closers) {
  const { issuer, audience, clockToleranceSeconds, jwks } = config.identity
  const keys = openJwks(jwks, clock)
  closers.add(() => keys.close())
  return createIdentify({ keys, parties, issuer, audience, clockToleranceSeconds })
}

async function openAudit(config: Config, keys: KeyRing, clock: Clock): Promise<AuditLog> {
  const { directory, segmentBytes, headEveryRecords, headEveryMs } = config.audit
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const { privateKey, publicKey } = keys.signing('audit-head')
  const signer = ed25519Signer(privateKey, publicKey)
  const audit = await openAuditLog({
    files: auditFiles(directory),
    clock,
    signer,
    chain: 'gateway',
    segmentBytes,
    maxRecordBytes: MAX_RECORD_BYTES,
    headEveryRecords,
    headEveryMillis: headEveryMs,
  })
  for (const finding of audit.findings) {
    publishFailure(() => ({ receipt: null, where: `audit: ${finding}`, code: null, error: null }))
  }
  return audit
}

/** Registers that a generation is built over. */
type Registers = Pick<House['registers'], 'matters' | 'cases'> & { readonly parties: PartyRegister }

/** Builds generations: for the house, and for an explanation without one. */
export function buildGeneration(
  regime: () => Regime,
  { matters, cases, parties }: Registers,
  grants: GrantSource,
  clock: Clock,
) {
  return (id: number, { supergraphSdl, catalog }: ComposedSchema, served: ReturnType<typeof servedSchema>) => {
    const fields = indexFields(catalog)
    const law = regime()
    const authority = {
      regime: law,
      catalogVersion: catalog.version,
      resources: indexResources(catalog),
      matters,
      cases,
      fields,
      implementations: implementationsOf(served.schema),
    }
    const views = createViewCache(authority, grants, clock)
    const planner = createApolloPlanner(supergraphSdl)
    const wording: Wording = {
      classLabel: (of) => classLabel(law, of).zh,
      provider: (department) =>
        department === BUILTIN ? '共享网关' : (parties.find(department)?.name.zh ?? department),
    }
    return createGeneration({ id, ...served, catalog, fields, views, planner, maxFields: MAX_FIELDS, wording })
  }
}

function secret(keys: KeyRing, purpose: 'subject-pseudonym' | 'argument-hash'): Uint8Array {
  return keys.secret(purpose).key.export()
}
