import type { FetchKeeping } from '../compile/plan.ts'
import type { SubgraphReply } from '../execute/subgraph-client.ts'
import type { Kept } from './entry.ts'
import { fits } from './fits.ts'
import type { Representation } from './naming.ts'

/** What came for one entity. */
export type Landed =
  /** Found in the shared store. */
  | { readonly kind: 'kept'; readonly kept: Kept }
  /** Answered by the department; `text` where somebody beside the first may need it. */
  | {
      readonly kind: 'answered'
      readonly entity: unknown
      readonly text: string | null
      readonly errors: readonly Rest[]
    }
  /** Not answered, or not by the contract. */
  | { readonly kind: 'none' }

/** An error's path below its entity. */
export type Rest = readonly unknown[]

/** What a flight brought. */
export interface Landing {
  readonly parts: readonly Landed[]
  /** The department's own reply, where it was asked for every entity; for nobody but who asked. */
  readonly reply: SubgraphReply | null
  readonly sources: SubgraphReply['sources']
  /** Why the department did not answer. */
  readonly failure: unknown
}

/** What of a reply may be kept, by place. */
export type Keepable = ReadonlyMap<number, string>

/**
 * Takes a reply apart, entity by entity. Nothing of one with an error, or with too few or too many entities, is kept;
 * nor an entity that is not what was asked for.
 *
 * @param shared whether others wait: each needs a copy of its own
 */
export function takeApart(
  reply: SubgraphReply,
  asked: readonly Representation[],
  keep: FetchKeeping,
  shared: boolean,
): { readonly parts: readonly Landed[]; readonly keepable: Keepable } {
  const entities = entitiesOf(reply)
  const errors = errorsByPlace(reply.errors, asked.length)
  const keepable = new Map<number, string>()
  if (entities?.length !== asked.length || errors === null)
    return { parts: asked.map(() => ({ kind: 'none' })), keepable }
  const sound = errors.size === 0
  const parts = entities.map((entity, place): Landed => {
    const worth = sound && (entity === null || fits(keep.shape, asked[place]?.['__typename'], entity))
    const text = worth || shared ? (JSON.stringify(entity) ?? null) : null
    if (worth && text !== null) keepable.set(place, text)
    return { kind: 'answered', entity, text, errors: errors.get(place) ?? [] }
  })
  return { parts, keepable }
}

function entitiesOf({ data }: SubgraphReply): readonly unknown[] | null {
  if (typeof data !== 'object' || data === null || !('_entities' in data)) return null
  const { _entities: entities } = data
  return Array.isArray(entities) ? entities : null
}

/** The errors of each entity; null where one of them is about no entity: it spoils the whole reply. */
function errorsByPlace(errors: unknown, count: number): ReadonlyMap<number, readonly Rest[]> | null {
  if (errors === undefined || errors === null) return new Map()
  if (!Array.isArray(errors)) return null
  const found = new Map<number, Rest[]>()
  for (const error of errors as readonly unknown[]) {
    const path = pathOf(error)
    const place = path?.[1]
    if (path?.[0] !== '_entities' || typeof place !== 'number' || !(place >= 0 && place < count)) return null
    found.set(place, [...(found.get(place) ?? []), path.slice(2)])
  }
  return found
}

function pathOf(error: unknown): readonly unknown[] | null {
  if (typeof error !== 'object' || error === null || !('path' in error)) return null
  return Array.isArray(error.path) ? error.path : null
}
