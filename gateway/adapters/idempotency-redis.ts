import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { begunAgain, HOLD_SECONDS } from '../verify/idempotency.ts'
import type { Begun, Idempotency } from '../verify/idempotency.ts'
import { redisConnection } from './redis-connection.ts'

/** Milliseconds that a look may take; a request must not wait for a slow Redis. */
const TIMEOUT = 500

/**
 * Replaces what is kept by ARGV[2] for ARGV[3] seconds, or removes it where that is empty, unless somebody else holds
 * the key by now. In one script, so that nobody comes between the look and the change.
 */
const SETTLE = `
local kept = redis.call('GET', KEYS[1])
if kept and kept ~= ARGV[1] then return 0 end
if ARGV[2] == '' then return redis.call('DEL', KEYS[1]) end
redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
return 1`

const kept = z.object({ fingerprint: z.string(), text: z.string().nullable() })

/** Remembers calls for all replicas, in Redis (one key each, so that a cluster serves them too). */
export function createRedisIdempotency(url: string): Idempotency {
  const redis = redisConnection(url, 'gongxiang:call:', TIMEOUT)
  // Without a listener ioredis writes its errors to the console; whoever begins is told.
  redis.on('error', () => undefined)
  redis.connect().catch(() => undefined)

  const fresh = (key: string, fingerprint: string, mine: string, ttlSeconds: number): Begun => ({
    kind: 'FRESH',
    complete: async (text) =>
      void (await redis.eval(SETTLE, 1, key, mine, JSON.stringify({ fingerprint, text }), ttlSeconds)),
    abandon: async () => void (await redis.eval(SETTLE, 1, key, mine, '', 0)),
  })
  return {
    async begin(key, fingerprint, ttlSeconds) {
      // The holder tells our own entry from a later one of the same call.
      const mine = JSON.stringify({ fingerprint, text: null, holder: randomUUID() })
      const claimed = await redis.set(key, mine, 'EX', HOLD_SECONDS, 'NX')
      if (claimed === 'OK') return fresh(key, fingerprint, mine, ttlSeconds)
      const found = await redis.get(key)
      // It ended between the two looks: whoever comes again finds it free.
      if (found === null) return { kind: 'BUSY' }
      return begunAgain(kept.parse(JSON.parse(found)), fingerprint)
    },
    close: async () => redis.disconnect(),
  }
}
