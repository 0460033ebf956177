import type { ConstDirectiveNode, DocumentNode } from 'graphql'
import { Kind, parse, print } from 'graphql'
import { coordinate } from '../vocabulary/coordinate.ts'
import type { Coordinate } from '../vocabulary/coordinate.ts'
import type { Fault } from './fault.ts'
import { faultAt } from './fault.ts'
import type { DepartmentReading } from './read-department.ts'

/**
 * Holds the composed supergraph against what was read: each `@share` must have arrived, unchanged. Only then may
 * anyone who reads the supergraph alone rely on it.
 */
export function checkSurvival(supergraphSdl: string, readings: readonly DepartmentReading[]): Fault[] {
  const arrived = shares(parse(supergraphSdl))
  return readings.flatMap((reading) =>
    reading.fields.flatMap(({ value, file, node }) => {
      const own = node.directives?.find((one) => one.arguments?.some((given) => given.name.value === 'class'))
      const there = arrived.get(value.coordinate)
      if (own && there && canonical(own) === canonical(there)) return []
      const message = `${value.coordinate}: its @share did not reach the supergraph unchanged`
      return [faultAt(file, node, 'ANNOTATION_LOST', message, 'ZS-2.05')]
    }),
  )
}

function shares(supergraph: DocumentNode): ReadonlyMap<Coordinate, ConstDirectiveNode> {
  const found = new Map<Coordinate, ConstDirectiveNode>()
  for (const definition of supergraph.definitions) {
    if (definition.kind !== Kind.OBJECT_TYPE_DEFINITION && definition.kind !== Kind.INTERFACE_TYPE_DEFINITION) continue
    for (const field of definition.fields ?? []) {
      const share = field.directives?.find((one) => one.arguments?.some((given) => given.name.value === 'class'))
      if (share) found.set(coordinate(definition.name.value, field.name.value), share)
    }
  }
  return found
}

/** Arguments by name, whatever their order or the directive's local name. */
function canonical(directive: ConstDirectiveNode): string {
  return (directive.arguments ?? [])
    .map((one) => print(one))
    .toSorted()
    .join()
}
