import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Health } from '../subgraphs/kit/contract.ts'
import { startApolloFront, createExecutor } from './adapters/apollo-front.ts'
import { createSupergraphGateway } from './adapters/apollo-gateway.ts'
import type { SupergraphGateway } from './adapters/apollo-gateway.ts'
import { watchEmergencies } from './adapters/emergency-watch.ts'
import { openGrantFiles } from './adapters/grant-files.ts'
import type { GrantFiles } from './adapters/grant-files.ts'
import type { EntityCache } from './adapters/entity-cache.ts'
import { houseReadings } from './adapters/house-readings.ts'
import { createIds } from './adapters/ids.ts'
import { openJwks } from './adapters/jwks.ts'
import { openPartyFile } from './adapters/party-register-file.ts'
import { openMatterFiles } from './adapters/matter-files.ts'
import { openOperationFiles } from './adapters/operation-files.ts'
import type { OperationFiles } from './adapters/operation-files.ts'
import { createSecrets } from './adapters/request-secrets.ts'
import { openRegimeFile } from './adapters/regime-file.ts'
import { openClauseTexts } from './adapters/clause-texts.ts'
import type { DepartmentClient } from './adapters/subgraph-clients.ts'
import { followComposed } from './adapters/supergraph-files.ts'
import type { ComposedSchema } from './adapters/supergraph-files.ts'
import { BUILTIN } from './builtin/subgraph.ts'
import type { AuditLog } from './audit/audit-log.ts'
import { openRefusalSummary } from './audit/refusal-summary.ts'
import { createIdentify } from './caller/identify.ts'
import type { Party, PartyRegister } from './caller/parties.ts'
import { indexFields, indexResources } from './catalog/catalog.ts'
import type { FieldEntry } from './catalog/catalog.ts'
import { implementationsOf } from './catalog/implementations.ts'
import { createApolloPlanner } from './compile/apollo-planner.ts'
import { createPlans } from './compile/plan-cache.ts'
import type { Plans } from './compile/plan-cache.ts'
import { createGeneration } from './compile/generation.ts'
import type { Generation } from './compile/generation.ts'
import type { Wording } from './compile/view-schema.ts'
import type { servedSchema } from './compile/served-schema.ts'
import { grantEventsFile } from './config/config.ts'
import type { Config } from './config/config.ts'
import type { GrantSource } from './grants/grant.ts'
import type { MatterSource } from './grants/registers.ts'
import { AUTHORITY } from './grants/supervision.ts'
import { classLabel } from './grants/class-label.ts'
import { createViewCache } from './grants/view-cache.ts'
import type { ViewCache } from './grants/view-cache.ts'
import { handleRequest } from './handle-request.ts'
import { createAttempts } from './limits/attempts.ts'
import { createBudget } from './limits/budget.ts'
import { createSeparation } from './limits/separation.ts'
import type { Counters } from './limits/counters.ts'
import { createEnumeration } from './limits/enumeration.ts'
import { assertExactCounts } from './limits/exact-counts.ts'
import { createLoad } from './limits/load.ts'
import { createRateLimit } from './limits/rate-limit.ts'
import { createStatisticsBudget } from './limits/statistics.ts'
import { createPseudonyms } from './keys/consumer-pseudonym.ts'
import type { KeyRing } from './keys/key-ring.ts'
import { publishFailure, publishLifecycle } from './observe/channels.ts'
import { tellReadings } from './observe/gather.ts'
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
import { createStaleAlerts } from './request/freshness.ts'
import { createKnownIdentities } from './request/known-identities.ts'
import { createOperations } from './request/operations.ts'
import { sharingFacts } from './request/sharing-facts.ts'
import { waitForGrid } from './verify/grid.ts'
import { createClosers } from './vocabulary/closers.ts'
import type { Closers } from './vocabulary/closers.ts'
import type { Coordinate } from './vocabulary/coordinate.ts'
import { systemClock } from './vocabulary/ports.ts'
import type { Clock, Ids } from './vocabulary/ports.ts'
import { openPlanning } from './wiring/planning.ts'
import { openSources } from './wiring/sources.ts'
import type { Sources } from './wiring/sources.ts'
import { MAX_RECORD_BYTES, openStores } from './wiring/stores.ts'
import type { ProcessOfMany } from './wiring/stores.ts'

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
  /** Where it is one of several processes of this machine. */
  readonly process?: ProcessOfMany
  /** Told up to which record the audit record is durable. */
  readonly durable?: (seq: number) => void
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
  /** Null where nothing is kept. */
  readonly cache: EntityCache | null
  /** Whether calls to each department are let through. */
  departments(): ReadonlyMap<string, Health>
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
  const { config, keys, clock = systemClock } = parts
  const ids = parts.ids ?? createIds(clock)
  const regimes = openRegime(config, closers, () => followRegime(supergraph))
  const { grants, registers, parties, operations } = openRegisters(config, closers)
  const identify = parts.identify ?? createIdentity(config, parties, clock, closers)
  const { audit, counters, idempotency, suspensions } = await openStores(parts, clock, closers)
  const executor = createExecutor(
    (exchange, request) => answerOperation(house, exchange, request),
    (exchange, error) => operationError(house, exchange, error),
  )
  const plansOf = openPlanning(config, clock, closers)
  const build = buildGeneration(() => regimes.current(), { ...registers, parties }, grants, clock, parts.views, plansOf)
  const supergraph = createSupergraphGateway(parts.composed, build, executor, parts.served)
  const front = await startApolloFront(supergraph.gateway, config.limits.tokens)
  closers.add(() => front.stop())
  const versions = () => versionsOf(regimes.current(), supergraph, parts.version)
  const summary = openRefusalSummary({ log: audit, clock, ids, versions })
  closers.add(() => summary.close())
  const secrets = createSecrets(keys)
  const ground = () => groundOf(supergraph.current(), regimes.current(), config.limits.tokens)
  const { asked, clients, cache } = openSources({ ...parts, regime: () => regimes.current() }, clock, closers)
  const house: House = {
    clock,
    ids,
    get regime() {
      return regimes.current()
    },
    grants,
    alerts: createEmergencyAlerts(),
    ...asked,
    audit,
    masks: config.masking.ruleSet,
    ...boundsOver(config, counters, clock),
    degraded: () => degradedParts(counters, cache),
    idempotency,
    ...keptKeys(keys),
    suspensions,
    registers,
    parties,
    identities: createKnownIdentities(config.cache.enabled),
    freshness: { ...config.freshness, stale: createStaleAlerts() },
    operations: createOperations(operations, { ground, matters: registers.matters, parties }),
    clauseText: openClauseTexts(config.schemaDirectory, regimes.current().regime),
    version: parts.version,
    get secrets() {
      return secrets()
    },
    identify,
    ...servedBy(supergraph),
    known: parts.known ?? createKnownOperations(),
    front: (exchange, request) => front.answer(exchange, request, () => sharingFacts(house, exchange)),
    countRefusal: (code, who) => summary.add(code, who),
  }
  if (config.metrics.port !== null) closers.add(tellReadings(() => houseReadings(house, clients, cache)))
  closers.add(watchEmergencies(grants, () => regimes.current(), clock))
  closers.add(followComposed(parts.schemaDirectory, (next) => void reload(supergraph, next)))
  const standing = standingOf({ grants, registers, parties, operations, regimes, supergraph })
  return opened(house, { counters, cache, standing, close: () => closers.closeAll() }, clients)
}

