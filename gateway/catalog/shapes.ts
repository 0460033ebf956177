import { Kind, parse, print } from 'graphql'
import { placesOf } from './shape.ts'

/** The type of a field, of an argument or of a field of an input type. */
export interface Shape {
  readonly kind: 'FIELD' | 'ARGUMENT'
  readonly type: string
}

/** Shapes by coordinate: `Type.field`, `Type.field(argument:)`, `Input.field`. */
export type Shapes = ReadonlyMap<string, Shape>

/** Types that federation itself adds to a supergraph. */
const INTERNAL = /^(join|link|core|federation)__/

/** The shapes of a supergraph: the catalogue tells which arguments filter, not which there are. */
export function shapesOf(supergraphSdl: string): Shapes {
  const found = new Map<string, Shape>()
  for (const { at, node } of placesOf(parse(supergraphSdl))) {
    if (INTERNAL.test(at)) continue
    if (node.kind === Kind.FIELD_DEFINITION) found.set(at, { kind: 'FIELD', type: print(node.type) })
    if (node.kind === Kind.INPUT_VALUE_DEFINITION) found.set(at, { kind: 'ARGUMENT', type: print(node.type) })
  }
  return found
}
