import { buildSchema, parse } from 'graphql'
import { describe, expect, test } from 'vitest'
import type { Generation } from '../../../gateway/compile/generation.ts'
import { createKnownOperations } from '../../../gateway/request/known-operations.ts'
import { prepareOperation } from '../../../gateway/request/prepare-operation.ts'
import type { PreparedOperation } from '../../../gateway/request/prepare-operation.ts'

const schema = buildSchema('type Query { name: String explain(document: String!): String person(n: ID): Query }')
const LIMITS = { depth: 9, aliases: 9, rootFields: 9, tokens: 99, pageSize: 9, subjectsPerOperation: 9 }
const prepared = (text: string): PreparedOperation => prepareOperation(schema, LIMITS, parse(text), null)
const NAME = prepared('{ name }')

/** A generation is known by being itself. */
const generation = (): Generation => Object.freeze({}) as Generation
const ONE = generation()
const named = (text: string | null, operationName: string | null = null, department = 'housing') => ({
  department,
  text,
  operationName,
})

describe('known operations', () => {
  test('are those of one department, however its name and the text run together', () => {
    const known = createKnownOperations()
    known.note(ONE, named('{ name }', null, 'tax'), NAME)
    expect(known.find(ONE, named('{ name }', null, 'tax'))).toBe(NAME)
    expect(known.find(ONE, named('{ name }'))).toBeUndefined()
    expect(known.find(ONE, named('x{ name }', null, 'ta'))).toBeUndefined()
  })

  test.each([
    ['{ person(n: "110101199001011237") { name } }', false],
    ['query ($id: ID = "110101199001011237") { person(n: $id) { name } }', false],
    ['{ person(n: 110101199001011237) { name } }', false],
    ['{ person(n: 12) { name } }', true],
    ['query ($id: ID = null) { person(n: $id) { name } }', true],
    ['query ($id: ID) { person(n: $id) { name } }', true],
  ])('hold nobody’s number: %s', (text, isKnown) => {
    const known = createKnownOperations()
    known.note(ONE, named(text), prepared(text))
    expect(known.find(ONE, named(text)) !== undefined).toBe(isKnown)
  })

  test('are found by the very text and name', () => {
    const known = createKnownOperations()
    known.note(ONE, named('{ name }'), NAME)
    expect(known.find(ONE, named('{ name }'))).toBe(NAME)
    for (const other of [
      named('{ name } '),
      named('{name}'),
      named('\ufeff{ name }'),
      named('{ name }', 'Q'),
      named(''),
    ])
      expect(known.find(ONE, other)).toBeUndefined()
  })

  test('of another generation are unknown, also after it was known', () => {
    const known = createKnownOperations()
    const other = generation()
    known.note(ONE, named('{ name }'), NAME)
    expect(known.find(other, named('{ name }'))).toBeUndefined()
    const again = prepared('{ name }')
    known.note(other, named('{ name }'), again)
    expect([known.find(ONE, named('{ name }')), known.find(other, named('{ name }'))]).toEqual([NAME, again])
    expect(known.find(other, named('{ name }'))).not.toBe(NAME)
  })

  test.each<readonly [string, readonly [string, string | null], readonly [string, string | null]]>([
    ['the beginning of the text in the name', ['a\nb', 'A'], ['b', 'A\na']],
    ['the name in the text', ['b', 'A\na'], ['a\nb', 'A']],
    ['no name and an empty line', ['a\nb', null], ['b', '\na']],
    ['a length in the name', ['1 ab', null], ['b', '1 a']],
    ['a digit in the name', ['x', '1'], ['1x', null]],
  ])('are never taken for one another: %s', (_name, [text, name], [otherText, otherName]) => {
    const known = createKnownOperations()
    known.note(ONE, named(text, name), NAME)
    expect(known.find(ONE, named(text, name))).toBe(NAME)
    expect(known.find(ONE, named(otherText, otherName))).toBeUndefined()
  })

  test('are none whose text is not at hand', () => {
    const known = createKnownOperations()
    known.note(ONE, named(null), NAME)
    for (const text of [null, '', 'null']) expect(known.find(ONE, named(text))).toBeUndefined()
  })

  test.each([
    '{ __schema { queryType { name } } }',
    '{ __type(name: "Query") { name } name }',
    '{ explain(document: "") }',
  ])('are none of those that the gateway answers: %s', (text) => {
    const known = createKnownOperations()
    known.note(ONE, named(text), prepared(text))
    expect(known.find(ONE, named(text))).toBeUndefined()
  })
})

describe('a hundred thousand texts', () => {
  const MANY = 100_000
  const short = (at: number): string => `{ name } #${at}`
  /** Those that are still known when all were noted. */
  function left(
    bounds: { most: number; bytes: number },
    textOf = short,
    operation = NAME,
    count = MANY,
  ): readonly number[] {
    const known = createKnownOperations(bounds)
    for (let at = 0; at < count; at += 1) known.note(ONE, named(textOf(at)), operation)
    return Array.from({ length: count }, (_one, at) => at).filter((at) => known.find(ONE, named(textOf(at))))
  }

  test('are as many as there is place for, the last ones', () => {
    const kept = left({ most: 50, bytes: 1e9 })
    expect([kept.length, kept[0]]).toEqual([50, MANY - 50])
  })

  test('take no more bytes than there are, by their tokens and their length', () => {
    const bounds = { most: MANY, bytes: 100_000 }
    const few = left(bounds).length
    expect(few).toBeGreaterThan(5)
    expect(few).toBeLessThan(100)
    const long = left(bounds, (at) => `${short(at)}${' '.repeat(9_000)}`, NAME, 100).length
    const dense = left(bounds, short, prepared(`{ person { ${'name '.repeat(60)} } }`), 100).length
    for (const fewer of [long, dense]) {
      expect(fewer).toBeGreaterThan(0)
      expect(fewer).toBeLessThan(few / 2)
    }
  })

  test('a text that is larger than all the place is not kept, and drives out none', () => {
    const known = createKnownOperations({ most: 9, bytes: 10_000 })
    known.note(ONE, named(short(1)), NAME)
    known.note(ONE, named(' '.repeat(9_999)), NAME)
    expect([known.find(ONE, named(' '.repeat(9_999))), known.find(ONE, named(short(1)))]).toEqual([undefined, NAME])
  })
})
