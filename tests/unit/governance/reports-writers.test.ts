import { text } from 'node:stream/consumers'
import { describe, expect, test } from 'vitest'
import { fromBufferPromise } from 'yauzl'
import { chartSvg } from '../../../gateway/governance/reports/chart.ts'
import { periodText } from '../../../gateway/governance/reports/citizen-document.ts'
import { field, reportCsv } from '../../../gateway/governance/reports/csv.ts'
import { cssText } from '../../../gateway/governance/reports/page-style.ts'
import { reportPage } from '../../../gateway/governance/reports/page.ts'
import type { Cell, IssuedReport } from '../../../gateway/governance/reports/report.ts'
import { writeReport } from '../../../gateway/governance/reports/write.ts'

/* A report as CSV, workbook, page and JSON: every text is a text, whatever stands in it. */

const words = (text: string) => ({ zh: text, en: `en ${text}` })
const EVIL = `<script>alert(1)</script>"'&</style>`

function report(rows: readonly (readonly Cell[])[], title = '明细'): IssuedReport {
  return {
    document: {
      kind: 'provider',
      title: words('报告'),
      subject: words('对象'),
      facts: [{ label: words('期间'), value: words(EVIL) }],
      figures: [{ label: words('次数'), value: 3 }],
      sections: [
        {
          name: 'rows',
          title: words(title),
          lead: words('引言'),
          charts: [{ kind: 'BARS', title: words('图'), values: [{ label: words(EVIL), value: 2 }] }],
          table: {
            columns: [
              { title: words('甲'), kind: 'text', width: 10 },
              { title: words('乙'), kind: 'number', width: 5 },
            ],
            rows,
          },
          empty: words('没有'),
        },
      ],
      notes: [words('说明一')],
      data: { rows: rows.length },
    },
    issue: {
      reference: 'rp_0000000000000000000000000A',
      by: 'DA-0007',
      reason: EVIL,
      at: Date.parse('2026-11-23T02:00:00Z'),
      city: words('某市'),
      regime: 'zhongshan',
    },
  }
}

const ROWS: readonly (readonly Cell[])[] = [
  ['=HYPERLINK("http://x","y")', 1],
  [{ marks: [{ tone: 'MASKED', text: words('姓名') }] }, 2.5],
  [{ lines: [words('一'), words('二')] }, null],
]

