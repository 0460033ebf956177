import type { FieldEntry } from '../catalog/catalog.ts'
import { coordinate } from '../vocabulary/coordinate.ts'
import type { Coordinate } from '../vocabulary/coordinate.ts'

/**
 * The coordinate under which the catalogue holds a field of a concrete type: its own, or, where an
 * `@interfaceObject` adds the field to all implementations at once, that of the interface. Where two interfaces
 * claim it, neither is taken and the field is unclassified.
 *
 * @param interfaces names of the type's interfaces
 */
export function cataloguedAs(
  fields: ReadonlyMap<Coordinate, FieldEntry>,
  type: string,
  field: string,
  interfaces: readonly string[],
): Coordinate {
  const own = coordinate(type, field)
  if (fields.has(own)) return own
  const inherited = interfaces.map((name) => coordinate(name, field)).filter((at) => fields.get(at)?.onInterface)
  return inherited.length === 1 && inherited[0] ? inherited[0] : own
}
