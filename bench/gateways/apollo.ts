import { join } from 'node:path'
import { spawnNode } from '../processes.ts'
import type { GatewaySpec } from './gateway.ts'

/** Without it the gateway asks cloud metadata addresses and its vendor at the start: nobody wants that measured. */
const QUIET = { APOLLO_TELEMETRY_DISABLED: '1' }

export const apollo: GatewaySpec = {
  name: 'apollo',
  title: 'Apollo Server + @apollo/gateway, bare',
  async start({ supergraph, nodeArgs, core }) {
    const args = [...nodeArgs, join(import.meta.dirname, '../peers/apollo-child.ts'), supergraph]
    const spawned = spawnNode({ core, args, env: QUIET })
    const [, url = ''] = await spawned.printed(/ready at (http:\S+)/)
    return { pid: spawned.pid, url, headers: {}, spawned, stop: () => spawned.stop() }
  },
}
