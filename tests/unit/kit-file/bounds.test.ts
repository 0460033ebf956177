import { Readable } from 'node:stream'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { inEnglish } from '../../../subgraphs/kit/drop/problem.ts'
import { mergesOf } from '../../../subgraphs/kit/xlsx/headings.ts'
import { ask, HEADINGS, rawWorkbook, row, testFolder } from './folder.ts'
import type { TestFolder } from './folder.ts'

const HEAD = [...HEADINGS]
const MOST_COLUMNS = 16_384
const LONGEST = 32_767

const inline = (text: string): string => `<c t="inlineStr"><is><t>${text}</t></is></c>`
const line = (cells: readonly string[]): string => `<row>${cells.map(inline).join('')}</row>`
const sheet = (...rows: readonly string[]): string => `<sheetData>${rows.join('')}</sheetData>`
const runs = (count: number, text = 'x'): string => `<r><t>${text}</t></r>`.repeat(count)
const named = (name: string): string => `<row>${name}${row<string>().slice(1).map(inline).join('')}</row>`
const shared = (text: string, index = 0) =>
  [sheet(line(HEAD), named(`<c t="s"><v>${index}</v></c>`)), `<si>${text}</si>`] as const

const empty = (count: number, reference = ''): string => `<c${reference}/>`.repeat(count)
const head = (more: string): string => `<row>${HEAD.map(inline).join('')}${more}</row>`
const rowsAnd = (more: string): string => sheet(line(HEAD), line(row()), more)
const withName = (name: string): string => sheet(line(HEAD), named(`<c t="inlineStr"><is>${name}</is></c>`))
const NOT_XLSX = inEnglish({ kind: 'NOT_XLSX', at: {} })
const TOO_LARGE = inEnglish({ kind: 'TOO_LARGE', at: {} })

describe('what no sheet of Excel can have', () => {
  let folder: TestFolder
  beforeEach(async () => {
    folder = await testFolder()
  })
  afterEach(() => folder.close())

  async function dropped(xml: string, strings?: string) {
    await folder.drop('xkz_20261101.xlsx', await rawWorkbook(folder, xml, strings), { rows: 1 })
    return folder.open()
  }

  const good: readonly (readonly [name: string, xml: string, strings: string | undefined])[] = [
    ['the last column', sheet(head('<c r="XFD1" t="str"><v>x</v></c>'), line(row())), undefined],
    ['as many cells as there are columns', rowsAnd(`<row>${empty(MOST_COLUMNS)}</row>`), undefined],
    ['the last row', rowsAnd('<row r="1048576"/>'), undefined],
    ['the longest shared text', ...shared(runs(LONGEST))],
    ['a shared text that fits but for its escapes', ...shared(runs(LONGEST, '_x000D_'))],
    ['the longest text of a cell', withName(runs(LONGEST)), undefined],
  ]
  test.each(good)('begins behind %s', async (_, xml, strings) => {
    const source = await dropped(xml, strings)
    expect(folder.rejected).toEqual([])
    expect((await ask(source, ['区划'])).rows).toEqual([{ 区划: '442000' }])
  })

  const bad: readonly (readonly [name: string, reason: string, xml: string, strings: string | undefined])[] = [
    ['a column behind the last', NOT_XLSX, sheet(head('<c r="XFE1" t="str"><v>x</v></c>'), line(row())), undefined],
    ['a column of many letters', NOT_XLSX, rowsAnd('<row><c r="ZZZZZ1" t="str"><v>x</v></c></row>'), undefined],
    ['a column without letters', NOT_XLSX, rowsAnd('<row><c r="1"/></row>'), undefined],
    ['one cell more than columns', NOT_XLSX, rowsAnd(`<row>${empty(MOST_COLUMNS + 1)}</row>`), undefined],
    ['one more of the same', NOT_XLSX, rowsAnd(`<row>${empty(MOST_COLUMNS + 1, ' r="A3"')}</row>`), undefined],
    ['a row behind the last', NOT_XLSX, rowsAnd('<row r="1048577"/>'), undefined],
    ['one behind it without a number', NOT_XLSX, rowsAnd('<row r="1048576"/><row/>'), undefined],
    ['a row that is no number', NOT_XLSX, rowsAnd('<row r="x"/>'), undefined],
    ['a longer shared text', TOO_LARGE, ...shared(runs(LONGEST + 1))],
    ['one that is too long for all its escapes', TOO_LARGE, ...shared(runs(LONGEST + 1, '_x000D_'))],
    ['a longer text of a cell', TOO_LARGE, withName(runs(LONGEST + 1)), undefined],
    // Never closed, so that they are refused while they grow, or else as no XML.
    ['a text without end', TOO_LARGE, `<sheetData><row><c t="inlineStr"><is>${runs(LONGEST * 7 + 1)}`, undefined],
    ['a shared text without end', TOO_LARGE, rowsAnd(''), `<si>${runs(LONGEST * 7 + 1)}`],
  ]
  test.each(bad)('is %s', async (_, reason, xml, strings) => {
    await dropped(xml, strings)
    expect(folder.rejected.map((one) => one.reason)).toEqual([reason])
  })

  test('shared texts of many characters are served from the work folder', async () => {
    const long = `<t>${'x'.repeat(30_000)}</t>`
    const strings = Array.from({ length: 300 }, () => `<si>${long}</si>`).join('')
    const xml = sheet(line(HEAD), named('<c t="s"><v>301</v></c>'))
    const content = await rawWorkbook(folder, xml, `${strings}<si><t>甲</t></si><si><t>乙</t></si>`)
    await folder.drop('xkz_20261101.xlsx', content, { rows: 1 })
    expect((await ask(await folder.open())).rows).toEqual([{ 姓名: '乙' }])
  })
})

describe('merged cells', () => {
  const merges = (list: string, last = 2) =>
    mergesOf(Readable.from([Buffer.from(`<mergeCells>${list}</mergeCells>`)]), last)

  test('are those of the headings', async () => {
    const found = await merges('<mergeCell ref="A1:B1"/><x:mergeCell a="b" ref="C1:C2"/><mergeCell ref="A3:B9"/>')
    expect(found).toEqual([
      { fromRow: 1, toRow: 1, fromColumn: 0, toColumn: 1 },
      { fromRow: 1, toRow: 2, fromColumn: 2, toColumn: 2 },
    ])
  })

  test('are looked for inside of their own tag alone', async () => {
    expect(await merges('<mergeCell <x ref="A1:B1"/>')).toEqual([])
    // Each of these once led through all that follows.
    expect(await merges('<mergeCell '.repeat(300_000))).toEqual([])
  })

  test.each([
    ['in a column that no sheet has', '<mergeCell ref="A1:ZZZZZ1"/>', 'NOT_XLSX'],
    ['in a row that no sheet has', '<mergeCell ref="A1:A1048577"/>', 'NOT_XLSX'],
    ['of any number', '<mergeCell ref="A1:B1"/>'.repeat(2001), 'TOO_LARGE'],
  ])('%s are refused', async (_, list, kind) => {
    await expect(merges(list)).rejects.toMatchObject({ problem: { kind } })
  })
})
