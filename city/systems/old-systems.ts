import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { civilAffairsPlatform } from './civil-affairs-server.ts'
import { investmentSystem } from './development-reform-server.ts'
import { licenceBaseSystem } from './e-licence-server.ts'
import { ecologyEnvironmentSystem } from './ecology-environment-server.ts'
import { healthService } from './health-server.ts'
import { housingFundService } from './housing-fund-server.ts'
import { urbanManagementSystem } from './housing-urban-rural-server.ts'
import { humanResourcesSystem } from './human-resources-server.ts'
import { meteorologicalSystem } from './meteorology-server.ts'
import type { OldSystem, OpenOldSystem } from './old-system.ts'
import { creditSystem } from './public-credit-server.ts'
import { localTaxSystem } from './tax-local-server.ts'
import { stateTaxService } from './tax-state-server.ts'
import { waterMapSystem } from './water-server.ts'

/** Every old system of the city that is asked over HTTP. */
const OLD_SYSTEMS: readonly OldSystem[] = [
  humanResourcesSystem(),
  civilAffairsPlatform(),
  healthService(),
  housingFundService(),
  stateTaxService(),
  localTaxSystem(),
  licenceBaseSystem(),
  creditSystem(),
  ecologyEnvironmentSystem(),
  meteorologicalSystem(),
  waterMapSystem(),
  urbanManagementSystem(),
  investmentSystem(),
]

/** Where the data are and where the systems listen. */
export interface OldSystemsOptions {
  /** The city's data directory. */
  readonly directory: string
  /** 0 for any free port. */
  readonly port: number
  /** 127.0.0.1 when absent. */
  readonly host?: string
  /** Those to start; all of the city when absent. */
  readonly systems?: readonly OldSystem[]
}

/** The running systems, behind one port. */
export interface OldSystems {
  /** `http://host:port` */
  readonly url: string
  /** Address of one of them; undefined where it does not run. */
  readonly addressOf: (path: string) => string | undefined
  close(): Promise<void>
}

/** Starts old systems over their data files. Rejects when a file is missing or the port is taken. */
export async function startOldSystems(options: OldSystemsOptions): Promise<OldSystems> {
  const { directory, port, host = '127.0.0.1', systems = OLD_SYSTEMS } = options
  const open = new Map<string, OpenOldSystem>()
  const closeAll = async (): Promise<void> => {
    for (const one of open.values()) await one.close()
  }
  try {
    for (const system of systems) open.set(system.path, await system.open(directory))
    const server = createServer((request, response) => void route(open, request, response))
    const url = `http://${host}:${await listen(server, port, host)}`
    return {
      url,
      addressOf: (path) => (open.has(path) ? `${url}/${path}` : undefined),
      async close() {
        const closed = new Promise((resolve) => server.close(resolve))
        server.closeIdleConnections()
        await closed
        await closeAll()
      },
    }
  } catch (error) {
    await closeAll()
    throw error
  }
}

async function listen(server: Server, port: number, host: string): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : port
}

/** The first two segments of a path name the system. */
async function route(
  open: ReadonlyMap<string, OpenOldSystem>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const [, mount = '', rest = ''] = /^\/([^/?]+\/[^/?]+)(.*)$/.exec(request.url ?? '') ?? []
  const system = open.get(mount)
  if (system === undefined) {
    response.writeHead(404).end()
    return
  }
  request.url = rest.startsWith('/') ? rest : `/${rest}`
  await system.answer(request, response)
}
