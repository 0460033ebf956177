import { parse } from 'graphql'
import { lintAt } from './finding.ts'
import type { LintFinding } from './finding.ts'
import { deprecationOf, stayUntil } from './deprecations.ts'
import { readablePlaces } from './places.ts'
import type { Place } from './places.ts'

/** What federation itself adds to a supergraph. */
const INTERNAL = /^(join|link|core|federation)__/

/**
 * What a supergraph of before had, this one has not, and its users could not know of: it was not deprecated, or the day
 * that its deprecation named has not come.
 *
 * @param before SDL of the supergraph that applications were written against
 * @param after SDL of the one that is to take its place
 * @param today YYYY-MM-DD, in the city's time
 * @param file how the SDL of before is called in the findings
 */
export function removedEarly(before: string, after: string, today: string, file: string): readonly LintFinding[] {
  const left = new Set([...readablePlaces(parse(after))].map(({ at }) => at))
  const gone = [...readablePlaces(parse(before))].filter(({ at }) => !left.has(at) && !INTERNAL.test(at))
  const types = new Set(gone.flatMap(({ kind, at }) => (kind === 'TYPE' ? [at] : [])))
  return gone.flatMap((place) => {
    // A type that has gone is told by its members, each with a deprecation of its own, or by itself where it has none.
    if (place.kind === 'TYPE' && gone.some(({ at }) => at.startsWith(`${place.at}.`))) return []
    const day = keptUntil(place)
    if (day !== null && day < today) return []
    const why = day === null ? 'it was not deprecated' : `it was to stay until ${day}`
    const type = types.has(place.at.split('.')[0] ?? '') ? ', with its type' : ''
    const message = `${place.at} is gone${type}, and ${why}: bring it back, deprecated with a day, and remove it after that`
    return [lintAt(file, place.node, 'REMOVED_EARLY', message)]
  })
}

function keptUntil({ node }: Place): string | null {
  const deprecation = deprecationOf(node.directives)
  return deprecation === undefined ? null : stayUntil(deprecation)
}
