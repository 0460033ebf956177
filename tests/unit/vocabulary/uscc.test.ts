import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { canonicalIdentifier, canonicalUscc, isUscc, usccCheck } from '../../../gateway/vocabulary/uscc.ts'

const ALPHABET = [...'0123456789ABCDEFGHJKLMNPQRTUWXY']
/** A code as GB 32100-2015 could give one, in a division that was never assigned. */
const CODES = fc
  .tuple(
    fc.constantFrom('91', '92', '51', '52', '12'),
    fc.array(fc.constantFrom(...ALPHABET), { minLength: 9, maxLength: 9 }),
  )
  .map(([kind, rest]) => `${kind}442091${rest.join('')}`)
  .map((first17) => first17 + (usccCheck(first17) ?? '?'))

describe('unified social credit codes (GB 32100-2015, HZ-15.2)', () => {
  test('the example of the standard has a right check character', () => {
    expect(usccCheck('91350100M000100Y4')).toBe('3')
    expect(isUscc('91350100M000100Y43')).toBe(true)
  })

  test('one wrong character is found', () => {
    fc.assert(
      fc.property(CODES, fc.nat(17), fc.constantFrom(...ALPHABET), (code, at, other) => {
        fc.pre(code[at] !== other)
        expect(isUscc(code)).toBe(true)
        expect(isUscc(code.slice(0, at) + other + code.slice(at + 1))).toBe(false)
      }),
    )
  })

  test('two neighbours changed over are found', () => {
    fc.assert(
      fc.property(CODES, fc.nat(16), (code, at) => {
        const [one, two] = [code[at] ?? '', code[at + 1] ?? '']
        fc.pre(one !== two)
        expect(isUscc(code.slice(0, at) + two + one + code.slice(at + 2))).toBe(false)
      }),
    )
  })

  test.each([
    ['', 'nothing'],
    ['91350100M000100Y4', '17 characters'],
    ['91350100M000100Y433', '19 characters'],
    ['9135O100M000100Y43', 'a letter that the alphabet leaves out'],
    ['91A50100M000100Y43', 'a letter among the digits of the division'],
    ['91350100m000100y43', 'small letters, before they are canonical'],
  ])('%j is none: %s', (text) => {
    expect(isUscc(text)).toBe(false)
  })

  test('the check of something else than 17 characters of the alphabet is none', () => {
    expect([usccCheck('9135'), usccCheck('91350100M000100YI')]).toEqual([null, null])
  })

  test('has one form: half width, no blanks, capitals', () => {
    expect(canonicalUscc(' 9135 0100m000100y43 ')).toBe('91350100M000100Y43')
    expect(canonicalUscc('91350100M000100Y43')).toBe('91350100M000100Y43')
    expect(canonicalUscc('91350100M000100Y44')).toBeNull()
    expect(canonicalIdentifier(' 4420 91000000017')).toBe('442091000000017')
  })
})
