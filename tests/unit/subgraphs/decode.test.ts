import { describe, expect, test } from 'vitest'
import { from15 } from '../../../gateway/vocabulary/id-number.ts'
import {
  beijingInstant,
  calendarDate,
  code,
  date,
  dateRange,
  personReference,
  read,
  records,
  standardCode,
  text,
  uscc,
} from '../../../subgraphs/kit/decode.ts'

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
  test.each([
    ['2024-05-01T16:00:00Z', '2024-05-02'],
    ['2024-05-01T15:59:59.999Z', '2024-05-01'],
    ['2024-05-01 16:00:00.000+00:00', '2024-05-02'],
    ['2024/5/1 12:30:00-05:00', '2024-05-02'],
    ['2024-05-02T00:30:00+09:00', '2024-05-01'],
    ['2024-05-02 00:30:00+08', '2024-05-02'],
    ['20240501T160000Z', '2024-05-02'],
    ['2024-12-31T16:00Z', '2025-01-01'],
    ['2024年5月6日 上午9时30分', '2024-05-06'],
  ])('%s is %s in Beijing', (value, day) => expect(calendarDate(value)).toBe(day))
  test.each(['2024-05-01T16:00:00 UTC', '2024-05-01T16Z', '2024-05-01T16:00:00+8', '2024-05-01T26:00:00Z'])(
    '%s has a zone that is not passed over',
    (value) => {
      expect(() => calendarDate(value)).toThrow(expect.objectContaining({ code: 'SOURCE_INVALID' }))
      expect(() => beijingInstant(value)).toThrow(expect.objectContaining({ code: 'SOURCE_INVALID' }))
    },
  )
  test('an instant with a zone is converted', () => {
    expect(beijingInstant('2026-11-19T18:10:00Z')).toBe('2026-11-20T02:10:00+08:00')
    expect(beijingInstant('2026-11-19T18:10:00.250+00:00')).toBe('2026-11-20T02:10:00+08:00')
    expect(beijingInstant('2026-11-20 02:10:00.123')).toBe('2026-11-20T02:10:00+08:00')
  })
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

describe('values of organisations', () => {
  const invalid: unknown = expect.objectContaining({ code: 'SOURCE_INVALID' })
  test('a credit code has a right check character, or is an error (HZ-15.2)', () => {
    expect(read(uscc('c'), { c: ' 91350100m000100y43' })).toBe('91350100M000100Y43')
    expect(() => read(uscc('c'), { c: '91350100M000100Y44' })).toThrow(invalid)
  })
  test('a period is two dates', () => {
    const period = dateRange('p', '至')
    expect(read(period, { p: '2024年1月1日至20281231' })).toBe('2024-01-01/2028-12-31')
    for (const p of ['2024-01-01', '2024-01-01至', '2024-01-01至2025-02-29', '2024-01-01至2025-01-01至2026-01-01'])
      expect(() => read(period, { p }), p).toThrow(invalid)
  })
  test('a reference to a person has the number in its present form', () => {
    expect(read(personReference('n'), { n: '442090490101001' })).toEqual({
      __typename: 'Person',
      idDocumentType: 'RESIDENT_ID',
      idDocumentNumber: from15('442090490101001'),
    })
    expect(read(personReference('n'), { n: null })).toBeNull()
  })
  test('a list of records has the named fields alone, and is one error where one value is', () => {
    const marks = records('m', { subject: text('km'), date: date('rq') })
    expect(read(marks, { m: '[{"km":"语文","rq":"20260101","bz":"secret"},{"km":""}]' })).toEqual([
      { subject: '语文', date: '2026-01-01' },
      { subject: null, date: null },
    ])
    expect(read(marks, { m: '[]' })).toEqual([])
    for (const m of ['{}', '[1]', '[null]', 'secret', '[{"rq":"secret"}]']) {
      expect(() => read(marks, { m }), m).toThrow(invalid)
      expect(() => read(marks, { m }), m).toThrow(expect.not.stringContaining('secret'))
    }
  })
})
