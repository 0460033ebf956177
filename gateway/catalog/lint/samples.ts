import { argument, intended, text } from '../links.ts'
import { lintAt } from './finding.ts'
import type { LintFinding } from './finding.ts'
import type { LintedSdl } from './linted.ts'
import { readablePlaces } from './places.ts'

/** An example says in one line what a page of definitions does not; every regime's reader gets one (ZS-2.04). */
export function lintSamples({ file, document, links }: LintedSdl): readonly LintFinding[] {
  return [...readablePlaces(document)].flatMap(({ kind, at, node }) => {
    if (kind !== 'TYPE') return []
    const resource = node.directives?.find(({ name }) => intended(links, name.value) === 'resource')
    if (resource === undefined || (text(argument(resource, 'sample')) ?? '').trim() !== '') return []
    const message = `${at} has no example: add sample: with values that cannot be real`
    return [lintAt(file, resource, 'SAMPLE_MISSING', message)]
  })
}
