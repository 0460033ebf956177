import { readdir, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import iconv from 'iconv-lite'
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { PROBLEM_KINDS } from '../../../subgraphs/kit/drop/problem.ts'
import type { ProblemKind } from '../../../subgraphs/kit/drop/problem.ts'
import { inEnglish } from '../../../subgraphs/kit/drop/problem.ts'
import {
  ask,
  awards,
  csv,
  GOOD,
  HEADINGS,
  NUMBER,
  OLD_NUMBER,
  permits,
  rawWorkbook,
  row,
  testFolder,
} from './folder.ts'
import type { TestFolder } from './folder.ts'

const HEAD = [...HEADINGS]

/** What is dropped, what is wrong with it, and where; the place in the words of the log. */
interface Bad {
  readonly name: string
  readonly kind: ProblemKind
  readonly at?: string
  readonly drop: (folder: TestFolder) => Promise<void>
}

const csvRows = (...rows: readonly (readonly string[])[]) => [HEAD, ...rows]
const badCsv = (
  name: string,
  kind: ProblemKind,
  rows: readonly (readonly string[])[],
  { at = '', manifest = {}, encoding = 'gb18030' } = {},
): Bad => ({ name, kind, at, drop: (folder) => folder.dropCsv('20261201', rows, manifest, encoding) })
const badSheet = (name: string, kind: ProblemKind, changes: Parameters<typeof row>[0], at: string): Bad => ({
  name,
  kind,
  at,
  drop: (folder) => folder.dropXlsx('20261201', [{ name: '表', rows: [HEAD, row(changes as never)] }]),
})
const raw = (name: string, kind: ProblemKind, file: string, content: Buffer, at = ''): Bad => ({
  name,
  kind,
  at,
  drop: (folder) => folder.drop(file, content, { rows: 1 }),
})

const BAD: readonly Bad[] = [
  badCsv('another checksum', 'CHECKSUM', csvRows(row()), { manifest: { sha256: '0'.repeat(64) } }),
  badCsv('another number of rows', 'ROW_COUNT', csvRows(row()), { manifest: { rows: 2 } }),
  badCsv('a missing column', 'COLUMN_MISSING', [HEAD.map((one) => (one === '发证日期' ? '日期' : one)), row()], {
    at: 'column 发证日期',
  }),
  badCsv('a column twice', 'COLUMN_TWICE', [HEAD.map((one) => (one === '联系电话' ? '姓名' : one)), row()]),
  badCsv('a person twice', 'DUPLICATE', csvRows(row(), row()), { at: 'row 3' }),
  badCsv('a person under both numbers', 'DUPLICATE', csvRows(row(), row({ 证件号码: OLD_NUMBER })), { at: 'row 3' }),
  badCsv('a row without a number', 'NO_SUBJECT', csvRows(row({ 证件号码: '' })), { at: 'row 2' }),
  badCsv('an unknown kind of document', 'NO_SUBJECT', csvRows(row({ 证件类型: '军官证' })), { at: 'row 2' }),
  badCsv('a line of totals', 'NO_SUBJECT', csvRows(row(), ['合计', '', '', '', '', '1']), { at: 'row 3' }),
  badCsv('a date that is none', 'UNREADABLE', csvRows(row({ 发证日期: '2021年2月30日' })), {
    at: 'row 2, column 发证日期',
  }),
  badCsv('a code without its zeros', 'LEADING_ZEROS', csvRows(row({ 区划: '4200' })), { at: 'row 2, column 区划' }),
  badCsv('a number with an exponent', 'SCIENTIFIC', csvRows(row({ 证件号码: '4.4209E+17' })), {
    at: 'row 2, column 证件号码',
  }),
  badCsv('a number whose end is gone', 'NUMBER_RUINED', csvRows(row({ 证件号码: '442090198506150000' }))),
  badCsv('a torn line', 'TORN', csvRows(row(), ['王']), { at: 'row 3' }),
  badCsv('text in another encoding than the declared', 'ENCODING_INVALID', csvRows(row()), {
    manifest: { encoding: 'UTF-8' },
  }),
  badCsv('UTF-8 declared as GBK', 'ENCODING_INVALID', csvRows(row()), {
    manifest: { encoding: 'GBK' },
    encoding: 'utf-8-bom',
  }),
  badCsv('text that was damaged before', 'ENCODING_INVALID', csvRows(row({ 姓名: '锟斤拷' }))),
  badCsv('replacement characters', 'ENCODING_INVALID', csvRows(row({ 姓名: '司\uFFFD' })), { encoding: 'utf-8' }),
  badCsv('a data date that is none', 'DATA_DATE', csvRows(row()), { manifest: { dataDate: '2026-13-01' } }),
  badCsv('a manifest that points elsewhere', 'FILE_MISSING', csvRows(row()), {
    manifest: { file: '../../etc/passwd' },
  }),
  badCsv('a manifest of another shape', 'MANIFEST_SHAPE', csvRows(row()), { manifest: { rows: 'many' } }),
  raw('bytes of no encoding', 'ENCODING_INVALID', 'xkz_20261201.csv', Buffer.from([0x41, 0xff, 0xff, 0x0a])),
  raw('UTF-16', 'ENCODING_INVALID', 'xkz_20261201.csv', iconv.encode(csv([HEAD, row()]), 'utf-16', { addBOM: true })),
  raw('a character cut off at the end', 'ENCODING_INVALID', 'xkz_20261201.csv', Buffer.from([0x41, 0x2c, 0xd6])),
  raw(
    'a quote that never ends',
    'NOT_CSV',
    'xkz_20261201.csv',
    iconv.encode(`${HEAD.join(',')}\r\n"${row().join(',')}\r\n`, 'gb18030'),
  ),
  raw(
    'a cell without end',
    'TOO_LARGE',
    'xkz_20261201.csv',
    iconv.encode(`${HEAD.join(',')}\r\n"${'虚'.repeat(1_000_001)}\r\n`, 'gb18030'),
  ),
  raw('something else than a workbook', 'NOT_XLSX', 'xkz_20261201.xlsx', Buffer.from('PK\x03\x04 and no more')),
  raw(
    'an old or locked workbook',
    'ENCRYPTED',
    'xkz_20261201.xlsx',
    Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]),
  ),
  badSheet(
    'a number stored as a figure',
    'NUMBER_RUINED',
    { 证件号码: 442_090_198_506_150_272 },
    'column 证件号码, cell C2',
  ),
  badSheet('an exponent in a text', 'SCIENTIFIC', { 证件号码: '4.42E+17' }, 'cell C2'),
  badSheet('a shorter figure as a number', 'NUMBER_AS_FIGURE', { 证件号码: 44_209_019_850 }, 'cell C2'),
  badSheet('a date made of a text', 'DATE_IN_TEXT', { 姓名: { day: '2011-05-01' } }, 'cell A2'),
  badSheet('a day that was none', 'DATE_IMPOSSIBLE', { 发证日期: { day: '1890-01-01' } }, 'cell D2'),
  badSheet('a formula without a value', 'FORMULA_EMPTY', { 姓名: { formula: 'B1', value: null } }, 'cell A2'),
  {
    name: 'an error in a cell',
    kind: 'CELL_ERROR',
    at: 'cell A2',
    drop: async (folder) => folder.drop('xkz_20261201.xlsx', await sheetOf(folder, ERROR_ROW), { rows: 1 }),
  },
  {
    name: 'a missing sheet',
    kind: 'SHEET_MISSING',
    drop: (folder) => folder.dropXlsx('20261201', []),
  },
  {
    name: 'a hidden sheet',
    kind: 'SHEET_HIDDEN',
    at: 'sheet 名册',
    drop: (folder) => folder.dropXlsx('20261201', [{ name: '名册', hidden: true, rows: [HEAD, row()] }]),
  },
  {
    name: 'several sheets',
    kind: 'SHEET_AMBIGUOUS',
    drop: (folder) =>
      folder.dropXlsx(
        '20261201',
        ['一', '二'].map((name) => ({ name, rows: [HEAD, row()] })),
      ),
  },
  {
    name: 'no rows, and nobody who says so',
    kind: 'NO_ROWS',
    async drop(folder) {
      const content = iconv.encode(csv([HEAD]), 'gb18030')
      await folder.write('xkz_20261201.csv', content)
      await folder.write('xkz_20261201.csv.ok', '')
    },
  },
  {
    name: 'a marker without a checksum',
    kind: 'MARKER_SHAPE',
    async drop(folder) {
      await folder.write('xkz_20261201.csv', iconv.encode(csv([HEAD, row()]), 'gb18030'))
      await folder.write('xkz_20261201.csv.sha256', 'yes')
    },
  },
  {
    name: 'an older data date',
    kind: 'OLDER',
    drop: (folder) => folder.dropCsv('20261201', [HEAD, row()], { dataDate: '2026-10-31' }),
  },
  {
    name: 'a folder in the place of the file',
    kind: 'FILE_UNREADABLE',
    drop: (folder) => folder.drop('xkz_20261201.csv', Buffer.from(''), { file: '.', rows: 0 }),
  },
]

