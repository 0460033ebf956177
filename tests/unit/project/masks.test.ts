import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { PLACES } from '../../../city/places.ts'
import { maskText, maskValue } from '../../../gateway/project/masks.ts'
import { MASK_RULES } from '../../../gateway/vocabulary/decision.ts'
import type { MaskRule } from '../../../gateway/vocabulary/decision.ts'

const ALL = '*'.repeat(12)
const ID = '*'.repeat(18)

/** Rule → input → output. The first rows of each rule are those of the table of rules. */
const EXAMPLES: Readonly<Partial<Record<MaskRule, readonly (readonly [string, string | null])[]>>> = {
  'M-NONE': [['登记机关', '登记机关']],
  'M-NULL': [
    ['相片', null],
    ['', null],
  ],
  'M-ALL': [
    ['任何内容', ALL],
    ['', ALL],
    ['x'.repeat(40), ALL],
  ],
  'M-NAME': [
    ['欧阳示范', '欧阳**'],
    ['王样', '王**'],
    ['王样例甲', '王**'],
    ['欧阳', '**'],
    ['王', '**'],
    ['', '**'],
    ['  ', '**'],
    [' 王 样 ', '王**'],
    ['王\u{3000}样', '王**'],
    ['买买提·样例', '买**'],
    ['阿依古丽•示范', '阿**'],
    ['样・例', '样**'],
    ['·样例', '**'],
    ['Sample Person', '**'],
    ['A样例', '**'],
    ['王A', '**'],
    ['王样1', '**'],
    ['王**', '**'],
    ['𠮷样', '𠮷**'],
    ['\u{d842}样', '**'],
    ['王\u{e0100}样', '**'],
    ['㐀样', '㐀**'],
  ],
  'M-IDNO': [
    ['440000190001010006', `440${'*'.repeat(15)}`],
    ['44000019000101000X', `440${'*'.repeat(15)}`],
    ['44000019000101000x', `440${'*'.repeat(15)}`],
    ['440000000101000', `440${'*'.repeat(15)}`],
    ['440000190001010006', `440${'*'.repeat(15)}`],
    [' 440000190001010006 ', `440${'*'.repeat(15)}`],
    ['44000019000101000', ID],
    ['4400001900010100066', ID],
    ['44000019000101000Y', ID],
    ['٤٤٠٠٠٠١٩٠٠٠١٠١٠٠٠٦', ID],
    ['E00000000', ID],
    ['', ID],
  ],
  'M-IDNO-2': [
    ['440000190001010006', `44${'*'.repeat(16)}`],
    ['440000000101000', `44${'*'.repeat(16)}`],
    ['E00000000', ID],
  ],
  'M-PHONE': [
    ['13800000078', '138******78'],
    ['138 0000-0078', '138******78'],
    ['13800000078', '138******78'],
    ['+8613800000078', '*'.repeat(11)],
    ['0752-0000000', '*'.repeat(11)],
    ['1380000007', '*'.repeat(11)],
    ['', '*'.repeat(11)],
  ],
  'M-ADDR': [
    ['惠州市惠城区江北街道示范路1号', '惠州市惠城区江北街道***'],
    ['惠州市惠城区江北街道', '惠州市惠城区江北街道***'],
    ['广东省惠州市博罗县园洲镇样例村3号', '广东省惠州市博罗县园洲镇***'],
    ['中山市东区街道样例路2号', '中山市东区街道***'],
    ['中山市古镇镇样例巷', '中山市古镇镇***'],
    ['佛山市顺德区陈村镇样例路', '佛山市顺德区陈村镇***'],
    ['内蒙古自治区呼伦贝尔市鄂温克族自治旗巴彦托海镇样例路', '内蒙古自治区呼伦贝尔市鄂温克族自治旗巴彦托海镇***'],
    ['河南岸街道', '河南岸街道***'],
    ['惠州市惠城区样例路88号乡镇大厦', null],
    ['惠州市惠城区样例花园乡情居', null],
    ['惠州市惠城区样例小区三座镇中阁', null],
    ['惠州市惠城区', null],
    ['王样例的母亲住在乡', null],
    ['示范号市样例乡', null],
    ['示范路1号', null],
    ['', null],
  ],
  'M-DATE': [
    ['1964-03-02', '1964-**-**'],
    ['1964-03-02T00:00:00+08:00', '1964-**-**'],
    ['1964-03-02', '1964-**-**'],
    ['19640302', null],
    ['1964/03/02', null],
    ['1964-03', null],
    ['1964-03-02 x', null],
    ['1964-03-02T\nx', null],
    ['', null],
  ],
  'M-NO': [
    ['000000000123', '*********123'],
    ['0000000123', '*********123'],
    ['000000123', ALL],
    ['1 2 3 4 5 6 7 8 9', ALL],
    ['123456\u{200b}\u{200b}\u{200b}\u{200b}', ALL],
    ['\u{fdfa}', ALL],
    ['样例字第000123号', '*********23号'],
    ['', ALL],
  ],
  'M-CODE': [
    ['441302', '441300'],
    ['441302001', '441300'],
    ['441302001002', '441300'],
    ['441302', '441300'],
    ['4413', null],
    ['4413021', null],
    ['惠城区', null],
    ['', null],
  ],
}