/** What answers: the generation of a schema, and the one that new requests meet. */
function servedBy(supergraph: SupergraphGateway): Pick<House, 'generationOf' | 'generation' | 'catalogVersion'> {
  return {
    generationOf: (schema) => supergraph.generationOf(schema),
    generation: () => supergraph.current(),
    catalogVersion: () => supergraph.current().catalog.version,
  }
}

/** Keys are read at each use: a rotated one serves as soon as it may. */
function keptKeys(keys: KeyRing): Pick<House, 'pseudonymsFor' | 'receiptKeys'> {
  return {
    pseudonymsFor: (scope) => createPseudonyms(keys.secrets('consumer-pseudonym'), scope),
    receiptKeys: { signing: () => keys.signing('receipt'), published: () => keys.publicJwks('receipt') },
  }
}

function opened(
  house: House,
  parts: Pick<OpenHouse, 'counters' | 'cache' | 'standing' | 'close'>,
  clients: Pick<Sources['clients'], 'health'>,
): OpenHouse {
  return {
    ...parts,
    departments: () => clients.health(),
    handle: (request) => handleRequest(house, request),
    audit: house.audit,
    catalogVersion: () => house.catalogVersion(),
  }
}

/** What is bypassed at this moment, for the record (S19). */
function degradedParts(counters: Counters, cache: EntityCache | null): readonly string[] {
  return [...(counters.health().ok ? [] : ['counters']), ...(cache?.health().ok === false ? ['cache'] : [])]
}

/** The profile in force, followed. */
function openRegime({ schemaDirectory, regime }: Config, closers: Closers, onChange: () => void) {
  const regimes = openRegimeFile(join(schemaDirectory, 'regimes', `${regime}.yaml`), onChange)
  closers.add(() => regimes.close())
  return regimes
}

/** Everything that says how much, how often and how long. */
function boundsOver({ limits, statistics, verification, http }: Config, counters: Counters, clock: Clock) {
  return {
    limits,
    maxRecordBytes: MAX_RECORD_BYTES,
    load: createLoad(limits.inFlight),
    rate: createRateLimit(counters, limits),
    budget: createBudget(counters, limits),
    separation: createSeparation(counters),
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

/** Registers that a generation is built over. */
type Registers = Pick<House['registers'], 'matters' | 'cases'> & { readonly parties: PartyRegister }

/** Plans in this thread: where only one asks, another one would take longer to start. */
function planHere(supergraphSdl: string): Plans {
  return createPlans(createApolloPlanner(supergraphSdl))
}

/** Builds generations: for the house, and for an explanation without one. */
export function buildGeneration(
  regime: () => Regime,
  { matters, cases, parties }: Registers,
  grants: GrantSource,
  clock: Clock,
  viewsOf?: ViewsOf,
  plansOf = planHere,
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
    const wording: Wording = {
      classLabel: (of) => classLabel(law, of).zh,
      provider: (department) =>
        department === BUILTIN || department === AUTHORITY
          ? '共享网关'
          : (parties.find(department)?.name.zh ?? department),
    }
    const plans = plansOf(supergraphSdl)
    return createGeneration({ id, ...served, catalog, fields, views, plans, maxFields: MAX_FIELDS, wording })
  }
}
