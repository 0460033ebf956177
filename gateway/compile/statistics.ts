import type { Coordinate } from '../vocabulary/coordinate.ts'
import { disclosesValue } from '../vocabulary/decision.ts'
import { included } from './compiled-operation.ts'
import type { Call, CompiledOperation } from './compiled-operation.ts'
import { filteringOf } from './filters.ts'

type Variables = Readonly<Record<string, unknown>>

/** A table of counts that an operation asks for. */
export interface CountedTable {
  /** Response name of the field. */
  readonly key: string
  readonly coordinate: Coordinate
  /** Record type that is counted. */
  readonly of: string
  /** What it is grouped and filtered by, sorted: the same set is the same table. */
  readonly dimensions: readonly Coordinate[]
}

/** Whether a call counts records in groups. */
export function isCounting({ filters }: CompiledOperation, { coordinate, root }: Call): boolean {
  return root && filters.counts?.[coordinate] !== undefined
}

/**
 * Whether anything of a call is told in this request: of a table of which every field is refused nothing is counted, and
 * what it would be grouped by is of no use to anybody.
 */
export function isTold({ uses }: CompiledOperation, { key, when }: Call, variables: Variables): boolean {
  return (
    included(when, variables) &&
    uses.some(
      ({ path, decision, when: used }) =>
        path[0] === key && path.length > 1 && disclosesValue(decision) && included(used, variables),
    )
  )
}

/** The tables that an operation asks for in this request. @throws Failure BAD_USER_INPUT */
export function tablesOf(operation: CompiledOperation, variables: Variables): readonly CountedTable[] {
  return operation.calls.flatMap((call) => {
    const of = operation.filters.counts?.[call.coordinate]
    if (of === undefined || !call.root || !isTold(operation, call, variables)) return []
    const { used } = filteringOf(operation.filters, call, variables)
    const dimensions = [...new Set(used.values())].toSorted()
    return [{ key: call.key, coordinate: call.coordinate, of, dimensions }]
  })
}
