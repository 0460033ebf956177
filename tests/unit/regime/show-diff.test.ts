import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { columns } from '../../../gateway/cli/box.ts'
import { alignRows, wrapColumns } from '../../../gateway/cli/columns.ts'
import { emptyFolder, gongxiang } from '../cli/run.ts'
import { copyOfSchema, shipped } from './profiles.ts'

let folder: string
beforeAll(async () => {
  folder = await emptyFolder()
})

/** The lines of a table that begin with a key, and those that go on below it. */
function rowOf(out: string, key: string): string {
  const lines = out.split('\n')
  const first = lines.findIndex((line) => line.replace(/^≠/, ' ').trimStart().startsWith(`${key} `))
  const next = lines.findIndex(
    (line, at) => at > first && /^(≠| )? *[A-Za-z]+(\.[A-Za-z]|\s|$)/.test(line.slice(0, 44)),
  )
  return lines.slice(first, next).join('\n')
}

describe('gongxiang regime show', () => {
  test('prints value, clause and quote of the configured regime', async () => {
    const { code, out, err } = await gongxiang(folder, ['regime', 'show'])
    expect([code, err]).toEqual([0, ''])
    expect(out).toMatch(/^zhongshan\n/)
    const quote = '「提出核实、比对需求的,政务数据提供部门应当予以配合」'
    expect(out).toMatch(new RegExp(`^verification\\.notShared +不予类核实比对 +true +ZS-4\\.09 +${quote}$`, 'm'))
    expect(out).toMatch(/^access\.agreement +安全保密协议 +—$/m)
    expect(out).toMatch(/^access\.conditional\.deliveryDeadline .* 5 WD +ZS-4\.08 /m)
    const { out: other } = await gongxiang(folder, ['regime', 'show'], { GONGXIANG_REGIME: 'huizhou' })
    expect(other).toMatch(/^huizhou\n/)
  })

  test('marks what the text itself does not say, and a text that is not complete', async () => {
    const { out: fushun } = await gongxiang(folder, ['regime', 'show', 'fushun'])
    expect(fushun).toMatch(/^access\.unconditional\.applicationNeeded +\S+ +false\* +FS-18\.3 /m)
    const { out: nantong } = await gongxiang(folder, ['regime', 'show', 'nantong'])
    expect(nantong).toMatch(/^regime\.titleZh +名称 +\S+细则\+ +NT-36 /m)
    expect(fushun).toContain('* configured')
    const { out: zhejiang } = await gongxiang(folder, ['regime', 'show', 'zhejiang'])
    expect(zhejiang.split('\n')[0]).toContain('文本不完整')
  })

  test('keeps its columns straight under characters of double width', async () => {
    const { out } = await gongxiang(folder, ['regime', 'show', 'zhongshan'])
    const starts = out.split('\n').flatMap((line) => {
      const before = /^(.*?  )(?:ZS-\d\.\d\d\S*) +「/.exec(line)?.[1]
      return before === undefined ? [] : [columns(before)]
    })
    expect(starts.length).toBeGreaterThan(70)
    expect(new Set(starts).size).toBe(1)
  })

  test('--json prints the profile', async () => {
    const { code, out } = await gongxiang(folder, ['regime', 'show', 'national', '--json'])
    expect(code).toBe(0)
    expect(JSON.parse(out)).toEqual(shipped('national'))
  })

  test('--clause prints the full text of one clause, of whatever regime', async () => {
    const { out } = await gongxiang(folder, ['regime', 'show', '--clause', 'ZS-4.08'])
    expect(out).toMatch(/^属于有条件共享类的政务数据,.*径行提供政务数据。\n$/)
    const { out: json } = await gongxiang(folder, ['regime', 'show', '--clause', 'HZ-5.5(2)', '--json'])
    const told = JSON.parse(json) as { clause: string; text: string }
    expect(told.clause).toBe('HZ-5.5(2)')
    expect(told.text).toMatch(/^\(二\)目标导向/)
  })

  test.each([
    [['show', 'atlantis'], 'there is no regime atlantis'],
    [['show', '../regimes/zhongshan'], 'there is no regime'],
    [['show', '--clause', 'ZS-4.99'], 'the regulation of zhongshan has no clause ZS-4.99'],
    [['show', '--clause', 'article 4'], 'article 4 is no clause ID'],
    [['diff', 'zhongshan', 'atlantis'], 'there is no regime atlantis'],
  ])('%j says what is wrong', async (words, says) => {
    const { code, out, err } = await gongxiang(folder, ['regime', ...words])
    expect([code, out]).toEqual([1, ''])
    expect(err).toContain(`gongxiang: ${says}`)
    expect(err).not.toContain('    at ')
  })

  test('a profile with faults is told with file, line and column, all at once', async () => {
    const schema = copyOfSchema()
    const file = join(schema, 'regimes/nantong.yaml')
    const text = await readFile(file, 'utf8')
    await writeFile(file, text.replace("'否则取消授权'", "'否则保留授权'").replace("'通知整改,", "'通知整顿,"))
    const { code, err } = await gongxiang(folder, ['regime', 'show', 'nantong'], { GONGXIANG_SCHEMA_DIRECTORY: schema })
    expect(code).toBe(1)
    expect(err.trim().split('\n')).toEqual([
      expect.stringMatching(
        /nantong\.yaml:\d+:\d+: .*revokeOnNoAccessControl\.quote: these words are not in NT-28\.3$/,
      ),
      expect.stringMatching(
        /nantong\.yaml:\d+:\d+: parameters\.rectification\.quote: these words are not in NT-33\.1$/,
      ),
    ])
  })
})

