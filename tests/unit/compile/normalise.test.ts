import { describe, expect, it } from 'vitest'
import { federate, viewWith } from '../../kit/federation.ts'
import { ask, normaliseText } from '../../kit/federation-ask.ts'
import { NUMBERS, SAMPLE } from '../../kit/federation-sample.ts'

const sample = federate(SAMPLE)
const view = viewWith(sample)

function normalised(text: string) {
  return normaliseText(sample.schema, text)
}

/** Everything that outlives a request: hash, plan, and the documents that departments are sent. */
async function traces(text: string, variables: Readonly<Record<string, unknown>> = {}) {
  const asked = await ask(sample, text, { view, variables })
  const { compiled, normalised: own, fetches, errors } = asked
  expect(errors).toEqual([])
  const lasting = JSON.stringify([
    own.hash,
    own.operation,
    [...own.fragments],
    compiled.pruned,
    compiled.plan,
    compiled.key,
    compiled.calls,
    fetches.map(({ query }) => query),
  ])
  return { ...asked, lasting }
}

describe('literals', () => {
  const secret = NUMBERS.li
  it.each([
    ['an argument', `{ person(number: "${secret}") { name } }`],
    ['a nested input object', `{ people(where: { all: [{ name: "${secret}" }] }) { name } }`],
    ['a list inside an input object', `{ people(where: { numbers: ["${secret}"] }) { name } }`],
    ['an object that stands for its list', `{ echo(where: { name: "${secret}" }) }`],
    [
      'an object with a variable, standing for its list',
      `query ($n: String) { echo(where: { name: "${secret}", numbers: [$n] }) }`.replace('$n: String', '$n: String!'),
    ],
    ['an object with a variable', `query ($n: Int!) { people(where: { name: "${secret}", limit: $n }) { name } }`],
    ['a list with a variable', `query ($n: String!) { people(where: { numbers: ["${secret}", $n] }) { name } }`],
    ['a custom scalar', `{ echo(json: { deep: [{ id: "${secret}" }] }) }`],
    ['a custom scalar with a variable', `query ($n: String!) { echo(json: { id: "${secret}", n: $n }) }`],
    ['a default', `query ($n: String! = "${secret}") { person(number: $n) { name } }`],
    ['a field below the root', `{ people { search(text: "${secret}") } }`],
    ['a fragment', `{ people { ...F } } fragment F on Person { search(text: "${secret}") }`],
    ['a block string', `{ person(number: """${secret}""") { name } }`],
  ])('are lifted out of %s', async (_place, text) => {
    const variables = /\(\$n: Int/.test(text)
      ? { n: 1 }
      : text.includes('$n: String! =')
        ? {}
        : text.includes('$n')
          ? { n: 'v' }
          : {}
    const { lasting, fetches } = await traces(text, variables)
    expect(lasting).not.toContain(secret)
    // Lifted, not lost: the department was given it.
    expect(JSON.stringify(fetches.map((one) => one.variables))).toContain(secret)
  })

  it('are lifted with numbers, enums and Booleans alike', async () => {
    const { lasting } = await traces('{ person(type: PASSPORT, number: "n1") { search(first: 424242) } }')
    expect(lasting).not.toMatch(/PASSPORT|424242|n1"/)
  })

  it('reach the department unchanged, whatever holds them', async () => {
    const text =
      'query ($n: String, $m: String!) { echo(json: {a: [1, $n, null, E], b: {c: $n, d: true}}, where: {name: $n, numbers: "single", all: {numbers: [$m]}}) }'
    const { data } = await traces(text, { n: 'v', m: 'w' })
    const { echo } = data as { echo: string }
    expect(JSON.parse(echo)).toEqual({
      json: { a: [1, 'v', null, 'E'], b: { c: 'v', d: true } },
      where: [{ name: 'v', numbers: ['single'], limit: 5, all: [{ numbers: ['w'], limit: 5 }] }],
    })
  })

  it('share a variable when they are equal and of one type', () => {
    const { bindings } = normalised(
      '{ a: person(number: "1") { name } b: person(number: "1") { name } c: person(number: "2") { name } }',
    )
    expect(bindings.map(({ name }) => name)).toEqual(['l0', 'l1'])
    // `"1"` is a String! there and a String here.
    expect(normalised('{ person(number: "1") { search(text: "1") } }').bindings).toHaveLength(2)
  })
})

describe('the hash', () => {
  it('is equal for documents that differ in literals, names, layout and the order of arguments alone', () => {
    const { hash } = normalised('{ person(type: PASSPORT, number: "1") { name } }')
    for (const text of [
      '{ person(type: RESIDENT_ID, number: "2") { name } }',
      'query Named { person(number: "3", type: PASSPORT) { name # a comment\n } }',
    ])
      expect(normalised(text).hash).toBe(hash)
  })

  it('is equal whatever the variables are called, and whatever their defaults', () => {
    const { hash } = normalised('query ($a: String!) { person(number: $a) { name } }')
    expect(
      normalised('query ($representations: String! = "x") { person(number: $representations) { name } }').hash,
    ).toBe(hash)
  })

  it('differs where what is asked differs', () => {
    const texts = [
      '{ person(number: "1") { name } }',
      '{ person(number: "1") { sex } }',
      '{ a: person(number: "1") { name } }',
      '{ person(number: "1") { name @include(if: false) } }',
      'query ($c: Boolean!) { person(number: "1") { name @include(if: $c) } }',
      'query ($c: Boolean!) { person(number: "1") { name @skip(if: $c) } }',
      '{ person(type: PASSPORT, number: "1") { name } }',
    ]
    expect(new Set(texts.map((text) => normalised(text).hash)).size).toBe(texts.length)
  })

  it('leaves out fragments and operations that are not used', () => {
    const text = `query A { ...F } query B { ...G } fragment F on Query { nobody { name } } fragment G on Query { nobody { sex } }`
    const a = normaliseText(sample.schema, text, 'A')
    expect([...a.fragments.keys()]).toEqual(['F'])
  })
})

describe('variables', () => {
  it.each(['representations', '__proto__', 'constructor', 'v1', 'l0'])('may be called $%s', async (name) => {
    const text = `query ($other: Int, $${name}: String!) { person(number: $${name}) { pension search(text: "x", first: 2) name } }`
    const variables: unknown = JSON.parse(`{"${name}": "${NUMBERS.li}"}`)
    const { data, fetches } = await traces(text.replace('$other: Int, ', ''), variables as Record<string, unknown>)
    expect(data).toMatchObject({ person: { pension: 3, name: '李明' } })
    const sent = fetches.flatMap((fetch) => Object.keys(fetch.variables)).toSorted()
    expect(sent).toEqual(['l0', 'l1', 'representations', 'v0'])
  })

  it('with a default fit a place that takes no null', async () => {
    const { data, fetches } = await traces('query ($first: Int = 1) { people(first: $first) { name } }')
    expect(data).toEqual({ people: [{ name: '李明' }] })
    expect(fetches[0]?.variables).toEqual({ v0: 1 })
  })

  it('without one may be left out where the place has a default of its own', async () => {
    const text = 'query ($first: Int) { people(first: $first) { name } }'
    const { data, fetches } = await traces(text)
    expect(data).toMatchObject({ people: [{}, {}, {}] })
    expect(fetches[0]?.variables).toEqual({})
    expect((await traces(text, { first: 1 })).data).toMatchObject({ people: [{}] })
  })

  it('keep their own type where nothing asks for more', () => {
    const { operation } = normalised('query ($text: String = "a") { people { search(text: $text) } }')
    expect(operation.variableDefinitions?.[0]?.type).toMatchObject({ kind: 'NamedType' })
    expect(operation.variableDefinitions?.[0]?.defaultValue).toBeUndefined()
  })
})
