import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { connectDepartments } from './start/departments.ts'
import type { ConnectedDepartments } from './start/departments.ts'
import { composeCity, ROOT, writeComposition } from './start/composition.ts'
import { readComposed } from './adapters/supergraph-files.ts'
import type { ComposedSchema } from './adapters/supergraph-files.ts'
import { openKeyFiles } from './adapters/key-files.ts'
import { printFault } from './catalog/fault.ts'
import { keysDirectory } from './config/config.ts'
import type { Config } from './config/config.ts'
import { openConsole } from './start/console.ts'
import { startHttpServer } from './http/server.ts'
import type { Readiness } from './http/server.ts'
import type { KeyRing } from './keys/key-ring.ts'
import { publishLifecycle } from './observe/channels.ts'
import { startLog } from './observe/log.ts'
import type { Text } from './vocabulary/codes.ts'
import { systemClock } from './vocabulary/ports.ts'
import { openHouse } from './wiring.ts'
import type { OpenHouse } from './wiring.ts'

/** Told what a start is doing. */
export interface StartProgress {
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
  /** Takes no more requests, lets those under way finish, seals the audit record. */
  stop(): Promise<void>
}

/** Stands between the gateway and its departments, to see or disturb what they are asked. */
export type WatchDepartments = (departments: ConnectedDepartments['clients']) => ConnectedDepartments['clients']

/**
 * Starts everything in this process: keys, departments, composition, house, HTTP.
 *
 * @throws an error whose message is one clear line; whatever was started by then is stopped
 */
export async function startGateway(
  config: Config,
  progress: StartProgress,
  watch: WatchDepartments = (departments) => departments,
): Promise<RunningGateway> {
  const closers: (() => Promise<unknown> | unknown)[] = []
  const closeAll = async (): Promise<void> => {
    for (const close of closers.toReversed()) await close()
  }
  try {
    closers.push(startLog({ level: config.log.level, pretty: config.log.pretty ?? process.stderr.isTTY }))
    publishLifecycle(() => ({ step: 'starting' }))
    const keys = await openKeyFiles(keysDirectory(config), config.mode, systemClock)
    const departments = await connectDepartments(config, keys, (done, people) =>
      progress.count({ zh: '生成虚拟市民', en: 'Making synthetic citizens' }, done, people),
    )
    closers.push(departments.close)
    progress.step({ zh: '合成总图与目录', en: 'Composing supergraph and catalogue' })
    const { directory, composed } = composeFor(config)
    const house = await openHouse({
      config,
      keys,
      composed,
      schemaDirectory: directory,
      departments: watch(departments.clients),
      version: await version(),
    })
    closers.push(house.close)
    const console = await openConsole(config, keys, progress)
    const { host, port, bodyLimitBytes, requestTimeoutMs, drainMs } = config.http
    const readiness = (): Promise<Readiness> => readinessOf(house, departments)
    const server = await startHttpServer({
      host,
      port,
      bodyLimitBytes,
      requestTimeoutMs,
      handle: house.handle,
      readiness,
      console,
    })
    closers.push(() => server.drain(drainMs))
    publishLifecycle(() => ({ step: 'ready', count: departments.clients.size }))
    const stop = async (): Promise<void> => {
      publishLifecycle(() => ({ step: 'draining' }))
      await closeAll()
    }
    return { url: `http://${shownHost(host)}:${server.port}`, config, keys, graphiql: console !== null, stop }
  } catch (error) {
    await closeAll()
    throw startFault(error, config)
  }
}

/** The embedded mode composes at each start, into its own folder; production loads what was composed and reviewed. */
function composeFor(config: Config): { directory: string; composed: ComposedSchema } {
  if (config.mode === 'production')
    return { directory: config.schemaDirectory, composed: readComposed(config.schemaDirectory) }
  const result = composeCity()
  if (result.kind === 'faulty') throw new Error(result.faults.map(printFault).join('\n'))
  const directory = join(config.dataDirectory, 'schema')
  writeComposition(directory, result)
  return { directory, composed: readComposed(directory) }
}

async function readinessOf(house: OpenHouse, departments: ConnectedDepartments): Promise<Readiness> {
  const audit = house.audit.health()
  const health = await Promise.all(departments.embedded.map(async (one) => [one.name, await one.health()] as const))
  // A department that is down takes its own fields with it, never the gateway.
  return { ok: audit.ok, checks: { audit, counters: house.counters.health(), ...Object.fromEntries(health) } }
}

async function version(): Promise<string> {
  const manifest: unknown = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'))
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest
    ? String(manifest.version)
    : 'unknown'
}

function shownHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost'
  return host.includes(':') ? `[${host}]` : host
}

/** The system's own texts do not say what to do next. */
function startFault(error: unknown, config: Config): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : null
  if (code === 'EADDRINUSE') {
    return new Error(`port ${config.http.port} on ${config.http.host} is in use; set another with GONGXIANG_PORT`, {
      cause: error,
    })
  }
  if (code === 'EACCES') return new Error(`not permitted: ${String(error)}`, { cause: error })
  return error
}