describe('gongxiang regime diff', () => {
  test('prints two regimes side by side and marks what differs', async () => {
    const { code, out } = await gongxiang(folder, ['regime', 'diff', 'zhongshan', 'huizhou'])
    expect(code).toBe(0)
    expect(out).toMatch(
      /^≠ {2}access\.unconditional\.applicationNeeded +无条件类须申请 +false +ZS-4\.07 +true +HZ-44\.1$/m,
    )
    expect(out).toMatch(/^≠ {2}access\.agreement +安全保密协议 +— +true +HZ-48$/m)
    // The same value by another clause is no difference.
    expect(out).toMatch(/^ {3}access\.conditional\.decider +有条件类决定者 +PROVIDER +ZS-4\.08 +PROVIDER +HZ-45$/m)
    expect(rowOf(out, 'classes.notShared.basisRanks')).toContain('GOVERNMENT_RULE')
    const marked = out.split('\n').filter((line) => line.startsWith('≠  ')).length
    expect(out).toContain(`${marked} of 109 differ`)
  })

  test('a regime does not differ from itself', async () => {
    const { out } = await gongxiang(folder, ['regime', 'diff', 'nantong', 'nantong'])
    expect(out).toContain('0 of 109 differ')
    expect(out.split('\n').filter((line) => line.startsWith('≠'))).toEqual([])
  })

  test('--json prints every parameter with both sides', async () => {
    const { out } = await gongxiang(folder, ['regime', 'diff', 'zhejiang', 'national', '--json'])
    const told = JSON.parse(out) as { parameters: readonly { key: string; differs: boolean }[] }
    expect(told).toMatchObject({ a: 'zhejiang', b: 'national' })
    expect(told.parameters).toHaveLength(109)
    expect(told.parameters.find(({ key }) => key === 'access.secondaryUse')).toEqual({
      key: 'access.secondaryUse',
      label: '其他用途',
      differs: true,
      a: shipped('zhejiang').parameters['access.secondaryUse'],
      b: shipped('national').parameters['access.secondaryUse'],
    })
  })
})

describe('columns of text', () => {
  test('break at a space where there is one, else between characters, and lose nothing', () => {
    expect(wrapColumns('LAW, ADMIN_REGULATION', 16)).toEqual(['LAW,', 'ADMIN_REGULATION'])
    expect(wrapColumns('政务数据共享', 5)).toEqual(['政务', '数据', '共享'])
    expect(wrapColumns('政务', 1)).toEqual(['政', '务'])
    expect(wrapColumns('', 4)).toEqual([''])
    const text = '可提供给相关政务部门使用 or DEPARTMENTS'
    for (const width of [3, 7, 12, 30]) {
      const lines = wrapColumns(text, width)
      expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''))
      for (const line of lines) expect(columns(line)).toBeLessThanOrEqual(width)
    }
  })

  test('are as wide as their widest cell, and no wider than they may be', () => {
    const rows = [
      ['共享', 'a', 'x'],
      ['b', '一二三四', 'y'],
    ]
    expect(alignRows(rows, [9, 4, 9])).toEqual(['共享  a     x', 'b     一二  y', '      三四'])
  })
})
