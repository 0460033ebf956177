import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { PLACES } from '../../../city/places.ts'
import { PRESENCE, maskText, maskValue } from '../../../gateway/project/masks.ts'
import { MASK_RULES, MASK_SETS } from '../../../gateway/vocabulary/decision.ts'
import type { MaskRule } from '../../../gateway/vocabulary/decision.ts'
import { usccCheck } from '../../../gateway/vocabulary/uscc.ts'

const ALL = '*'.repeat(12)
const ID = '*'.repeat(18)

/** Codes of nobody: division 000000. */
const ENTERPRISE = coded('91000000MA0000000')
const SOLE_TRADER = coded('92000000MA0000000')
/** Resident numbers of a division that was never assigned, whose last digit is what a credit code's would be. */
const ID_WITH_USCC_CHECK = Array.from({ length: 999 }, (_, at) =>
  coded(`51079919900101${String(at + 1).padStart(3, '0')}`),
)
  .filter((code) => /\d$/.test(code))
  .slice(0, 3)

function coded(first17: string): string {
  return first17 + String(usccCheck(first17))
}

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
  'M-EMAIL': [
    ['yangli@example.cn', 'y***@example.cn'],
    ['ｙａｎｇ＠example.cn', 'y***@example.cn'],
    ['yl@mail.example.gov.cn', 'y***@mail.example.gov.cn'],
    ['y@example.cn', ALL],
    ['@example.cn', ALL],
    ['yangli', ALL],
    ['yangli@localhost', ALL],
    ['yangli@example.cn@x.cn', ALL],
    ['样例@example.cn', ALL],
    ['yangli@13800000078.cn', ALL],
    ['yangli@-x.cn', ALL],
    ['', ALL],
  ],
  'M-LANDLINE': [
    ['0752-0000079', '0752-******79'],
    ['(0760) 0000 0079', '0760-******79'],
    ['01000000079', '010-******79'],
    ['０２１－００００００７９', '021-******79'],
    ['0100000079', ALL],
    ['0752-000007', ALL],
    ['0000079', ALL],
    ['+86-0752-0000079', ALL],
    ['0752-0000079-123', ALL],
    ['13800000078', ALL],
    ['', ALL],
  ],
  'M-CARD': [
    ['6200 0000 0000 0000 123', '************0123'],
    ['6200000000001234', '************1234'],
    ['620000000001234', ALL],
    ['62000000', ALL],
    ['44019900010100143', ALL],
    ['440199199001010016', ALL],
    ['44019919900101001', ALL],
    ['44019919900101001643', ALL],
    ['44019919900101001X', ALL],
    ['', ALL],
  ],
  'M-PLATE': [
    ['粤T00000', '粤T*****'],
    ['粤T·00000', '粤T*****'],
    ['粤td00000', '粤T*****'],
    ['粤Z0000港', '粤Z*****'],
    ['粤T0000', ALL],
    ['粤T0000000', ALL],
    ['使000001', ALL],
    ['T00000', ALL],
    ['', ALL],
  ],
  'M-PASSPORT': [
    ['E00000078', 'E******78'],
    ['ez0000078', 'E******78'],
    ['H0000000012', 'H******12'],
    ['00000078', '0******78'],
    ['19640302', ALL],
    ['440000640302000', ALL],
    ['810000196403020001', ALL],
    ['E000078', ALL],
    ['CHN440064030200', ALL],
    ['', ALL],
  ],
  'M-IP': [
    ['192.0.2.1', '192.*.*.*'],
    ['2001:db8::1', '2001:*:*:*:*:*:*:*'],
    ['2001:0DB8:0:0:0:0:0:1', '2001:*:*:*:*:*:*:*'],
    ['192.0.2', ALL],
    ['192.0.2.256', ALL],
    ['192.00.2.1', ALL],
    ['::1', ALL],
    ['2001:db8:::1', ALL],
    ['2001::db8::1', ALL],
    ['1:2:3:4:5:6:7:8:9', ALL],
    ['::ffff:192.0.2.1', ALL],
    ['样例.0.2.1', ALL],
    ['', ALL],
  ],
  'M-USCC': [
    [ENTERPRISE, ENTERPRISE],
    [` ${ENTERPRISE.toLowerCase()} `, ENTERPRISE],
    [SOLE_TRADER, `92${'*'.repeat(16)}`],
    [`${ENTERPRISE.slice(0, 17)}?`, ALL],
    [ENTERPRISE.slice(1), ALL],
    ...ID_WITH_USCC_CHECK.map((code) => [code, ALL] as const),
    ['', ALL],
  ],
  'M-AMOUNT': [
    ['0', '0-1000'],
    ['999.99', '0-1000'],
    ['1000', '1000-2000'],
    ['4999.99', '2000-5000'],
    ['８６００', '5000-10000'],
    ['9999999', '5000000-10000000'],
    ['10000000', '>=10000000'],
    ['999999999999999', '>=10000000'],
    ['-1', null],
    ['1,000', null],
    ['1e9', null],
    ['约一千', null],
    ['', null],
  ],
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

