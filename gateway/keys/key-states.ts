import { placeInUse } from './key-source.ts'
import type { StoredRing } from './key-source.ts'

/** A key as an operator sees it, without its material. */
export interface KeyStanding {
  readonly id: string
  /** ISO 8601 instant. */
  readonly created: string
  /** ISO 8601 instant of its first use. */
  readonly usedFrom: string
  /** In use; announced: accepted and published, used later; accepted: used before, and still good for what was made then. */
  readonly state: 'IN_USE' | 'ANNOUNCED' | 'ACCEPTED'
  /** ISO 8601 instant since which a newer one is used in its place; null while none is. */
  readonly succeeded: string | null
  readonly development: boolean
}

/** The keys of a ring and how they stand at an instant, newest first. */
export function standings(ring: StoredRing, now: number): readonly KeyStanding[] {
  const place = placeInUse(ring, now)
  return ring.map((key, at) => {
    const { id, created, development, usedFrom = created } = key
    const next = at > place ? ring[at - 1] : undefined
    return {
      id,
      created,
      usedFrom,
      state: at === place ? 'IN_USE' : at < place ? 'ANNOUNCED' : 'ACCEPTED',
      succeeded: next ? (next.usedFrom ?? next.created) : null,
      development,
    }
  })
}
