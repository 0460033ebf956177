import type { Command } from 'commander'
import { openGatewayKeys } from '../adapters/gateway-keys.ts'
import type { GatewayKeys } from '../adapters/gateway-keys.ts'
import { openKeyFiles, publicKeysFile } from '../adapters/key-files.ts'
import { followTls } from '../adapters/tls-files.ts'
import type { FollowedTls } from '../adapters/tls-files.ts'
import { connectOne } from '../start/departments.ts'
import { listenFault } from '../start/preflight.ts'
import { keysDirectory } from '../config/config.ts'
import type { Config } from '../config/config.ts'
import { callVerifier } from '../../subgraphs/kit/call-context.ts'
import type { ServedTls } from '../../subgraphs/kit/gateway-certificate.ts'
import { serveSubgraph } from '../../subgraphs/kit/serve.ts'
import { systemClock } from '../vocabulary/ports.ts'
import { configOf } from './context.ts'
import { untilStopped } from './signals.ts'
import { CommandFault, print } from './terminal.ts'

const EXAMPLES = `
The gateway's public keys come from subgraph.gatewayJwks, read again when they change; a call without its signed context is refused.

Examples:
  gongxiang subgraph serve disabled-persons
  GONGXIANG_SUBGRAPH_PORT=4101 gongxiang subgraph serve public-security
  GONGXIANG_SUBGRAPH_DEPARTMENT=tax gongxiang subgraph serve`

/** `gongxiang subgraph serve`. */
export function register(program: Command): void {
  const group = program.command('subgraph').description("Departments' subgraphs.")
  group
    .command('serve')
    .description('Serve one department over HTTP, for the gateway alone.')
    .argument('[department]', 'department code; `subgraph.department` where it is left out')
    .addHelpText('after', EXAMPLES)
    .action(async (named: string | undefined, _options: object, command: Command) => {
      const config = await configOf(command, 'subgraph')
      const department = named ?? config.subgraph.department
      if (department === undefined) throw new CommandFault('name a department, or set subgraph.department')
      const keys = await gatewayKeys(config)
      const verifier = callVerifier(keys.keyFor, department)
      const stopped = untilStopped()
      const connected = await connectOne(config, department)
      const tls = openTls(config)
      try {
        const { host, port } = config.subgraph
        const served = await serveSubgraph(connected.subgraph, { host, port, verifier, tls: tls?.served }).catch(
          (error: unknown) => {
            throw new CommandFault(listenFault(error, { host, port, settings: 'subgraph' }))
          },
        )
        print(`${department} is served at ${served.url}`)
        await stopped
        await served.close()
      } finally {
        await connected.close()
        tls?.files.close()
        keys.close()
      }
    })
}

/** The certificates that it is served with, followed; null where none are configured. */
function openTls({ subgraph: { tls } }: Config): { readonly files: FollowedTls; readonly served: ServedTls } | null {
  if (tls === null) return null
  const listeners: (() => void)[] = []
  try {
    const files = followTls(tls, () => listeners.forEach((listener) => listener()))
    const { gatewayName } = tls
    const onChange = (listener: () => void): void => void listeners.push(listener)
    return { files, served: { current: () => files.current(), gatewayName, onChange } }
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason'
    throw new CommandFault(`subgraph.tls: the certificates cannot be used (${reason})`)
  }
}

/** The public keys that a gateway's call context is checked with; the embedded mode makes them where none are stated. */
async function gatewayKeys(config: Config): Promise<GatewayKeys> {
  const own = config.subgraph.gatewayJwks === publicKeysFile(keysDirectory(config), 'call-context')
  if (config.mode === 'embedded' && own) await openKeyFiles(keysDirectory(config), 'embedded', systemClock)
  try {
    return openGatewayKeys(config.subgraph.gatewayJwks)
  } catch (error) {
    if (!isErrno(error)) throw error
    throw new CommandFault(
      `the gateway's public keys ${config.subgraph.gatewayJwks} cannot be read; set subgraph.gatewayJwks`,
    )
  }
}

/** An error of the file system; what is wrong with the keys themselves tells its own line. */
function isErrno(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error
}
