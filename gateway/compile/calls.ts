import type { FieldNode, GraphQLField } from 'graphql'
import { Kind, getNullableType, isListType, print, valueFromAST } from 'graphql'
import { fieldOf } from '../vocabulary/coordinate.ts'
import type { Coordinate } from '../vocabulary/coordinate.ts'
import { Failure } from '../vocabulary/failure.ts'
import type { Call, CallArgument, When } from './compiled-operation.ts'

/** Where a call stands. */
export interface CallPlace {
  readonly coordinate: Coordinate
  readonly key: string
  readonly root: boolean
  readonly when: When
  /** The field's type and its interfaces. */
  readonly types: readonly string[]
}

/** Reads a call; an argument that neither the caller nor the schema gives is not part of it. */
export function callOf(definition: GraphQLField<unknown, unknown>, node: FieldNode, place: CallPlace): Call {
  const { coordinate, key, root, when, types } = place
  const given = definition.args.flatMap(({ name, type, defaultValue }): CallArgument[] => {
    const own = node.arguments?.find((one) => one.name.value === name)?.value ?? null
    const places = types.map((parent) => `${parent}.${fieldOf(coordinate)}(${name}:)`)
    return own === null && defaultValue === undefined ? [] : [{ name, places, type, node: own, fallback: defaultValue }]
  })
  const written = given.map((one) => `${one.name}:${one.node ? print(one.node) : ''}`)
  const signature = `${coordinate}(${written.join()})`
  return { key, coordinate, root, paged: pagedOf(definition), arguments: given, signature, when }
}

/**
 * What an argument holds in this request, nested variables filled in and defaults of members too; undefined where
 * it is not given at all.
 *
 * @throws Failure BAD_USER_INPUT where the parts make no value of the type: what cannot be read cannot be checked
 */
export function valueOf(argument: CallArgument, variables: Readonly<Record<string, unknown>>): unknown {
  const { node, type, fallback, places } = argument
  if (node === null) return fallback
  const value = valueFromAST(node, type, variables)
  if (value !== undefined) return value
  if (node.kind === Kind.VARIABLE) return fallback
  throw new Failure('BAD_USER_INPUT', { detail: places[0] ?? argument.name })
}

function pagedOf({ args, type }: GraphQLField<unknown, unknown>): Call['paged'] {
  if (!args.some(({ name }) => name === 'first')) return null
  return isListType(getNullableType(type)) ? 'LIST' : 'OBJECT'
}
