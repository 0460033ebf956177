import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { clauseText, normalised, parseRegulation, wholeText } from '../../../gateway/regime/clause-text.ts'
import type { Regulation } from '../../../gateway/regime/clause-text.ts'
import { REGIMES, regimeOf } from '../../../gateway/regime/regime.ts'
import type { RegimeName } from '../../../gateway/regime/regime.ts'
import { isClause } from '../../../gateway/vocabulary/clause.ts'
import { listFiles } from '../../architecture/source.ts'
import { SCHEMA, regulationOf } from './profiles.ts'

const REGULATIONS = Object.fromEntries(REGIMES.map((name) => [name, regulationOf(name)])) as Readonly<
  Record<RegimeName, Regulation>
>

/** The text of a clause of the regulation that its ID names; `undefined` for what is no clause ID at all. */
function textOf(id: string): string | null | undefined {
  const regime = isClause(id) ? regimeOf(id) : null
  return isClause(id) && regime !== null ? clauseText(REGULATIONS[regime], id) : undefined
}

describe('the regulations', () => {
  // SHA-256 of each text as it was published, without the notices around it: title and headings, then every line,
  // stripped of indents. Taken from the sources, before anything was numbered.
  test.each([
    ['zhongshan', '918ed035678cf1e47d28d1e762a2ccb501489bef6f2d9512827853cdd5e24fbf'],
    ['huizhou', 'f2251d39df769066502b04aae8318a0a6e2acdd76e6bf7a6093b13fdc951aa32'],
    ['nantong', '526890c03d7b8a3bac3dda267db7c9aa6b48b3f64933c765ebd6a16a3f8f7792'],
    ['fushun', 'e57a91625772257ef7b910f2306ee8c37c1d9c5ea69eb04a19e4197b986004e0'],
    ['zhejiang', '27e9d5de3c7ca17ac3442f20e9aa2331f37e137a652ca5c33e33af738d6f9273'],
    ['national', '4803b1aad8a50e98071efb337b722e8c56f1eea66c1cd1ade05c9ef0507b4bc5'],
  ] as const)('%s is complete: joined, its clauses are the text again', (name, digest) => {
    expect(createHash('sha256').update(wholeText(REGULATIONS[name])).digest('hex')).toBe(digest)
  })

  test('a text that has lost a word is noticed', () => {
    const { lines } = REGULATIONS.fushun
    const shorter = { lines: lines.map((line) => ({ ...line, text: line.text.replace('不共享为例外', '') })) }
    expect(wholeText(shorter)).not.toBe(wholeText(REGULATIONS.fushun))
  })

  test.each(REGIMES)('%s is numbered as its own text counts', (name) => {
    expect(misnumbered(REGULATIONS[name])).toEqual([])
  })

  test('a line that is numbered wrongly is noticed', () => {
    const wrong = parseRegulation('# 第一章 总则\nHZ-1.1 第一条 甲\nHZ-2.2 第二条 乙\nHZ-2.1(1) (二)丙\n')
    expect(misnumbered(wrong)).toEqual(['HZ-2.2', 'HZ-2.1(1)'])
  })
})

const DIGITS = '零一二三四五六七八九'

/** A Chinese number up to 99. */
function numberOf(chinese: string): number {
  const [tens, ones] = chinese.includes('十') ? chinese.split('十') : ['零', chinese]
  return (tens === '' ? 1 : DIGITS.indexOf(tens ?? '')) * 10 + (ones === '' ? 0 : DIGITS.indexOf(ones ?? ''))
}

/** Numbers every line anew, from 第…章, 第…条 and (一) alone; returns the IDs that are not what the text says. */
function misnumbered({ lines }: Regulation): string[] {
  let [chapter, article, paragraph] = [0, 0, 0]
  const wrong: string[] = []
  for (const { id, text } of lines) {
    if (id === null) {
      if (/^第[一二三四五六七八九十]+章/.test(text)) chapter += 1
      if (lines.some((line) => line.id?.startsWith('ZS-'))) paragraph = 0
      continue
    }
    const item = paragraph > 0 ? /^\(([一二三四五六七八九十]+)\)/.exec(text)?.[1] : undefined
    const opens = /^第([一二三四五六七八九十]+)条/.exec(text)?.[1]
    if (opens !== undefined) [article, paragraph] = [numberOf(opens), 0]
    if (item === undefined) paragraph += 1
    const own = item === undefined ? '' : `(${numberOf(item)})`
    const [prefix] = id.split('-')
    const counted =
      prefix === 'ZS'
        ? `ZS-${chapter}.${String(paragraph).padStart(2, '0')}${own}`
        : prefix === 'R809'
          ? `R809-${article}`
          : `${prefix}-${article}.${paragraph}${own}`
    if (counted !== id) wrong.push(id)
  }
  return wrong
}

