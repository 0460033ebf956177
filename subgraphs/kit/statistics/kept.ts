import type { Published } from './table.ts'

/** Tables of one register that are kept: an officer has four. */
const MOST_TABLES = 4

/** The table that was published of the same numbers, else the one that is made now. */
export type KeptTables = (dimensions: string, digest: string, make: () => Promise<Published>) => Promise<Published>

/**
 * Keeps the tables of one register as they are published, the last one of each set of dimensions: what is counted
 * again and has not changed is not judged again, and who asks while it is judged waits for the same.
 *
 * The source's own time would not do for the digest: it says that numbers are at least as new, not that they are the
 * same. Of what is withheld nothing is kept but the digest.
 */
export function keptTables(): KeptTables {
  const kept = new Map<string, { readonly digest: string; readonly table: Promise<Published> }>()
  return (dimensions, digest, make) => {
    const known = kept.get(dimensions)
    if (known?.digest === digest) return known.table
    const entry = { digest, table: make() }
    entry.table.catch(() => {
      if (kept.get(dimensions) === entry) kept.delete(dimensions)
    })
    kept.delete(dimensions)
    kept.set(dimensions, entry)
    for (const oldest of kept.keys()) if (kept.size > MOST_TABLES) kept.delete(oldest)
    return entry.table
  }
}
