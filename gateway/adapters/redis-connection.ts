import { Cluster, Redis } from 'ioredis'
import type { RedisOptions } from 'ioredis'

/** Where a Redis is, and how it is laid out. */
export interface RedisPlace {
  /** `redis://` or `rediss://` with name and password; of a Sentinel or a cluster the first node. */
  readonly url: string
  readonly kind: 'single' | 'sentinel' | 'cluster'
  /** Further Sentinels or nodes, `host:port`. */
  readonly nodes: readonly string[]
  /** Name under which the Sentinels watch the master. */
  readonly master: string
  /** Of the Sentinels, where they have one. */
  readonly sentinelPassword: string | null
}

/** A Redis, or a cluster of several, behind the same commands. */
export type RedisClient = Redis | Cluster

const COMMON = {
  lazyConnect: true,
  maxRetriesPerRequest: 0,
  enableOfflineQueue: false,
  autoResendUnfulfilledCommands: false,
  connectTimeout: 2_000,
} as const satisfies RedisOptions

/** Milliseconds before the next try to connect. */
const retryIn = (attempt: number): number => Math.min(attempt * 200, 5_000)

/**
 * A connection that is never waited for: a command that cannot be sent at once fails at once, so that whoever needs it
 * decides. It is not connected yet, and its errors are the caller's to listen to.
 *
 * @param prefix of every key
 * @param timeout milliseconds that a command may take
 */
export function redisConnection(url: string, prefix: string, timeout: number): Redis {
  return new Redis(url, { ...COMMON, commandTimeout: timeout, keyPrefix: prefix, retryStrategy: retryIn })
}

/**
 * The same for a Redis of any layout, without a prefix. Commands that are given in one turn of the event loop travel
 * together, in a cluster those of each node.
 */
export function redisClient(place: RedisPlace, timeout: number): RedisClient {
  const options = { ...COMMON, commandTimeout: timeout, enableAutoPipelining: true }
  const retry = { retryStrategy: retryIn }
  switch (place.kind) {
    case 'single':
      return new Redis(place.url, { ...options, ...retry })
    case 'sentinel':
      return new Redis({ ...options, ...retry, ...throughSentinels(place), ...credentials(place) })
    case 'cluster':
      return new Cluster([...nodesOf(place)], {
        lazyConnect: true,
        enableOfflineQueue: false,
        enableAutoPipelining: true,
        slotsRefreshTimeout: 2_000,
        clusterRetryStrategy: retryIn,
        redisOptions: { connectTimeout: 2_000, commandTimeout: timeout, ...credentials(place) },
      })
  }
}

/**
 * A connection that hears what is published, and that is not repaired once it is lost: whoever listens has to know that
 * something may have been missed. In a cluster any node hears what another was told.
 *
 * @param attempt counts up; each goes to the next node
 */
export function redisListener(place: RedisPlace, attempt: number): Redis {
  const options = { ...COMMON, retryStrategy: () => null, keepAlive: 5_000 }
  switch (place.kind) {
    case 'single':
      return new Redis(place.url, options)
    case 'sentinel':
      return new Redis({
        ...options,
        ...throughSentinels(place),
        ...credentials(place),
        sentinelRetryStrategy: () => null,
      })
    case 'cluster': {
      const nodes = nodesOf(place)
      const { host, port } = nodes[attempt % nodes.length] ?? { host: 'localhost', port: 6_379 }
      return new Redis({ ...options, ...credentials(place), host, port })
    }
  }
}

function throughSentinels(place: RedisPlace) {
  const { sentinelPassword, master, url } = place
  return {
    sentinels: [...nodesOf(place)],
    name: master,
    sentinelRetryStrategy: retryIn,
    ...(sentinelPassword === null ? {} : { sentinelPassword }),
    ...(url.startsWith('rediss:') ? { enableTLSForSentinelMode: true, sentinelTLS: {} } : {}),
  }
}

function nodesOf({ url, nodes }: RedisPlace): readonly { readonly host: string; readonly port: number }[] {
  const port = 6_379
  const first = new URL(url)
  const others = nodes.map((node) => new URL(`redis://${node}`))
  return [first, ...others].map((one) => ({
    host: one.hostname.replace(/^\[|\]$/g, ''),
    port: one.port === '' ? port : Number(one.port),
  }))
}

/** Name, password, database and encryption, as the address says. */
function credentials({ url, kind }: RedisPlace) {
  const { username, password, pathname, protocol } = new URL(url)
  const database = Number(pathname.slice(1))
  return {
    ...(username === '' ? {} : { username: decodeURIComponent(username) }),
    ...(password === '' ? {} : { password: decodeURIComponent(password) }),
    ...(kind === 'sentinel' && Number.isInteger(database) ? { db: database } : {}),
    ...(protocol === 'rediss:' ? { tls: {} } : {}),
  }
}
