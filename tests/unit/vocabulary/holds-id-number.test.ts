import { describe, expect, it } from 'vitest'
import { holdsIdNumber } from '../../../gateway/vocabulary/id-number.ts'

describe('holdsIdNumber', () => {
  it.each([
    ['the example of GB 11643', '11010519491231002X', true],
    ['in small letters', '11010519491231002x', true],
    ['inside a code', 'C-11010519491231002X.1', true],
    ['an old number of 15 digits', 'C110105491231002', true],
    ['a wrong check character', '110105194912310021', false],
    ['a month that is none', '11010519491331002X', false],
    ['a province that is none', '20261122000012345X', false],
    ['a longer run of digits', '1110105194912310021', false],
    ['a case number with a date', '2026-1122-000123', false],
    ['a case number of 15 digits', '202611220101234', false],
    ['nothing', '', false],
  ])('%s', (_, text, expected) => {
    expect(holdsIdNumber(text)).toBe(expected)
  })
})
