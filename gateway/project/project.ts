import { isNonNullType } from 'graphql'
import type { CompiledOperation, Projection } from '../compile/compiled-operation.ts'
import { included } from '../compile/compiled-operation.ts'
import type { MaskSet } from '../vocabulary/decision.ts'
import { put } from './objects.ts'
import type { AnswerPath, RecordPlace, SourceCode, SourceFault } from './places.ts'
import { pathTo } from './places.ts'
import { NO_RECONCILING } from './reconciling.ts'
import type { Reconciling } from './reconciling.ts'
import { compileProjection } from './shape.ts'
import type { CompiledProjection } from './shape.ts'
import { ALWAYS, MOST_CHARACTERS, NOTHING, TOO_MUCH, takeBack } from './writing.ts'
import type { FieldShape, Source, Writing } from './writing.ts'

export type { AnswerPath, RecordPlace, SourceFault } from './places.ts'

/**
 * The shaped answer. An alias may be called `__proto__` or `constructor`: what is read by a name that a caller chose is
 * asked for with `Object.hasOwn`.
 */
export interface Projected {
  readonly data: Readonly<Record<string, unknown>>
  /** Whether a null of a source reached the root: then the answer has no data at all, and `data` is empty. */
  readonly nothing: boolean
  readonly faults: readonly SourceFault[]
  readonly records: readonly RecordPlace[]
  /** Places of the values of which sources say something else, where the operation asked for them. */
  readonly conflicts: readonly AnswerPath[]
}

/**
 * Writes the answer from fetched data.
 *
 * @param fetched a key without a value is owed by a fetch that brought nothing
 * @param failed departments that answered nothing at all, and how
 * @param masks the rule set of this process
 * @param reconciling how the values of several sources are compared; nothing is where it is left out
 */
export function project(
  operation: Pick<CompiledOperation, 'projection'>,
  fetched: Readonly<Record<string, unknown>>,
  variables: Readonly<Record<string, unknown>>,
  failed: ReadonlyMap<string, SourceCode>,
  masks: MaskSet = 'strict',
  reconciling: Reconciling = NO_RECONCILING,
): Projected {
  const { root, conditions } = compiled(operation.projection)
  const writing: Writing = {
    holds: conditions.map((when) => included(when, variables)),
    failed,
    masks,
    faults: [],
    records: [],
    conflicts: [],
    reconciling,
    cause: null,
    left: MOST_CHARACTERS,
  }
  const data = writeRoot(writing, root.only?.fields ?? [], fetched)
  const { faults, records, conflicts } = writing
  return {
    data: data ?? {},
    nothing: data === null,
    faults,
    records,
    conflicts: conflicts.map(({ above, key }) => pathTo(above, key)),
  }
}

/** Null where a field that must not be null is. */
function writeRoot(writing: Writing, fields: readonly FieldShape[], fetched: Source): Record<string, unknown> | null {
  const data: Record<string, unknown> = {}
  for (const field of fields) {
    if (field.when !== ALWAYS && writing.holds[field.when] === false) continue
    const written = writeWithin(writing, field, fetched)
    if (written === NOTHING) {
      takeBack(writing, 0, 0, 0)
      return null
    }
    put(data, field.field.key, written)
  }
  return data
}

/** A root field with too much in it, or too much that is wrong, is one fault: of the others nothing is lost. */
function writeWithin(writing: Writing, { field, write }: FieldShape, fetched: Source): unknown {
  const { left } = writing
  const faults = writing.faults.length
  const records = writing.records.length
  const conflicts = writing.conflicts.length
  try {
    return write(writing, fetched, null)
  } catch (error) {
    if (error !== TOO_MUCH) throw error
    const code = writing.left < 0 ? 'SOURCE_INVALID' : (writing.cause?.code ?? 'SOURCE_INVALID')
    writing.cause = { path: [field.key], coordinate: field.coordinate, code }
    takeBack(writing, faults, records, conflicts)
    writing.left = left
    return isNonNullType(field.type) ? NOTHING : null
  }
}

/** What was compiled lives as long as the operation that it is of. */
const kept = new WeakMap<Projection, CompiledProjection>()

function compiled(projection: Projection): CompiledProjection {
  const known = kept.get(projection)
  if (known) return known
  const made = compileProjection(projection)
  kept.set(projection, made)
  return made
}
