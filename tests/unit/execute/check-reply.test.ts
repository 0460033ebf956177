import { describe, expect, it } from 'vitest'
import type { FetchNode } from '../../../gateway/compile/plan.ts'
import { checkReply } from '../../../gateway/execute/check-reply.ts'

const root: FetchNode = {
  kind: 'fetch',
  id: 0,
  department: 'd',
  operation: '{a}',
  rules: { idempotent: true, keep: null },
  variables: [],
  path: [],
  asks: null,
  requires: null,
  keys: [],
  inputRewrites: [],
  outputRewrites: [],
}
const entities: FetchNode = { ...root, requires: [] }

const check = (reply: unknown, fetch = root, expected = 1) => checkReply(fetch, reply, expected)

describe('a reply', () => {
  it.each<[string, unknown, string]>([
    ['that is no object', 'text', 'invalid'],
    ['that is null', null, 'invalid'],
    ['that is a list', [], 'invalid'],
    ['without data', {}, 'invalid'],
    ['whose data is a list', { data: [] }, 'invalid'],
    ['whose data is a text', { data: 'x' }, 'invalid'],
    ['without data, with errors', { data: null, errors: [{ message: 'm' }] }, 'failed'],
    ['with an error without a path', { data: { a: 1 }, errors: [{ message: 'm' }] }, 'failed'],
    ['with an error that is no object', { data: { a: 1 }, errors: ['m'] }, 'failed'],
    ['with an empty path', { data: { a: 1 }, errors: [{ path: [] }] }, 'failed'],
    ['with a path of another kind', { data: { a: [null] }, errors: [{ path: ['a', '0'] }] }, 'failed'],
    ['with a path to what is there', { data: { a: 1 }, errors: [{ path: ['a'] }] }, 'failed'],
    ['with a path to what is not there', { data: { a: 1 }, errors: [{ path: ['b'] }] }, 'failed'],
    ['with a path through the prototype', { data: { a: 1 }, errors: [{ path: ['__proto__', 'x'] }] }, 'failed'],
    ['whose errors are no list', { data: { a: 1 }, errors: { path: ['a'] } }, 'data'],
  ])('%s', (_case, reply, kind) => {
    expect(check(reply).kind).toBe(kind)
  })

  it.each<[string, unknown, string]>([
    ['with too few', { data: { _entities: [{}] } }, 'invalid'],
    ['with too many', { data: { _entities: [{}, {}, {}] } }, 'invalid'],
    ['with none', { data: {} }, 'invalid'],
    ['with no list', { data: { _entities: { 0: {}, 1: {} } } }, 'invalid'],
    ['with null and an error', { data: { _entities: null }, errors: [{ path: ['_entities'] }] }, 'failed'],
    ['with as many', { data: { _entities: [{}, null] } }, 'data'],
  ])('for two entities, %s', (_case, reply, kind) => {
    expect(check(reply, entities, 2).kind).toBe(kind)
  })

  it('keeps what no error explains, and loses the nulls that errors explain', () => {
    const data = { _entities: [{ a: 1, b: null }, null, { a: null, b: { c: null } }] }
    const errors = [
      { path: ['_entities', 0, 'b'] },
      { path: ['_entities', 1, 'x', 'y'] },
      { path: ['_entities', 2, 'b', 'c'] },
    ]
    const checked = check({ data, errors }, entities, 3)
    expect(checked).toEqual({
      kind: 'data',
      partial: true,
      data: { _entities: [{ a: 1 }, undefined, { a: null, b: {} }] },
    })
  })

  it('takes several errors below one null for what they are', () => {
    const data = { _entities: [null, { a: 1 }] }
    const errors = [{ path: ['_entities', 0, 'a'] }, { path: ['_entities', 0, 'b', 3] }]
    expect(check({ data, errors }, entities, 2)).toMatchObject({ kind: 'data', partial: true })
  })
})
