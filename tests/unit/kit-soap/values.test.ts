import { describe, expect, test } from 'vitest'
import { elements, listOf, rowOf, soapInstant, textOf, zonedDate } from '../../../subgraphs/kit/http/soap-values.ts'
import { household } from '../../../subgraphs/public-security/source.ts'

const invalid: unknown = expect.objectContaining({ code: 'SOURCE_INVALID' })

test('a list of one, of none and of several is a list', () => {
  expect([listOf({ a: 1 }), listOf(undefined), listOf(null), listOf('\n'), listOf([1, 2])]).toEqual([
    [{ a: 1 }],
    [],
    [],
    [],
    [1, 2],
  ])
})

test('an element has a text, whatever its attributes', () => {
  expect([
    textOf(' 张 '),
    textOf({ attributes: { 'xsi:type': 'xsd:string' }, $value: '张' }),
    textOf({ attributes: { 'xsi:nil': 'true' } }),
    textOf(null),
    textOf(undefined),
    textOf('  '),
  ]).toEqual(['张', '张', null, null, null, null])
  for (const value of [{ a: '1' }, ['1', '2'], 7, { attributes: {}, a: '1' }, {}])
    expect(() => textOf(value), JSON.stringify(value)).toThrow(invalid)
})

test('elements are an element’s own', () => {
  expect(elements({ a: '1' })['toString']).toBeUndefined()
  for (const value of ['text', null, ['1']]) expect(() => elements(value)).toThrow(invalid)
})

describe('a row', () => {
  const lookup = { register: household, columns: ['gmsfhm', 'xm'] }

  test('has the asked columns alone, as texts', () => {
    expect(rowOf({ gmsfhm: '1', xm: null, lxdh: '100' }, lookup)).toEqual({ gmsfhm: '1', xm: null })
  })

  test('of nobody is none', () => {
    expect(() => rowOf({ xm: '张' }, lookup)).toThrow(invalid)
    expect(() => rowOf('张', lookup)).toThrow(invalid)
  })
})

describe('dates', () => {
  const { decode } = zonedDate('d')

  test.each([
    ['2015-05-20', '2015-05-20'],
    ['2015-05-20+08:00', '2015-05-20'],
    ['2015-05-20Z', '2015-05-20'],
    ['2015-05-20T00:00:00', '2015-05-20'],
    ['2015-05-20T00:00:00+08:00', '2015-05-20'],
    ['2015-05-19T16:00:00Z', '2015-05-20'],
    ['2015-05-19T15:59:59.999Z', '2015-05-19'],
    ['2024-02-28T16:00:00Z', '2024-02-29'],
    ['2015-12-31T23:00:00-05:00', '2016-01-01'],
  ])('%s is %s in Asia/Shanghai', (written, date) => {
    expect(decode(written)).toBe(date)
  })

  test.each(['2015-02-30', '2015-02-30T16:00:00Z', '20', 'gestern', '2015-05-20T25:00:00Z', '2015-05-20T10:00Z+1'])(
    '%s is none',
    (written) => {
      expect(() => decode(written)).toThrow(invalid)
    },
  )

  test.each([
    ['2026-11-20T03:05:00', '2026-11-20T03:05:00+08:00'],
    ['2026-11-20T03:05:00.123+08:00', '2026-11-20T03:05:00+08:00'],
    ['2026-11-19T19:05:00Z', '2026-11-20T03:05:00+08:00'],
  ])('the instant %s is %s', (written, instant) => {
    expect(soapInstant(written)).toBe(instant)
  })

  test.each(['', '2026-11-20', 'now', '2026-13-20T03:05:00Z', null])('the instant %j is none', (written) => {
    expect(() => soapInstant(written)).toThrow(invalid)
  })
})
