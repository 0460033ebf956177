import { LRUCache } from 'lru-cache'
import type { Kept } from './entry.ts'

/** Entities that this process keeps for itself, in front of the shared store. */
export interface MemoryLayer {
  get(name: string, now: number): Kept | null
  set(name: string, kept: Kept): void
  clear(): void
  /** Entities, and bytes by a rough measure. */
  readonly size: { readonly entries: number; readonly bytes: number }
}

/** Bytes that an entry holds beside its texts: its name, its places in the tables, its objects. */
const OVERHEAD = 600

/** A layer bounded by number and by bytes; the one used longest ago goes first. */
export function createMemoryLayer({
  entries,
  bytes,
}: {
  readonly entries: number
  readonly bytes: number
}): MemoryLayer {
  if (entries === 0 || bytes === 0)
    return { get: () => null, set: () => undefined, clear: () => undefined, size: { entries: 0, bytes: 0 } }
  const layer = new LRUCache<string, Kept>({ max: entries, maxSize: bytes })
  return {
    get(name, now) {
      const kept = layer.get(name)
      if (kept === undefined) return null
      if (kept.until > now) return kept
      layer.delete(name)
      return null
    },
    // Two bytes for each unit of a text, which Chinese takes.
    set: (name, kept) =>
      void layer.set(name, kept, { size: OVERHEAD + 2 * kept.text.length + 100 * kept.sources.length }),
    clear: () => layer.clear(),
    get size() {
      return { entries: layer.size, bytes: layer.calculatedSize }
    },
  }
}
