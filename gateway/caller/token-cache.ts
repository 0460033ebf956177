import { hash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { Claims } from './claims.ts'
import type { TokenKeySet } from './token.ts'

/** Verified tokens, by SHA-256 of the whole token; the token itself is not kept (Wall 14). */
export interface TokenCache {
  /** The claims of a token verified under these very keys. Whether it is still in force is the caller's question. */
  get(token: string, keys: TokenKeySet): Claims | undefined
  put(token: string, keys: TokenKeySet, claims: Claims): void
}

/** A cache bounded to `capacity` tokens, least recently used first out, emptied when the keys change. */
export function createTokenCache(capacity: number): TokenCache {
  const entries = new LRUCache<string, Claims>({ max: capacity })
  let keysOfEntries: TokenKeySet | null = null

  return {
    get(token, keys) {
      if (keysOfEntries !== keys) {
        entries.clear()
        keysOfEntries = keys
      }
      return entries.get(hash('sha256', token, 'base64'))
    },
    put(token, keys, claims) {
      // Keys that changed while the token was being verified: what the older ones vouched for is not kept.
      if (keysOfEntries === keys) entries.set(hash('sha256', token, 'base64'), claims)
    },
  }
}