/** What a null of the source gives, by what a rule declares of presence. */
const NULLS = { SHOWS: () => null, NULL: () => null, HIDES: (rule: MaskRule) => maskText(rule, '?') }

describe.each(MASK_SETS)('what a source returned, by the set %s', (set) => {
  test.each(MASK_RULES)('%s of no text shows nothing', (rule) => {
    const expected = rule === 'M-NULL' ? null : ALL
    for (const value of [0, 440000190001010000, true, false, {}, ['x'], 10n, Symbol('x')]) {
      expect(maskValue(rule, value, set)).toBe(expected)
    }
  })

  test.each(MASK_RULES)('%s of null: the blank mask where it is declared to hide presence, else null', (rule) => {
    for (const nothing of [null, undefined]) {
      expect(maskValue(rule, nothing, set)).toBe(NULLS[PRESENCE[rule]](rule))
    }
  })

  test('hidden presence looks like a value that is hidden whole', () => {
    const hiding = MASK_RULES.filter((rule) => PRESENCE[rule] === 'HIDES')
    expect(hiding).toEqual(['M-IDNO', 'M-IDNO-2', 'M-ALL', 'M-CARD', 'M-PASSPORT'])
    for (const rule of hiding) {
      expect(maskValue(rule, null, set)).toMatch(/^\*{12,18}$/)
      expect(maskValue(rule, 'no such number', set)).toBe(maskValue(rule, null, set))
    }
  })
})

/** The cells of a table's rows that begin with a rule. */
async function tableOf(heading: string): Promise<readonly (readonly [MaskRule, ...string[]])[]> {
  const page = await readFile(resolve(import.meta.dirname, '../../../docs/masking.md'), 'utf8')
  const [table = ''] = page.split(heading)[1]?.split('\n## ') ?? []
  return [...table.matchAll(/^\| `(M-[A-Z0-9-]+)` +\|(.*)\|$/gm)].map(([, rule = '', rest = '']) => [
    rule as MaskRule,
    ...rest.split('|').map((cell) => cell.trim()),
  ])
}

function quoted(cell: string | undefined): readonly string[] {
  return [...(cell ?? '').matchAll(/`([^`]+)`/g)].map(([, text = '']) => text)
}

describe('the documentation', () => {
  test('says of each rule what it declares of presence', async () => {
    const rows = (await tableOf('## The rule set `strict`')).map((cells) => [cells[0], cells.at(-1)])
    const declared = MASK_RULES.map((rule) => [rule, PRESENCE[rule] === 'HIDES' ? 'the mask' : 'null'])
    expect(Object.fromEntries(rows)).toEqual(Object.fromEntries(declared))
  })

  test.each([
    ['strict', 2, 19],
    ['hutool', 2, 9],
  ] as const)('shows what the set %s does', async (set, column, count) => {
    const rows = (await tableOf(`## The rule set \`${set}\``)).filter((cells) => cells[column + 1] !== '–')
    expect(rows).toHaveLength(count)
    for (const cells of rows) {
      const [values, masked] = [quoted(cells[column]), quoted(cells[column + 1])]
      expect(values.length).toBeGreaterThan(0)
      for (const [at, value] of values.entries())
        expect(maskText(cells[0], value, set)).toBe(masked[at] ?? masked[0] ?? null)
    }
  })
})
