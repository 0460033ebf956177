import { buildSchema, parse } from 'graphql'
import { describe, expect, test } from 'vitest'
import { prepareOperation } from '../../../gateway/request/prepare-operation.ts'
import { Failure } from '../../../gateway/vocabulary/failure.ts'

const schema = buildSchema(`
  type Query {
    person(n: ID): Person
    explain(document: String!): String
    receipt(token: String!): String
    deskCheck(matter: String): String
  }
  type Person { name: String child: Person }
`)
const LIMITS = { depth: 3, aliases: 2, rootFields: 3, tokens: 99, pageSize: 9, subjectsPerOperation: 9 }
const prepare = (text: string, name: string | null = null) => prepareOperation(schema, LIMITS, parse(text), name)

function codeOf(text: string, name: string | null = null): string {
  try {
    prepare(text, name)
    return 'prepared'
  } catch (error) {
    if (error instanceof Failure) return error.code
    throw error
  }
}

describe('an operation of a document', () => {
  const TWO =
    'query A($n: ID) { person(n: $n) { name } } query B { person(n: "7") { ...F } } fragment F on Person { child { name } }'

  test('is the one that is named, or the only one', () => {
    expect(prepare(TWO, 'A').normalised.hash).not.toBe(prepare(TWO, 'B').normalised.hash)
    expect(prepare('query Q { person { name } }').normalised).toEqual(
      prepare('query Q { person { name } }', 'Q').normalised,
    )
  })

  test.each<readonly [string, string, string | null]>([
    ['no name where there are two', TWO, null],
    ['a name that is not there', TWO, 'C'],
    ['a name that is empty', '{ person { name } }', ''],
    ['a fragment alone', 'fragment F on Person { name }', null],
  ])('is none: %s', (_name, text, name) => {
    expect(codeOf(text, name)).toBe('OPERATION_RESOLUTION_FAILURE')
  })

  test.each(['mutation { x }', 'subscription { x }'])('is none of a kind that the schema does not have: %s', (text) => {
    expect(codeOf(text)).toBe('GRAPHQL_VALIDATION_FAILED')
  })

  test.each([
    ['prepared', '{ person { child { name } } }'],
    ['LIMIT_EXCEEDED', '{ person { child { child { name } } } }'],
    ['LIMIT_EXCEEDED', '{ a: person { b: name c: name } }'],
    ['LIMIT_EXCEEDED', '{ person { name } __typename __typename __typename }'],
    ['prepared', '{ __schema { types { fields { type { ofType { name } } } } } }'],
    ['LIMIT_EXCEEDED', '{ __schema { types { fields { type { ofType { name } } } } } person { name } }'],
    ['prepared', '{ explain(document: "") receipt(token: "") person { name } }'],
    ['LIMIT_EXCEEDED', '{ a: receipt(token: "1") b: receipt(token: "2") }'],
    ['LIMIT_EXCEEDED', '{ deskCheck person { name } }'],
    ['LIMIT_EXCEEDED', 'query ($no: Boolean!) { deskCheck @skip(if: $no) receipt(token: "") }'],
    ['LIMIT_EXCEEDED', '{ deskCheck __schema { queryType { name } } }'],
    ['prepared', '{ deskCheck __typename }'],
  ])('is %s: %s', (code, text) => {
    expect(codeOf(text)).toBe(code)
  })

  test('says what it asks departments for, and what the gateway answers', () => {
    const { split } = prepare('{ explain(document: "") person { name } __schema { queryType { name } } }')
    expect(split.keys).toEqual(['explain', 'person', '__schema'])
    expect([split.asksData, split.own === null, split.introspection === null]).toEqual([true, false, false])
    const { split: plain } = prepare('{ person { name } }')
    expect([plain.asksData, plain.own, plain.introspection]).toEqual([true, null, null])
  })

  test('keeps nothing of the request: values stand in bindings, and the same question has the same hash', () => {
    const one = prepare('{ person(n: "110101199003070003") { name } }')
    const other = prepare('query Q { person(n: "440106199902020014") { name } }')
    expect(one.normalised.hash).toBe(other.normalised.hash)
    expect(
      JSON.stringify(one.normalised.operation, (key, value: unknown) => (key === 'loc' ? undefined : value)),
    ).not.toContain('110101')
  })

  test('is shared by requests, and none can change it; its tokens are those of the whole text', () => {
    const one = prepare(TWO, 'A')
    expect(Object.isFrozen(one)).toBe(true)
    expect(one.tokens).toBe(parse(TWO).tokenCount)
    expect(one.tokens).toBeGreaterThan(prepare('query A($n: ID) { person(n: $n) { name } }').tokens)
  })
})
