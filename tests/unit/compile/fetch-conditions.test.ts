import { describe, expect, it } from 'vitest'
import { asksWhen } from '../../../gateway/compile/fetch-conditions.ts'

const x = { variable: 'x', equals: true }
const y = { variable: 'y', equals: false }

/** When an entity fetch with this selection asks for anything. */
function asks(selection: string) {
  return asksWhen(`query ($x: Boolean!, $y: Boolean!) { _entities(representations: []) { ${selection} } }`, true)
}

describe('a fetch asks', () => {
  it('always, while any field has no condition', () => {
    expect(asks('... on Person { name sex @include(if: $x) }')).toBeNull()
    expect(asks('... on Person { household { photo @include(if: $x) } }')).toBeNull()
  })

  it('only while one of its fields is included', () => {
    expect(asks('... on Person { name @include(if: $x) }')).toEqual([[x]])
    expect(asks('... on Person { name @include(if: $x) sex @skip(if: $y) }')).toEqual([[x], [y]])
    expect(asks('... on Person @include(if: $x) { ... @skip(if: $y) { name } }')).toEqual([[x, y]])
  })

  it('of the root, by the root fields', () => {
    expect(asksWhen('query ($x: Boolean!) { person @include(if: $x) { name } }', false)).toEqual([[x]])
    expect(asksWhen('{ person { name } }', false)).toBeNull()
  })

  it('through fragments too', () => {
    const operation = `query ($x: Boolean!) { _entities(representations: []) { ...P } }
      fragment P on Person { name @include(if: $x) }`
    expect(asksWhen(operation, true)).toEqual([[x]])
  })
})