/** How many characters of the input a rule lets through at most. */
const MOST: Readonly<Record<MaskRule, number>> = {
  'M-NONE': Infinity,
  'M-NULL': 0,
  'M-ALL': 0,
  'M-NAME': 2,
  'M-IDNO': 3,
  'M-IDNO-2': 2,
  'M-PHONE': 5,
  'M-ADDR': Infinity,
  'M-DATE': 4,
  'M-NO': 3,
  'M-CODE': 4,
}

/** The whole shape that a masked value can have. */
const SHAPES: Readonly<Partial<Record<MaskRule, RegExp>>> = {
  'M-ALL': /^\*{12}$/,
  'M-NAME': /^(\p{Script=Han}{1,2})?\*\*$/u,
  'M-IDNO': /^(\d{3}\*{15}|\*{18})$/,
  'M-IDNO-2': /^(\d{2}\*{16}|\*{18})$/,
  'M-PHONE': /^(1\d{2}\*{6}\d{2}|\*{11})$/,
  'M-ADDR': /^.+(街道|镇|乡|苏木)\*{3}$/u,
  'M-DATE': /^\d{4}-\*\*-\*\*$/,
  'M-NO': /^(\*{9}.{3}|\*{12})$/su,
  'M-CODE': /^\d{4}00$/,
}

describe.each(Object.entries(EXAMPLES))('%s', (rule, rows) => {
  test.each(rows)('%j → %j', (value, expected) => {
    expect(maskText(rule as MaskRule, value)).toBe(expected)
  })
})

test('every rule has examples', () => {
  expect(Object.keys(EXAMPLES).toSorted()).toEqual([...MASK_RULES].toSorted())
})

test('a township of the city keeps its name and nothing below it', () => {
  for (const { township } of PLACES) expect(maskText('M-ADDR', `${township}样例路1号`)).toBe(`${township}***`)
})

const digits = fc.stringMatching(/^[0-9]{0,20}[Xx]?$/)
const wide = digits.map((text) => text.replace(/\d/g, (one) => String.fromCodePoint(0xff10 + Number(one))))
const chinese = fc.string({ unit: fc.constantFrom(...'王欧阳司马样例甲·•市区县镇乡街道省路号村 0123-'), maxLength: 24 })
const anyText = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }), digits, wide, chinese)
const rules = MASK_RULES.filter((rule) => rule !== 'M-NONE')

