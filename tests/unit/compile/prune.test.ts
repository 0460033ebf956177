import { describe, expect, it } from 'vitest'
import { decideSelection } from '../../../gateway/compile/project-selection.ts'
import { createCollector } from '../../../gateway/compile/collect.ts'
import { prune } from '../../../gateway/compile/prune.ts'
import { print, visit } from 'graphql'
import { federate, viewWith } from '../../kit/federation.ts'
import type { Verdict } from '../../kit/federation.ts'
import { ask, normaliseText } from '../../kit/federation-ask.ts'
import { NUMBERS, SAMPLE } from '../../kit/federation-sample.ts'
import type { Coordinate } from '../../../gateway/vocabulary/coordinate.ts'

const sample = federate(SAMPLE)

/** The document that is planned, on one line. */
function pruned(text: string, verdicts: Readonly<Record<Coordinate, Verdict>> = {}, budget = 5_000): string | null {
  const { operation, fragments } = normaliseText(sample.schema, text)
  const { schema, generation } = sample
  const root = schema.getQueryType()
  if (!root) throw new Error('no Query')
  const source = { schema, fields: generation.fields, filters: {}, view: viewWith(sample, verdicts) }
  const selected = { set: operation.selectionSet, conditions: [] }
  const decided = decideSelection(source, createCollector(schema, fragments, budget), root, selected)
  const document = prune(operation, decided.projection, decided.arguments)
  return document ? print(document).replace(/\s+/g, ' ') : null
}

