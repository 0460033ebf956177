import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { nextLink, nextNumber, narrowed, opened, parseJson, shaped } from '../../../subgraphs/kit/http/rest-json.ts'
import type { Envelope } from '../../../subgraphs/kit/http/rest-json.ts'
import { household } from '../../../subgraphs/public-security/source.ts'

describe('numbers in JSON', () => {
  test.each([
    ['6222020200112233445566', '6222020200112233445566'],
    ['9007199254740993', '9007199254740993'],
    ['12.50', '12.50'],
    ['1e400', '1e400'],
    ['-0', '-0'],
    ['1.0', '1.0'],
    ['42', 42],
    ['-7', -7],
    ['12.5', 12.5],
  ])('%s is not changed on its way', (written, read) => {
    expect(parseJson(`{"a":[${written}]}`)).toEqual({ a: [read] })
  })

  test.each(['', '{', "{'a':1}", '{"a":1}x', '['.repeat(200_000)])('what is no JSON has a code: %#', (text) => {
    expect(() => parseJson(text)).toThrow(expect.objectContaining({ code: 'SOURCE_INVALID' }))
  })

  test('no member of a reply changes what an object is', () => {
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false)
    const found = parseJson('{"__proto__":{"polluted":true}}')
    expect(Object.getPrototypeOf(found)).toBe(Object.prototype)
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false)
  })
})

describe('an envelope', () => {
  const PLAIN: Envelope = { outcome: 'code', result: 'data', done: [0, '0'] }
  const PACKED: Envelope = { ...PLAIN, packed: true }
  const shape = z.object({ total: z.int() })

  test('is opened, with its result as it is or as a text inside', () => {
    expect(opened(PLAIN, shape, { code: 0, data: { total: 3 } })).toEqual({ total: 3 })
    expect(opened(PACKED, shape, { code: '0', data: '{"total":3}' })).toEqual({ total: 3 })
    expect(opened(PACKED, shape, { code: '0', data: { total: 3 } })).toEqual({ total: 3 })
  })

  test('that tells a failure under 200 says its code, and not what it quotes', () => {
    const fail = (code: unknown) => () => opened(PLAIN, shape, { code, msg: '440902197907010004 查无此人', data: null })
    expect(fail(4010)).toThrow(
      expect.objectContaining({ code: 'SOURCE_UNAVAILABLE', detail: expect.stringContaining('4010') as unknown }),
    )
    expect(fail('身份证440902197907010004')).toThrow(
      expect.objectContaining({ code: 'SOURCE_UNAVAILABLE', detail: expect.not.stringContaining('4409') as unknown }),
    )
  })

  test.each([null, [], 'ok', {}, { code: null }, { code: 0 }, { code: 0, data: { total: '3' } }])(
    'of another shape has a code: %j',
    (reply) => {
      expect(() => opened(PLAIN, shape, reply)).toThrow(expect.objectContaining({ code: 'SOURCE_INVALID' }))
    },
  )

  test('a shape does not quote what does not fit it', () => {
    const value = '440902197907010004'
    expect(() => shaped(z.number(), value)).toThrow(
      expect.not.objectContaining({ message: expect.stringContaining(value) as unknown }),
    )
  })
})

describe('a row', () => {
  const lookup = { register: household, columns: ['gmsfhm', 'xm'] }

  test('has the asked columns alone', () => {
    expect(narrowed({ gmsfhm: '1', lxdh: '100' }, lookup)).toEqual({ gmsfhm: '1', xm: null })
  })

  test('of nobody is none', () => {
    for (const gmsfhm of [null, undefined, 5])
      expect(() => narrowed({ gmsfhm, xm: '张' }, lookup)).toThrow(expect.objectContaining({ code: 'SOURCE_INVALID' }))
  })
})

describe('pages', () => {
  test('end where the total does', () => {
    expect([nextNumber(1, 100, 0), nextNumber(1, 100, 100), nextNumber(1, 100, 101), nextNumber(2, 100, 200)]).toEqual([
      null,
      null,
      '2',
      null,
    ])
  })

  const BASE = 'http://old.example/api'
  const link = (text: string) => nextLink({ link: text }, BASE)

  test('are followed by a link, below the base URL', () => {
    expect(link('<http://old.example/api/rows?after=7>; rel="next", <http://old.example/api/rows>; rel="prev"')).toBe(
      '/rows?after=7',
    )
    expect(link('</api/rows?after=7>; title="x"; rel=next')).toBe('/rows?after=7')
    expect(nextLink({ link: ['<rows?p=1>; rel="prev"', '<rows?p=3>; rel="next"'] }, BASE)).toBe('/rows?p=3')
    expect(link('<http://old.example/api/rows>; rel="last"')).toBeNull()
    expect(nextLink({}, BASE)).toBeNull()
  })

  test.each([
    'http://evil.example/api/rows',
    '//evil.example/api/',
    'https://old.example/api/rows',
    '/admin',
    '/api/../admin',
    'http://[',
  ])('are not followed to %s', (target) => {
    expect(() => link(`<${target}>; rel="next"`)).toThrow(expect.objectContaining({ code: 'SOURCE_INVALID' }))
  })
})
