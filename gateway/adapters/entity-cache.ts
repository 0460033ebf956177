import type { CacheConfig } from '../config/config.ts'
import { createCachingClient } from '../cache/client.ts'
import { createCounts } from '../cache/counts.ts'
import type { CacheCounts } from '../cache/counts.ts'
import { createLocalEpochs } from '../cache/epochs.ts'
import { createMemoryLayer } from '../cache/memory.ts'
import type { MemoryLayer } from '../cache/memory.ts'
import { createKeySupply } from '../cache/names.ts'
import type { CacheHealth, EntryStore, Epochs, Scope } from '../cache/port.ts'
import type { SubgraphClient } from '../execute/subgraph-client.ts'
import type { KeyRing } from '../keys/key-ring.ts'
import type { Closers } from '../vocabulary/closers.ts'
import type { Clock } from '../vocabulary/ports.ts'
import { appendCacheEvent, followCacheEvents } from './cache-events.ts'
import { openRedisCache } from './cache-redis.ts'

/** Who had something invalidated, and why. */
export interface InvalidationFacts {
  readonly by: string
  readonly reason: string
}

/** The cache of one process. */
export interface EntityCache {
  /** Answers what is kept, and asks departments for the rest. */
  readonly client: SubgraphClient
  readonly counts: Readonly<CacheCounts>
  readonly memory: MemoryLayer['size']
  health(): CacheHealth
  /**
   * Makes unfindable what is kept of something, as a correction needs it: here at once, elsewhere as soon as it is told.
   * It is written down first. Resolves to whether all replicas have been told; where not, they will be.
   *
   * @throws Error where it cannot be written down; it holds all the same
   */
  invalidate(scope: Scope, facts: InvalidationFacts): Promise<boolean>
}

/** What a cache is opened with. */
export interface EntityCacheOptions {
  readonly config: CacheConfig
  readonly eventsFile: string
  readonly keys: KeyRing
  readonly regime: string
  readonly clock: Clock
}

/** Longer than any entry lives, whatever the clocks of the machines say. */
export function longestLife({ maxTtlSeconds }: Pick<CacheConfig, 'maxTtlSeconds'>): number {
  return (2 * maxTtlSeconds + 60) * 1_000
}

/** Opens the cache around the client to the departments; null where the city keeps nothing (ZJ-23.2). */
export function openEntityCache(
  inner: SubgraphClient,
  { config, eventsFile, keys, regime, clock }: EntityCacheOptions,
  closers: Closers,
): EntityCache | null {
  if (!config.enabled) return null
  const memory = createMemoryLayer({ entries: config.memoryEntries, bytes: config.memoryBytes })
  const shared = openShared(config, clock, memory)
  closers.add(() => shared.close())
  const counts = createCounts()
  const life = { most: config.maxTtlSeconds, realtime: config.realtimeTtlSeconds }
  const { store, epochs } = shared
  const parts = { inner, keys: createKeySupply(keys), memory, store, epochs, clock, regime: () => regime, life, counts }
  closers.add(followCacheEvents(eventsFile, clock.now() - longestLife(config), (scopes) => void epochs.move(scopes)))
  return {
    client: createCachingClient(parts),
    counts,
    get memory() {
      return memory.size
    },
    health: () => shared.health(),
    async invalidate(scope, { by, reason }) {
      const told = epochs.move([scope])
      await appendCacheEvent(eventsFile, { scope, by, reason, at: new Date(clock.now()).toISOString() })
      return told
    },
  }
}

interface Shared {
  readonly store: EntryStore | null
  readonly epochs: Epochs
  health(): CacheHealth
  close(): void
}

function openShared(config: CacheConfig, clock: Clock, memory: MemoryLayer): Shared {
  const life = longestLife(config)
  const onGap = (): void => memory.clear()
  if (config.redis === null) {
    const epochs = createLocalEpochs({ life, now: () => clock.now() }, onGap)
    const health = (): CacheHealth => ({ ok: true, detail: 'in this process alone' })
    return { store: null, epochs, health, close: () => memory.clear() }
  }
  return openRedisCache({ place: config.redis, timeout: config.commandTimeoutMs, life, clock, onGap })
}
