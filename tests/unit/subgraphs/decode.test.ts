import { describe, expect, test } from 'vitest'
import { beijingInstant, calendarDate, code, read, standardCode, text } from '../../../subgraphs/kit/decode.ts'

describe('dates of old systems', () => {
  test.each([
    '20240506',
    '2024-05-06',
    '2024/5/6',
    '2024.5.6',
    '2024年5月6日',
    '2024-05-06 09:00:00',
    '2024-05-06T09:00:00',
  ])('%s', (value) => expect(calendarDate(value)).toBe('2024-05-06'))
  test.each(['20240230', '2023-02-29', '2024-13-01', '24-05-06', '', 'x', '20240506123', null, 0])(
    '%j is none',
    (value) => {
      expect(() => calendarDate(value)).toThrow(expect.objectContaining({ code: 'SOURCE_INVALID' }))
    },
  )
  test('an instant of Beijing time', () => {
    expect(beijingInstant('2026-11-20 02:10:00')).toBe('2026-11-20T02:10:00+08:00')
    expect(beijingInstant('2026-11-01')).toBe('2026-11-01T00:00:00+08:00')
  })
})

describe('values', () => {
  const sex = code('xb', { '1': 'MALE', '2': 'FEMALE' })
  test('absent and empty are null, whatever the decoder', () => {
    for (const row of [{}, { xb: null }, { xb: '' }]) expect(read(sex, row)).toBeNull()
  })
  test('a code outside its list is an error that does not quote it (HZ-38.1)', () => {
    expect(read(sex, { xb: '2' })).toBe('FEMALE')
    expect(() => read(sex, { xb: 'secret' })).toThrow(expect.not.stringContaining('secret'))
    expect(() => read(sex, { xb: 'constructor' })).toThrow(expect.objectContaining({ code: 'SOURCE_INVALID' }))
    expect(() => read(standardCode('d', /^\d{6}$/), { d: '4420' })).toThrow(
      expect.objectContaining({ code: 'SOURCE_INVALID' }),
    )
  })
  test('numbers are texts, other things are errors', () => {
    expect(read(text('n'), { n: 110 })).toBe('110')
    expect(() => read(text('n'), { n: {} })).toThrow(expect.objectContaining({ code: 'SOURCE_INVALID' }))
  })
})
