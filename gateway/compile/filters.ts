import type { GraphQLInputField, GraphQLInputObjectType, GraphQLInputType } from 'graphql'
import { getNamedType, isEnumType, isInputObjectType, isListType, isNonNullType } from 'graphql'
import type { Catalog } from '../catalog/catalog.ts'
import { coordinate } from '../vocabulary/coordinate.ts'
import type { Coordinate } from '../vocabulary/coordinate.ts'
import { valueOf } from './calls.ts'
import type { Call, FilterTable } from './compiled-operation.ts'
import { isConjunction, isExactOperator } from './operators.ts'

type Filters = Catalog['filters']

/** What one call filters, orders or groups by in one request. */
export interface Filtering {
  /** The place of each annotation that is used → the coordinate that it names. */
  readonly used: ReadonlyMap<string, Coordinate>
  /** Values that are compared with a coordinate; a null counts. */
  readonly values: readonly { readonly by: Coordinate; readonly value: unknown }[]
  /** Coordinates of which every record that comes back is sure to hold one of the values. */
  readonly bound: ReadonlySet<Coordinate>
}

/** Every coordinate that a call could filter by, whatever its variables hold. */
export function reachableFilters(filters: Filters, call: Call): ReadonlySet<Coordinate> {
  const found = new Set<Coordinate>()
  const seen = new Set<string>()
  const visit = (type: GraphQLInputType): void => {
    const named = getNamedType(type)
    if (seen.has(named.name)) return
    seen.add(named.name)
    if (isEnumType(named)) for (const { name } of named.getValues()) note(filters, `${named.name}.${name}`, found)
    if (!isInputObjectType(named)) return
    for (const field of Object.values(named.getFields())) {
      note(filters, coordinate(named.name, field.name), found)
      visit(field.type)
    }
  }
  for (const { places, type } of call.arguments) {
    for (const place of places) note(filters, place, found)
    visit(type)
  }
  return found
}

function note(filters: Filters, place: string, found: Set<Coordinate>): void {
  const by = filters[place]
  if (by !== undefined) found.add(by)
}

/**
 * Reads what a call really filters by: only members that are given count, but each of them, be it null, and also
 * where it comes from a variable, from a default of the operation or of the schema, or stands in a list.
 *
 * @throws Failure BAD_USER_INPUT
 */
export function filteringOf(table: FilterTable, call: Call, variables: Readonly<Record<string, unknown>>): Filtering {
  const used = new Map<string, Coordinate>()
  const values: Filtering['values'][number][] = []
  const bound = new Set<Coordinate>()
  const reader = { ...table, used, values }
  for (const argument of call.arguments) {
    const value = valueOf(argument, variables)
    if (value === undefined) continue
    const own = argument.places.flatMap((place) => annotated(reader, place) ?? [])
    for (const by of own.length > 0 ? new Set(own) : [null]) {
      const inner = read(reader, argument.type, value, by)
      const binds =
        by === null ? isConjunction(argument.name) : argument.places.some((one) => isExact(reader, one, argument.type))
      if (binds) for (const one of inner) bound.add(one)
    }
  }
  return { used, values, bound }
}

interface Reader extends FilterTable {
  readonly used: Map<string, Coordinate>
  readonly values: { readonly by: Coordinate; readonly value: unknown }[]
}

const NONE: ReadonlySet<Coordinate> = new Set()

function annotated({ filters, used }: Reader, place: string): Coordinate | undefined {
  const by = filters[place]
  if (by !== undefined) used.set(place, by)
  return by
}

/** Gives the coordinates that the value surely restricts. `by` is what the nearest annotation around it names. */
function read(reader: Reader, type: GraphQLInputType, value: unknown, by: Coordinate | null): ReadonlySet<Coordinate> {
  if (isNonNullType(type)) return read(reader, type.ofType, value, by)
  if (value === null || value === undefined) {
    if (by !== null) reader.values.push({ by, value: null })
    return NONE
  }
  if (isListType(type)) {
    const items: readonly unknown[] = Array.isArray(value) ? value : [value]
    // Of alternatives each must restrict; an empty list restricts nothing.
    return items.map((one) => read(reader, type.ofType, one, by)).reduce(intersect, null) ?? NONE
  }
  if (isInputObjectType(type)) return readObject(reader, type, value, by)
  // An enum value that names a coordinate chooses what to order or group by: it is compared with nothing.
  if (isEnumType(type) && typeof value === 'string' && annotated(reader, `${type.name}.${value}`)) return NONE
  if (by === null) return NONE
  reader.values.push({ by, value })
  return new Set([by])
}

function readObject(
  reader: Reader,
  type: GraphQLInputObjectType,
  value: unknown,
  by: Coordinate | null,
): ReadonlySet<Coordinate> {
  const members = typeof value === 'object' && value !== null ? new Map(Object.entries<unknown>({ ...value })) : null
  const bound = new Set<Coordinate>()
  for (const field of Object.values(type.getFields())) {
    const given = members?.get(field.name)
    if (given === undefined) continue
    const own = annotated(reader, coordinate(type.name, field.name))
    const inner = read(reader, field.type, given, own ?? by)
    if (binds(reader, coordinate(type.name, field.name), field, by)) for (const one of inner) bound.add(one)
  }
  return bound
}

/** Whether a member keeps the answer within what it holds. `by` is what an annotation around it names. */
function binds(reader: Reader, place: Coordinate, { name, type }: GraphQLInputField, by: Coordinate | null): boolean {
  if (reader.filters[place] !== undefined) return isExact(reader, place, type)
  return by === null ? isConjunction(name) : isExactOperator(name)
}

/** An annotated object is as exact as the operators in it. */
function isExact({ exact }: Reader, place: string, type: GraphQLInputType): boolean {
  return exact.has(place) || isInputObjectType(getNamedType(type))
}

function intersect(known: ReadonlySet<Coordinate> | null, next: ReadonlySet<Coordinate>): ReadonlySet<Coordinate> {
  return known === null ? next : known.intersection(next)
}