describe('CSV', () => {
  test.each([
    ['=1+1', "'=1+1"],
    ['+1', "'+1"],
    ['-1', "'-1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['＝1+1', "'＝1+1"],
    ['  =1', `'  =1`],
    ['\tx', `"'\tx"`.replaceAll('"', '')],
    ['1-1', '1-1'],
    ['a,b', '"a,b"'],
    ['a"b', '"a""b"'],
    ['a\nb', '"a\nb"'],
  ])('%j is written as %j', (text, written) => {
    expect(field(text)).toBe(written)
  })

  test('is read by spreadsheets: mark, lines, who made it, tables', () => {
    const text = reportCsv(report(ROWS), 'zh-CN')
    expect(text.startsWith('\uFEFF报告\r\n')).toBe(true)
    expect(text).toContain('报告编号,rp_0000000000000000000000000A\r\n')
    expect(text).toContain(`甲,乙\r\n"'=HYPERLINK(""http://x"",""y"")",1\r\n姓名 (已脱敏),2.5\r\n一；二,\r\n`)
    expect(reportCsv(report([]), 'en')).toContain('en 没有')
  })
})

async function membersOf(bytes: Uint8Array): Promise<ReadonlyMap<string, string>> {
  const members = new Map<string, string>()
  const zip = await fromBufferPromise(Buffer.from(bytes))
  for await (const entry of zip.eachEntry()) {
    members.set(entry.fileName, await text(await zip.openReadStreamPromise(entry)))
  }
  return members
}

describe('a workbook', () => {
  test('holds no formula, and numbers as numbers', async () => {
    const members = await membersOf(await writeReport(report(ROWS), 'xlsx', 'zh-CN'))
    const all = [...members.values()].join('\n')
    expect([...members.keys()]).toEqual(expect.arrayContaining(['xl/workbook.xml', 'xl/worksheets/sheet2.xml']))
    expect(all).not.toMatch(/<f[ >]/)
    expect(members.get('xl/worksheets/sheet2.xml')).toContain('<v>2.5</v>')
    expect(all).toContain('=HYPERLINK(')
    expect(all).toContain('rp_0000000000000000000000000A')
  })

  test('takes names that a sheet may not have, and characters that XML does not know', async () => {
    const odd = report([['a\u0000b\uFFFEc\uD800', 1]], `a/b:[c]*?'${'长'.repeat(40)}`)
    const members = await membersOf(await writeReport(odd, 'xlsx', 'zh-CN'))
    const [, name = ''] =
      /<sheet [^>]*name="([^"]*)"[^>]*r:id="[^"]*2"/.exec(members.get('xl/workbook.xml') ?? '') ?? []
    expect([...name].length).toBeLessThanOrEqual(31)
    expect(name).not.toMatch(/[\\/?*[\]:']/)
    expect([...members.values()].join('')).not.toMatch(/(?![\t\n\r])\p{Cc}|[\uFFFE\uD800]/u)
  })
})

describe('a page', () => {
  test('escapes every text, and brings its own policy', () => {
    const page = reportPage(report(ROWS), 'zh-CN')
    expect(page).not.toContain('<script')
    expect(page.match(/<\/style>/g)).toHaveLength(1)
    expect(page).toContain('&lt;script&gt;')
    expect(page).toMatch(
      /content="default-src 'none'; style-src 'sha256-[A-Za-z0-9+/=]{44}'; base-uri 'none'; form-action 'none'"/,
    )
    expect(page).not.toMatch(/ style=|<img|<link|<iframe| (src|href|on\w+)=/)
    expect(page).toContain('<html lang="zh-CN">')
    expect(reportPage(report(ROWS), 'en')).toContain('Report number')
  })

  test('says so where there is nothing', () => {
    const empty = report([])
    const document = { ...empty.document, sections: empty.document.sections.map((one) => ({ ...one, charts: [] })) }
    expect(reportPage({ ...empty, document }, 'zh-CN')).toContain('<p class="empty">没有</p>')
  })

  test('a text of the printed margin cannot end its quotes', () => {
    expect(cssText(`a"b\\c\n</style>`)).toBe('"a\\22 b\\5c c\\a \\3c /style\\3e "')
  })
})

describe('a chart', () => {
  const bars = (values: readonly number[]) =>
    chartSvg(
      { kind: 'BARS', title: words('图'), values: values.map((value, at) => ({ label: words(String(at)), value })) },
      'zh-CN',
    )
  const heights = (svg: string): readonly number[] =>
    [...svg.matchAll(/<rect [^>]*height="([\d.]+)"/g)].map(([, height]) => Number(height))

  test('draws columns in proportion, none higher than its room', () => {
    const [first = 0, second = 0] = heights(bars([10, 5]))
    expect(first).toBeCloseTo(second * 2, 1)
    for (const values of [[1], [0, 0], [99_999, 1], Array.from({ length: 40 }, (_, at) => at * 7)])
      expect(Math.max(...heights(bars(values)))).toBeLessThanOrEqual(176)
  })

  test('of a ranking names the largest, and puts the others together', () => {
    const values = Array.from({ length: 12 }, (_, at) => ({ label: words(`部门${at}`), value: at }))
    const svg = chartSvg({ kind: 'SHARES', title: words('图'), values }, 'zh-CN')
    expect(svg).toContain('部门11')
    expect(svg).not.toContain('>部门2<')
    expect(svg).toContain('>其他<')
    expect(svg).toContain('6 · 9%')
  })
})

test('JSON says who made it and holds the data', async () => {
  const text = Buffer.from(await writeReport(report(ROWS), 'json', 'zh-CN')).toString('utf8')
  expect(JSON.parse(text)).toMatchObject({
    kind: 'provider',
    report: { reference: 'rp_0000000000000000000000000A', by: 'DA-0007', at: '2026-11-23T02:00:00.000Z' },
    data: { rows: 3 },
  })
})

test('a period ends with the day before its end; one from the epoch on is the whole record', () => {
  const until = Date.parse('2026-11-23T00:00:00+08:00')
  expect(periodText({ since: Date.parse('2026-11-01T00:00:00+08:00'), until }).en).toBe('2026-11-01 to 2026-11-22')
  expect(periodText({ since: 0, until }).en).toBe('all that is recorded until 2026-11-22')
})
