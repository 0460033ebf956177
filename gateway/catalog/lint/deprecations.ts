import type { ConstDirectiveNode } from 'graphql'
import { argument, text } from '../links.ts'
import { isBilingual } from './descriptions.ts'
import { lintAt } from './finding.ts'
import type { LintFinding } from './finding.ts'
import type { LintedSdl } from './linted.ts'
import { readablePlaces } from './places.ts'

/** The `@deprecated` of a place. */
export function deprecationOf(directives: readonly ConstDirectiveNode[] | undefined): ConstDirectiveNode | undefined {
  return directives?.find(({ name }) => name.value === 'deprecated')
}

/** The day, YYYY-MM-DD, until which a deprecated place stays; null where its reason names none. */
export function stayUntil(deprecation: ConstDirectiveNode): string | null {
  const day = /(?<![0-9])[0-9]{4}-[0-9]{2}-[0-9]{2}(?![0-9])/.exec(text(argument(deprecation, 'reason')) ?? '')?.[0]
  // A day that the month does not have would roll over into the next.
  return day !== undefined && isDay(day) ? day : null
}

function isDay(day: string): boolean {
  const date = new Date(day)
  return !Number.isNaN(date.valueOf()) && date.toISOString().startsWith(day)
}

/** A client's programmer must learn what to use instead, in both languages, and how long there is time. */
export function lintDeprecations({ file, document }: LintedSdl): readonly LintFinding[] {
  return [...readablePlaces(document)].flatMap(({ at, node }) => {
    const deprecation = deprecationOf(node.directives)
    if (deprecation === undefined) return []
    const reason = text(argument(deprecation, 'reason')) ?? ''
    if (isBilingual(reason) && stayUntil(deprecation) !== null) return []
    const message = `${at} is deprecated without what its users need: reason: "改用 …,保留至 YYYY-MM-DD · Use …; kept until YYYY-MM-DD"`
    return [lintAt(file, deprecation, 'DEPRECATION_UNDATED', message)]
  })
}
