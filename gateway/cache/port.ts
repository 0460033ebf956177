/** A sealed entity on its way to the store that all replicas share. */
export interface SealedEntry {
  /** Keyed hash, base64url: it tells nothing of what it names. */
  readonly name: string
  readonly value: Uint8Array
  /** Milliseconds that it may live. */
  readonly ttl: number
}

/** Port: what all replicas share. It may be slow, full or gone: that costs a hit, never an answer. */
export interface EntryStore {
  /** The values in the order of the names, null for each that is not there or cannot be had. Never rejects. */
  get(names: readonly string[]): Promise<readonly (Uint8Array | null)[]>
  /** Keeps them if it can; nobody waits. */
  put(entries: readonly SealedEntry[]): void
}

/** What is invalidated: everything, what one department answers, one catalogue entry, or one subject. */
export type Scope =
  | { readonly kind: 'all' }
  | { readonly kind: 'department' | 'resource'; readonly code: string }
  | { readonly kind: 'subject'; readonly pseudonyms: readonly string[] }

/** The epochs as this process knows them. Each is a random text that changes with every invalidation. */
export interface EpochView {
  /** Scope name → epoch; none for what was never invalidated. Holds no subject. */
  readonly values: ReadonlyMap<string, string>
  /** Pseudonym → epoch, of the subjects that were invalidated within the longest life of an entry; another map whenever one is. */
  readonly subjects: ReadonlyMap<string, string>
  /** False while invalidations of others might not be known here: then nothing is kept, and nothing that is kept is used. */
  readonly keeping: boolean
}

/** Port: the epochs, and where they are moved. */
export interface Epochs {
  current(): EpochView
  /**
   * Moves the epochs of some scopes: from now on this process finds nothing of before, and the others as soon as they
   * are told. Resolves to whether they were; where they were not, they will be.
   */
  move(scopes: readonly Scope[]): Promise<boolean>
}

/** Names of scopes in a view; the name of everything is `all`. */
export const ALL = 'all'
/** Epoch of what tells of somebody else than whom it is kept for: it moves with every subject. */
export const OTHERS = 'others'

/** The name of a department's or an entry's scope. */
export function scopeName(kind: 'department' | 'resource', code: string): string {
  return `${kind}:${code}`
}

/** The names that a scope moves, subjects aside. */
export function namesOf(scope: Scope): readonly string[] {
  switch (scope.kind) {
    case 'all':
      return [ALL]
    case 'subject':
      return [OTHERS]
    case 'department':
    case 'resource':
      return [scopeName(scope.kind, scope.code)]
  }
}

/** How a cache stands; for health, and for the record (S19). */
export interface CacheHealth {
  readonly ok: boolean
  readonly detail: string
}
