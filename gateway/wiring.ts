import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startApolloFront, createExecutor } from './adapters/apollo-front.ts'
import { createSupergraphGateway } from './adapters/apollo-gateway.ts'
import type { SupergraphGateway } from './adapters/apollo-gateway.ts'
import { auditFiles } from './adapters/audit-file.ts'
import { watchEmergencies } from './adapters/emergency-watch.ts'
import { openGrantFiles } from './adapters/grant-files.ts'
import type { GrantFiles } from './adapters/grant-files.ts'
import { createRedisCounters } from './adapters/counters-redis.ts'
import { createEmbeddedCounters } from './adapters/counters-sqlite.ts'
import { createRedisIdempotency } from './adapters/idempotency-redis.ts'
import { openSqliteIdempotency } from './adapters/idempotency-sqlite.ts'
import { createIds } from './adapters/ids.ts'
import { openJwks } from './adapters/jwks.ts'
import { openOfficerFile } from './adapters/officer-events.ts'
import { openPartyFile } from './adapters/party-register-file.ts'
import { openMatterFiles } from './adapters/matter-files.ts'
import { openOperationFiles } from './adapters/operation-files.ts'
import type { OperationFiles } from './adapters/operation-files.ts'
import { createSecrets } from './adapters/request-secrets.ts'
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
import type { FieldEntry } from './catalog/catalog.ts'
import { implementationsOf } from './catalog/implementations.ts'
import { createApolloPlanner } from './compile/apollo-planner.ts'
import { createGeneration } from './compile/generation.ts'
import type { Generation } from './compile/generation.ts'
import type { Wording } from './compile/view-schema.ts'
import type { servedSchema } from './compile/served-schema.ts'
import { grantEventsFile, officerEventsFile, stateDirectory } from './config/config.ts'
import type { Config, DepartmentBounds } from './config/config.ts'
import { boundsOf } from './config/departments.ts'
import type { GrantSource } from './grants/grant.ts'
import type { MatterSource } from './grants/registers.ts'
import { classLabel } from './grants/class-label.ts'
import { createViewCache } from './grants/view-cache.ts'
import type { ViewCache } from './grants/view-cache.ts'
import { handleRequest } from './handle-request.ts'
import { createAttempts } from './limits/attempts.ts'
import { createBudget } from './limits/budget.ts'
import type { Counters } from './limits/counters.ts'
import { createEnumeration } from './limits/enumeration.ts'
import { assertExactCounts } from './limits/exact-counts.ts'
import { createLoad } from './limits/load.ts'
import { createRateLimit } from './limits/rate-limit.ts'
import { createStatisticsBudget } from './limits/statistics.ts'
import { createPseudonyms } from './keys/consumer-pseudonym.ts'
import type { KeyRing } from './keys/key-ring.ts'
import { publishFailure, publishLifecycle } from './observe/channels.ts'
import type { Regime } from './regime/regime.ts'
import { operationError } from './request/answer-known.ts'
import { answerOperation } from './request/answer-operation.ts'
import { createKnownOperations } from './request/known-operations.ts'
import type { KnownOperations } from './request/known-operations.ts'
import { MAX_FIELDS } from './request/prepare-operation.ts'
import { groundOf } from './request/check-operation.ts'
import type { House } from './request/house.ts'
import type { HttpAnswer, HttpRequest } from './request/http.ts'
import { createEmergencyAlerts } from './request/emergency-alerts.ts'
import { createOperations } from './request/operations.ts'
import { sharingFacts } from './request/sharing-facts.ts'
import { waitForGrid } from './verify/grid.ts'
import type { Idempotency } from './verify/idempotency.ts'
import { createClosers } from './vocabulary/closers.ts'
import type { Closers } from './vocabulary/closers.ts'
import type { Coordinate } from './vocabulary/coordinate.ts'
import { systemClock } from './vocabulary/ports.ts'
import type { Clock, Ids } from './vocabulary/ports.ts'

