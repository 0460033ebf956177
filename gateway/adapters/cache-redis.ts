import type { CacheHealth, EntryStore, SealedEntry } from '../cache/port.ts'
import { publishLifecycle } from '../observe/channels.ts'
import type { Clock } from '../vocabulary/ports.ts'
import { openRedisEpochs } from './cache-redis-epochs.ts'
import type { RedisEpochs } from './cache-redis-epochs.ts'
import { redisClient } from './redis-connection.ts'
import type { RedisClient, RedisPlace } from './redis-connection.ts'

/** Before every key of ours. */
const PREFIX = 'gongxiang:cache:'

/** Key by which it is tried whether Redis works again. */
const PROBE = `${PREFIX}probe`

/** Milliseconds between tries at what has failed; requests leave it alone until one succeeds. */
const RETRY = 1_000

/** Writes that may be under way at once: what a slow Redis cannot take is not kept. */
const MOST_WRITES = 2_000

/** How a shared cache is opened. */
export interface RedisCacheOptions {
  readonly place: RedisPlace
  /** Milliseconds that a look may take; longer, the department is asked instead. */
  readonly timeout: number
  /** Milliseconds of the longest life of an entry. */
  readonly life: number
  readonly clock: Clock
  /** Called when what this process keeps for itself may be out of date. */
  readonly onGap: () => void
}

/** Entries and epochs in Redis. */
export interface RedisCache {
  readonly store: EntryStore
  readonly epochs: RedisEpochs
  health(): CacheHealth
  close(): void
}

/**
 * Keeps sealed entities in Redis, each under a key of its own, so that a cluster serves them too. Redis slow, full,
 * read-only, without its data, behind another password or gone: whoever looks finds nothing, at once, and health says so
 * (S19). It is connected in the background: nothing waits for it.
 */
export function openRedisCache({ place, timeout, life, clock, onGap }: RedisCacheOptions): RedisCache {
  const redis = redisClient(place, timeout)
  // Without a listener ioredis writes its errors to the console; each command tells its own.
  redis.on('error', () => undefined)
  redis.connect().catch(() => undefined)
  let told = true
  const tell = (): void => {
    const { ok } = health()
    if (ok !== told) publishLifecycle(() => ({ step: ok ? 'recovered' : 'degraded', subject: 'cache' }))
    told = ok
  }
  const reading = createCircuit(tell, () => redis.get(PROBE))
  const writing = createCircuit(tell, () => redis.set(PROBE, '', 'PX', RETRY))
  const timer = setInterval(() => {
    void reading.retry()
    void writing.retry()
  }, RETRY).unref()
  const epochs = openRedisEpochs({ place, life, clock, onGap, onLook: tell })
  const health = (): CacheHealth => {
    if (!epochs.current().keeping) return { ok: false, detail: 'Redis does not answer; nothing is kept' }
    if (!reading.isClosed()) return { ok: false, detail: 'Redis is slow or does not give what it has' }
    return writing.isClosed()
      ? { ok: true, detail: 'shared in Redis' }
      : { ok: false, detail: 'Redis is full or read-only; nothing new is shared' }
  }
  return {
    store: {
      get: (names) => reading.ask(() => getAll(redis, names)).then((found) => found ?? names.map(() => null)),
      put: (entries) => putAll(redis, writing, entries),
    },
    epochs,
    health,
    close() {
      clearInterval(timer)
      epochs.close()
      redis.disconnect()
    },
  }
}

/** Each key is asked for on its own, all in one turn: they travel together, in a cluster those of each node. */
function getAll(redis: RedisClient, names: readonly string[]): Promise<readonly (Uint8Array | null)[]> {
  return Promise.all(names.map((name) => redis.getBuffer(PREFIX + name)))
}

function putAll(redis: RedisClient, writing: Circuit, entries: readonly SealedEntry[]): void {
  for (const { name, value, ttl } of entries) {
    if (writing.underWay >= MOST_WRITES) return
    void writing.ask(() => redis.set(PREFIX + name, Buffer.from(value), 'PX', ttl))
  }
}

/** Leaves alone what has failed. */
interface Circuit {
  /** Null where it fails, or has failed. */
  ask<T>(act: () => Promise<T>): Promise<T | null>
  /** Tries again, where it has failed. */
  retry(): Promise<void>
  isClosed(): boolean
  readonly underWay: number
}

function createCircuit(onChange: () => void, probe: () => Promise<unknown>): Circuit {
  let failed = false
  let underWay = 0
  const mark = (now: boolean): void => {
    if (failed === now) return
    failed = now
    onChange()
  }
  return {
    async ask(act) {
      if (failed) return null
      underWay += 1
      try {
        return await act()
      } catch {
        mark(true)
        return null
      } finally {
        underWay -= 1
      }
    },
    async retry() {
      if (!failed) return
      await probe().then(
        () => mark(false),
        () => undefined,
      )
    },
    isClosed: () => !failed,
    get underWay() {
      return underWay
    },
  }
}
