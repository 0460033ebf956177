import { LRUCache } from 'lru-cache'

/** A cache bounded by number and by bytes; what was used longest ago goes first. */
export interface BoundedCache<T> {
  get(key: string): T | undefined
  /** @param bytes what the value holds in memory, about; one larger than the whole cache is not kept */
  set(key: string, value: T, bytes: number): void
}

/** @param bounds entries, and bytes of all of them together; keys are counted as well */
export function createBoundedCache<T extends {}>(bounds: {
  readonly entries: number
  readonly bytes: number
}): BoundedCache<T> {
  const cache = new LRUCache<string, T>({ max: bounds.entries, maxSize: bounds.bytes })
  return {
    get: (key) => cache.get(key),
    set: (key, value, bytes) => void cache.set(key, value, { size: Math.max(1, Math.ceil(bytes) + key.length) }),
  }
}
