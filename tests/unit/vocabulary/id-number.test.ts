import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { canonicalNumber, checkDigit, from15, isResidentNumber, to15 } from '../../../gateway/vocabulary/id-number.ts'

const bornIn19 = fc
  .tuple(
    fc.integer({ min: 100000, max: 999999 }),
    fc.integer({ min: 0, max: 99 }),
    fc.integer({ min: 0, max: 9_999_999 }),
  )
  .map(([division, year, rest]) => `${division}19${String(year).padStart(2, '0')}${String(rest).padStart(7, '0')}`)
  .map((first17) => first17 + checkDigit(first17))

describe('resident numbers', () => {
  test('the example of GB 11643-1999', () => {
    expect(checkDigit('11010519491231002')).toBe('X')
    expect(isResidentNumber('11010519491231002X')).toBe(true)
    expect(isResidentNumber('110105194912310021')).toBe(false)
  })

  test('15 and 18 characters are one number', () => {
    fc.assert(
      fc.property(bornIn19, (number) => {
        const old = to15(number)
        expect(old).toMatch(/^\d{15}$/)
        expect(from15(old ?? '')).toBe(number)
        expect(canonicalNumber('RESIDENT_ID', old ?? '')).toBe(number)
      }),
    )
  })

  test('any one wrong digit is noticed', () => {
    fc.assert(
      fc.property(bornIn19, fc.nat(16), fc.integer({ min: 1, max: 9 }), (number, at, by) => {
        const wrong = [...number].with(at, String((Number(number[at]) + by) % 10)).join('')
        expect(isResidentNumber(wrong)).toBe(false)
      }),
    )
  })

  test('nobody born after 1999 has a 15-digit number', () => {
    expect(to15('442091200506150287')).toBeNull()
  })

  test('full width, blanks and small x are forms of one number; other documents are not lengthened', () => {
    expect(canonicalNumber('RESIDENT_ID', ' 11010519491231002x ')).toBe('11010519491231002X')
    expect(canonicalNumber('PASSPORT', '123456789012345')).toBe('123456789012345')
  })
})
