import type { Coordinate } from '../vocabulary/coordinate.ts'

/** A place in the answer: response names and list indices. */
export type AnswerPath = readonly (string | number)[]

/** Why a source left a value empty: it did not answer for it, or answered what breaks its schema. */
export type SourceCode = 'SOURCE_UNAVAILABLE' | 'SOURCE_INVALID'

/** Why a value could not be given: for a reason in its source, or because sources differ and none is registered to be right. */
export type ValueFaultCode = SourceCode | 'CONFLICT_UNRESOLVED'

/** A value that could not be given, at its exact place. */
export interface SourceFault {
  readonly path: AnswerPath
  readonly coordinate: Coordinate
  readonly code: ValueFaultCode
}

/** A record in the answer, for notes about its source. */
export interface RecordPlace {
  readonly path: AnswerPath
  readonly type: string
  readonly provider: string
}

/**
 * A place that knows the one above it. Most places are never told of: a path is put together only where a fault or a
 * note asks for it, which is why this is a class and not a value.
 */
export class Place implements RecordPlace {
  readonly #above: Place | null
  readonly #key: string | number
  readonly type: string
  readonly provider: string

  constructor(above: Place | null, key: string | number, type: string, provider: string) {
    this.#above = above
    this.#key = key
    this.type = type
    this.provider = provider
  }

  get path(): AnswerPath {
    return pathTo(this.#above, this.#key)
  }

  /** Names and indices from the root to a key below a place. */
  static path(above: Place | null, key: string | number): AnswerPath {
    const path = [key]
    for (let at = above; at !== null; at = at.#above) path.push(at.#key)
    return path.toReversed()
  }
}

/** Names and indices from the root to a key below a place; null is the root. */
export const pathTo = (above: Place | null, key: string | number): AnswerPath => Place.path(above, key)
