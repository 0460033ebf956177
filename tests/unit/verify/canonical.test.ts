import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { VERIFY_KINDS } from '../../../gateway/catalog/catalog.ts'
import { canonicalClaim, canonicalValue } from '../../../gateway/verify/canonical.ts'
import { NO_LABELS } from '../../../gateway/verify/labels.ts'
import { checkDigit } from '../../../gateway/vocabulary/id-number.ts'

const text = (claim: string) => canonicalClaim('TEXT', claim, NO_LABELS)
const name = (claim: string) => canonicalClaim('NAME', claim, NO_LABELS)
const number = (claim: string) => canonicalClaim('ID_NUMBER', claim, NO_LABELS)
const date = (claim: string) => canonicalClaim('DATE', claim, NO_LABELS)

describe('texts and numbers of certificates', () => {
  test.each([
    ['half and full width', 'GD-2026-0012', 'ＧＤ－２０２６－００１２'],
    ['any dash', 'GD-2026-0012', 'GD–2026—0012'],
    ['hyphens of word processors, and the minus sign', 'GD-2026-0012', 'GD\u20112026\u22120012'],
    ['capitals', 'GD-2026-0012', 'gd-2026-0012'],
    ['blanks around', 'GD-2026-0012', '\u3000 GD-2026-0012\t\n'],
    ['blanks beside a dash', 'GD-2026-0012', 'GD - 2026 - 0012'],
    ['zero-width characters', 'GD-2026-0012', '\ufeffGD\u200b-2026\u00ad-0012\u200e'],
    ['brackets of documents', '粤中民〔2026〕12号', '粤中民[2026] 12 号'],
    ['brackets typed as round ones', '粤中民〔2026〕12号', '粤中民（2026）12号'],
    ['blanks beside Chinese characters', '中山市石岐区1号', '中山市 石岐区\u30001号'],
    ['kinds and number of blanks', 'Sunny Garden 3', 'SUNNY\u00a0\u2003garden\u20003'],
    ['composed and decomposed accents', 'Café', 'Cafe\u0301'],
    ['an accent that an invisible character keeps apart', 'Café', 'Cafe\u200d\u0301'],
  ])('are the same in %s', (_what, one, other) => {
    expect(text(one)).not.toBeNull()
    expect(text(other)).toBe(text(one))
  })

  test.each([
    ['leading zeros', '0012', '12'],
    ['a dash', '1-23', '12-3'],
    ['a dash left out', 'GD-12', 'GD12'],
    ['two words and one', 'Sun Garden', 'SunGarden'],
    ['two numbers and one', '12 3', '123'],
    ['the Chinese one and a dash', '一号', '-号'],
    ['a letter and a digit that look alike', 'O12', '012'],
    ['traditional and simplified characters', '張三', '张三'],
  ])('differ by %s', (_what, one, other) => {
    expect(text(one)).not.toBe(text(other))
  })
})

describe('names', () => {
  test.each([
    ['blanks', '张三', ' 张　三 '],
    ['dots of minority names', '买买提·艾山', '买买提・艾山'],
    ['bullets', '买买提·艾山', '买买提•艾山'],
    ['hyphenation points', '买买提·艾山', '买买提‧艾山'],
    ['full stops, full width', '买买提·艾山', '买买提．艾山'],
    ['full stops', '买买提·艾山', '买买提.艾山'],
    ['blanks beside the dot', '买买提·艾山', '买买提 · 艾山'],
    ['case', "O'Brien Mary", 'o’brien  MARY'],
    ['full width', 'John Smith', 'ＪＯＨＮ ＳＭＩＴＨ'],
    ['a dot at the end', 'John Smith Jr', 'John Smith Jr.'],
  ])('are the same but for %s', (_what, one, other) => {
    expect(name(one)).not.toBeNull()
    expect(name(other)).toBe(name(one))
  })

  test('differ by a dot between the parts, and a masked one is none', () => {
    expect(name('买买提艾山')).not.toBe(name('买买提·艾山'))
    expect([name('张*'), name('张＊＊'), name('···')]).toEqual([null, null, null])
  })
})

describe('numbers of documents', () => {
  const old = '440620800101123'
  const full = `44062019800101123${checkDigit('44062019800101123')}`

  test('of residents have 18 characters, however they are written', () => {
    expect(number(full)).toBe(full)
    expect(number(old)).toBe(full)
    expect(number(`${full.slice(0, 6)} ${full.slice(6, 14)}-${full.slice(14)}`)).toBe(full)
    expect(number(full.replaceAll(/\d/g, (digit) => String.fromCodePoint(0xff10 + Number(digit))))).toBe(full)
    expect(number('11010519491231002ｘ')).toBe('11010519491231002X')
  })

  test.each([
    ['A123456(7)', 'a1234567'],
    ['A123456（7）', 'A1234567'],
    ['1/234567/8', '12345678'],
    ['1234567(8)', '12345678'],
    ['H-12345678', 'h12345678'],
    [' e 1234 5678 ', 'E12345678'],
  ])('of other places are letters and digits: %s', (one, other) => {
    expect(number(one)).toBe(number(other))
    expect(number(one)).not.toBeNull()
  })

  test('are not completed, shortened or read through a mask', () => {
    expect(number('A1234567')).not.toBe(number('A123456'))
    expect(number('0012345678')).not.toBe(number('12345678'))
    expect([number('4406**********1234'), number('()'), number('A12#4')]).toEqual([null, null, null])
  })
})