describe('whatever the text', () => {
  test.each(rules)('%s never throws, and gives its own shape or null', (rule) => {
    const shape = SHAPES[rule] ?? /^$/
    fc.assert(
      fc.property(anyText, (value) => {
        const masked = maskText(rule, value)
        expect(masked === null || shape.test(masked), `${JSON.stringify(value)} → ${masked}`).toBe(true)
      }),
      { numRuns: 2_000 },
    )
  })

  test.each(rules.filter((rule) => MOST[rule] < Infinity))('%s lets no more characters through than it may', (rule) => {
    fc.assert(
      fc.property(anyText, (value) => {
        // `00` of M-CODE and the hyphens of M-DATE are the rule's own.
        const own = rule === 'M-CODE' ? /00$/ : rule === 'M-DATE' ? /[-*]/g : /\*/g
        expect([...(maskText(rule, value) ?? '').replace(own, '')].length).toBeLessThanOrEqual(MOST[rule])
      }),
      { numRuns: 2_000 },
    )
  })

  test('two values that share what is shown are masked alike: nothing else of them is told, their length neither', () => {
    const han = fc.string({ unit: fc.constantFrom(...'样例示范虚构'), minLength: 1, maxLength: 6 })
    fc.assert(
      fc.property(han, han, (a, b) => {
        expect(maskText('M-NAME', `王${a}`)).toBe(maskText('M-NAME', `王${b}`))
      }),
    )
    const tail = fc.stringMatching(/^(\d{14}[\dX]|\d{12})$/)
    fc.assert(
      fc.property(tail, tail, (a, b) => {
        expect(maskText('M-IDNO', `440${a}`)).toBe(maskText('M-IDNO', `440${b}`))
      }),
    )
    const head = fc.stringMatching(/^\d{7,60}$/)
    fc.assert(
      fc.property(head, head, (a, b) => {
        expect(maskText('M-NO', `${a}123`)).toBe(maskText('M-NO', `${b}123`))
      }),
    )
  })

  test('an address shows a beginning of itself, and no digit', () => {
    fc.assert(
      fc.property(anyText, (value) => {
        const shown = (maskText('M-ADDR', value) ?? '').replace(/\*{3}$/, '')
        expect(value.normalize('NFKC').trim().startsWith(shown)).toBe(true)
        expect(shown).not.toMatch(/[\d号栋座室]/)
      }),
      { numRuns: 3_000 },
    )
  })

  test.each(rules)('%s answers a text of 100,000 characters of any kind', (rule) => {
    for (const piece of [
      '市',
      '区',
      '镇',
      '省市区',
      '王',
      '·',
      '1',
      'X',
      '-',
      ' ',
      '\n',
      '\u{d800}',
      '𠮷',
      '*',
      '﷽',
      '街',
    ])
      expect(maskText(rule, piece.repeat(100_000)) ?? '').toHaveLength(
        (maskText(rule, piece.repeat(100_000)) ?? '').length,
      )
  })
})

describe('what a source returned', () => {
  test.each(MASK_RULES)('%s of no text shows nothing', (rule) => {
    const expected = rule === 'M-NULL' ? null : ALL
    for (const value of [0, 440000190001010000, true, false, {}, ['x'], 10n, Symbol('x')]) {
      expect(maskValue(rule, value)).toBe(expected)
    }
  })

  test('a null of L4 looks like a value that is hidden whole; elsewhere presence shows', () => {
    const blanks = MASK_RULES.map((rule) => [rule, maskValue(rule, null)])
    expect(Object.fromEntries(blanks)).toEqual({
      'M-NONE': null,
      'M-NULL': null,
      'M-NAME': null,
      'M-IDNO': ID,
      'M-IDNO-2': ID,
      'M-PHONE': null,
      'M-ADDR': null,
      'M-DATE': null,
      'M-NO': null,
      'M-CODE': null,
      'M-ALL': ALL,
    })
    for (const rule of MASK_RULES) expect(maskValue(rule, undefined)).toBe(maskValue(rule, null))
    expect(maskValue('M-IDNO', 'not a number')).toBe(maskValue('M-IDNO', null))
    expect(maskValue('M-ALL', 'any')).toBe(maskValue('M-ALL', null))
  })
})
