import fc from 'fast-check'
import iconv from 'iconv-lite'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { text } from '../../../subgraphs/kit/decode.ts'
import type { FileDropSource } from '../../../subgraphs/kit/drop/file.ts'
import type { Register } from '../../../subgraphs/kit/register.ts'
import { dateText } from '../../../subgraphs/kit/xlsx/cell.ts'
import { isDateFormat } from '../../../subgraphs/kit/xlsx/workbook.ts'
import { ask, csv, GOOD, HEADINGS, KEY, NUMBER, OLD_NUMBER, permits, row, sha256, testFolder } from './folder.ts'
import type { TestFolder } from './folder.ts'

const HEAD = [...HEADINGS]
/** Whatever is written is served: two texts by a number of one's own. */
const notes: Register = {
  type: 'Note',
  at: 'xkz',
  rows: 'MANY',
  key: { documentType: { kind: 'CONSTANT', value: 'OTHER' }, number: 'id', oldNumbers: false },
  fields: { one: text('甲'), other: text('乙') },
}

/** Characters of all kinds that texts have; what an encoding cannot hold is left out by its own test. */
const character = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...'中山市虚构,"\'\n;=+-_x000D_<>&#·,。 ab09') },
  { weight: 1, arbitrary: fc.constantFrom('\r\n', '\t', '𫖯', '㐀', 'é', '\u00A0', '_x005F_', '䶮') },
)
const value = fc.array(character, { maxLength: 12 }).map((parts) => parts.join(''))
const rows = fc.array(fc.tuple(value, value), { minLength: 1, maxLength: 30 })

