import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { maskText, maskValue } from '../../../gateway/project/masks.ts'
import { MASK_RULES, MASK_SETS } from '../../../gateway/vocabulary/decision.ts'
import type { MaskRule, MaskSet } from '../../../gateway/vocabulary/decision.ts'
import { checkDigit } from '../../../gateway/vocabulary/id-number.ts'
import { anyAddress, anyIdNumber, anyText } from './texts.ts'

type Masking = Exclude<MaskRule, 'M-NONE'>

/** What each rule may give and nothing else: its whole shape, and how many characters of the value it holds. */
interface Bound {
  readonly shape: RegExp
  /** Characters of the value; null where the shape alone bounds them. */
  readonly most: number | null
  /** The rule's own characters, beside asterisks. */
  readonly own?: RegExp
}

const STRICT: Readonly<Record<Masking, Bound>> = {
  'M-NULL': { shape: /^$/, most: 0 },
  'M-ALL': { shape: /^\*{12}$/, most: 0 },
  'M-NAME': { shape: /^(\p{Script=Han}{1,2})?\*\*$/u, most: 2 },
  'M-IDNO': { shape: /^(\d{3}\*{15}|\*{18})$/, most: 3 },
  'M-IDNO-2': { shape: /^(\d{2}\*{16}|\*{18})$/, most: 2 },
  'M-PHONE': { shape: /^(1\d{2}\*{6}\d{2}|\*{11})$/, most: 5 },
  'M-ADDR': { shape: /^[^\d号栋座室]+(街道|镇|乡|苏木)\*{3}$/u, most: null },
  'M-DATE': { shape: /^\d{4}-\*\*-\*\*$/, most: 4, own: /-/g },
  'M-NO': { shape: /^(\*{9}.{3}|\*{12})$/su, most: 3 },
  'M-CODE': { shape: /^\d{4}00$/, most: 4, own: /00$/g },
  'M-EMAIL': { shape: /^([A-Za-z0-9]\*{3}@[A-Za-z0-9.-]{3,100}|\*{12})$/, most: null },
  'M-LANDLINE': { shape: /^(0\d{2,3}-\*{6}\d{2}|\*{12})$/, most: 6, own: /-/g },
  'M-CARD': { shape: /^\*{12}(\d{4})?$/, most: 4 },
  'M-PLATE': { shape: /^(\p{Script=Han}[A-Z]\*{5}|\*{12})$/u, most: 2 },
  'M-PASSPORT': { shape: /^([A-Z0-9]\*{6}[A-Z0-9]{2}|\*{12})$/, most: 3 },
  'M-IP': { shape: /^(\d{1,3}(\.\*){3}|[\da-f]{1,4}(:\*){7}|\*{12})$/, most: 4, own: /[.:]/g },
  'M-USCC': { shape: /^(?!92.{15}[^*])([0-9A-Z]{18}|92\*{16}|\*{12})$/, most: null },
  'M-AMOUNT': { shape: /^(0-1000|[125]0{3,6}-[125]0{3,7}|>=10000000)$/, most: null },
}

const BOUNDS: Readonly<Record<MaskSet, Readonly<Record<Masking, Bound>>>> = {
  strict: STRICT,
  hutool: {
    ...STRICT,
    'M-NAME': { shape: /^(\p{L}\*{1,29}|\*\*)$/u, most: 1 },
    'M-IDNO': { shape: /^(\d\*{15}\d[\dX]|\d\*{12}\d\d|\*{18})$/, most: 3 },
    'M-PHONE': { shape: /^(1\d{2}\*{4}\d{4}|\*{11})$/, most: 7 },
    'M-LANDLINE': { shape: /^(0\d{3}\*{5,6}\d{2}|\*{12})$/, most: 6 },
    'M-ADDR': { shape: /^[^\p{N}号栋座室]*\*{8}$/u, most: null },
    'M-EMAIL': { shape: /^([A-Za-z0-9]\*{1,63}@[A-Za-z0-9.-]{3,100}|\*{12})$/, most: null },
    'M-CARD': { shape: /^(\d{4}( \*{4}){2,3} \d{1,4}|\*{12})$/, most: 8, own: / /g },
    'M-PLATE': { shape: /^(\p{Script=Han}[A-Z][A-Z0-9]\*{3,4}[A-Z0-9挂学警港澳]|\*{12})$/u, most: 4 },
  },
}

const MASKING = MASK_RULES.filter((rule) => rule !== 'M-NONE')
const CASES = MASK_SETS.flatMap((set) => MASKING.map((rule) => [set, rule] as const))

/** The characters of a mask that are not asterisks. */
function visible(masked: string | null): readonly string[] {
  return [...(masked ?? '')].filter((one) => one !== '*')
}

function isSubsequence(part: readonly string[], whole: readonly string[]): boolean {
  let at = 0
  for (const one of whole) if (one === part[at]) at += 1
  return at === part.length
}