describe('dates', () => {
  test.each([
    '2026-03-05',
    '2026-3-5',
    '2026/3/5',
    '2026/03/05',
    '2026.3.5',
    '20260305',
    '2026年3月5日',
    '2026 年 03 月 05 日',
    '2026年3月5号',
    '二〇二六年三月五日',
    '二零二六年三月五日',
    '二○二六年三月五日',
    '贰零贰陆年零叁月零伍日',
    '２０２６－０３－０５',
    '２０２６年３月５日',
    '2026–03–05',
    ' 2026-03-05 ',
    '2026-03-05T08:30',
    '2026-03-05 00:00:00',
    '2026/3/5 0:00:00',
    '2026-03-05 23:59:59.999',
    '20260305235959',
    '20260305T083000+0800',
    '2026年3月5日 08:30',
    '2026-03-05T00:00:00+08:00',
    '2026-03-04T16:00:00Z',
    '2026-03-05T15:59:59Z',
    '2026-03-04T23:30:00-05:00',
    '2026-03-05T12:00+14',
  ])('of one day are one: %s', (spelling) => {
    expect(date(spelling)).toBe('2026-03-05')
  })

  test.each([
    ['二〇二六年十月十日', '2026-10-10'],
    ['二〇二六年十二月三十一日', '2026-12-31'],
    ['二〇二六年一月二十日', '2026-01-20'],
    ['二〇二六年元月廿五日', '2026-01-25'],
    ['贰零贰陆年拾贰月贰拾伍日', '2026-12-25'],
    ['二〇〇〇年二月二十九日', '2000-02-29'],
    ['2024-02-29', '2024-02-29'],
    ['2025-12-31T16:00:00Z', '2026-01-01'],
  ])('%s is %s', (spelling, day) => {
    expect(date(spelling)).toBe(day)
  })

  test.each([
    '',
    '2026-02-29',
    '1900-02-29',
    '2026-13-01',
    '2026-00-10',
    '2026-04-31',
    '2026-03-00',
    '26-03-05',
    '26.3.5',
    '260305',
    '二六年三月五日',
    '0026-03-05',
    '03/05/2026',
    '5-3-2026',
    '2026-3/5',
    '2026-03',
    '2026年3月',
    '2026',
    '2026-**-**',
    '2026-03-05T24:00:00',
    '2026-03-05T23:60',
    '2026-03-05T08:30+15:00',
    '2026-03-05T08:30 PM',
    '2026-1-112:30',
    '2026-03-05 extra',
    '二〇二六年三月三十二日',
    '二〇二六年十三月一日',
    '二〇二六年二十二月十日',
    '二〇二六年三月十十日',
    '二〇二六年三月〇日',
    'yesterday',
  ])('%j is none', (spelling) => {
    expect(date(spelling)).toBeNull()
  })

  test('of every day of four centuries come out as they went in, and no other day does', () => {
    const days = Array.from({ length: 146_097 }, (_, at) => Date.UTC(1850, 0, 1) + at * 86_400_000)
    const wrong = days.filter((day) => {
      const iso = new Date(day).toISOString().slice(0, 10)
      const [year, month, ofMonth] = iso.split('-').map(Number)
      return date(iso) !== iso || date(`${year}年${month}月${ofMonth}日`) !== iso
    })
    expect(wrong).toEqual([])
    const impossible = ['02-30', '02-31', '04-31', '06-31', '09-31', '11-31', '01-32', '12-32']
    expect(impossible.map((rest) => date(`2024-${rest}`))).toEqual(impossible.map(() => null))
  })
})

describe('any claim', () => {
  test('of more than 256 characters, or with half a character, is none', () => {
    expect(text('a'.repeat(256))).not.toBeNull()
    for (const kind of VERIFY_KINDS) {
      expect(canonicalClaim(kind, '1'.repeat(257), NO_LABELS)).toBeNull()
      expect(canonicalClaim(kind, 'a\ud800', NO_LABELS)).toBeNull()
    }
  })

  test.each(['', '   ', '\u3000', '\u200b\ufeff', '\u2800', '\u0000', '\ufe0f'])(
    'of nothing visible, %j, is none',
    (claim) => {
      for (const kind of VERIFY_KINDS) expect(canonicalClaim(kind, claim, NO_LABELS)).toBeNull()
    },
  )

  test('in its canonical form stays as it is', () => {
    const kinds = fc.constantFrom(...VERIFY_KINDS)
    const claims = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme-composite' }))
    fc.assert(
      fc.property(kinds, claims, (kind, claim) => {
        const once = canonicalClaim(kind, claim, NO_LABELS)
        fc.pre(once !== null && once.length <= 256)
        expect(canonicalClaim(kind, once ?? '', NO_LABELS)).toBe(once)
      }),
      { numRuns: 5_000 },
    )
  })

  test('in its canonical form stays as it is, for every character', () => {
    // Of the thousands of characters of one kind a few stand for all.
    const alike = /[\p{Script=Han}\p{Script=Hangul}\p{Co}\p{Cn}\p{Cs}]/u
    const characters = Array.from({ length: 0x110000 }, (_, code) => String.fromCodePoint(code))
    const looked = characters.filter((character, code) => code % 97 === 0 || !alike.test(character))
    const moving = looked.filter((character) =>
      (['TEXT', 'NAME', 'CODE'] as const).some((kind) => {
        const once = canonicalClaim(kind, `a${character}b`, NO_LABELS)
        return once !== null && canonicalClaim(kind, once, NO_LABELS) !== once
      }),
    )
    expect(looked.length).toBeGreaterThan(20_000)
    expect(moving).toEqual([])
  })
})

test('a value that is no text has no form', () => {
  const odd = [null, undefined, 0, 1, true, Number.NaN, 20260305n, [], ['a'], {}, { toString: () => 'a' }, Symbol('a')]
  for (const kind of VERIFY_KINDS) for (const value of odd) expect(canonicalValue(kind, value, NO_LABELS)).toBeNull()
})
