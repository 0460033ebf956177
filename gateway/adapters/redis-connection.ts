import { Redis } from 'ioredis'

/**
 * A connection that is never waited for: a command that cannot be sent at once fails at once, so that whoever needs it
 * decides. It is not connected yet, and its errors are the caller's to listen to.
 *
 * @param prefix of every key
 * @param timeout milliseconds that a command may take
 */
export function redisConnection(url: string, prefix: string, timeout: number): Redis {
  return new Redis(url, {
    lazyConnect: true,
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    connectTimeout: 2_000,
    commandTimeout: timeout,
    keyPrefix: prefix,
    retryStrategy: (attempt) => Math.min(attempt * 200, 5_000),
  })
}
