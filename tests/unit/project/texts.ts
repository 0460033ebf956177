import fc from 'fast-check'
import { checkDigit } from '../../../gateway/vocabulary/id-number.ts'
import { usccCheck } from '../../../gateway/vocabulary/uscc.ts'

/** Digits as full-width characters. */
function wide(text: string): string {
  return text.replace(/[0-9A-Za-z]/g, (one) => String.fromCharCode(one.charCodeAt(0) + 0xfee0))
}

const digits = fc.stringMatching(/^[0-9]{0,20}[Xx]?$/)
const chinese = fc.string({
  unit: fc.constantFrom(...'王欧阳司马样例甲·•市区县镇乡街道省路号村栋十三 0123-'),
  maxLength: 24,
})
/** UTF-16 units of any kind, so that surrogates stand alone too. */
const units = fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 24 }).map((all) => String.fromCharCode(...all))
const combined = fc.string({
  unit: fc.constantFrom('e\u{301}', '王\u{e0100}', '样', '1\u{20e3}', '\u{200d}', '👩‍👧'),
  maxLength: 8,
})

/** Values of each kind of rule; of nobody. */
const SAMPLES = [
  '王样例',
  '买买提·样例',
  '440199199001010016',
  '440199900101001',
  '13800000078',
  '0752-0000079',
  '01000000079',
  '6200000000000000123',
  '11011111222233333256',
  '粤T00000',
  '粤TD00000',
  'E00000078',
  'H0000000012',
  'yangli@example.cn',
  '192.0.2.1',
  '2001:db8::1',
  `91000000MA0000000${usccCheck('91000000MA0000000')}`,
  `92000000MA0000000${usccCheck('92000000MA0000000')}`,
  '1964-03-02',
  '441302001',
  '8600.50',
  '惠州市惠城区江北街道示范路1号',
  '北京市海淀区马连洼街道289号',
]

/** A sample with some characters changed, left out or put in: nearly right is where a rule errs. */
const nearly = fc
  .tuple(
    fc.constantFrom(...SAMPLES),
    fc.array(fc.tuple(fc.nat(), fc.constantFrom('', '0', '9', 'X', ' ', '*', '样', '\u{200b}', '-', '@', '.', '﷽')), {
      maxLength: 3,
    }),
    fc.boolean(),
  )
  .map(([sample, edits, full]) => {
    const characters = [...sample]
    for (const [at, piece] of edits) characters[at % characters.length] = piece
    return full ? wide(characters.join('')) : characters.join('')
  })

/** Any text at all, and texts that are nearly right. */
export const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
  units,
  combined,
  digits,
  digits.map(wide),
  chinese,
  { arbitrary: nearly, weight: 4 },
)

/** As `anyText`, with more that is an address. */
export const anyAddress = fc.oneof(
  anyText,
  fc.tuple(fc.constantFrom('惠州市', '广东省惠州市惠城区', '中山市', ''), chinese).map((parts) => parts.join('')),
)

const FIRST = Date.UTC(1926, 0, 1)
const day = fc.integer({ min: 0, max: 36_000 }).map((days) => new Date(FIRST + days * 86_400_000).toISOString())
const birth = day.map((text) => text.slice(0, 10).replaceAll('-', ''))

/** Ways in which a number stands in a value. */
const FORMS: readonly ((number: string) => string)[] = [
  (number) => number,
  (number) => number.toLowerCase(),
  wide,
  (number) => ` ${number} `,
  (number) => `${number}@example.cn`,
  (number) => `yangli@${number}.cn`,
  (number) => `惠州市惠城区${number}`,
  (number) => `王${number}`,
  (number) => `${number}43`,
  (number) => number.slice(0, 17),
]

/**
 * A resident number in some form, and the same with another birth date: the same division, sequence and last
 * character, of 18 digits or of 15. A division that was never assigned, so nobody's.
 */
export const anyIdNumber = fc
  .tuple(birth, birth, fc.integer({ min: 1, max: 999 }), fc.constantFrom(...FORMS), fc.boolean())
  .map(([one, other, count, form, old]) => {
    const sequence = String(count).padStart(3, '0')
    const first17 = `440199${one}${sequence}`
    const number = first17 + checkDigit(first17)
    const of = (date: string): string =>
      form(old ? `440199${date.slice(2)}${sequence}` : `440199${date}${sequence}${number.slice(17)}`)
    return { number, one: of(one), other: of(other) }
  })
