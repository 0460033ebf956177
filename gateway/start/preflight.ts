import { access, constants, stat } from 'node:fs/promises'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { writerFault, writerState } from '../adapters/audit-lock.ts'
import { regulationFile } from '../adapters/regime-file.ts'
import { CATALOG_FILE, SUPERGRAPH_FILE } from '../adapters/supergraph-files.ts'
import type { Config } from '../config/config.ts'

/** What would stop a start: every reason in a line of its own, with the setting to mend. */
export class StartFault extends Error {
  readonly code = 'START_REFUSED'

  constructor(faults: readonly string[], cause?: unknown) {
    super(faults.join('\n'), { cause })
    this.name = 'StartFault'
  }
}

/**
 * Looks for what would stop a start before anything is begun, so that a refused start leaves nothing behind.
 *
 * @param sharesPort whether others of its kind listen on the port already; its supervisor has looked at it
 * @throws StartFault with all that is wrong
 */
export async function checkBeforeStart(config: Config, sharesPort = false): Promise<void> {
  const port = sharesPort ? [] : portFaults(config)
  const faults = (await Promise.all([port, fileFaults(config), directoryFaults(config)])).flat()
  if (faults.length > 0) throw new StartFault(faults)
}

/** Takes the port for a moment; a fault of the port only shows when it is taken. */
async function portFaults({ http: { host, port } }: Config): Promise<readonly string[]> {
  const server = createServer()
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(port, host, resolve)
    })
    await new Promise((resolve) => server.close(resolve))
    return []
  } catch (error) {
    return [listenFault(error, { host, port, settings: 'http' })]
  }
}

/** An address to listen on, and where it is configured. */
export interface ListenAddress {
  readonly host: string
  readonly port: number
  readonly settings: 'http' | 'subgraph' | 'metrics'
}

/** Why an address cannot be listened on, and what to do. */
export function listenFault(error: unknown, { host, port, settings }: ListenAddress): string {
  const prefix = settings === 'http' ? 'GONGXIANG' : `GONGXIANG_${settings.toUpperCase()}`
  switch (codeOf(error)) {
    case 'EADDRINUSE':
      return `${settings}.port: ${port} on ${host} is in use; set another with ${prefix}_PORT`
    case 'EACCES':
      return `${settings}.port: this user may not listen on ${port}; set another with ${prefix}_PORT`
    case 'ENOTSUP':
      return `processes: this system lets one process alone listen on a port; set it to 1`
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `${settings}.host: ${host} is no address of this machine; set ${prefix}_HOST`
    default:
      return `${settings}: cannot listen on ${host}:${port} (${codeOf(error)})`
  }
}

/** The embedded mode makes its own keys and composes by itself. */
function productionFiles({ identity, schemaDirectory }: Config): readonly (readonly [string, string])[] {
  const composed = [SUPERGRAPH_FILE, CATALOG_FILE].map((name) => [COMPOSE, join(schemaDirectory, name)] as const)
  return /^https?:/.test(identity.jwks) ? composed : [...composed, ['identity.jwks', identity.jwks] as const]
}

const COMPOSE = 'schemaDirectory (filled by gongxiang compose)'

async function fileFaults(config: Config): Promise<readonly string[]> {
  const files: readonly (readonly [string, string])[] = [
    ...Object.entries(config.registers).map(([name, path]) => [`registers.${name}`, path] as const),
    ...(config.mode === 'production' ? productionFiles(config) : []),
  ]
  const faults = await Promise.all([...files.map(([setting, path]) => fileFault(setting, path)), regimeFault(config)])
  return faults.filter((fault) => fault !== null)
}

async function fileFault(setting: string, path: string): Promise<string | null> {
  const reason = await unusable(path, constants.R_OK, 'file')
  return reason === null ? null : `${setting}: ${path} ${reason}`
}

/** The profile, and the regulation that it quotes; one that is no regime at all lacks both, which is one fault. */
async function regimeFault({ schemaDirectory, regime }: Config): Promise<string | null> {
  const profile = join(schemaDirectory, 'regimes', `${regime}.yaml`)
  return (
    (await fileFault('regime', profile)) ??
    (await fileFault('regime (the text that its profile quotes)', regulationFile(profile, regime)))
  )
}

async function directoryFaults({ dataDirectory, audit }: Config): Promise<readonly string[]> {
  const faults: string[] = []
  for (const [setting, directory, variable] of [
    ['dataDirectory', dataDirectory, 'GONGXIANG_DATA_DIRECTORY'],
    ['audit.directory', audit.directory, 'GONGXIANG_AUDIT_DIRECTORY'],
  ] as const) {
    const place = await nearestExisting(directory)
    const reason = await unusable(place, constants.R_OK | constants.W_OK | constants.X_OK, 'directory')
    if (reason !== null) faults.push(`${setting}: ${place} ${reason}; mend it or set ${variable}`)
  }
  if (faults.length === 0) faults.push(...writerFaults(audit.directory))
  return faults
}

function writerFaults(directory: string): readonly string[] {
  const state = writerState(directory)
  if (state.kind === 'live') {
    if (state.pid === process.pid) return []
    const who = state.pid === null ? 'another process' : `process ${state.pid}`
    return [
      `audit.directory: ${who} already writes ${directory}; stop it, or give this gateway its own with GONGXIANG_DATA_DIRECTORY`,
    ]
  }
  const fault = writerFault(state, directory)
  return fault === null ? [] : [`audit.directory: ${fault}`]
}

/** The directory itself where it is there, else the first one above it that is. */
async function nearestExisting(directory: string): Promise<string> {
  const found = await stat(directory).catch((error: unknown) => (codeOf(error) === 'ENOENT' ? null : directory))
  return found !== null || dirname(directory) === directory ? directory : nearestExisting(dirname(directory))
}

/** Why a path cannot be used, or null. */
async function unusable(path: string, mode: number, kind: 'file' | 'directory'): Promise<string | null> {
  try {
    const found = await stat(path)
    if (found.isDirectory() !== (kind === 'directory')) return `is no ${kind}`
    await access(path, mode)
    return null
  } catch (error) {
    switch (codeOf(error)) {
      case 'ENOENT':
        return 'is missing'
      case 'ENOTDIR':
        return 'lies below something that is no directory'
      case 'EACCES':
      case 'EPERM':
      case 'EROFS':
        return kind === 'directory' ? 'cannot be read and written by this user' : 'cannot be read by this user'
      default:
        return `cannot be used (${codeOf(error)})`
    }
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown reason'
}
