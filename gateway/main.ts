import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { connectDepartments } from './start/departments.ts'
import type { ConnectedDepartments } from './start/departments.ts'
import { composeCity, readRules, ROOT, writeComposition } from './start/composition.ts'
import { readComposed } from './adapters/supergraph-files.ts'
import type { ComposedSchema } from './adapters/supergraph-files.ts'
import { alarmData } from './adapters/alarm-data.ts'
import { startAuditObserver } from './adapters/audit-observer.ts'
import type { AuditObserver } from './adapters/audit-observer.ts'
import { followKeyFiles } from './adapters/followed-keys.ts'
import { printFault } from './catalog/fault.ts'
import { governanceAddress, keysDirectory } from './config/config.ts'
import type { Config } from './config/config.ts'
import { openConsole } from './start/console.ts'
import type { ConsoleHandler } from './http/graphiql.ts'
import { startHttpServer } from './http/server.ts'
import type { HttpServer, Readiness } from './http/server.ts'
import type { KeyRing } from './keys/key-ring.ts'
import type { KnownOperations } from './request/known-operations.ts'
import { publishLifecycle } from './observe/channels.ts'
import type { LifecycleEvent } from './observe/channels.ts'
import { startLog } from './observe/log.ts'
import type { Family } from './observe/metrics/family.ts'
import { startMetrics } from './observe/metrics/metrics.ts'
import { serveMetrics, shownHost } from './start/operators.ts'
import { checkBeforeStart, listenFault, StartFault } from './start/preflight.ts'
import { checkConfiguredRegisters } from './start/register-check.ts'
import { watchOperations } from './start/operation-watch.ts'
import { admitRegisters, watchRegisters } from './start/register-watch.ts'
import type { Text } from './vocabulary/codes.ts'
import { createClosers } from './vocabulary/closers.ts'
import type { Closers } from './vocabulary/closers.ts'
import { systemClock } from './vocabulary/ports.ts'
import type { Clock, Ids } from './vocabulary/ports.ts'
import { openHouse } from './wiring.ts'
import type { OpenHouse } from './wiring.ts'
import type { ProcessOfMany } from './wiring/stores.ts'

/** Told what a start is doing. */
export interface StartProgress {
  /** Whether a person reads the steps on this terminal: the log then need not repeat them. */
  readonly spoken?: boolean
  step(text: Text): void
  count(text: Text, done: number, total: number): void
}

/** A gateway that serves. */
export interface RunningGateway {
  /** `http://host:port`, as a person on this machine would type it. */
  readonly url: string
  readonly config: Config
  readonly keys: KeyRing
  readonly graphiql: boolean
  /** Port that it listens on. */
  readonly port: number
  /** Where metrics are served; null where they are not, or by the supervisor of several processes. */
  readonly metricsUrl: string | null
  readiness(): Promise<Readiness>
  /** All that is counted; nothing where metrics are off. */
  families(): readonly Family[]
  /** Version of the catalogue in service. */
  catalogVersion(): string
  /** Takes no more requests, lets those under way finish, seals the audit record. */
  stop(): Promise<void>
}

/** Stands between the gateway and its departments, to see or disturb what they are asked. */
export type WatchDepartments = (departments: ConnectedDepartments['clients']) => ConnectedDepartments['clients']

/** What a start takes from outside instead of its own; a test puts its ports here. */
export interface StartPorts {
  readonly watch?: WatchDepartments
  /** By what time requests are decided, counted and recorded. */
  readonly clock?: Clock
  readonly ids?: Ids
  /** Operations that the fast lane knows. */
  readonly known?: KnownOperations
  /** Where this is one of several processes. */
  readonly process?: ProcessOfMany
  /** Whether the record is copied into the index, and alarms are raised over it; so it is where nothing is said. */
  readonly index?: boolean
  /** Composes for the embedded mode; the departments' own SDL, read anew, where none is given. */
  readonly compose?: typeof composeCity
}

/**
 * Starts everything in this process: keys, departments, composition, house, HTTP.
 *
 * @throws an error whose message is one clear line per fault; whatever was started by then is stopped
 */
export async function startGateway(
  config: Config,
  progress: StartProgress,
  {
    watch = (departments) => departments,
    clock = systemClock,
    compose = composeCity,
    ids,
    known,
    index = true,
    process: one,
  }: StartPorts = {},
): Promise<RunningGateway> {
  const closers = createClosers()
  try {
    await checkBeforeStart(config, one !== undefined)
    const pretty = config.log.pretty ?? process.stderr.isTTY
    closers.add(startLog({ level: config.log.level, pretty, process: one?.number ?? null }))
    const metrics = config.metrics.port === null ? null : startMetrics()
    closers.add(() => metrics?.stop())
    tell(progress, { step: 'starting' })
    const followed = await followKeyFiles(keysDirectory(config), config.mode, systemClock)
    closers.add(() => followed.close())
    const keys = followed.ring
    // Of several processes the supervisor copies the record. It ends after the house, whose last records it copies too.
    const observer = one || !index ? null : observe(config)
    closers.add(() => observer?.close())
    // Bundling the page takes longest at a first start and runs in a process of its own: beside all the rest.
    const console = openConsole(config, keys, progress)
    const settled = Promise.allSettled([console])
    closers.add(() => settled)
    const { house, departments } = await openEverything(
      { config, keys, progress, watch, clock, compose, ids, known, process: one, observer },
      closers,
    )
    const readiness = remembered(() => readinessOf(house, departments, observer))
    const families = (): readonly Family[] => metrics?.families() ?? []
    const metricsUrl = one ? null : await serveMetrics(config, { families, readiness }, closers)
    const server = await serve(config, { house, console: await console, readiness, reusePort: one !== undefined })
    closers.add(() => server.drain(config.http.drainMs))
    tell(progress, { step: 'ready', count: departments.clients.size })
    const stop = async (): Promise<void> => {
      tell(progress, { step: 'draining' })
      await closers.closeAll()
    }
    const url = `http://${shownHost(config.http.host)}:${server.port}`
    const catalogVersion = (): string => house.catalogVersion()
    const { port } = server
    const looks = { port, metricsUrl, readiness, families, catalogVersion }
    return { url, config, keys, graphiql: config.graphiql.enabled, ...looks, stop }
  } catch (error) {
    // What went wrong first is told; what then cannot be closed only follows from it.
    await closers.closeAll().catch(() => undefined)
    throw error
  }
}

