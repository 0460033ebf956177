/**
 * A `Storage` that ends with the page. Queries and headers hold ID numbers and tokens, and desks share computers:
 * nothing may stay behind in localStorage, sessionStorage or IndexedDB (design: Walls 13).
 */
export interface MemoryStorage {
  readonly length: number
  getItem(key: string): string | null
  setItem(key: string, value: string): void
  removeItem(key: string): void
  clear(): void
}

/** @param initial what the storage holds at first, by key. */
export function memoryStorage(initial: Readonly<Record<string, string>> = {}): MemoryStorage {
  const entries = new Map(Object.entries(initial))
  return {
    get length() {
      return entries.size
    },
    getItem: (key) => entries.get(key) ?? null,
    setItem: (key, value) => void entries.set(key, value),
    removeItem: (key) => void entries.delete(key),
    clear: () => entries.clear(),
  }
}
