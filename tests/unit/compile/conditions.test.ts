import { describe, expect, it } from 'vitest'
import { included } from '../../../gateway/compile/compiled-operation.ts'
import type { Condition, Conjunction } from '../../../gateway/compile/compiled-operation.ts'
import { anyOf } from '../../../gateway/compile/conditions.ts'
import { Failure } from '../../../gateway/vocabulary/failure.ts'
import { federate, viewWith } from '../../kit/federation.ts'
import { ask } from '../../kit/federation-ask.ts'
import { NUMBERS, SAMPLE } from '../../kit/federation-sample.ts'

const is = (variable: string): Condition => ({ variable, equals: true })
const not = (variable: string): Condition => ({ variable, equals: false })

describe('a disjunction', () => {
  it('always holds when one alternative has no conditions', () => {
    expect(anyOf([[is('a')], []])).toBeNull()
    expect(anyOf([])).toEqual([])
  })

  it('loses what it says twice, in whatever order, and what is covered', () => {
    const alternatives: Conjunction[] = [[is('a'), is('b')], [is('b'), is('a')], [is('c')], [not('d'), is('c')]]
    expect(anyOf(alternatives)).toEqual([[is('c')], [is('b'), is('a')]])
  })

  it('holds for the same values as before', () => {
    const names = ['a', 'b', 'c']
    const alternatives: Conjunction[] = [[is('a'), not('b')], [is('a')], [not('b'), is('c')], [is('c'), not('b')]]
    for (let bits = 0; bits < 8; bits += 1) {
      const values = Object.fromEntries(names.map((name, at) => [name, Boolean(bits & (1 << at))]))
      expect(included(anyOf(alternatives), values)).toBe(included(alternatives, values))
    }
  })

  it('has a bound', () => {
    const many = Array.from({ length: 33 }, (_, index): Conjunction => [is(`v${index}`)])
    expect(() => anyOf(many)).toThrow(Failure)
    expect(anyOf(many.slice(1))).toHaveLength(32)
  })
})

const sample = federate(SAMPLE)
const view = viewWith(sample)

/** The answer to one person's fields under the given conditions. */
async function person(selection: string, variables: Readonly<Record<string, unknown>> = {}) {
  const all = { yes: true, no: false, ...variables }
  const declared = Object.keys(all).filter((name) => selection.includes(`$${name}`))
  const head = declared.map((name) => `$${name}: Boolean${name === 'late' ? ' = true' : '!'}`).join(', ')
  const text = `query ${head ? `(${head})` : ''} { person(number: "${NUMBERS.li}") { ${selection} } }`
  const given = Object.fromEntries(
    declared.flatMap((name) => (name in all ? [[name, all[name as keyof typeof all]]] : [])),
  )
  const { data, errors, fetches } = await ask(sample, text, { view, variables: given })
  expect(errors).toEqual([])
  return { ...(data as { person: Record<string, unknown> }).person, fetches: fetches.length }
}

describe('@skip and @include', () => {
  it.each([
    ['a field, included', 'number name @include(if: $yes)', ['number', 'name']],
    ['a field, not included', 'number name @include(if: $no)', ['number']],
    ['a field, skipped', 'number name @skip(if: $yes)', ['number']],
    ['a field, not skipped', 'number name @skip(if: $no)', ['number', 'name']],
    ['both, agreeing', 'number name @include(if: $yes) @skip(if: $no)', ['number', 'name']],
    ['both, against each other', 'number name @include(if: $yes) @skip(if: $yes)', ['number']],
    ['both constant', 'number name @include(if: true) @skip(if: true)', ['number']],
    ['a constant', 'number name @include(if: false) sex @skip(if: false)', ['number', 'sex']],
    ['an inline fragment', 'number ... @include(if: $no) { name } ... @skip(if: $no) { sex }', ['number', 'sex']],
    ['an inline fragment on the type', 'number ... on Person @skip(if: $yes) { name }', ['number']],
    [
      'fragments in each other',
      'number ... @include(if: $yes) { ... @include(if: $no) { name } sex }',
      ['number', 'sex'],
    ],
    ['contradictory fragments', 'number ... @include(if: $yes) { name @skip(if: $yes) }', ['number']],
    [
      'the same field twice, once included',
      'number name @include(if: $no) name @include(if: $yes)',
      ['number', 'name'],
    ],
    ['the same field twice, once without', 'number name @include(if: $no) name', ['number', 'name']],
    ['__typename', 'number __typename @include(if: $no) kind: __typename @skip(if: $no)', ['number', 'kind']],
    ['a field of another department', 'number pension @include(if: $yes)', ['number', 'pension']],
  ])('%s', async (_case, selection, keys) => {
    const { fetches: _, ...found } = await person(selection)
    expect(Object.keys(found).toSorted()).toEqual(keys.toSorted())
  })

  it('take a default of their variable', async () => {
    const text = `query ($late: Boolean = false) { person(number: "${NUMBERS.li}") { number name @include(if: $late) } }`
    expect((await ask(sample, text, { view })).data).toEqual({ person: { number: NUMBERS.li } })
    const on = await ask(sample, text, { view, variables: { late: true } })
    expect(on.data).toEqual({ person: { number: NUMBERS.li, name: '李明' } })
  })

  it('spare the department: a condition node stands around the fetch', async () => {
    const text = `query ($more: Boolean!) { person(number: "${NUMBERS.li}") { name pension @include(if: $more) } }`
    const without = await ask(sample, text, { view, variables: { more: false } })
    expect(JSON.stringify(without.compiled.plan)).toContain('"kind":"condition"')
    expect(without.fetches.map(({ department }) => department)).toEqual(['police'])
    const with_ = await ask(sample, text, { view, variables: { more: true } })
    expect(with_.fetches.map(({ department }) => department)).toEqual(['police', 'insurance'])
  })

  it('compile to one operation for all their values', async () => {
    const text = `query ($c: Boolean!) { person(number: "1") { name @include(if: $c) } }`
    const [a, b] = [
      await ask(sample, text, { view, variables: { c: true } }),
      await ask(sample, text, { view, variables: { c: false } }),
    ]
    expect(a.compiled).toBe(b.compiled)
  })

  it('on an object whose fields all are conditional leave the object itself there', async () => {
    expect(await person('household { address @include(if: $no) }')).toEqual({ household: {}, fetches: 1 })
  })
})
