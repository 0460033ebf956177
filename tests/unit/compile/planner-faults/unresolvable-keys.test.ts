import { parse, print } from 'graphql'
import { expect, it } from 'vitest'
import { withoutUnresolvableKeys } from '../../../../gateway/compile/planner-faults/unresolvable-keys.ts'

const without = (text: string): string => print(withoutUnresolvableKeys(parse(text)))

it.each([
  [
    'goes where its department resolves another one',
    'type P @join__type(graph: A, key: "code", resolvable: false) @join__type(graph: A, key: "id") { id: ID }',
    'type P @join__type(graph: A, key: "id") { id: ID }',
  ],
  [
    'of an interface goes as well',
    'interface P @join__type(graph: A, key: "id") @join__type(graph: A, key: "code", resolvable: false) { id: ID }',
    'interface P @join__type(graph: A, key: "id") { id: ID }',
  ],
])('one that cannot be resolved %s', (_name, given, wanted) => {
  expect(without(given)).toBe(print(parse(wanted)))
})

it.each([
  ['it is the only one', 'type P @join__type(graph: A, key: "code", resolvable: false) { id: ID }'],
  [
    'another department resolves one',
    'type P @join__type(graph: A, key: "code", resolvable: false) @join__type(graph: B, key: "id") { id: ID }',
  ],
  [
    'there is no other key',
    'type P @join__type(graph: A, key: "code", resolvable: false) @join__type(graph: A) { id: ID }',
  ],
])('a key stays where %s', (_name, text) => {
  expect(without(text)).toBe(print(parse(text)))
})
