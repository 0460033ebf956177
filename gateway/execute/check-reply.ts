import type { FetchNode } from '../compile/plan.ts'
import { isObject } from './data.ts'
import type { DataObject } from './data.ts'
import type { SubgraphReply } from './subgraph-client.ts'

/** A reply that may be merged, or why it may not. */
export type CheckedReply =
  | { readonly kind: 'data'; readonly data: DataObject; readonly partial: boolean }
  | { readonly kind: 'invalid' | 'failed' }

/**
 * Checks a department's reply. A null that an error explains is not the source's "no value": it is taken out, so
 * that the projection finds nothing there and says SOURCE_UNAVAILABLE. An error without a usable path spoils the
 * whole reply.
 */
export function checkReply(fetch: FetchNode, reply: SubgraphReply, expected: number): CheckedReply {
  const errors = Array.isArray(reply.errors) ? reply.errors : []
  if (!isObject(reply.data)) return { kind: errors.length > 0 ? 'failed' : 'invalid' }
  if (fetch.requires) {
    const entities = reply.data['_entities']
    if (!Array.isArray(entities)) return { kind: errors.length > 0 ? 'failed' : 'invalid' }
    if (entities.length !== expected) return { kind: 'invalid' }
  }
  for (const error of errors) {
    const path: unknown = isObject(error) ? error['path'] : null
    if (!Array.isArray(path) || path.length === 0 || !forget(reply.data, path)) return { kind: 'failed' }
  }
  return { kind: 'data', data: reply.data, partial: errors.length > 0 }
}

/** Removes the null nearest above the error's place, where null bubbling has put it. */
function forget(root: DataObject, path: readonly unknown[]): boolean {
  let current: unknown = root
  for (const step of path) {
    if (Array.isArray(current) && typeof step === 'number') {
      if (current[step] === null) {
        current[step] = undefined
        return true
      }
      current = current[step]
    } else if (isObject(current) && typeof step === 'string' && Object.hasOwn(current, step)) {
      if (current[step] === null) return delete current[step]
      current = current[step]
    } else return false
  }
  return false
}
