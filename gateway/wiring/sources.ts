import { openEntityCache } from '../adapters/entity-cache.ts'
import type { EntityCache } from '../adapters/entity-cache.ts'
import { createSubgraphClients } from '../adapters/subgraph-clients.ts'
import type { DepartmentClient, SubgraphClients } from '../adapters/subgraph-clients.ts'
import { tracedClient } from '../adapters/traced-client.ts'
import { BUILTIN } from '../builtin/subgraph.ts'
import { cacheEventsFile } from '../config/config.ts'
import type { Config, DepartmentBounds } from '../config/config.ts'
import { boundsOf } from '../config/departments.ts'
import type { SubgraphClient } from '../execute/subgraph-client.ts'
import type { KeyRing } from '../keys/key-ring.ts'
import { startTracing } from '../observe/trace/tracing.ts'
import type { Regime } from '../regime/regime.ts'
import type { House } from '../request/house.ts'
import type { Closers } from '../vocabulary/closers.ts'
import type { Clock } from '../vocabulary/ports.ts'
import { openAuthority } from './authority.ts'
import type { ProcessOfMany } from './stores.ts'

/** What the way to the departments is opened over. */
export interface SourceParts {
  readonly config: Config
  readonly keys: KeyRing
  readonly departments: ReadonlyMap<string, DepartmentClient>
  readonly version: string
  readonly process?: ProcessOfMany
  /** The regime in force, by which governance answers. */
  readonly regime: () => Regime
}

/** The way to the departments. */
export interface Sources {
  /** What a request asks by, each call to a department followed where its trace is. */
  readonly asked: Pick<House, 'client' | 'sources' | 'sampler' | 'authority'>
  readonly clients: SubgraphClients
  /** Null where nothing is kept. */
  readonly cache: EntityCache | null
}

/** Opens the departments' clients, what is kept in front of them, the traces around both, and governance. */
export function openSources(
  { config, keys, departments, version, process, regime }: SourceParts,
  clock: Clock,
  closers: Closers,
): Sources {
  const { sampler, close } = startTracing({ ...config.tracing, version, number: process?.number ?? null })
  closers.add(close)
  const followed = (client: SubgraphClient): SubgraphClient => (sampler === null ? client : tracedClient(client, clock))
  const clients = createSubgraphClients(departments, (code) => callBounds(config, code), clock)
  const kept = { config: config.cache, eventsFile: cacheEventsFile(config), keys, regime: config.regime, clock }
  const cache = openEntityCache(clients, kept, closers)
  const sources = followed(clients)
  const client = cache === null ? sources : followed(cache.client)
  const authority = openAuthority({ config, keys, regime }, clock, closers)
  return { asked: { client, sources, sampler, authority }, clients, cache }
}

/** The gateway's own lookups cost nothing that would have to be spared. */
function callBounds(config: Config, code: string): DepartmentBounds {
  const bounds = boundsOf(config, code)
  return code === BUILTIN ? { ...bounds, concurrency: Infinity } : bounds
}