describe.each(CASES)('%s %s, whatever the text', (set, rule) => {
  const { shape, most, own } = BOUNDS[set][rule]

  test('gives its own shape or null, and no more of the value than it may', () => {
    fc.assert(
      fc.property(anyText, (value) => {
        const masked = maskText(rule, value, set)
        expect(masked === null || shape.test(masked), `${JSON.stringify(value)} → ${masked}`).toBe(true)
        const shown = visible((masked ?? '').replace(own ?? '', ''))
        expect(shown.length).toBeLessThanOrEqual(most ?? Infinity)
      }),
      { numRuns: 3_000 },
    )
  })

  test('masking the mask tells no more', () => {
    fc.assert(
      fc.property(anyText, (value) => {
        const once = maskText(rule, value, set)
        const twice = once === null ? null : maskText(rule, once, set)
        expect(isSubsequence(visible(twice), visible(once)), `${once} → ${twice}`).toBe(true)
      }),
      { numRuns: 1_000 },
    )
  })

  test('never tells a digit of the birth date in a resident number', () => {
    fc.assert(
      fc.property(anyIdNumber, ({ one, other }) => {
        expect(maskText(rule, one, set), `${one} or ${other}`).toBe(maskText(rule, other, set))
      }),
      { numRuns: 1_000 },
    )
  })

  test('answers anything that is no text, and never throws', () => {
    fc.assert(
      fc.property(fc.anything({ withBigInt: true, withDate: true, withNullPrototype: true }), (value) => {
        const masked = maskValue(rule, typeof value === 'string' ? 1 : value, set)
        expect(masked === null || /^\*+$/.test(masked)).toBe(true)
      }),
    )
  })

  test('a very long text is hidden whole', () => {
    const blank = maskText(rule, '?', set)
    for (const piece of ['市', '王', '1', 'X', '-', '\u{d800}', '𠮷', '*', '﷽', 'a@'])
      expect(maskText(rule, piece.repeat(100_000), set)).toBe(blank)
  })
})

/** What a regular expression could stumble over, at every rule's own kind of text. */
const PIECES = [
  '市',
  '区',
  '街道',
  '镇乡',
  '省市区',
  '王·',
  '1',
  '1X',
  '-',
  ' ',
  '\n',
  '0752-',
  'a.',
  'a@',
  '1:',
  '::',
  '4401991990',
]

test('takes time in proportion to the text: 100,000 texts of 10,000 characters, and 30,000 as long as is looked at', () => {
  const long = PIECES.map((piece) => piece.repeat(10_000).slice(0, 10_000))
  const longest = PIECES.map((piece) => piece.repeat(256).slice(0, 256))
  const rounds = (texts: readonly string[], count: number) => {
    for (let run = 0; run < count; run += 1) {
      const [set, rule] = CASES[run % CASES.length] ?? ['strict', 'M-ALL']
      maskText(rule, texts[run % texts.length] ?? '', set)
    }
  }
  expect(() => rounds(long, 100_000)).not.toThrow()
  expect(() => rounds(longest, 30_000)).not.toThrow()
})

/** Rule, and two texts that agree in what the rule shows, at any length of the rest. */
const HIDDEN_LENGTHS: readonly (readonly [MaskRule, RegExp, (hidden: string) => string])[] = [
  ['M-NAME', /^[样例示范虚构]{1,6}$/, (hidden) => `王${hidden}`],
  ['M-IDNO', /^(\d{14}[\dX]|\d{12})$/, (hidden) => `440${hidden}`],
  ['M-NO', /^\d{7,60}$/, (hidden) => `${hidden}123`],
  ['M-PLATE', /^[A-Z0-9]{5,6}$/, (hidden) => `粤T${hidden}`],
  ['M-CARD', /^62000000(\d{4}|\d{6}|\d{7})$/, (hidden) => `${hidden}0123`],
  ['M-LANDLINE', /^\d{5,6}$/, (hidden) => `0752-${hidden}79`],
  ['M-EMAIL', /^[a-z]{1,60}$/, (hidden) => `y${hidden}@example.cn`],
]

test.each(HIDDEN_LENGTHS)('%s of strict tells nothing of what it hides, its length neither', (rule, pattern, of) => {
  fc.assert(
    fc.property(fc.stringMatching(pattern), fc.stringMatching(pattern), (one, other) => {
      const masked = maskText(rule, of(one))
      expect(masked).toBe(maskText(rule, of(other)))
      expect(visible(masked).length).toBeGreaterThan(0)
    }),
  )
})

describe('an address', () => {
  test('shows a beginning of itself, and no digit (strict)', () => {
    fc.assert(
      fc.property(anyAddress, (value) => {
        const shown = (maskText('M-ADDR', value) ?? '').replace(/\*{3}$/, '')
        expect(value.normalize('NFKC').trim().startsWith(shown)).toBe(true)
      }),
      { numRuns: 3_000 },
    )
  })

  test('hides its last eight characters at least, blanks and invisible ones not counted (hutool)', () => {
    fc.assert(
      fc.property(anyAddress, (value) => {
        const shown = (maskText('M-ADDR', value, 'hutool') ?? '').replace(/\*{8}$/, '')
        const characters = [...value.normalize('NFKC').replace(/[\p{C}\p{Z}]/gu, '')]
        expect(characters.slice(0, -8).join('').startsWith(shown)).toBe(true)
      }),
      { numRuns: 3_000 },
    )
  })
})

test('the numbers of these tests are well formed, and belong to a division that was never assigned', () => {
  fc.assert(
    fc.property(anyIdNumber, ({ number }) => {
      expect(number.startsWith('440199')).toBe(true)
      expect(checkDigit(number)).toBe(number[17])
    }),
  )
})