describe('the pruned document', () => {
  it('has canonical names: no alias of the caller, one name for equal arguments', () => {
    const text =
      '{ secretName: people { a: name b: name x: search(text: "1") y: search(text: "1") z: search(text: "2") } }'
    expect(pruned(text)).toBe(
      'query ($l0: String, $l1: String) { people_gx0: people { name name search_gx1: search(text: $l0) search_gx1: search(text: $l0) search_gx2: search(text: $l1) } }',
    )
  })

  it('names no fragment, and merges what the fragments select', () => {
    const text =
      '{ ...A ...B } fragment A on Query { nobody { name } } fragment B on Query { nobody { ...C sex } } fragment C on Person { name }'
    expect(pruned(text)).toBe('{ nobody { name sex } }')
  })

  it('has lost what is refused, and the variables that only it used', () => {
    const text =
      'query ($n: String!, $t: String, $c: Boolean!) { person(number: $n) { name search(text: $t) @include(if: $c) pension @skip(if: $c) } }'
    const verdicts = { 'Person.search': 'DENY', 'Person.pension': 'VERIFY_ONLY' } as const
    expect(pruned(text, verdicts)).toBe('query ($v0: String!) { person_gx0: person(number: $v0) { name } }')
  })

  it('has lost an argument’s variable inside what is refused, but keeps one that is used elsewhere', () => {
    const text = 'query ($t: String!) { person(number: $t) { name search(text: $t) } }'
    expect(pruned(text, { 'Person.search': 'DENY' })).toContain('query ($v0: String!) {')
  })

  it('keeps what is masked: it is fetched, then masked', () => {
    expect(pruned('{ nobody { name } }', { 'Person.name': 'M-NAME' })).toBe('{ nobody { name } }')
  })

  it('is nothing when all is refused, and when nothing but types is asked', () => {
    expect(pruned('{ nobody { name } }', { 'Person.name': 'DENY', 'Query.nobody': 'DENY' })).toBeNull()
    expect(pruned('{ __typename kind: __typename }')).toBeNull()
  })

  it('asks for the type alone where existence is all that may be told', () => {
    expect(pruned('{ nobody { name } }', { 'Person.name': 'DENY' })).toBe('{ nobody { __typename } }')
  })

  it('names concrete types, and no type of which nothing is left', () => {
    const text =
      '{ things { label ... on Dog { chip } } papers { ... on Will { text } ... on Car { owner { name } } } }'
    expect(pruned(text, { 'Car.label': 'DENY', 'Person.name': 'DENY', 'Car.owner': 'DENY' })).toBe(
      '{ things { __typename ... on Dog { label chip } } papers { __typename ... on Will { text } } }',
    )
  })

  it('gives one name per type where types disagree on what a field is', () => {
    expect(pruned('{ things { ... on Car { plate } ... on Dog { number: plate } } }')).toBe(
      '{ things { __typename ... on Car { plate_gx_Car: plate } ... on Dog { plate_gx_Dog: plate } } }',
    )
  })

  it('writes several conditions as one selection for each alternative', () => {
    const text =
      'query ($a: Boolean!, $b: Boolean!) { nobody { name @include(if: $a) @skip(if: $b) ... @include(if: $b) { sex } sex @include(if: $a) } }'
    expect(pruned(text)).toBe(
      'query ($v0: Boolean!, $v1: Boolean!) { nobody { __typename ... on Person @include(if: $v0) { name @skip(if: $v1) } sex @include(if: $v1) sex @include(if: $v0) } }',
    )
  })

  it('crosses an object only while something below it is asked for', () => {
    const text = 'query ($a: Boolean!) { nobody { name @include(if: $a) sex } }'
    const verdicts = { 'Query.nobody': 'DENY', 'Person.sex': 'DENY' } as const
    expect(pruned(text, verdicts)).toMatch(/^query \(\$v0: Boolean!\) \{ nobody @include\(if: \$v0\) \{/)
  })

  it('is what the departments are asked: their fetches name no other field', async () => {
    const verdicts = { 'Person.name': 'DENY', 'Insurance.monthly': 'DENY', 'Company.capital': 'VERIFY_ONLY' } as const
    const text = `{ person(number: "${NUMBERS.li}") { name sex insurance { monthly employer { title capital } } } }`
    const { fetches, compiled } = await ask(sample, text, { view: viewWith(sample, verdicts) })
    const asked = JSON.stringify(fetches) + compiled.pruned
    expect(asked).not.toMatch(/name\b(?!_)(?<!__typename)|monthly|capital/)
    expect(asked).toMatch(/sex.*title/s)
  })
})

describe('nested fragments', () => {
  const nested = (levels: number): string => {
    const fragments = Array.from(
      { length: levels },
      (_, at) =>
        `fragment F${at} on Person { ${at + 1 < levels ? `...F${at + 1} ... on Person { ...F${at + 1} }` : 'name'} }`,
    )
    return `{ nobody { ...F0 } } ${fragments.join(' ')}`
  }

  it('that name exponentially many fields are refused before they are counted to the end', () => {
    expect(() => pruned(nested(40))).toThrow('selects more than 5000 fields')
  })

  it('within the budget are merged', () => {
    expect(pruned(nested(8))).toBe('{ nobody { name } }')
  })
})

describe('conditions at every level', () => {
  it('do not make the planned document exponentially longer', () => {
    const levels = 9
    const names = Array.from({ length: levels }, (_, at) => [`a${at}`, `b${at}`, `c${at}`, `d${at}`]).flat()
    const spine = (kind: 'a' | 'b', at: number): string =>
      at === levels
        ? 'address'
        : `head @include(if: $${kind}${at}) { household @include(if: $${kind === 'a' ? 'c' : 'd'}${at}) { ${spine(kind, at + 1)} } }`
    const text = `query (${names.map((name) => `$${name}: Boolean!`).join(', ')}) { nobody { household { ${spine('a', 0)} ${spine('b', 0)} } } }`
    const planned = pruned(text) ?? ''
    let fields = 0
    visit(normaliseText(sample.schema, text).operation, { Field: () => void (fields += 1) })
    expect(planned.split('household').length).toBeLessThanOrEqual(fields)
    expect(planned.length).toBeLessThan(text.length * 4)
  })
})
