import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ATTRIBUTE_KINDS } from '../../../gateway/catalog/attributes.ts'
import type { AttributeKind } from '../../../gateway/catalog/attributes.ts'
import { attributeForm } from '../../../gateway/verify/attribute-form.ts'
import { CODE_LISTS } from '../../../gateway/verify/code-lists.ts'
import { NO_LABELS } from '../../../gateway/verify/labels.ts'
import type { Labels } from '../../../gateway/verify/labels.ts'
import { foldSpelling } from '../../../gateway/verify/fold.ts'

const SEX: Labels = new Map(
  (CODE_LISTS.get('GB/T 2261.1') ?? []).flatMap(([code, ...words]) =>
    [code, ...words].map((word) => [foldSpelling(word), code] as const),
  ),
)
const form = (kind: AttributeKind, value: string, labels = NO_LABELS) => attributeForm(kind, value, labels)

describe('what two sources hold is the same', () => {
  it.each<[AttributeKind, string, string]>([
    ['NAME', '阿依古丽·买买提', '阿依古丽.买买提'],
    ['NAME', '欧阳 静怡', '欧阳静怡'],
    ['NAME', 'ＳＡＭＰＬＥ　MARIA', 'sample maria'],
    ['ID_NUMBER', '442090850615028', '44209019850615028X'],
    ['ID_NUMBER', '４４２０９０１９８５０６１５０２８ｘ', '44209019850615028X'],
    ['DATE', '1964-03-02', '19640302'],
    ['DATE', '1964-03-02', '1964年3月2日'],
    ['TEXT', '中山市示范电子第1有限公司', '中山市示范电子第１有限公司'],
    ['ADDRESS_TOWNSHIP', '中山市石岐街道', '广东省中山市石岐街道演示大道28号'],
    ['ADDRESS_TOWNSHIP', '石岐街道', '中山市石岐街道样例路1号3栋'],
    ['ADDRESS_TOWNSHIP', '惠州市惠城区江北街道', '广东省惠州市惠城区江北街道样例路1号'],
    ['ADDRESS_TOWNSHIP', '中山市小榄镇', '广东省中山市小榄镇升平路1号'],
    ['LIFE_STATUS', '2024-05-02', 'DECEASED'],
  ])('as %s: %s and %s', (kind, one, other) => {
    expect(form(kind, one)).not.toBeNull()
    expect(form(kind, one)).toBe(form(kind, other))
  })

  it('in a code list, by code and by any of its words', () => {
    expect(form('CODE', '女性', SEX)).toBe(form('CODE', '2', SEX))
  })
})

describe('what two sources hold differs', () => {
  it.each<[AttributeKind, string, string]>([
    ['NAME', '何桂兰', '何贵兰'],
    ['DATE', '1979-07-01', '1979-01-07'],
    ['DATE', '1964-03-02', '不详'],
    ['TEXT', '石岐街道1号', '石岐街道11号'],
    ['ADDRESS_TOWNSHIP', '中山市石岐街道', '中山市东区街道'],
    ['LIFE_STATUS', '2024-05-02', 'NORMAL'],
  ])('as %s: %s and %s', (kind, one, other) => {
    expect(form(kind, one)).not.toBe(form(kind, other))
  })
})

describe('what says nothing is compared with nothing', () => {
  it.each<[AttributeKind, string, Labels]>([
    ['CODE', '9', SEX],
    ['CODE', '0', SEX],
    ['ADDRESS_TOWNSHIP', '样例路1号3栋', NO_LABELS],
    ['LIFE_STATUS', 'CANCELLED', NO_LABELS],
    ['LIFE_STATUS', 'MOVED_OUT', NO_LABELS],
    ['TEXT', ' ', NO_LABELS],
  ])('as %s: %s', (kind, value, labels) => {
    expect(attributeForm(kind, value, labels)).toBeNull()
  })
})

it('has one form for each text, and that form is its own', () => {
  const again = (kind: AttributeKind, text: string): boolean => {
    const once = form(kind, text)
    return once === null || form(kind, once) === once
  }
  const kinds = ATTRIBUTE_KINDS.filter((kind) => kind !== 'LIFE_STATUS')
  const checked = fc.check(fc.property(fc.constantFrom(...kinds), fc.string({ unit: 'binary' }), again), {
    numRuns: 2_000,
  })
  expect(checked.counterexample).toBeNull()
})
