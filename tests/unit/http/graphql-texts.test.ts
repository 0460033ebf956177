import { parse, validate, buildSchema } from 'graphql'
import { expect, test } from 'vitest'
import { withoutValues } from '../../../gateway/request/graphql-texts.ts'

const SCHEMA = buildSchema(
  'scalar N enum E { A } input I { e: E n: N } type Query { f(e: E, n: Int, s: String, i: I, b: Boolean): String }',
)
const VALUE = '赵钱"孙李 440301199001011234'

/** Every text that graphql-js itself has about a document. */
function textsOf(document: string): readonly string[] {
  try {
    return validate(SCHEMA, parse(document)).map(({ message }) => message)
  } catch (error) {
    return [error instanceof Error ? error.message : '']
  }
}

test.each([
  `{ f(e: ${JSON.stringify(VALUE)}) }`,
  `{ f(n: ${JSON.stringify(VALUE)}) }`,
  '{ f(n: 440301199001011234) }',
  '{ f(n: 4403011990.5) }',
  `{ f(b: ${JSON.stringify(VALUE)}) }`,
  '{ f(s: 440301199001011234) }',
  `{ f(i: {e: ${JSON.stringify(VALUE)}}) }`,
  `{ f(i: ${JSON.stringify(VALUE)}) }`,
  `{ f(i: {x440301199001011234: 1}) }`,
  `query($v: E = ${JSON.stringify(VALUE)}) { f(e: $v) }`,
  `{ f(s: ${JSON.stringify(VALUE)} }`,
  `{ ${JSON.stringify(VALUE)} }`,
  `{ 440301199001011234 }`,
  `{ 赵钱 }`,
])('nothing of a value is left: %s', (document) => {
  const texts = textsOf(document)
  expect(texts.length).toBeGreaterThan(0)
  for (const text of texts) {
    const cut = withoutValues(text)
    expect(cut).not.toBe('')
    expect(cut).not.toMatch(/赵|钱|孙|\d{5}|"A"/)
  }
})

test('names and types of the schema remain', () => {
  expect(textsOf('{ g }').map(withoutValues)).toEqual(['Cannot query field "g" on type "Query".'])
  expect(textsOf('query($v: [Int!]!) { f(n: $v) }').map(withoutValues)).toEqual([
    'Variable "$v" of type "[Int!]!" used in position expecting type "Int".',
  ])
  expect(withoutValues(`Something new about ${JSON.stringify(VALUE)} and "x".`)).toBe('Something new about … and "x".')
  expect(withoutValues(`Something new about ${VALUE}.`)).not.toMatch(/赵|孙|4403/)
})
