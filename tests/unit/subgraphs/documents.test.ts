import { buildSchema } from 'graphql'
import { expect, test } from 'vitest'
import { documentCache } from '../../../subgraphs/kit/documents.ts'

const schema = buildSchema('type Query { a: Int b: Int c: Int }')

test('a text is prepared once, and the least recently used one is given up', () => {
  const prepare = documentCache(schema, 2)
  const [a, b] = [prepare('{ a }'), prepare('{ b }')]
  expect(prepare('{ a }')).toBe(a)
  prepare('{ c }')
  expect(prepare('{ a }')).toBe(a)
  expect(prepare('{ b }')).not.toBe(b)
})

test('what cannot run is told by its code alone', () => {
  const prepare = documentCache(schema)
  expect(prepare('{')).toEqual({ kind: 'REFUSED', code: 'GRAPHQL_PARSE_FAILED' })
  expect(prepare('{ d }')).toEqual({ kind: 'REFUSED', code: 'GRAPHQL_VALIDATION_FAILED' })
})
