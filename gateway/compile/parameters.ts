import type { GrantParameters } from '../grants/view.ts'
import type { Clause } from '../vocabulary/clause.ts'
import type { Coordinate } from '../vocabulary/coordinate.ts'
import type { Decision } from '../vocabulary/decision.ts'
import { included } from './compiled-operation.ts'
import type { Call, CompiledOperation } from './compiled-operation.ts'
import { filteringOf } from './filters.ts'
import type { Filtering } from './filters.ts'
import { isCounting, isTold } from './statistics.ts'

/** One argument that an operation is refused for, for the record: what it is, never what it holds. */
export interface RejectedArgument {
  /** The place of its annotation, or the coordinate that had to be filtered by. */
  readonly coordinate: string
  readonly code: 'FILTER_NOT_ALLOWED' | 'PARAMETER_OUT_OF_GRANT'
  readonly clause: Clause | null
  readonly grant: string | null
}

/** Why an operation is refused for its arguments. */
export interface Rejection {
  readonly code: RejectedArgument['code']
  readonly clause: Clause | null
  /** Places and coordinates, for whoever mends the request. */
  readonly detail: string
  readonly rejected: readonly RejectedArgument[]
}

/** Places that one refusal names; a schema has few annotations, and a record is of bounded length. */
const NAMED = 20

type Variables = Readonly<Record<string, unknown>>

/**
 * Holds what the arguments of one request really give against the view: nothing may be filtered, ordered or grouped
 * by a coordinate that is not ALLOW (INV-6), and what a grant opens for named values only is asked for with these
 * (NT-18.1). Places that are no part of this answer do not count.
 *
 * @returns null where all is well
 * @throws Failure BAD_USER_INPUT
 */
export function rejectionOf(operation: CompiledOperation, variables: Variables): Rejection | null {
  const known = new Map<string, Filtering>()
  const read = (call: Call): Filtering => {
    const filtering = known.get(call.signature) ?? filteringOf(operation.filters, call, variables)
    known.set(call.signature, filtering)
    return filtering
  }
  return (
    rejection(forbiddenFilters(operation, variables, read)) ?? rejection(outsideParameters(operation, variables, read))
  )
}

function rejection(found: readonly Found[]): Rejection | null {
  const distinct = [...new Map(found.map((one) => [one.words, one])).values()].slice(0, NAMED)
  const [first] = distinct
  if (!first) return null
  const detail = distinct.map(({ words }) => words).join(', ')
  const rejected = distinct.map(({ coordinate, code, clause, grant }) => ({ coordinate, code, clause, grant }))
  return { code: first.code, clause: first.clause, detail, rejected }
}

interface Found extends RejectedArgument {
  /** As the refusal tells it. */
  readonly words: string
}

function forbiddenFilters(
  operation: CompiledOperation,
  variables: Variables,
  read: (call: Call) => Filtering,
): Found[] {
  const { forbidden, calls } = operation
  if (forbidden.size === 0) return []
  return calls
    .filter(({ when }) => included(when, variables))
    .filter((call) => !isCounting(operation, call) || isTold(operation, call, variables))
    .flatMap((call) => [...read(call).used])
    .filter(([, by]) => forbidden.has(by))
    .map(([place, by]): Found => {
      const decision: Decision | null = forbidden.get(by) ?? null
      const facts = { clause: decision?.clause ?? null, grant: decision?.grant ?? null }
      return { coordinate: place, code: 'FILTER_NOT_ALLOWED', ...facts, words: `${place} → ${by}` }
    })
}

function outsideParameters(
  { controlled, controlledFilters, calls }: CompiledOperation,
  variables: Variables,
  read: (call: Call) => Filtering,
): Found[] {
  const selected = controlled
    .filter(({ when }) => included(when, variables))
    .flatMap((use) =>
      unmet(use.coordinate, use.rule, (by, permitted) => {
        const within = use.calls.every((call) => isWithin(read(call), by, permitted))
        return within && (use.limiting.get(by) ?? []).some((call) => read(call).bound.has(by))
      }),
    )
  if (controlledFilters.size === 0) return selected
  // Which rows come back tells the value that they are filtered by: it is a use of it like any other.
  const filtered = calls
    .filter(({ when }) => included(when, variables))
    .flatMap((call) => {
      const filtering = read(call)
      return [...new Set(filtering.used.values())].flatMap((at) =>
        (controlledFilters.get(at) ?? []).flatMap((rule) =>
          unmet(at, rule, (by, permitted) => isWithin(filtering, by, permitted) && filtering.bound.has(by)),
        ),
      )
    })
  return [...selected, ...filtered]
}

/** The values of a rule that are not kept. */
function unmet(
  at: Coordinate,
  { grant, clause, values }: GrantParameters,
  keeps: (by: Coordinate, permitted: readonly string[]) => boolean,
): Found[] {
  return [...values]
    .filter(([by, permitted]) => !keeps(by, permitted))
    .map(([by]): Found => ({
      coordinate: by,
      code: 'PARAMETER_OUT_OF_GRANT',
      clause,
      grant,
      words: `${by} (${grant}: ${at})`,
    }))
}

/** No value that is given for the coordinate is one that is not permitted. */
function isWithin({ values }: Filtering, by: Coordinate, permitted: readonly string[]): boolean {
  return values.every((given) => given.by !== by || isPermitted(given.value, permitted))
}

/** A custom scalar lets anything through, lists and objects too: only a plain value can be compared. */
function isPermitted(value: unknown, permitted: readonly string[]): boolean {
  const plain = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
  return plain && permitted.includes(String(value))
}
