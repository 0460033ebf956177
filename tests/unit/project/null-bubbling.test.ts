import fc from 'fast-check'
import { buildSchema, execute, isObjectType, parse } from 'graphql'
import { describe, expect, it } from 'vitest'
import { createCollector } from '../../../gateway/compile/collect.ts'
import { decideSelection } from '../../../gateway/compile/project-selection.ts'
import { project } from '../../../gateway/project/project.ts'
import type { Projected } from '../../../gateway/project/project.ts'
import type { Coordinate } from '../../../gateway/vocabulary/coordinate.ts'
import { federate, viewWith } from '../../kit/federation.ts'
import type { Verdict } from '../../kit/federation.ts'
import { normaliseText } from '../../kit/federation-ask.ts'

/* The specification's "Handling Execution Errors", held against graphql-js, over a schema that is served as it stands. */

const SDL = `
  type Query { a: Node b: Node! list: [Node] sure: [Node!] both: [Node!]! grid: [[Node!]!] things: [Thing!] thing: Thing }
  enum Colour { RED GREEN }
  interface Thing { id: ID! }
  type Node implements Thing {
    id: ID! name: String! nick: String tags: [String!] codes: [Int!]! child: Node must: Node! kids: [Node!]!
    colour: Colour! flag: Boolean! height: Float
  }
  type Other implements Thing { id: ID! size: Int! }`

/** Classified fields are nullable, so the catalogue is that of the same schema with nothing that must be there. */
const city = federate([{ name: 'city', sdl: SDL.replaceAll('!', '') }])
const strict = buildSchema(SDL)
// What is no object is none of ours either.
for (const type of Object.values(strict.getTypeMap()))
  if (isObjectType(type)) type.isTypeOf = (value: unknown) => typeof value === 'object' && !Array.isArray(value)

const LEAVES = 'id name nick tags colour flag height'
const TEXTS = [
  `{ a { ${LEAVES} codes child { id name } } }`,
  `{ b { nick child { must { id } nick } } a { nick } }`,
  `{ list { id name } sure { name tags } }`,
  `{ both { nick kids { name nick } } list { nick } }`,
  `{ grid { name codes } }`,
  `{ things { __typename id ... on Node { name } ... on Other { size } } thing { id } }`,
  `{ x: a { __typename y: nick must { must { name } } } }`,
] as const

function shape(text: string, fetched: object, verdicts: Readonly<Record<Coordinate, Verdict>> = {}): Projected {
  const { operation, fragments } = normaliseText(strict, text)
  const source = { schema: strict, fields: city.generation.fields, view: viewWith(city, verdicts) }
  const selected = { set: operation.selectionSet, conditions: [] }
  const root = strict.getQueryType()
  if (!root) throw new Error('no queries')
  const decided = decideSelection(source, createCollector(strict, fragments, 1_000), root, selected)
  return project(decided, fetched as Record<string, unknown>, {}, new Map())
}

const dataOf = ({ data, nothing }: Projected): unknown =>
  nothing ? null : (JSON.parse(JSON.stringify(data)) as unknown)
const pathsOf = ({ faults }: Projected): string[] => faults.map(({ path }) => path.join('.'))

/** Only a name tells of which type an object is. */
const typeResolver = (value: unknown): string =>
  String(typeof value === 'object' && value !== null && '__typename' in value ? value.__typename : null)