/** What a house is built from, beside its configuration. */
export interface HouseParts {
  readonly config: Config
  readonly keys: KeyRing
  readonly composed: ComposedSchema
  /** Folder in which compositions are followed. */
  readonly schemaDirectory: string
  readonly departments: ReadonlyMap<string, DepartmentClient>
  readonly clock?: Clock
  readonly ids?: Ids
  readonly known?: KnownOperations
  readonly version: string
  /** Who asks, in place of tokens: a public suite brings none. */
  readonly identify?: House['identify']
  /** What each caller may learn, in place of law and grants: such a suite knows neither. */
  readonly views?: ViewsOf
  /** What is served of a supergraph's API, in place of `servedSchema`. */
  readonly served?: typeof servedSchema
}

/** Finds the views over a catalogue's fields. */
export type ViewsOf = (fields: ReadonlyMap<Coordinate, FieldEntry>) => ViewCache

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
  readonly operations: OperationFiles
  readonly matters: MatterSource
  /** Rises whenever the register of matters changes. */
  mattersVersion(): number
  parties(): readonly Party[]
  regime(): Regime
  generation(): Pick<Generation, 'catalog' | 'schema' | 'fields'>
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
  const ids = parts.ids ?? createIds(clock)
  const regimes = openRegime(config, closers, () => followRegime(supergraph))
  const { grants, registers, parties, operations } = openRegisters(config, closers)
  const identify = parts.identify ?? createIdentity(config, parties, clock, closers)
  const { audit, counters, idempotency, suspensions } = await openStores(config, keys, clock, closers)

  const executor = createExecutor(
    (exchange, request) => answerOperation(house, exchange, request),
    (exchange, error) => operationError(house, exchange, error),
  )
  const build = buildGeneration(() => regimes.current(), { ...registers, parties }, grants, clock, parts.views)
  const supergraph = createSupergraphGateway(parts.composed, build, executor, parts.served)
  const front = await startApolloFront(supergraph.gateway, config.limits.tokens)
  closers.add(() => front.stop())
  const versions = () => versionsOf(regimes.current(), supergraph, parts.version)
  const summary = openRefusalSummary({ log: audit, clock, ids, versions })
  closers.add(() => summary.close())
  const secrets = createSecrets(keys)
  const ground = () => groundOf(supergraph.current(), regimes.current(), config.limits.tokens)
  const house: House = {
    clock,
    ids,
    get regime() {
      return regimes.current()
    },
    grants,
    alerts: createEmergencyAlerts(),
    client: createSubgraphClients(parts.departments, (code) => callBounds(config, code)),
    audit,
    masks: config.masking.ruleSet,
    ...boundsOver(config, counters, clock),
    idempotency,
    pseudonymsFor: (scope) => createPseudonyms(keys.secrets('consumer-pseudonym'), scope),
    receiptKeys: { signing: () => keys.signing('receipt'), published: () => keys.publicJwks('receipt') },
    suspensions,
    registers,
    parties,
    operations: createOperations(operations, { ground, matters: registers.matters, parties }),
    clauseText: openClauseTexts(config.schemaDirectory, regimes.current().regime),
    version: parts.version,
    get secrets() {
      return secrets()
    },
    identify,
    generationOf: (schema) => supergraph.generationOf(schema),
    generation: () => supergraph.current(),
    known: parts.known ?? createKnownOperations(),
    catalogVersion: () => supergraph.current().catalog.version,
    front: (exchange, request) => front.answer(exchange, request, () => sharingFacts(house, exchange)),
    countRefusal: (code, who) => summary.add(code, who),
  }
  closers.add(watchEmergencies(grants, () => regimes.current(), clock))
  closers.add(followComposed(parts.schemaDirectory, (next) => void reload(supergraph, next)))
  const standing = standingOf({ grants, registers, parties, operations, regimes, supergraph })
  return opened(house, { counters, standing, close: () => closers.closeAll() })
}

