import type { SubgraphReply } from '../execute/subgraph-client.ts'
import { oldestTimes } from './entry.ts'
import type { Kept } from './entry.ts'
import type { Landed, Landing } from './landing.ts'

/** Where the entity for one representation comes from. */
export type Source =
  | { readonly kind: 'memory'; readonly kept: Kept }
  /** `own`: its department was, or will be, asked for this very fetch. */
  | { readonly kind: 'flight'; readonly landing: Landing; readonly place: number; readonly own: boolean }

/** A part of an answer: a value, or why there is none. */
interface Part {
  readonly entity: unknown
  readonly errors: readonly (readonly unknown[])[]
  readonly kept: boolean
}

/**
 * Puts the entities together in the order of the representations, as one reply of the department. What did not come is a
 * null that an error explains: the walk leaves it out, and nothing else with it.
 *
 * @throws what the department failed with, where nothing at all came
 */
export function assemble(sources: readonly Source[]): SubgraphReply {
  const parts = sources.map(partOf)
  if (parts.every((part) => part === null)) throw failureOf(sources)
  const errors = parts.flatMap((part, place) =>
    (part === null ? [[]] : part.errors).map((rest) => ({
      message: 'not answered',
      path: ['_entities', place, ...rest],
    })),
  )
  const kept = parts.filter((part) => part?.kept).length
  return {
    data: { _entities: parts.map((part) => part?.entity ?? null) },
    ...(errors.length > 0 ? { errors } : {}),
    sources: oldestTimes(sources.map(timesOf)),
    ...(kept > 0 ? { kept } : {}),
  }
}

function partOf(source: Source): Part | null {
  if (source.kind === 'memory') return keptPart(source.kept)
  const landed: Landed = source.landing.parts[source.place] ?? { kind: 'none' }
  switch (landed.kind) {
    case 'none':
      return null
    case 'kept':
      return keptPart(landed.kept)
    case 'answered':
      // The value itself is for one request alone; the others have a copy each.
      if (source.own) return { entity: landed.entity, errors: landed.errors, kept: false }
      return landed.text === null ? null : { entity: parsed(landed.text), errors: landed.errors, kept: true }
  }
}

function keptPart({ text }: Kept): Part {
  return { entity: parsed(text), errors: [], kept: true }
}

function parsed(text: string): unknown {
  return JSON.parse(text)
}

function timesOf(source: Source): SubgraphReply['sources'] {
  if (source.kind === 'memory') return source.kept.sources
  const landed = source.landing.parts[source.place]
  return landed?.kind === 'kept' ? landed.kept.sources : source.landing.sources
}

function failureOf(sources: readonly Source[]): unknown {
  const failures = sources.flatMap((source) => (source.kind === 'flight' ? [source.landing.failure] : []))
  return failures.find((one) => one !== null) ?? new Error('the department did not answer by the contract')
}