/** A value of a source: mostly right, now and then null or of another type. */
const leaf = (right: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.oneof(
    { arbitrary: right, weight: 12 },
    { arbitrary: fc.constant(null), weight: 1 },
    fc.constantFrom('x', [[1]], 1.5),
  )
const listOf = (one: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> => leaf(fc.array(one, { maxLength: 3 }))
const { node } = fc.letrec<{ node: unknown }>((tie) => ({
  node: leaf(
    fc.record({
      __typename: fc.constant('Node'),
      id: leaf(fc.oneof(fc.string(), fc.integer())),
      name: leaf(fc.string()),
      nick: leaf(fc.string()),
      tags: listOf(leaf(fc.string())),
      codes: listOf(leaf(fc.integer({ min: -9, max: 9 }))),
      colour: leaf(fc.constantFrom('RED', 'GREEN')),
      flag: leaf(fc.boolean()),
      height: leaf(fc.double({ noNaN: true, noDefaultInfinity: true })),
      child: fc.oneof({ maxDepth: 3 }, fc.constant(null), tie('node')),
      must: fc.oneof({ maxDepth: 3 }, fc.constant(null), tie('node')),
      kids: fc.oneof({ maxDepth: 3 }, fc.constant([]), listOf(tie('node'))),
    }),
  ),
}))
const thing = fc.oneof(
  node,
  fc.record({
    __typename: fc.constantFrom('Other', 'Query', 7),
    id: leaf(fc.string()),
    size: leaf(fc.integer({ max: 9 })),
  }),
)
const source = fc.record({
  a: node,
  b: node,
  list: listOf(node),
  sure: listOf(node),
  both: listOf(node),
  grid: listOf(listOf(node)),
  things: listOf(thing),
  thing,
})

describe('a null where the type admits none', () => {
  it.each(TEXTS)('goes up as graphql-js lets it: %s', (text) => {
    fc.assert(
      fc.property(source, (fetched) => {
        const reference = execute({ schema: strict, document: parse(text), rootValue: fetched, typeResolver })
        if (!('data' in reference)) throw new Error('asynchronous')
        const projected = shape(text, fetched)
        expect(dataOf(projected)).toEqual(JSON.parse(JSON.stringify(reference.data)))
        // Of several errors below one null that went up, one is told.
        const theirs = new Set((reference.errors ?? []).map(({ path }) => path?.join('.')))
        expect(theirs.size > 0).toBe(projected.faults.length > 0)
        for (const path of pathsOf(projected)) expect(theirs).toContain(path)
      }),
      { numRuns: 150 },
    )
  })

  it('is one error, at its own place; what it took away has no error and is no record', () => {
    const projected = shape(`{ a { child { nick must { name id } } } list { nick } }`, {
      a: { child: { nick: 7.5, must: { name: null, id: {} } } },
      list: [{ nick: 'n' }],
    })
    expect(dataOf(projected)).toEqual({ a: { child: null }, list: [{ nick: 'n' }] })
    expect(pathsOf(projected)).toEqual(['a.child.must.name'])
    expect(projected.records.map(({ path }) => path.join('.'))).toEqual(['a', 'list.0'])
  })

  it('may take all data away', () => {
    const projected = shape(`{ a { nick } b { must { name } } }`, { a: { nick: 'n' }, b: { must: { name: null } } })
    expect([projected.nothing, projected.data, projected.records]).toEqual([true, {}, []])
    expect(pathsOf(projected)).toEqual(['b.must.name'])
  })

  it('is unavailable where a fetch brought nothing, and goes up as well', () => {
    const projected = shape(`{ a { child { name nick } } }`, { a: { child: { name: undefined, nick: 'n' } } })
    expect(dataOf(projected)).toEqual({ a: { child: null } })
    expect(projected.faults).toEqual([
      { path: ['a', 'child', 'name'], coordinate: 'Node.name', code: 'SOURCE_UNAVAILABLE' },
    ])
  })
})

describe('a refusal', () => {
  it.each<[Verdict]>([['DENY'], ['VERIFY_ONLY'], ['M-NULL']])('goes nowhere: %s', (verdict) => {
    const projected = shape(
      `{ b { name nick } list { name nick } }`,
      { b: { nick: 'n' }, list: [{ nick: 'n' }] },
      { 'Node.name': verdict },
    )
    expect(dataOf(projected)).toEqual({ b: { name: null, nick: 'n' }, list: [{ name: null, nick: 'n' }] })
    expect(projected.faults).toEqual([])
  })

  it('of an object that must be there goes nowhere either', () => {
    const projected = shape(
      `{ b { nick must { name } } }`,
      { b: { nick: 'n', must: { name: 'x' } } },
      { 'Node.must': 'DENY', 'Node.name': 'DENY' },
    )
    expect(dataOf(projected)).toEqual({ b: { nick: 'n', must: null } })
    expect(projected.faults).toEqual([])
  })
})

describe('a mask on what must not be null', () => {
  const masked = { 'Node.name': 'M-NAME', 'Node.tags': 'M-DATE' } as const

  it('goes up where the source has null, as the value itself would', () => {
    const projected = shape(`{ a { nick name } }`, { a: { nick: 'n', name: null } }, masked)
    expect(dataOf(projected)).toEqual({ a: null })
    expect(pathsOf(projected)).toEqual(['a.name'])
  })

  it('blames nobody where it has nothing to show', () => {
    const projected = shape(`{ a { nick tags } }`, { a: { nick: 'n', tags: ['no date'] } }, masked)
    expect(dataOf(projected)).toEqual({ a: { nick: 'n', tags: null } })
    expect(projected.faults).toEqual([])
  })
})
