import type { Clause } from '../vocabulary/clause.ts'
import type { Coordinate } from '../vocabulary/coordinate.ts'
import type { Decision } from '../vocabulary/decision.ts'
import { included } from './compiled-operation.ts'
import type { Call, CompiledOperation } from './compiled-operation.ts'
import { filteringOf } from './filters.ts'
import type { Filtering } from './filters.ts'

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
    .flatMap((call) => [...read(call).used])
    .filter(([, by]) => forbidden.has(by))
    .map(([place, by]): Found => {
      const decision: Decision | null = forbidden.get(by) ?? null
      const facts = { clause: decision?.clause ?? null, grant: decision?.grant ?? null }
      return { coordinate: place, code: 'FILTER_NOT_ALLOWED', ...facts, words: `${place} → ${by}` }
    })
}

function outsideParameters(
  { controlled }: CompiledOperation,
  variables: Variables,
  read: (call: Call) => Filtering,
): Found[] {
  return controlled
    .filter(({ when }) => included(when, variables))
    .flatMap(({ coordinate, rule, calls }) => {
      const filterings = calls.map(read)
      return [...rule.values]
        .filter(([by, permitted]) => !keeps(filterings, by, permitted))
        .map(([by]): Found => ({
          coordinate: by,
          code: 'PARAMETER_OUT_OF_GRANT',
          clause: rule.clause,
          grant: rule.grant,
          words: `${by} (${rule.grant}: ${coordinate})`,
        }))
    })
}

/** Some call is sure to restrict the coordinate, and no call gives a value of it that is not permitted. */
function keeps(filterings: readonly Filtering[], by: Coordinate, permitted: readonly string[]): boolean {
  const given = filterings.flatMap(({ values }) => values.filter((one) => one.by === by))
  return filterings.some(({ bound }) => bound.has(by)) && given.every(({ value }) => isPermitted(value, permitted))
}

/** A custom scalar lets anything through, lists and objects too: only a plain value can be compared. */
function isPermitted(value: unknown, permitted: readonly string[]): boolean {
  const plain = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
  return plain && permitted.includes(String(value))
}
