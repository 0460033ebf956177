import { describe, expect, it } from 'vitest'
import { Failure } from '../../../gateway/vocabulary/failure.ts'
import { federate } from '../../kit/federation.ts'
import { prepare } from '../../kit/federation-ask.ts'
import { SAMPLE } from '../../kit/federation-sample.ts'

const { schema } = federate(SAMPLE)

function bind(text: string, variables: Readonly<Record<string, unknown>> = {}) {
  return { ...prepare(schema, text, { variables }).variables }
}

function refusal(text: string, variables: Readonly<Record<string, unknown>>): Failure {
  try {
    bind(text, variables)
  } catch (error) {
    if (error instanceof Failure) return error
    throw error
  }
  throw new Error('was accepted')
}

describe('binding', () => {
  it('coerces variables and literals to their types', () => {
    const text =
      'query ($n: String!, $w: Where, $f: Int = 2) { person(number: $n) { name } people(where: $w, first: $f) { search(text: "t", first: 9) } }'
    const bound = bind(text, { n: '1', w: { numbers: 'single', all: [{}] } })
    expect(bound).toEqual({
      v0: '1',
      v1: { numbers: ['single'], all: [{ limit: 5 }], limit: 5 },
      v2: 2,
      l0: 9,
      l1: 't',
    })
  })

  it('leaves out what was left out, and keeps an explicit null', () => {
    const text = 'query ($a: String, $b: String) { people { search(text: $a) other: search(text: $b) } }'
    expect(bind(text, { b: null })).toEqual({ v1: null })
  })

  it('takes only what the request itself holds', () => {
    const text =
      'query ($constructor: String, $toString: String) { people { search(text: $constructor) o: search(text: $toString) } }'
    expect(bind(text)).toEqual({})
  })
})

describe('what does not fit is BAD_USER_INPUT, names the place and never the value:', () => {
  const where = 'query ($w: Where) { people(where: $w) { name } }'
  it.each([
    ['a missing variable', 'query ($n: String!) { person(number: $n) { name } }', {}, '$n does not fit'],
    ['null for a non-null type', 'query ($n: String!) { person(number: $n) { name } }', { n: null }, 'type String!'],
    ['null against a default', 'query ($f: Int = 2) { people(first: $f) { name } }', { f: null }, 'type Int!'],
    ['null in a place with a default', 'query ($f: Int) { people(first: $f) { name } }', { f: null }, 'type Int!'],
    [
      'null inside an input object with a default',
      'query ($l: Int) { people(where: {limit: $l}) { name } }',
      { l: null },
      'Int!',
    ],
    [
      'null for a condition',
      'query ($c: Boolean = true) { people { name @include(if: $c) } }',
      { c: null },
      'Boolean!',
    ],
    ['a null default that is used', 'query ($f: Int = null) { people(first: $f) { name } }', {}, 'type Int!'],
    [
      'a wrong type',
      'query ($n: String!) { person(number: $n) { name } }',
      { n: { secret: '110101199003070003' } },
      '$n',
    ],
    ['a wrong element', where, { w: { numbers: ['a', 110101199003070] } }, '$w.numbers[1]'],
    ['an unknown field', where, { w: { '110101199003070003': 1 } }, '$w'],
    [
      'a wrong enum',
      'query ($t: PaperType!) { person(type: $t, number: "1") { name } }',
      { t: 'S110101199003070003' },
      '$t',
    ],
  ])('%s', (_case, text, variables, place) => {
    const failure = refusal(text, variables)
    expect(failure.code).toBe('BAD_USER_INPUT')
    expect(failure.detail).toContain(place)
    expect(`${failure.message} ${failure.detail}`).not.toContain('110101199003070')
  })
})
