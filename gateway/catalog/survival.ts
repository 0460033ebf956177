import type { ConstDirectiveNode } from 'graphql'
import { parse, print } from 'graphql'
import type { Finding } from './fault.ts'
import { findingAt } from './fault.ts'
import { SHARING_DIRECTIVES } from './links.ts'
import type { DepartmentReading } from './read-department.ts'
import { placesOf } from './shape.ts'

/**
 * Holds the composed supergraph against the departments' SDL: each annotation of each kind must have arrived at its
 * place, unchanged. Only then may anyone who reads the supergraph alone rely on it.
 */
export function checkSurvival(supergraphSdl: string, readings: readonly DepartmentReading[]): Finding[] {
  const arrived = new Map<string, readonly ConstDirectiveNode[]>()
  for (const { at, directives } of placesOf(parse(supergraphSdl))) arrived.set(at, directives)
  return readings.flatMap(({ document, source }) =>
    [...(document ? placesOf(document) : [])].flatMap(({ at, directives }) =>
      directives.filter(isOurs).flatMap((own) => {
        const there = arrived.get(at)?.find((one) => one.name.value === own.name.value)
        if (there && canonical(own) === canonical(there)) return []
        const message = `${at}: its @${own.name.value} did not reach the supergraph unchanged`
        return [findingAt(source.file, own, 'ANNOTATION_LOST', message, 'CLASS_DECLARED')]
      }),
    ),
  )
}

function isOurs(directive: ConstDirectiveNode): boolean {
  return SHARING_DIRECTIVES.some((one) => one === directive.name.value)
}

/** Arguments in the order of their names. */
function canonical(directive: ConstDirectiveNode): string {
  return (directive.arguments ?? [])
    .map((one) => print(one))
    .toSorted()
    .join()
}