describe('rows of a file', () => {
  let folder: TestFolder
  beforeEach(async () => {
    folder = await testFolder()
  })
  afterEach(() => folder.close())

  async function served(source: FileDropSource, count: number) {
    const keys = Array.from(
      { length: count },
      (_, at) => ({ idDocumentType: 'OTHER', idDocumentNumber: `N${at}` }) as const,
    )
    const { rows: found } = await source.fetch({
      register: notes,
      columns: ['id', '甲', '乙'],
      keys,
      signal: undefined,
    })
    return found.map((one) => [one['id'], one['甲'], one['乙']])
  }
  const numbered = (all: readonly (readonly [string, string])[]) =>
    all.map(([one, other], at) => [`N${at}`, one, other])

  test.each(['utf-8', 'utf-8-bom', 'gb18030', 'gbk', 'xlsx', 'xlsx of 1904'])(
    'are served as they were written: %s',
    async (format) => {
      const source = await folder.open({ registers: [notes] })
      let day = Date.UTC(2000, 0, 1)
      await fc.assert(
        fc.asyncProperty(rows, async (all) => {
          const version = new Date(day).toISOString().slice(0, 10).replaceAll('-', '')
          day += 86_400_000
          const encoding = format.startsWith('xlsx') ? 'utf-8' : format.replace('-bom', '')
          const held = numbered(all).map((cells) =>
            cells.map((cell) => iconv.decode(iconv.encode(cell, encoding), encoding)),
          )
          const written = [['id', '甲', '乙'], ...held]
          const manifest = format === 'gbk' ? { encoding: 'GBK' } : {}
          if (format.startsWith('xlsx')) {
            const from1904 = format.endsWith('1904')
            await folder.dropXlsx(version, [{ name: '表', rows: written }], {}, { from1904 })
          } else await folder.dropCsv(version, written, manifest, format)
          await source.refresh()
          expect(folder.rejected).toEqual([])
          expect(await served(source, all.length)).toEqual(held)
        }),
        { numRuns: 60 },
      )
    },
  )

  test('are found under the number of today, where the file has that of before 1999', async () => {
    await folder.dropCsv('20261101', [HEAD, row({ 证件号码: ` ${OLD_NUMBER}` })])
    expect((await ask(await folder.open(), ['证件号码'])).rows).toEqual([{ 证件号码: OLD_NUMBER }])
  })

  test.each(['\r\n', '\n', '\r'])('end with %j, blank ones and those of commas alone left out', async (end) => {
    const content = `${csv([HEAD], end)}${end}${csv([row(), HEAD.map(() => '')], end)}${end}${end}`
    await folder.drop('xkz_20261101.csv', iconv.encode(content, 'gb18030'), { rows: 1 })
    expect((await ask(await folder.open(), ['姓名', '区划'])).rows).toEqual([{ 姓名: '司马𫖯', 区划: '442000' }])
  })

  test('have the declared columns alone: what no list shares is not even stored', async () => {
    await folder.dropXlsx('20261101', [{ name: '表', rows: [HEAD, row()] }])
    expect((await ask(await folder.open(), ['证件号码', '联系电话'])).rows).toEqual([
      { 证件号码: NUMBER, 联系电话: undefined },
    ])
  })

  test.each([false, true])('of a workbook: figures, dates, formulas, empty cells; from 1904: %s', async (from1904) => {
    const cells = row<string | number | { day: string } | { formula: string; value: string }>({
      姓名: { formula: 'A9', value: '司马𫖯' },
      发证日期: { day: '2024-02-29' },
      区划: 442_000,
    })
    await folder.dropXlsx(
      '20261101',
      [{ name: '表', rows: [HEAD, [], cells, [null, null]] }],
      { rows: 1 },
      { from1904 },
    )
    const { rows: found } = await ask(await folder.open(), ['姓名', '发证日期', '区划'])
    expect(found).toEqual([{ 姓名: '司马𫖯', 发证日期: '2024-02-29', 区划: '442000' }])
  })

  test('of a figure of 15 digits are people with a number of before 1999', async () => {
    await folder.dropXlsx('20261101', [
      { name: '表', rows: [HEAD, row<string | number>({ 证件号码: Number(OLD_NUMBER) })] },
    ])
    expect((await ask(await folder.open())).rows).toEqual([{ 姓名: '司马𫖯' }])
  })

  test('come from the sheet that is named, under headings in two rows below a title', async () => {
    const sheet = {
      name: '名册',
      merges: ['A1:F1', 'A2:A3', 'B2:C2', 'D2:D3', 'E2:E3'],
      rows: [
        ['某年名册'],
        ['姓 名', '证件', null, '发证\n日期', '区划', '联系'],
        [null, '类型', '号码', null, null, '电话'],
        row<string>(),
      ],
    }
    const others = [
      { name: '说明', rows: [['看名册']] },
      { name: '草稿', hidden: true, rows: [['无']] },
    ]
    const columns = { '证件/类型': '证件类型', '证件/号码': '证件号码' }
    const table = { register: permits, sheet: '名册', titleRows: 1, headerRows: 2, columns }
    await folder.dropXlsx('20261101', [...others, sheet], { rows: { 名册: 1 } })
    const source = await folder.open({ registers: [], drops: [{ prefix: 'xkz', tables: [table] }] })
    expect((await ask(source, ['姓名', '证件类型', '发证日期'])).rows).toEqual([
      { 姓名: '司马𫖯', 证件类型: GOOD.证件类型, 发证日期: GOOD.发证日期 },
    ])
  })

  test('are counted in groups, and listed in the order of a column', async () => {
    const all = Array.from({ length: 25 }, (_, at) =>
      row({ 证件类型: '护照', 证件号码: `E${String(at).padStart(3, '0')}`, 区划: at % 3 === 0 ? '442000' : '441302' }),
    )
    await folder.dropCsv('20261101', [HEAD, ...all])
    const tables = [{ register: permits, indexed: ['证件号码'] }]
    const source = await folder.open({ registers: [], drops: [{ prefix: 'xkz', tables }] })
    const count = { register: permits, columns: ['区划'], conditions: [], most: 10, signal: undefined }
    const groups = [
      { row: { 区划: '442000' }, count: 9 },
      { row: { 区划: '441302' }, count: 16 },
    ]
    expect(await source.count?.(count)).toMatchObject({ groups })
    const some = { ...count, columns: [], conditions: [{ column: '区划', values: ['441302'] }] }
    expect(await source.count?.(some)).toMatchObject({ groups: [{ row: {}, count: 16 }] })
    expect((await source.count?.({ ...count, columns: ['证件号码'] }))?.groups).toHaveLength(10)
    const page = { register: permits, columns: ['证件号码'], order: '证件号码', after: 'E003', limit: 2 }
    const conditions = [{ column: '区划', values: ['442000'] }]
    expect(await source.list?.({ ...page, conditions })).toMatchObject({
      rows: [{ 证件号码: 'E006' }, { 证件号码: 'E009' }],
    })
  })

  test('are read of a file without a manifest once its checksum fits, or it has been left alone', async () => {
    const content = iconv.encode(csv([HEAD, row()]), 'gb18030')
    await folder.write('xkz_20261101.csv', content)
    let now = Date.now()
    const clock = { now: () => now, monotonic: () => now }
    const source = await folder.open({ clock, settle: 10_000 })
    await expect(ask(source)).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE' })
    await folder.write('xkz_20261101.csv.ok', '')
    now = Date.now() + 9_000
    await source.refresh()
    await expect(ask(source)).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE' })
    now += 10_000
    await source.refresh()
    expect((await ask(source)).asOf).toBe('2026-11-01T00:00:00+08:00')
    await folder.write('xkz_20261201.csv', content)
    await folder.write('xkz_20261201.csv.sha256', `${sha256(content).toUpperCase()}  xkz_20261201.csv\n`)
    await source.refresh()
    expect((await ask(source)).asOf).toBe('2026-12-01T00:00:00+08:00')
    await folder.write('xkz_20270101.csv', content)
    await folder.write('xkz_20270101.csv.sha256', sha256('another'))
    await source.refresh()
    expect(folder.rejected.map(({ reason }) => reason)).toEqual(['The checksum (SHA-256) differs'])
    expect(KEY).toBeDefined()
  })
})

describe('a day of a workbook', () => {
  test.each([
    [1, false, '1900-01-01'],
    [59, false, '1900-02-28'],
    [60, false, null],
    [61, false, '1900-03-01'],
    [45_351, false, '2024-02-29'],
    [0, true, '1904-01-01'],
    [43_889, true, '2024-02-29'],
    [45_351.5, false, '2024-02-29 12:00:00'],
    [45_351.999_999_99, false, '2024-03-01'],
    [0, false, null],
    [-1, true, '1903-12-31'],
    [2_958_465, false, '9999-12-31'],
    [2_958_467, false, null],
  ])('%d, from 1904 on: %s, is %s', (serial, from1904, day) => {
    expect(dateText(serial, from1904)).toBe(day)
  })

  test.each([
    ['yyyy"年"m"月"d"日"', true],
    ['[$-804]yyyy/m/d;@', true],
    ['mm:ss', false],
    ['0.00"days"', false],
    ['General', false],
    ['#,##0;[Red]-#,##0', false],
    ['\\d0', false],
  ])('has a format such as %s: %s', (format, is) => {
    expect(isDateFormat(format)).toBe(is)
  })
})
