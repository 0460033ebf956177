import { describe, expect, it } from 'vitest'
import type { Requirement, Rewrite } from '../../../gateway/compile/plan.ts'
import { collectRepresentations, objectsAt } from '../../../gateway/execute/representations.ts'
import { applyRewrites } from '../../../gateway/execute/rewrites.ts'
import { federate } from '../../kit/federation.ts'
import { SAMPLE } from '../../kit/federation-sample.ts'

const { schema } = federate(SAMPLE)
const field = (name: string, ...selections: Requirement[]): Requirement => ({
  kind: 'Field',
  name,
  selections: selections.length > 0 ? selections : null,
})
const on = (type: string | null, ...selections: Requirement[]): Requirement => ({
  kind: 'InlineFragment',
  type,
  selections,
})

describe('the objects at a path', () => {
  it('are all siblings, through lists in lists; what is no object is passed over', () => {
    const [a, b, c] = [{ n: 1 }, { n: 2 }, { n: 3 }]
    const root = { grid: [[{ at: a }, null], [{ at: b }], 'x', null], one: { at: c } }
    expect(objectsAt(root, ['grid', '@', '@', 'at'])).toEqual([a, b])
    expect(objectsAt(root, ['one', 'at'])).toEqual([c])
    expect(objectsAt(root, ['one', '@', 'at'])).toEqual([])
    expect(objectsAt(root, ['constructor'])).toEqual([])
    expect(objectsAt(root, [])).toEqual([root])
  })
})

describe('representations', () => {
  const person = [on('Person', field('__typename'), field('number'))]

  it('are sent once each, and stand for every object that is equal in what is required', () => {
    const objects = ['1', '2', '1', '3', '2'].map((number, at) => ({ __typename: 'Person', number, at }))
    const { values, targets } = collectRepresentations(schema, objects, person)
    expect(values.map(({ number }) => number)).toEqual(['1', '2', '3'])
    expect(targets.map((group) => group.map(({ at }) => at))).toEqual([[0, 2], [1, 4], [3]])
  })

  it('are told apart by value and type, never by text alone', () => {
    const objects = [{ number: '1' }, { number: 1 }, { number: null }, { number: '' }].map((one) => ({
      __typename: 'Person',
      ...one,
    }))
    expect(collectRepresentations(schema, objects, person).values).toHaveLength(4)
  })

  it('leave out objects of other types, without a type, or without what is required', () => {
    const objects = [
      { __typename: 'Car', number: '1' },
      { number: '1' },
      { __typename: 'Person' },
      { __typename: 'Person', number: undefined },
    ]
    expect(collectRepresentations(schema, objects, person).values).toEqual([])
  })

  it('hold no more than is required, nested and in lists', () => {
    const requires = [on('Person', field('__typename'), field('number'), field('grid', field('value')))]
    const object = {
      __typename: 'Person',
      number: '1',
      name: 'secret',
      grid: [[{ value: 1, note: 'secret' }, null], null],
    }
    const [value] = collectRepresentations(schema, [object], requires).values
    expect(JSON.stringify(value)).toBe('{"__typename":"Person","number":"1","grid":[[{"value":1},null],null]}')
  })

  it('are not sent when something required deep inside is missing', () => {
    const requires = [on('Person', field('__typename'), field('grid', field('value')))]
    const object = { __typename: 'Person', grid: [[{ value: 1 }, { note: 'x' }]] }
    expect(collectRepresentations(schema, [object], requires).values).toEqual([])
  })

  it('leave out objects that have no key, and say so apart from those that cannot be asked about', () => {
    const key: Requirement = { kind: 'Field', name: 'number', selections: null, key: true }
    const requires = [on('Person', field('__typename'), key, field('height'))]
    const [known, nobody, unable] = [
      { __typename: 'Person', number: '1', height: null },
      { __typename: 'Person', number: null, height: 1 },
      { __typename: 'Person', number: '1' },
    ]
    const found = collectRepresentations(schema, [known, nobody, unable, { __typename: 'Car' }], requires)
    expect(found.values).toEqual([known])
    expect([found.unidentified, found.unable]).toEqual([[nobody], [unable]])
  })

  it.each([
    ['text and lengths', ['1:', '1'], ['1', ':1']],
    ['text and number', ['1', '2'], [1, '2']],
    ['null and its text', [null, 'x'], ['null', 'x']],
    ['an object and its text', [{ a: 1 }, 'x'], ['{"a":1}', 'x']],
  ])('are told apart by all of several keys: %s', (_case, one, other) => {
    const requires = [on('Person', field('__typename'), field('number'), field('name'))]
    const objects = [one, other].map(([number, name]) => ({ __typename: 'Person', number, name }))
    expect(collectRepresentations(schema, objects, requires).values).toHaveLength(2)
    expect(collectRepresentations(schema, [...objects, ...objects], requires).values).toHaveLength(2)
  })

  it('of a key that is an object are told from one whose text is the same', () => {
    const object = { __typename: 'Person', number: { a: 1 } }
    const text = { __typename: 'Person', number: JSON.stringify(object) }
    expect(collectRepresentations(schema, [object, text], person).values).toHaveLength(2)
  })

  it('join what the type and its interface require of one field', () => {
    const requires = [
      on('Thing', field('__typename'), field('owner', field('number'))),
      on('Car', field('owner', field('name')), field('label')),
      on('Dog', field('chip')),
    ]
    const object = { __typename: 'Car', label: 'l', owner: { number: '1', name: 'n' } }
    const [value] = collectRepresentations(schema, [object], requires).values
    expect(value).toEqual({ __typename: 'Car', label: 'l', owner: { number: '1', name: 'n' } })
    // The object itself is untouched.
    expect(object).toEqual({ __typename: 'Car', label: 'l', owner: { number: '1', name: 'n' } })
  })
})

describe('rewrites', () => {
  const rename = (path: string[], renameKeyTo: string): Rewrite => ({ kind: 'KeyRenamer', path, renameKeyTo })

  it('set a value on the objects of a type, and of the types of an interface', () => {
    const list = [{ __typename: 'Car' }, { __typename: 'Person' }, null]
    applyRewrites(schema, [{ kind: 'ValueSetter', path: ['... on Thing', '__typename'], setValueTo: 'Thing' }], list)
    expect(list).toEqual([{ __typename: 'Thing' }, { __typename: 'Person' }, null])
  })

  it('rename a key, null included, in lists of lists and below', () => {
    const data = [[{ __typename: 'Car', x__alias_0: null, n: { y__alias_0: 1 } }], { __typename: 'Dog', x__alias_0: 1 }]
    applyRewrites(
      schema,
      [rename(['... on Car', 'x__alias_0'], 'x'), rename(['... on Car', 'n', 'y__alias_0'], 'y')],
      data,
    )
    expect(data).toEqual([[{ __typename: 'Car', x: null, n: { y: 1 } }], { __typename: 'Dog', x__alias_0: 1 }])
  })

  it('apply to an answer that does not say its type', () => {
    const data = [{ x__alias_0: 1 }, { other: 2 }]
    applyRewrites(schema, [rename(['... on Car', 'x__alias_0'], 'x')], data)
    expect(data).toEqual([{ x: 1 }, { other: 2 }])
  })
})
