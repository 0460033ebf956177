/**
 * A schema coordinate, `Type.field`, as in the GraphQL specification's schema coordinates RFC.
 * Decisions are taken on coordinates, never on response names (INV-2).
 */
export type Coordinate = `${string}.${string}`

/** Builds the coordinate of a field. */
export function coordinate(type: string, field: string): Coordinate {
  return `${type}.${field}`
}

/** The type half of a coordinate. */
export function typeOf(at: Coordinate): string {
  return at.slice(0, at.indexOf('.'))
}

/** The field half of a coordinate. */
export function fieldOf(at: Coordinate): string {
  return at.slice(at.indexOf('.') + 1)
}
