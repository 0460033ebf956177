import { describe, expect, test } from 'vitest'
import { maskText } from '../../../gateway/project/masks.ts'
import { MASK_RULES } from '../../../gateway/vocabulary/decision.ts'
import type { MaskRule } from '../../../gateway/vocabulary/decision.ts'

const ALL = '*'.repeat(12)
const ID = '*'.repeat(18)
const PHONE = '*'.repeat(11)
const DOOR = '*'.repeat(8)

/** The rows of hutool's own documentation of DesensitizedUtil, which are nobody's data. */
const KNOWN: readonly (readonly [MaskRule, string, string])[] = [
  ['M-NAME', '段正淳', '段**'],
  ['M-IDNO', '51343620000320711X', '5***************1X'],
  ['M-LANDLINE', '09157518479', '0915*****79'],
  ['M-PHONE', '18049531999', '180****1999'],
  ['M-ADDR', '北京市海淀区马连洼街道289号', '北京市海淀区马********'],
  ['M-EMAIL', 'duandazhi-jack@gmail.com.cn', 'd*************@gmail.com.cn'],
  ['M-PLATE', '苏D40000', '苏D4***0'],
  ['M-PLATE', '陕A12345D', '陕A1****D'],
  ['M-CARD', '11011111222233333256', '1101 **** **** **** 3256'],
  ['M-IP', '192.168.1.1', '192.*.*.*'],
  ['M-IP', '2001:0db8:86a3:08d3:1319:8a2e:0370:7344', '2001:*:*:*:*:*:*:*'],
]

test.each(KNOWN)('%s %s → %s, as departments know it', (rule, value, expected) => {
  expect(maskText(rule, value, 'hutool')).toBe(expected)
})

/** Values that hutool returns as they came, or nearly so. */
const CLOSED: readonly (readonly [MaskRule, string, string])[] = [
  ['M-NAME', '段', '**'],
  ['M-NAME', '示1', '**'],
  ['M-NAME', '1', '**'],
  ['M-NAME', '\u{301}样', '**'],
  ['M-NAME', '样'.repeat(31), '**'],
  ['M-IDNO', 'E00', ID],
  ['M-IDNO', 'E00000000', ID],
  ['M-IDNO', '123', ID],
  ['M-PHONE', '110', PHONE],
  ['M-PHONE', '123456', PHONE],
  ['M-PHONE', '0752-0000079', PHONE],
  ['M-PHONE', '+8613800000078', PHONE],
  ['M-LANDLINE', '12345', ALL],
  ['M-LANDLINE', '0752', ALL],
  ['M-LANDLINE', '13800000078', ALL],
  ['M-ADDR', '惠州市惠城区江北街道289号        ', '惠州市惠城区********'],
  [
    'M-ADDR',
    '惠州市惠城区江北街道289号\u{200b}\u{200b}\u{200b}\u{200b}\u{200b}\u{200b}\u{200b}\u{200b}',
    '惠州市惠城区********',
  ],
  ['M-ADDR', '惠州市惠城区江北街道示范路289号样例小区3栋4单元', '惠州市惠城区江北街道示范路********'],
  ['M-ADDR', '惠州市惠城区江北街道示范路十八号样例小区三栋四单元', '惠州市惠城区江北街道示范路********'],
  ['M-ADDR', '王样例的母亲和妹妹都知道他在哪里', DOOR],
  ['M-ADDR', '示范路289号', DOOR],
  ['M-EMAIL', 'yangli', ALL],
  ['M-EMAIL', 'y@example.cn', ALL],
  ['M-EMAIL', '@example.cn', ALL],
  ['M-CARD', '62000000', ALL],
  ['M-CARD', '620000001', ALL],
  ['M-CARD', '440199199001010016', ALL],
  ['M-PLATE', '京A123', ALL],
  ['M-PLATE', '粤T0000000', ALL],
  ['M-PLATE', '样例样例样例样', ALL],
  ['M-IP', '样例', ALL],
  ['M-IP', '13800000078', ALL],
]

test.each(CLOSED)('%s %j → %s: what is not plainly of the kind is hidden whole', (rule, value, expected) => {
  expect(maskText(rule, value, 'hutool')).toBe(expected)
})

/** Further values of the kind. */
const MORE: readonly (readonly [MaskRule, string, string])[] = [
  ['M-NAME', '欧阳示范', '欧***'],
  ['M-NAME', '买买提·样例', '买*****'],
  ['M-NAME', 'Sample Person', 'S***********'],
  ['M-NAME', '𠮷样', '𠮷*'],
  ['M-IDNO', '440000000101000', '4************00'],
  ['M-IDNO', '４４０１９９１９９００１０１００１ｘ', '4***************1X'],
  ['M-LANDLINE', '010-00000079', '0100*****79'],
  ['M-LANDLINE', '0752-00000079', '0752******79'],
  ['M-ADDR', '惠州市', DOOR],
  ['M-CARD', '6200 0000 0000 0000 123', '6200 **** **** **** 123'],
  ['M-CARD', '6200000000001234', '6200 **** **** 1234'],
]

test.each(MORE)('%s %s → %s', (rule, value, expected) => {
  expect(maskText(rule, value, 'hutool')).toBe(expected)
})

describe('what hutool has no format for', () => {
  const own = new Set([...KNOWN, ...CLOSED].map(([rule]) => rule))
  const values = [
    '1964-03-02',
    '441302',
    '000000000123',
    'E00000078',
    '8600',
    '91000000MA0000000',
    '440199199001010016',
  ]

  test.each(MASK_RULES.filter((rule) => !own.has(rule)))('%s is masked as in strict', (rule) => {
    for (const value of values) expect(maskText(rule, value, 'hutool')).toBe(maskText(rule, value, 'strict'))
  })
})
