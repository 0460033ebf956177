import { parse } from 'graphql'
import { describe, expect, it } from 'vitest'
import type { Requirement } from '../../../../gateway/compile/plan.ts'
import { entityFields, keepEntityFields } from '../../../../gateway/compile/planner-faults/entity-fields.ts'
import { requiredBy, requiredWhen } from '../../../../gateway/compile/planner-faults/required-when.ts'
import { requiredNow } from '../../../../gateway/execute/required-now.ts'

const field = (name: string, selections: readonly Requirement[] | null = null): Requirement => ({
  kind: 'Field',
  name,
  selections,
})
const on = (type: string, ...selections: readonly Requirement[]): Requirement => ({
  kind: 'InlineFragment',
  type,
  selections,
})

const QUERY = parse(`query($v0: Boolean!, $v1: Boolean!) { _entities(representations: []) {
  ... on Item { third made @include(if: $v0) ... on Item @skip(if: $v1) { made other } }
} }`)
const NEEDS: Readonly<Record<string, readonly string[]>> = {
  made: ['label', 'box', 'box.size'],
  other: ['box', 'box.name'],
}
const FIELDS = entityFields(QUERY).map((one) => ({ ...one, needs: new Set(NEEDS[one.name]) }))
const REQUIRES = [
  on('Item', field('__typename'), field('id'), field('label'), field('box', [field('size'), field('name')])),
]

describe('what an object is identified and computed by', () => {
  const conditional = requiredWhen(REQUIRES, FIELDS)

  it('is told apart, and the second has the conditions of what needs it', () => {
    const made = [[{ variable: 'v0', equals: true }], [{ variable: 'v1', equals: false }]]
    const other = [[{ variable: 'v1', equals: false }]]
    expect(conditional).toEqual([
      on(
        'Item',
        field('__typename'),
        { ...field('id'), key: true } as Requirement,
        { ...field('label'), when: made } as Requirement,
        {
          ...field('box', [
            { ...field('size'), when: made } as Requirement,
            { ...field('name'), when: other } as Requirement,
          ]),
          when: made,
        } as Requirement,
      ),
    ])
  })

  it.each([
    [{ v0: false, v1: true }, ['__typename', 'id']],
    [{ v0: true, v1: true }, ['__typename', 'id', 'label', 'box', 'size']],
    [{ v0: false, v1: false }, ['__typename', 'id', 'label', 'box', 'size', 'name']],
  ])('is sent only where it was fetched: %j', (variables, names) => {
    const named = (list: readonly Requirement[]): readonly string[] =>
      list.flatMap((one) => [...(one.kind === 'Field' ? [one.name] : []), ...named(one.selections ?? [])])
    expect(named(requiredNow(conditional, variables))).toEqual(names)
  })

  it('is the very same list where nothing depends on variables', () => {
    expect(requiredNow(REQUIRES, {})).toBe(REQUIRES)
  })

  it('belongs to the fields that need it, when they are asked for apart', () => {
    const other = FIELDS.filter(({ name }) => name === 'other')
    expect(requiredBy(REQUIRES, other, FIELDS)).toEqual([
      on('Item', field('__typename'), field('id'), field('box', [field('name')])),
    ])
  })
})

describe('the fields of entities', () => {
  it('can be kept one by one; what is left empty goes', () => {
    const kept = keepEntityFields(QUERY, (_type, name) => name === 'third')
    expect(entityFields(kept)).toEqual([{ type: 'Item', name: 'third', conditions: [] }])
  })
})