function opened(house: House, parts: Pick<OpenHouse, 'counters' | 'standing' | 'close'>): OpenHouse {
  return {
    ...parts,
    handle: (request) => handleRequest(house, request),
    audit: house.audit,
    catalogVersion: () => house.catalogVersion(),
  }
}

/** The profile in force, followed. */
function openRegime({ schemaDirectory, regime }: Config, closers: Closers, onChange: () => void) {
  const regimes = openRegimeFile(join(schemaDirectory, 'regimes', `${regime}.yaml`), onChange)
  closers.add(() => regimes.close())
  return regimes
}

/** What is written while requests are served. The audit folder's lock comes first: there is one writer. */
async function openStores(config: Config, keys: KeyRing, clock: Clock, closers: Closers) {
  const audit = await openAudit(config, keys, clock)
  closers.add(() => audit.close())
  const counters = createCounters(config, clock)
  closers.add(() => counters.close())
  const idempotency = createIdempotency(config, clock)
  closers.add(() => idempotency.close())
  const suspensions = openOfficerFile(officerEventsFile(config), clock)
  closers.add(() => suspensions.close())
  return { audit, counters, idempotency, suspensions }
}

/** Everything that says how much, how often and how long. */
function boundsOver({ limits, statistics, verification, http }: Config, counters: Counters, clock: Clock) {
  return {
    limits,
    maxRecordBytes: MAX_RECORD_BYTES,
    degraded: () => (counters.health().ok ? [] : ['counters']),
    load: createLoad(limits.inFlight),
    rate: createRateLimit(counters, limits),
    budget: createBudget(counters, limits),
    statistics: createStatisticsBudget(counters, statistics),
    attempts: createAttempts(counters, verification),
    enumeration: createEnumeration(counters, limits),
    assertExactCounts: (window: number) => assertExactCounts(counters, window),
    requestTimeoutMs: http.requestTimeoutMs,
    waitForGrid: (started: number) =>
      waitForGrid({
        monotonic: () => clock.monotonic(),
        sleep: (ms) => sleep(ms),
        started,
        grid: verification.gridMs,
      }),
  }
}

type Followed = ReturnType<typeof openRegisters> & {
  readonly regimes: { current(): Regime }
  readonly supergraph: SupergraphGateway
}

function standingOf({ grants, registers, parties, operations, regimes, supergraph }: Followed): HouseStanding {
  return {
    grants,
    operations,
    matters: registers.matters,
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
  const operations = openOperationFiles(config.registers.operations)
  closers.add(() => operations.close())
  return { grants, registers, parties, operations }
}

/** The gateway's own lookups cost nothing that would have to be spared. */
function callBounds(config: Config, code: string): DepartmentBounds {
  const bounds = boundsOf(config, code)
  return code === BUILTIN ? { ...bounds, concurrency: Infinity } : bounds
}

function createCounters(config: Config, clock: Clock): Counters {
  return config.redis.url === null
    ? createEmbeddedCounters(stateDirectory(config), clock)
    : createRedisCounters(config.redis.url, clock)
}

function createIdempotency(config: Config, clock: Clock): Idempotency {
  return config.redis.url === null
    ? openSqliteIdempotency(join(stateDirectory(config), 'idempotency.sqlite'), clock)
    : createRedisIdempotency(config.redis.url)
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
  const audit = await openAuditLog({
    files: auditFiles(directory),
    clock,
    // Read for each signed line, which names its key: the next head is signed by the next key.
    get signer() {
      const { privateKey, publicKey } = keys.signing('audit-head')
      return ed25519Signer(privateKey, publicKey)
    },
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
  viewsOf?: ViewsOf,
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
    const views = viewsOf?.(fields) ?? createViewCache(authority, grants, clock)
    const planner = createApolloPlanner(supergraphSdl)
    const wording: Wording = {
      classLabel: (of) => classLabel(law, of).zh,
      provider: (department) =>
        department === BUILTIN ? '共享网关' : (parties.find(department)?.name.zh ?? department),
    }
    return createGeneration({ id, ...served, catalog, fields, views, planner, maxFields: MAX_FIELDS, wording })
  }
}
