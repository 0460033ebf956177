import { createHash } from 'node:crypto'

/** A document that a department has registered for one application and one matter (最少够用, ZS-4.01(3)). */
export interface RegisteredOperation {
  /** Unique in the register; what the record names it by. */
  readonly id: string
  /** Whose application it is; a delegate's is its own (ZS-7.04). */
  readonly department: string
  readonly application: string
  readonly matter: string
  /** The exact text; empty where it could not be read, which is a fault of the entry. */
  readonly document: string
  /** As `documentHash` gives it. */
  readonly hash: string
  /** Which operation of the document is registered; null where it has one. */
  readonly operationName: string | null
}

/** SHA-256, hex, of the UTF-8 bytes of a text: what `sha256sum` says of its file. */
export function documentHash(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex')
}

/** One text for each department, application and matter. */
export function scopeOf({ department, application, matter }: Pick<RegisteredOperation, Scope>): string {
  return JSON.stringify([department, application, matter])
}

type Scope = 'department' | 'application' | 'matter'

/** Which member an entry shares with an earlier one that stays in force. */
export type Repeated = 'id' | 'document'

/**
 * Entries that say again what an earlier one says: an id, or the same operation of the same text for the same matter.
 * One text may serve several matters, each by an entry of its own.
 */
export function repeatedOperations(all: readonly RegisteredOperation[]): ReadonlyMap<RegisteredOperation, Repeated> {
  const repeated = new Map<RegisteredOperation, Repeated>()
  const ids = new Set<string>()
  const names = new Map<string, (string | null)[]>()
  for (const one of all) {
    const key = JSON.stringify([scopeOf(one), one.hash])
    const known = names.get(key) ?? []
    // Without a name it is the document's only operation: another entry can only name the same.
    const again = known.some((name) => name === null || one.operationName === null || name === one.operationName)
    if (ids.has(one.id)) repeated.set(one, 'id')
    else if (again && one.document !== '') repeated.set(one, 'document')
    else names.set(key, [...known, one.operationName])
    ids.add(one.id)
  }
  return repeated
}
