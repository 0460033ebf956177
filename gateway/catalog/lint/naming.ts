import type { LintedSdl } from './linted.ts'
import { lintAt } from './finding.ts'
import type { LintFinding } from './finding.ts'
import { readablePlaces } from './places.ts'
import type { Place } from './places.ts'

interface Case {
  readonly called: string
  readonly pattern: RegExp
}

const PASCAL: Case = { called: 'PascalCase', pattern: /^[A-Z](?=.*[a-z])[A-Za-z0-9]*$/ }
const CAMEL: Case = { called: 'camelCase', pattern: /^[a-z][A-Za-z0-9]*$/ }
const UPPER: Case = { called: 'UPPER_CASE', pattern: /^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$/ }

const CASES = {
  TYPE: PASCAL,
  FIELD: CAMEL,
  ARGUMENT: CAMEL,
  INPUT_MEMBER: CAMEL,
  ENUM_VALUE: UPPER,
} as const satisfies Record<Place['kind'], Case>

/** Names are written in one way in every department, whatever its tables call a column. */
export function lintNames({ file, document }: LintedSdl): readonly LintFinding[] {
  return [...readablePlaces(document)].flatMap((place) => {
    const { called, pattern } = CASES[place.kind]
    // What another department calls its field is told in its own SDL.
    if (place.external || pattern.test(place.node.name.value)) return []
    return [lintAt(file, place.node, 'NAME_CASE', `${place.at} is not ${called}: rename it`)]
  })
}
