import type { GraphQLInputType, GraphQLSchema } from 'graphql'
import { getNullableType, isInputObjectType, isInputType, isListType, typeFromAST, valueFromAST } from 'graphql'
import type { CompiledOperation } from '../compile/compiled-operation.ts'
import { filteringOf } from '../compile/filters.ts'
import type { Binding } from '../compile/normalise.ts'
import { bareRecord } from '../vocabulary/bare-record.ts'
import type { Coordinate } from '../vocabulary/coordinate.ts'
import { Failure } from '../vocabulary/failure.ts'

/**
 * What a document filters, orders or groups by of its own: what its literals, defaults and members say. Of a variable
 * only the place counts, since an explanation knows no values: what stands inside an object that is given as a variable
 * may be given, and is not told here.
 */
export function givenFilters(
  schema: GraphQLSchema,
  { filters, calls }: CompiledOperation,
  bindings: readonly Binding[],
): ReadonlySet<Coordinate> {
  const variables = standIns(schema, bindings)
  const given = new Set<Coordinate>()
  for (const call of calls) {
    for (const by of filtersOf(() => filteringOf(filters, call, variables).used.values())) given.add(by)
  }
  return given
}

/** A request with such a literal is refused before its filters count. */
function filtersOf(read: () => Iterable<Coordinate>): Iterable<Coordinate> {
  try {
    return read()
  } catch (error) {
    if (error instanceof Failure) return []
    throw error
  }
}

/** The values that the document itself holds, and for each variable without one something that stands in its place. */
function standIns(schema: GraphQLSchema, bindings: readonly Binding[]): Readonly<Record<string, unknown>> {
  const values = bareRecord<unknown>()
  const originals = bareRecord<unknown>()
  for (const binding of bindings) {
    if (binding.kind === 'literal') continue
    const { name, definition } = binding
    const type = typeFromAST(schema, definition.type)
    if (!type || !isInputType(type)) continue
    const value = definition.defaultValue ? valueFromAST(definition.defaultValue, type) : standIn(type)
    values[name] = originals[definition.variable.name.value] = value
  }
  for (const binding of bindings)
    if (binding.kind === 'literal') values[binding.name] = valueFromAST(binding.value, binding.type, originals)
  return values
}

/** An object and a list with nothing in them; else a text that no enum has. */
function standIn(type: GraphQLInputType): unknown {
  const nullable = getNullableType(type)
  if (isListType(nullable)) return []
  return isInputObjectType(nullable) ? {} : ''
}
