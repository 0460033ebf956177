import { GraphQLInt, GraphQLList, GraphQLNonNull, GraphQLString, parseValue } from 'graphql'
import { describe, expect, it } from 'vitest'
import { valueOf } from '../../../gateway/compile/calls.ts'
import type { CallArgument } from '../../../gateway/compile/compiled-operation.ts'

const NAMES = new GraphQLList(new GraphQLNonNull(GraphQLString))

function argument(value: string | null, facts: Partial<CallArgument> = {}): CallArgument {
  const node = value === null ? null : parseValue(value)
  return { name: 'names', places: ['Query.people(names:)'], type: NAMES, node, fallback: undefined, ...facts }
}

describe('the value of an argument', () => {
  it('has its variables filled in', () => {
    expect(valueOf(argument('[$a, $b]'), { a: 'x', b: 'y' })).toEqual(['x', 'y'])
    expect(valueOf(argument('$all'), { all: ['x'] })).toEqual(['x'])
    expect(valueOf(argument('null'), {})).toBeNull()
  })

  it('is the default where it is left out, or its variable is not given', () => {
    const facts = { type: GraphQLInt, fallback: 10 }
    expect(valueOf(argument(null, facts), {})).toBe(10)
    expect(valueOf(argument('$first', facts), {})).toBe(10)
    expect(valueOf(argument('$first', facts), { first: null })).toBeNull()
    expect(valueOf(argument('$first'), {})).toBeUndefined()
  })

  it('is refused, without a value, where its parts make none: it could not be checked', () => {
    expect(() => valueOf(argument('["secret", $a]'), { a: null })).toThrow(
      expect.objectContaining({ code: 'BAD_USER_INPUT', detail: 'Query.people(names:)' }),
    )
  })
})
