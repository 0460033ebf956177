import { Kind, getOperationAST, parse } from 'graphql'
import { describe, expect, it } from 'vitest'
import { checkLimits } from '../../../gateway/compile/limits.ts'
import { fragmentsOf } from '../../kit/federation-ask.ts'

const LIMITS = { depth: 3, aliases: 2, rootFields: 2 }

function check(text: string): void {
  const document = parse(text)
  const operation = getOperationAST(
    document,
    document.definitions.some(({ kind }) => kind === Kind.OPERATION_DEFINITION) ? undefined : null,
  )
  if (!operation) throw new Error('no operation')
  checkLimits(operation, fragmentsOf(document), LIMITS)
}

describe('the limits', () => {
  it.each([
    ['depth', '{ a { b { c } } }'],
    ['depth through inline fragments, which add none', '{ a { ... { ... on B { b { c } } } } }'],
    ['aliases', '{ x: a { y: b } }'],
    ['root fields', '{ a b }'],
  ])('leave alone what just fits: %s', (_what, text) => {
    expect(() => check(text)).not.toThrow()
  })

  it.each([
    ['depth', '{ a { b { c { d } } } }', 'depth 4, allowed 3'],
    [
      'depth through a fragment',
      '{ a { ...F } } fragment F on A { b { ...G } } fragment G on B { c { d } }',
      'depth 4',
    ],
    ['aliases', '{ a { x: b y: b z: b } }', 'aliases 3, allowed 2'],
    [
      'aliases of a fragment that is used again',
      '{ a { ...F } b { ...F } } fragment F on A { x: c y: d }',
      'aliases 4',
    ],
    ['root fields', '{ a b c }', 'root fields 3, allowed 2'],
    ['root fields behind a fragment', '{ a ...F } fragment F on Query { b ... { c } }', 'root fields 3'],
  ])('refuse too much: %s', (_what, text, detail) => {
    expect(() => check(text)).toThrow(detail)
  })

  it('measure a fragment once: nesting them costs no time', () => {
    const fragments = Array.from(
      { length: 60 },
      (_, at) => `fragment F${at} on A { ${at < 59 ? `...F${at + 1} ...F${at + 1}` : 'a'} }`,
    )
    expect(() => check(`{ a { ...F0 } } ${fragments.join(' ')}`)).not.toThrow()
    const aliased = fragments.with(59, 'fragment F59 on A { x: a }')
    expect(() => check(`{ a { ...F0 } } ${aliased.join(' ')}`)).toThrow('aliases')
  })
})
