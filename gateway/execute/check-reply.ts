import type { FetchNode } from '../compile/plan.ts'
import { isObject } from './data.ts'
import type { DataObject } from './data.ts'

/** A reply that may be merged, or why it may not. */
export type CheckedReply =
  | { readonly kind: 'data'; readonly data: DataObject; readonly partial: boolean }
  | { readonly kind: 'invalid' | 'failed' }

/**
 * Checks a department's reply. A null that an error explains is not the source's "no value": it is taken out and the key
 * left without a value, so that the projection finds nothing there and says SOURCE_UNAVAILABLE. An error without a usable
 * path spoils the whole reply.
 */
export function checkReply(fetch: FetchNode, reply: unknown, expected: number): CheckedReply {
  if (!isObject(reply)) return { kind: 'invalid' }
  const errors: readonly unknown[] = Array.isArray(reply['errors']) ? reply['errors'] : []
  const data = reply['data']
  if (!isObject(data)) return { kind: errors.length > 0 ? 'failed' : 'invalid' }
  if (fetch.requires) {
    const entities = data['_entities']
    if (!Array.isArray(entities)) return { kind: errors.length > 0 ? 'failed' : 'invalid' }
    if (entities.length !== expected) return { kind: 'invalid' }
  }
  // All places are found before any is taken out: one null may stand for several errors below it.
  const holes = errors.map((error) => holeOf(data, isObject(error) ? error['path'] : null))
  for (const hole of holes) {
    if (hole === null) return { kind: 'failed' }
    hole()
  }
  return { kind: 'data', data, partial: errors.length > 0 }
}

/** Takes out the null nearest above the error's place, where null bubbling has put it; null where there is none. */
function holeOf(root: DataObject, path: unknown): (() => void) | null {
  if (!Array.isArray(path)) return null
  let current: unknown = root
  for (const step of path as readonly unknown[]) {
    if (Array.isArray(current) && typeof step === 'number') {
      const list: unknown[] = current
      if (list[step] === null) return () => void (list[step] = undefined)
      current = list[step]
    } else if (isObject(current) && typeof step === 'string' && Object.hasOwn(current, step)) {
      const object = current
      if (object[step] === null) return () => void (object[step] = undefined)
      current = object[step]
    } else return null
  }
  return null
}