const ERROR_ROW = HEAD.map((_, at) =>
  at === 0 ? '<c r="A2" t="e"><v>#N/A</v></c>' : `<c t="inlineStr"><is><t>${row<string>()[at] ?? ''}</t></is></c>`,
).join('')

/** A workbook of one sheet whose second row is given as it is. */
async function sheetOf(folder: TestFolder, second: string): Promise<Buffer> {
  const head = HEAD.map((heading) => `<c t="inlineStr"><is><t>${heading}</t></is></c>`).join('')
  return rawWorkbook(folder, `<sheetData><row>${head}</row><row>${second}</row></sheetData>`)
}

describe('a bad file', () => {
  let folder: TestFolder
  const planted = new Set<ProblemKind>(['FILE_CHANGED', 'REPEATED', 'ENCODING_AMBIGUOUS', 'WORK_FULL'])
  beforeEach(async () => {
    folder = await testFolder()
  })
  afterEach(() => folder.close())
  afterAll(() => {
    // Every reason there is, planted here or in a test of its own.
    expect([...planted].toSorted()).toEqual(PROBLEM_KINDS.toSorted())
  })

  test.each(BAD)(
    'with $name is not taken, the version before stays, and a clerk is told (HZ-10.3)',
    async ({ kind, at = '', drop, name }) => {
      await folder.dropCsv('20261101', [HEAD, row()])
      const sheet = name === 'a hidden sheet' ? { drops: [NAMED], registers: [] } : {}
      const source = await folder.open({ ...sheet, settle: 0 })
      await drop(folder)
      await source.refresh()
      expect(await ask(source)).toEqual({ rows: [{ 姓名: '司马𫖯' }], asOf: '2026-11-01T00:00:00+08:00' })
      expect(folder.rejected.map(({ manifest }) => manifest.startsWith('xkz_20261201'))).toEqual([true])
      const { reason = '', report = null } = folder.rejected[0] ?? {}
      expect(reason).toContain(inEnglish({ kind, at: {} }).replace(/ \(.*$/, ''))
      expect(reason).toContain(at)
      planted.add(kind)
      const [written, health] = [await folder.report(), await source.health()]
      expect(report).not.toBeNull()
      expect(written).toContain('20261101')
      expect(/[\u4E00-\u9FFF]/.test(written) && written.includes('→')).toBe(true)
      for (const told of [written, JSON.stringify(folder.rejected), health.detail ?? '']) {
        for (const value of [NUMBER, OLD_NUMBER, GOOD.姓名, GOOD.联系电话]) expect(told).not.toContain(value)
      }
      expect([health.ok, (health.detail ?? '').includes(reason)]).toEqual([true, true])
      // Told once, and not again at each look.
      await source.refresh()
      expect(folder.rejected).toHaveLength(1)
    },
  )

  const NAMED = { prefix: 'xkz', tables: [{ register: permits, sheet: '名册' }] }

  test('is reported with all that is wrong, up to a hundred places, and none of it is served', async () => {
    const rows = Array.from({ length: 150 }, () => row({ 发证日期: '昨天', 区划: '42' }))
    await folder.dropCsv('20261101', [HEAD, ...rows])
    const source = await folder.open()
    await expect(ask(source)).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE' })
    expect(folder.rejected).toMatchObject([{ rows: 150, badRows: 150, sha256: expect.any(String) as string }])
    const report = await folder.report()
    expect(report).toMatch(/^100\. /m)
    expect(report).not.toMatch(/^101\. /m)
    expect(report).toContain('row 2, column 发证日期')
    expect(report).not.toContain('昨天')
  })

  test('that says one certificate twice is refused where a register has several rows a person', async () => {
    const drops = [{ prefix: 'xkz', tables: [{ register: awards, unique: ['证件号码', '发证日期'] }] }]
    await folder.dropCsv('20261101', [HEAD, row(), row({ 发证日期: '2022/1/1' })])
    const source = await folder.open({ drops, registers: [] })
    expect((await ask(source, ['发证日期'], awards)).rows).toHaveLength(2)
    await folder.dropCsv('20261201', [HEAD, row(), row()])
    await source.refresh()
    expect(folder.rejected.map(({ reason }) => reason)).toEqual([
      'A number that must be unique is there twice (first in row 2): row 3',
    ])
  })

  test('that can be read in two ways is refused, unless its headings or somebody tells', async () => {
    const ascii = {
      ...permits,
      key: { ...permits.key, documentType: { kind: 'CONSTANT', value: 'RESIDENT_ID' } as const, number: 'id' },
      fields: { name: permits.fields['name'] ?? never() },
    }
    const table = { register: ascii, columns: { name: '姓名' } }
    // The two characters are others in GBK, and their bytes are good UTF-8 too.
    const content = Buffer.concat([
      Buffer.from(`name,id\r\n`),
      iconv.encode('小魔', 'gbk'),
      Buffer.from(`,${NUMBER}\r\n`),
    ])
    expect(content.toString('utf8')).not.toContain('\uFFFD')
    await folder.drop('xkz_20261101.csv', content, { rows: 1 })
    const source = await folder.open({ drops: [{ prefix: 'xkz', tables: [table] }], registers: [] })
    expect(folder.rejected.map(({ reason }) => reason)).toEqual([inEnglish({ kind: 'ENCODING_AMBIGUOUS', at: {} })])
    await folder.drop('xkz_20261101.csv', content, { rows: 1, encoding: 'GBK' })
    await source.refresh()
    expect((await ask(source, ['姓名'], ascii)).rows).toEqual([{ 姓名: '小魔' }])
  })

  test('that changes while it is read is not taken', async () => {
    const rows = Array.from({ length: 40_000 }, (_, at) => row({ 证件类型: '护照', 证件号码: `E${at}` }))
    const source = await folder.open()
    await folder.dropCsv('20261201', [HEAD, ...rows])
    const looking = source.refresh()
    for (let at = 0; at < 20; at += 1) {
      await new Promise((resume) => setImmediate(resume))
      await utimes(join(folder.folder, 'xkz_20261201.csv'), at, at)
    }
    await looking
    expect(folder.rejected.map(({ reason }) => reason)).toEqual([inEnglish({ kind: 'FILE_CHANGED', at: {} })])
  })

  test('leaves a report for this user alone, and nothing in the department’s folder', async () => {
    await folder.dropCsv('20261101', [HEAD, row({ 区划: '1' })])
    const before = await readdir(folder.folder)
    await folder.open()
    expect(await readdir(folder.folder)).toEqual(before)
    const [name = ''] = await readdir(join(folder.work, 'quarantine'))
    expect(name).toMatch(/^xkz_20261101\.manifest\.json\.[0-9a-f]{8}\.txt$/)
    expect((await stat(join(folder.work, 'quarantine', name))).mode & 0o777).toBe(0o600)
    expect((await stat(folder.work)).mode & 0o777).toBe(0o700)
  })
})

function never(): never {
  throw new Error('a field of the register is missing')
}