describe('a clause ID', () => {
  test.each([
    ['an article of one paragraph', 'HZ-48', /^第四十八条.*保密协议.*共享信息的安全。$/s],
    ['that paragraph by its number', 'HZ-48.1', /^第四十八条/],
    ['a paragraph of several', 'HZ-44.3', /^经市政府审议决定应当共享的申请/],
    ['an item of a paragraph', 'HZ-5.5(2)', /^\(二\)目标导向,按需共享。[^\n]*$/],
    ['an item of an article of one paragraph', 'HZ-9(3)', /^\(三\)编制《政务信息资源目录建设和实施指南》/],
    ['the same, by its paragraph', 'HZ-9.1(3)', /^\(三\)编制/],
    ['a list of a paragraph of its own', 'HZ-23.2', /^个人参保状况、个人社保号/],
    ['a paragraph by chapter', 'ZS-4.08', /^属于有条件共享类的政务数据[^\n]*径行提供政务数据。$/],
    ['an item of it', 'ZS-6.14(10)', /^\(十\)办理政务服务事项过程中/],
    ['an article of the decree', 'R809-21', /^第二十一条[^\n]*应当说明理由。$/],
    ['an article of Fushun', 'FS-8', /^第八条/],
    ['a paragraph of Zhejiang', 'ZJ-22.3', /^受限共享类和非共享类公共数据可以经脱敏/],
    ['an item of Nantong', 'NT-31.1(7)', /^\(七\)资源申请响应的及时性/],
  ])('of %s gives its words', (_kind, id, words) => {
    expect(textOf(id)).toMatch(words)
  })

  test('of a paragraph brings its items, of an article its paragraphs, and nothing of a neighbour', () => {
    expect(textOf('ZS-4.01')?.split('\n')).toHaveLength(4)
    expect(textOf('HZ-5')?.split('\n')).toHaveLength(10)
    expect(textOf('HZ-4')?.split('\n').at(-1)).toMatch(/^凡列入不予共享类/)
    expect(textOf('FS-1')?.split('\n')).toHaveLength(1)
    expect(textOf('ZS-6.1')).toBeNull()
  })

  test.each(['HZ-63', 'HZ-44.4', 'HZ-44(1)', 'HZ-5.5(6)', 'ZS-4', 'ZS-4.16', 'ZS-4.8', 'ZJ-30', 'R809-1', 'NT-37'])(
    '%s is in no regulation',
    (id) => expect(textOf(id)).toBeNull(),
  )

  test('every one that is cited in the schemas, the gateway, the departments and the city stands in its text', async () => {
    const cited = await citedClauses()
    expect(cited.size).toBeGreaterThan(100)
    const unknown = [...cited].filter(([id]) => textOf(id) === null).map(([id, file]) => `${file}: ${id}`)
    expect(unknown).toEqual([])
  })
})

/** A clause ID; catalogue codes such as ZS-27-01 look alike. */
const CITED = /\b(?:ZS|HZ|NT|FS|ZJ|R809)-\d+(?:\.\d+)?(?:\(\d+\))?(?![-\d])/g

/** Clauses that source, schemas and profiles name, each with the first file that does; not the regulations themselves. */
async function citedClauses(): Promise<ReadonlyMap<string, string>> {
  const root = join(SCHEMA, '..')
  const cited = new Map<string, string>()
  for (const folder of ['schema', 'gateway', 'subgraphs', 'city']) {
    for (const file of await listFiles(join(root, folder))) {
      if (!/\.(ts|graphql|ya?ml|json|csv|md)$/.test(file)) continue
      const text = readFileSync(join(root, folder, file), 'utf8')
      for (const [id] of text.matchAll(CITED)) if (!cited.has(id)) cited.set(id, `${folder}/${file}`)
    }
  }
  return cited
}

test('half- and full-width forms, quotation marks and spaces make no difference to a comparison', () => {
  expect(normalised('第一条  政务数据，是指（“数据”）')).toBe(normalised('第一条政务数据,是指("数据")'))
  expect(normalised('应当')).not.toBe(normalised('可以'))
})
