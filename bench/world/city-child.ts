import { setTimeout as pause } from 'node:timers/promises'
import { seedCity } from '../../city/seed.ts'
import { startOldSystems } from '../../city/systems/old-systems.ts'
import { BUILTIN, createBuiltin } from '../../gateway/builtin/subgraph.ts'
import { readDefinitions } from '../../gateway/start/composition.ts'
import type { CallVerifier } from '../../subgraphs/kit/call-context.ts'
import type { Subgraph } from '../../subgraphs/kit/contract.ts'
import { connectDepartment, departments } from '../../subgraphs/departments.ts'
import { serveSubgraph } from '../../subgraphs/kit/serve.ts'
import { SEED } from './people.ts'
import type { Said } from './server-child.ts'

/**
 * The departments of the demonstration city over their simulated systems, in one process, each on a port of its own.
 * They take every caller: another gateway has no key to sign with, and this one signs all the same.
 */

const [directory = '', people = '', delay = '0'] = process.argv.slice(2)
const asked = { fetches: 0, entities: 0 }

const EVERYBODY: CallVerifier = async () => ({
  context: { receipt: 'gx_bench', consumer: 'bench', matter: null },
  checkBody: () => undefined,
})

/** Counts what is asked, and answers as late as a system over a network would. */
function watched(subgraph: Subgraph): Subgraph {
  return {
    ...subgraph,
    name: subgraph.name,
    async execute(request, context, signal) {
      asked.fetches += 1
      for (const value of Object.values(request.variables)) if (Array.isArray(value)) asked.entities += value.length
      const answer = await subgraph.execute(request, context, signal)
      if (Number(delay) > 0) await pause(Number(delay))
      return answer
    },
    health: () => subgraph.health(),
    close: () => subgraph.close(),
  }
}

/** The gateway's own lookups, as a department for gateways that do not have them inside. */
function lookups(): Subgraph {
  const builtin = createBuiltin(readDefinitions(), { usedSecrets: () => [] })
  return {
    name: BUILTIN,
    execute: (request, context) => builtin.execute(request, context),
    health: async () => ({ ok: true, detail: '' }),
    close: async () => undefined,
  }
}

await seedCity({ directory, people: Number(people), seed: SEED })
const systems = await startOldSystems({ directory, port: 0 })
const ports: Record<string, number> = {}
const connected = departments.map(({ name }) =>
  connectDepartment(name, {
    dataDirectory: directory,
    apiUrl: systems.addressOf(`${name}/rest`),
    soapUrl: systems.addressOf(`${name}/soap`),
  }),
)
for (const subgraph of [lookups(), ...(await Promise.all(connected))]) {
  const options = { host: '127.0.0.1', port: 0, verifier: EVERYBODY }
  const served = await serveSubgraph(watched(subgraph), options)
  ports[subgraph.name] = Number(new URL(served.url).port)
}

function tell(said: Said): void {
  process.send?.(said)
}
process.on('message', () => tell({ kind: 'asked', ...asked }))
process.on('disconnect', () => process.exit())
tell({ kind: 'ports', ports })
