import { readFile } from 'node:fs/promises'
import type { Command } from 'commander'
import type { JSONWebKeySet } from 'jose'
import { parseJwks } from '../adapters/jwks.ts'
import { openKeyFiles, publicKeysFile } from '../adapters/key-files.ts'
import { connectOne } from '../start/departments.ts'
import { listenFault } from '../start/preflight.ts'
import { keysDirectory } from '../config/config.ts'
import type { Config } from '../config/config.ts'
import { callVerifier } from '../../subgraphs/kit/call-context.ts'
import { serveSubgraph } from '../../subgraphs/kit/serve.ts'
import { systemClock } from '../vocabulary/ports.ts'
import { configOf } from './context.ts'
import { untilStopped } from './signals.ts'
import { CommandFault, print } from './terminal.ts'

const EXAMPLES = `
The gateway's public keys come from subgraph.gatewayJwks; a call without its signed context is refused.

Examples:
  gongxiang subgraph serve disabled-persons
  GONGXIANG_SUBGRAPH_PORT=4101 gongxiang subgraph serve public-security`

/** `gongxiang subgraph serve`. */
export function register(program: Command): void {
  const group = program.command('subgraph').description("Departments' subgraphs.")
  group
    .command('serve')
    .description('Serve one department over HTTP, for the gateway alone.')
    .argument('<department>', 'department code')
    .addHelpText('after', EXAMPLES)
    .action(async (department: string, _options: object, command: Command) => {
      const config = await configOf(command, 'subgraph')
      const verifier = callVerifier(await gatewayKeys(config), department)
      const stopped = untilStopped()
      const connected = await connectOne(config, department)
      try {
        const { host, port } = config.subgraph
        const served = await serveSubgraph(connected.subgraph, { host, port, verifier }).catch((error: unknown) => {
          throw new CommandFault(listenFault(error, { host, port, settings: 'subgraph' }))
        })
        print(`${department} is served at ${served.url}`)
        await stopped
        await served.close()
      } finally {
        await connected.close()
      }
    })
}

/** The public keys that a gateway's call context is checked with; the embedded mode makes them where none are stated. */
async function gatewayKeys(config: Config): Promise<JSONWebKeySet> {
  const own = config.subgraph.gatewayJwks === publicKeysFile(keysDirectory(config), 'call-context')
  if (config.mode === 'embedded' && own) await openKeyFiles(keysDirectory(config), 'embedded', systemClock)
  const text = await readFile(config.subgraph.gatewayJwks, 'utf8').catch(() => {
    throw new CommandFault(
      `the gateway's public keys ${config.subgraph.gatewayJwks} cannot be read; set subgraph.gatewayJwks`,
    )
  })
  return parseJwks(text)
}
