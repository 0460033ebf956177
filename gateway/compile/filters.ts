import type { FieldNode, GraphQLField, GraphQLInputType } from 'graphql'
import { getNamedType, isInputObjectType } from 'graphql'
import type { Catalog } from '../catalog/catalog.ts'
import type { View } from '../grants/view.ts'
import { coordinate } from '../vocabulary/coordinate.ts'
import type { Coordinate } from '../vocabulary/coordinate.ts'
import { Failure } from '../vocabulary/failure.ts'

/** What filters are read from. */
export interface FilterSource {
  readonly filters: Catalog['filters']
  readonly view: View
}

/**
 * Refuses an operation that filters, orders or groups by a coordinate that is not ALLOW: which rows come back would
 * tell the value (INV-6, ZS-4.09, ZJ-22.3). An input object counts with every coordinate that it could filter by,
 * for its members arrive with the variables, when nothing is decided any more.
 *
 * @param types the types under which the field's arguments may be annotated: its own and its interfaces
 * @throws Failure FILTER_NOT_ALLOWED
 */
export function checkFilters(
  source: FilterSource,
  types: readonly string[],
  definition: GraphQLField<unknown, unknown>,
  node: FieldNode,
): void {
  for (const given of node.arguments ?? []) {
    const argument = definition.args.find((one) => one.name === given.name.value)
    if (!argument) continue
    const own = types.flatMap((type) => source.filters[`${type}.${definition.name}(${argument.name}:)`] ?? [])
    for (const at of [...own, ...filteredBy(source, argument.type, new Set())]) refuseUnlessAllowed(source, at)
  }
}

function filteredBy(source: FilterSource, type: GraphQLInputType, seen: Set<string>): Coordinate[] {
  const input = getNamedType(type)
  if (!isInputObjectType(input) || seen.has(input.name)) return []
  seen.add(input.name)
  return Object.values(input.getFields()).flatMap((field) => {
    const own = source.filters[coordinate(input.name, field.name)]
    return [...(own ? [own] : []), ...filteredBy(source, field.type, seen)]
  })
}

function refuseUnlessAllowed({ view }: FilterSource, at: Coordinate): void {
  const decision = view.decisions.get(at)
  if (decision?.kind === 'ALLOW') return
  throw new Failure('FILTER_NOT_ALLOWED', { ...(decision ? { clause: decision.clause } : {}), detail: at })
}
