/** Counts under composed keys, and different members of sets: what reports are counted with while records stream by. */
export interface Tally<Key extends readonly (string | null)[]> {
  add(key: Key, times?: number): void
  get(key: Key): number
  /** The most first; equal ones by their key. */
  rows(): readonly { readonly key: Key; readonly count: number }[]
  total(): number
}

/** An empty tally. */
export function createTally<Key extends readonly (string | null)[]>(): Tally<Key> {
  const counts = new Map<string, { readonly key: Key; count: number }>()
  return {
    add(key, times = 1) {
      const name = nameOf(key)
      const found = counts.get(name)
      if (found === undefined) counts.set(name, { key, count: times })
      else found.count += times
    },
    get: (key) => counts.get(nameOf(key))?.count ?? 0,
    rows: () => [...counts.values()].toSorted((a, b) => b.count - a.count || (nameOf(a.key) < nameOf(b.key) ? -1 : 1)),
    total: () => [...counts.values()].reduce((sum, { count }) => sum + count, 0),
  }
}

/** Different members under a key. */
export interface Distinct<Key extends readonly (string | null)[]> {
  add(key: Key, members: readonly string[]): void
  count(key: Key): number
}

/** An empty count of different members. */
export function createDistinct<Key extends readonly (string | null)[]>(): Distinct<Key> {
  const sets = new Map<string, Set<string>>()
  return {
    add(key, members) {
      const name = nameOf(key)
      const set = sets.get(name) ?? new Set()
      sets.set(name, set)
      for (const member of members) set.add(member)
    },
    count: (key) => sets.get(nameOf(key))?.size ?? 0,
  }
}

/** The sum of a count over several kinds. */
export function sumOf<Kind>(kinds: readonly Kind[], count: (kind: Kind) => number): number {
  return kinds.reduce((sum, kind) => sum + count(kind), 0)
}

/** One text for each key: codes, months and coordinates hold no control characters. */
function nameOf(key: readonly (string | null)[]): string {
  let name = ''
  for (const part of key) name += part === null ? '\u0001\u0000' : `${part}\u0000`
  return name
}
