/**
 * Who was told what of whom, from the answers that left and nothing else: a walk over the question and its answer that
 * knows nothing of the gateway, its records or its decisions.
 */
import type { Reply } from './gateway-http.ts'

/** What a question selects below an object: the coordinate of a value, or what lies below another object. */
export interface Selection {
  readonly [field: string]: string | Selection
}

/** The selection as GraphQL. */
export function selectionText(selection: Selection): string {
  return Object.entries(selection)
    .map(([field, below]) => (typeof below === 'string' ? field : `${field} { ${selectionText(below)} }`))
    .join(' ')
}

/**
 * Coordinates that an answer told of the object at a path: a value, or, without an error at its place or above, that there
 * is none. A refusal stands at the first place of its coordinate and holds for all; a source's fault where it is.
 */
export function toldAt(reply: Reply, path: readonly (string | number)[], selection: Selection): ReadonlySet<string> {
  const errors = reply.body.errors ?? []
  const failed = new Set(errors.map((error) => named(error.path ?? [])))
  const refused = new Set(
    errors.flatMap(({ extensions: { code, coordinate } }) => (code.startsWith('SOURCE_') ? [] : (coordinate ?? []))),
  )
  const told = new Set<string>()
  const isFailed = (place: readonly (string | number)[]): boolean =>
    place.some((_, at) => failed.has(named(place.slice(0, at + 1)))) || failed.has('')
  const walk = (value: unknown, below: Selection, place: readonly (string | number)[]): void => {
    for (const [field, inner] of Object.entries(below)) {
      const here = [...place, field]
      if (isFailed(here)) continue
      for (const one of membersOf(value, field)) {
        if (typeof inner !== 'string') walk(one, inner, here)
        else if (one !== null || !refused.has(inner)) told.add(inner)
      }
    }
  }
  if (reply.body.data && !isFailed(path)) walk(valueAt(reply.body.data, path), selection, path)
  return told
}

/** Places in lists are left out: what failed failed for all of them. */
function named(path: readonly (string | number)[]): string {
  return path.filter((step) => typeof step === 'string').join('.')
}

function valueAt(data: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce((value, step) => memberOf(value, step), data)
}

/** What stands in a field of an object, of each object of a list, or of nothing: that there is nothing is told too. */
function membersOf(value: unknown, field: string): readonly unknown[] {
  if (!Array.isArray(value)) return [memberOf(value, field)]
  return value.length === 0 ? [null] : value.map((one: unknown) => memberOf(one, field))
}

function memberOf(value: unknown, step: string | number): unknown {
  if (typeof value !== 'object' || value === null) return null
  return Object.entries(value).find(([name]) => name === String(step))?.[1] ?? null
}
