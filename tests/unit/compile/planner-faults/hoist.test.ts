import { Kind, parse, print } from 'graphql'
import { describe, expect, it } from 'vitest'
import { hoist } from '../../../../gateway/compile/planner-faults/hoist.ts'
import { readTypes } from '../../../../gateway/compile/planner-faults/supergraph-types.ts'

const TYPES = readTypes(
  parse(`
    type Query { pet: Pet any: Any lone: Lone cat: Cat }
    interface Pet { name(short: Boolean): String owner: Person friend: Pet }
    type Cat implements Pet { name(short: Boolean): String owner: Person friend: Cat lives: Int }
    type Dog implements Pet { name(short: Boolean): String owner: Person friend: Dog }
    type Person { name: String }
    interface Lone { id: ID }
    union Any = Cat | Dog
  `),
)

function hoisted(text: string): string {
  const [operation] = parse(text).definitions
  if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Error('no operation')
  return print(hoist(TYPES, operation, 'Query'))
}

describe('what every type of an interface is asked for', () => {
  it.each([
    [
      'is asked of the interface',
      '{ pet { __typename ... on Cat { name lives } ... on Dog { name } } }',
      '{ pet { __typename ... on Cat { lives } name } }',
    ],
    [
      'with all that stands below it',
      '{ pet { ... on Cat { owner { name } } ... on Dog { owner { name } } } }',
      '{ pet { owner { name } } }',
    ],
    [
      'under the same name, arguments and conditions',
      'query($v0: Boolean!) { pet { ... on Cat { n: name(short: true) @include(if: $v0) } ... on Dog { n: name(short: true) @include(if: $v0) } } }',
      'query($v0: Boolean!) { pet { n: name(short: true) @include(if: $v0) } }',
    ],
    ['inside as well', '{ cat { friend { ... on Cat { name } } } }', '{ cat { friend { name } } }'],
  ])('%s', (_name, given, wanted) => {
    expect(hoisted(given)).toBe(print(parse(wanted)))
  })

  it.each([
    ['one type is not asked for it', '{ pet { __typename ... on Cat { name } } }'],
    [
      'the conditions differ',
      'query($v0: Boolean!) { pet { ... on Cat { name @include(if: $v0) } ... on Dog { name } } }',
    ],
    ['the arguments differ', '{ pet { ... on Cat { n: name } ... on Dog { n: name(short: true) } } }'],
    ['it leads to different types', '{ pet { ... on Cat { friend { name } } ... on Dog { friend { name } } } }'],
    [
      'a condition stands on the whole type',
      'query($v0: Boolean!) { pet { ... on Cat @include(if: $v0) { name } ... on Dog { name } } }',
    ],
    ['the place is a union', '{ any { ... on Cat { name } ... on Dog { name } } }'],
  ])('stays where it is when %s', (_name, text) => {
    expect(hoisted(text)).toBe(print(parse(text)))
  })
})