interface Parts {
  readonly config: Config
  readonly keys: KeyRing
  readonly progress: StartProgress
  readonly watch: WatchDepartments
  readonly clock: Clock
  readonly ids: Ids | undefined
  readonly known: KnownOperations | undefined
  readonly process: ProcessOfMany | undefined
  readonly compose: typeof composeCity
  readonly observer: AuditObserver | null
}

function observe(config: Config): AuditObserver {
  const { directory } = config.audit
  return startAuditObserver({ address: governanceAddress(config), directory, alarms: alarmData(config) })
}

/** Departments, composition and house; each can be closed as soon as it is open. */
async function openEverything(
  { config, keys, progress, watch, clock, compose, ids, known, process: one, observer }: Parts,
  closers: Closers,
): Promise<{ house: OpenHouse; departments: ConnectedDepartments }> {
  const departments = await connectDepartments(config, keys, (done, people) =>
    progress.count({ zh: '生成虚拟市民', en: 'Making synthetic citizens' }, done, people),
  )
  closers.add(() => departments.close())
  progress.step({ zh: '合成总图与目录', en: 'Composing supergraph and catalogue' })
  const { directory, composed } = composeFor(config, compose)
  const checked = checkConfiguredRegisters(config, composed, config.regime, clock.now())
  admitRegisters(config, checked)
  const house = await openHouse({
    config,
    keys,
    composed,
    schemaDirectory: directory,
    departments: watch(departments.clients),
    clock,
    ...(ids ? { ids } : {}),
    ...(known ? { known } : {}),
    ...(one ? { process: one } : {}),
    ...(observer ? { durable: (seq: number) => observer.acknowledge(seq) } : {}),
    version: await version(),
  })
  closers.add(() => house.close())
  closers.add(watchRegisters({ config, standing: house.standing, clock, told: checked.findings }))
  closers.add(watchOperations(config, house.standing))
  return { house, departments }
}

/** What is served on the port that departments reach. */
interface Served {
  readonly house: OpenHouse
  readonly console: ConsoleHandler | null
  readonly readiness: () => Promise<Readiness>
  /** Whether other processes listen there too. */
  readonly reusePort: boolean
}

async function serve(config: Config, { house, console, readiness, reusePort }: Served): Promise<HttpServer> {
  const { host, port, bodyLimitBytes, requestTimeoutMs } = config.http
  const handle: OpenHouse['handle'] = (request) => house.handle(request)
  const options = { host, port, reusePort, bodyLimitBytes, requestTimeoutMs, handle, readiness, console }
  return startHttpServer(options).catch((error: unknown) => {
    throw new StartFault([listenFault(error, { host, port, settings: 'http' })], error)
  })
}

function tell(progress: StartProgress, event: LifecycleEvent): void {
  if (progress.spoken !== true) publishLifecycle(() => event)
}

/** The embedded mode composes at each start, into its own folder; production loads what was composed and reviewed. */
function composeFor(config: Config, compose: typeof composeCity): { directory: string; composed: ComposedSchema } {
  if (config.mode === 'production')
    return { directory: config.schemaDirectory, composed: readComposed(config.schemaDirectory) }
  const result = compose(readRules(config.regime, config.schemaDirectory))
  if (result.kind === 'faulty') throw new StartFault(result.faults.map(printFault))
  const directory = join(config.dataDirectory, 'schema')
  writeComposition(directory, result)
  return { directory, composed: readComposed(directory) }
}

async function readinessOf(
  house: OpenHouse,
  departments: ConnectedDepartments,
  observer: AuditObserver | null,
): Promise<Readiness> {
  const audit = house.audit.health()
  const health = await Promise.all(departments.embedded.map(async (one) => [one.name, await one.health()] as const))
  const asked = house.departments()
  const kept = house.cache === null ? {} : { cache: house.cache.health() }
  // The record itself is what is needed; its index may come later.
  const index = observer === null ? {} : { 'audit-index': observer.health() }
  // One that is not asked for a while is down for its users, whatever it says of itself.
  const own = health.filter(([name]) => asked.get(name)?.ok !== false)
  const checks = { ...Object.fromEntries(asked), ...Object.fromEntries(own) }
  // A department that is down takes its own fields with it, never the gateway.
  return { ok: audit.ok, checks: { audit, ...index, counters: house.counters.health(), ...kept, ...checks } }
}

/** Milliseconds for which an answer about readiness serves: strangers ask too, and each look asks the old systems. */
const READINESS = 2_000

/** The same answer for a while, and one look however many ask at once. */
function remembered(look: () => Promise<Readiness>): () => Promise<Readiness> {
  let last: { readonly at: number; readonly answer: Promise<Readiness> } | null = null
  return () => {
    const now = systemClock.monotonic()
    if (last === null || now - last.at > READINESS) last = { at: now, answer: look() }
    return last.answer
  }
}

async function version(): Promise<string> {
  const manifest: unknown = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'))
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest
    ? String(manifest.version)
    : 'unknown'
}
