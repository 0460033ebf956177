import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import type { CoveredRow } from '../../../scripts/coverage-law-judge.ts'
import { coverageOfLaw, printCoverage } from '../../../scripts/coverage-law.ts'

/** The clauses of the planted trees stand in pieces, so that this file names none of them. */
const [FIRST, SECOND, ARTICLE, OUTSIDE] = ['1.01', '1.02', '1.03', '1.04'].map((number) => `ZS-${number}`) as [
  string,
  string,
  string,
  string,
]
const WIDE = ['INV', '1'].join('-')

const row = (id: string, scope: 'IN' | 'OUT'): object => ({
  id,
  says: 'It says 「应当…共享」.',
  must: 'Do so.',
  area: 'catalog',
  scope,
  ...(scope === 'OUT' ? { because: 'purpose clause' } : {}),
})
const count = { rows: 4, IN: 3, SUP: 0, OUT: 1 }
const NUMBERS = { regimes: { zhongshan: count }, areas: { catalog: count }, invariants: 1, ambiguities: 0 }

const LAW: Readonly<Record<string, unknown>> = {
  'requirements/zhongshan.yaml': {
    title: { zh: '办法', en: 'Measures' },
    prefix: 'ZS',
    chapters: [{ title: 'One', rows: [row(FIRST, 'IN'), row(SECOND, 'IN'), row(ARTICLE, 'IN'), row(OUTSIDE, 'OUT')] }],
  },
  'invariants.yaml': [{ id: WIDE, holds: 'It holds.', clauses: [FIRST] }],
  'ambiguities.yaml': [],
  'numbers.yaml': NUMBERS,
  'not-yet.yaml': {
    [SECOND]: 'governance: applications do not exist yet',
    [WIDE]: 'cache: there is no cache to look at',
  },
  'in-part.yaml': {},
}
const CASES = `cases:\n  - id: c1\n    clauses: [${FIRST}]\n  - id: c2\n    clauses:\n      - ${ARTICLE}(2)\n`

describe('coverage of the law', () => {
  let tree = ''
  const put = async (file: string, text: string): Promise<void> => {
    await mkdir(path.dirname(path.join(tree, file)), { recursive: true })
    await writeFile(path.join(tree, file), text)
  }
  const putLaw = (file: string, content: unknown): Promise<void> => put(`docs/law/${file}`, stringify(content))
  const faults = async (): Promise<readonly string[]> => (await coverageOfLaw(tree)).faults
  const rowOf = async (id: string): Promise<CoveredRow | undefined> =>
    (await coverageOfLaw(tree)).rows.find((one) => one.id === id)

  beforeEach(async () => {
    tree = await mkdtemp(path.join(os.tmpdir(), 'law-'))
    for (const [file, content] of Object.entries(LAW)) await putLaw(file, content)
    const text = [FIRST, SECOND, `${SECOND}(3)`, `${ARTICLE}(2)`, OUTSIDE].map((id) => `${id} 应当依法共享，不得拒绝`)
    await put('schema/regulations/zhongshan.txt', `# 第一章\n${text.join('\n')}\n`)
    await put('tests/cases/c.yaml', CASES)
  })
  afterEach(() => rm(tree, { recursive: true, force: true }))

  test('has no fault where every row is named or has its reason', async () => {
    const coverage = await coverageOfLaw(tree)
    expect(coverage.faults).toEqual([])
    expect(coverage.rows.map(({ id, state }) => [id, state])).toEqual([
      [FIRST, 'whole'],
      [SECOND, 'not yet'],
      [ARTICLE, 'whole'],
      [OUTSIDE, 'none'],
      [WIDE, 'not yet'],
    ])
    const text = printCoverage(coverage)
    expect(text).toContain('zhongshan: 3 rows IN: 2 whole, 0 in part, 1 not yet')
    expect(text).toContain(`  ${FIRST}\n    tests/cases/c.yaml:2  c1`)
    expect(text).toContain('governance: applications do not exist yet')
    expect(text).toMatch(/no faults$/)
  })

  test('an uncovered row without a reason is a fault', async () => {
    await putLaw('not-yet.yaml', { [WIDE]: 'cache: there is no cache to look at' })
    expect(await faults()).toEqual([`${SECOND} is named by no test or case and has no reason in not-yet.yaml: Do so.`])
  })

  test('a reason that has become stale is a fault, and names the test', async () => {
    await put('tests/unit/a.test.ts', `test('applies (${SECOND})', () => {})\n`)
    expect(await faults()).toEqual([
      `${SECOND} stands in not-yet.yaml, but tests/unit/a.test.ts:1 names it: take it out there`,
    ])
  })

  test('a row may be proved in part, and only a named one', async () => {
    await putLaw('in-part.yaml', { [FIRST]: 'governance: its clock does not exist yet' })
    expect(await faults()).toEqual([])
    expect(await rowOf(FIRST)).toMatchObject({ state: 'in part', missing: 'governance: its clock does not exist yet' })
    await put('tests/cases/c.yaml', CASES.replace(FIRST, ARTICLE))
    expect(await faults()).toEqual([`${FIRST} stands in in-part.yaml, but no test or case names it: see not-yet.yaml`])
  })

  test.each([
    ['in a title', 'tests/unit/a.test.ts', `\ntest('so (ZS-9.09)', () => {})\n`, 2],
    ['in a case', 'tests/cases/d.yaml', `cases:\n  - id: d1\n    clauses: [ZS-9.09]\n`, 2],
  ] as const)('a clause that does not exist is a fault %s', async (_where, file, text, line) => {
    await put(file, text)
    expect(await faults()).toEqual([`${file}:${line} names ZS-9.09, which docs/law does not have`])
  })

  test('a part of a row that the regulation does not have is a fault', async () => {
    await put('tests/unit/a.test.ts', `test('so (${ARTICLE}(2), ${ARTICLE}(3))', () => {})\n`)
    expect(await faults()).toEqual([`tests/unit/a.test.ts:1 names ${ARTICLE}(3), which docs/law does not have`])
  })

  test.each([
    ['of its own text', 'zhongshan', FIRST, []],
    [
      'of all texts',
      'huizhou',
      WIDE,
      [`${WIDE} stands in not-yet.yaml, but tests/cases/d.yaml:2 names it: take it out there`],
    ],
    [
      'of another text',
      'huizhou',
      FIRST,
      [`tests/cases/d.yaml:2 d1 names ${FIRST} of zhongshan, but is decided under huizhou`],
    ],
  ])('a case may name a clause %s: else it is a fault', async (_whose, regime, clause, found) => {
    await put('tests/cases/d.yaml', `cases:\n  - id: d1\n    regime: ${regime}\n    clauses: [${clause}]\n`)
    expect(await faults()).toEqual(found)
  })

  test('words that the clause does not say are a fault', async () => {
    await put(
      'schema/regulations/zhongshan.txt',
      `# 第一章\n${FIRST} 应当共享\n${SECOND} 应当拒绝\n${OUTSIDE} 应当共享\n`,
    )
    expect(await faults()).toEqual([
      `tests/cases/c.yaml:4 names ${ARTICLE}(2), which docs/law does not have`,
      `${SECOND} does not say 「共享」`,
      `${ARTICLE} does not say 「应当」`,
      `${ARTICLE} does not say 「共享」`,
    ])
  })

  test.each([
    ['a row too few', { regimes: { zhongshan: { ...count, IN: 4 } } }, 'numbers.yaml says zhongshan'],
    ['an area that is gone', { areas: { catalog: count, audit: count } }, 'numbers.yaml says audit'],
    ['an invariant too few', { invariants: 2 }, 'numbers.yaml says invariants 2, docs/law has 1'],
    ['an ambiguity too few', { ambiguities: 1 }, 'numbers.yaml says ambiguities 1, docs/law has 0'],
  ])('%s is a fault', async (_what, change, message) => {
    await putLaw('numbers.yaml', { ...NUMBERS, ...change })
    expect(await faults()).toEqual([expect.stringContaining(message)])
  })

  test.each([
    ['no place', 'applications do not exist yet'],
    ['a place that nobody knows', 'elsewhere: applications do not exist yet'],
    ['hardly a word', 'governance: todo'],
  ])('a reason with %s is a fault', async (_what, reason) => {
    await putLaw('not-yet.yaml', { [SECOND]: reason, [WIDE]: 'cache: there is no cache to look at' })
    expect(await faults()).toEqual([expect.stringContaining(`not-yet.yaml gives no reason for ${SECOND}`)])
  })

  test.each([
    ['for a row that nobody asks for', OUTSIDE, `${OUTSIDE} has a reason for what is missing, but it is OUT, not IN`],
    ['for no row', 'ZS-9', 'not-yet.yaml names ZS-9, which docs/law does not have'],
  ])('a reason %s is a fault', async (_what, id, message) => {
    await putLaw('not-yet.yaml', { ...(LAW['not-yet.yaml'] as object), [id]: 'governance: it does not exist at all' })
    expect(await faults()).toEqual([message])
  })

  test('a row that stands twice, one of another regulation, and a scope without a word are faults', async () => {
    const { title, prefix } = LAW['requirements/zhongshan.yaml'] as { title: object; prefix: string }
    const withRows = (...rows: readonly object[]): Promise<void> =>
      putLaw('requirements/zhongshan.yaml', { title, prefix, chapters: [{ title: 'One', rows }] })
    const rows = [FIRST, SECOND, ARTICLE].map((id) => row(id, 'IN'))
    await withRows(...rows, row(OUTSIDE, 'OUT'), row(OUTSIDE, 'OUT'))
    expect(await faults()).toContain(`${OUTSIDE} has two rows`)
    await withRows(...rows, row('HZ-1', 'OUT'))
    await expect(coverageOfLaw(tree)).rejects.toThrow('HZ-1 is a clause of another regulation')
    await withRows(...rows, { ...row(OUTSIDE, 'IN'), because: 'x' })
    await expect(coverageOfLaw(tree)).rejects.toThrow('OUT, and only OUT, says `because`')
  })

  describe('names a clause', () => {
    const PROVED: Readonly<Record<string, string>> = {
      'by the title of a test': `test('x (CLAUSE)', () => {})`,
      'by the title of a block that holds a test': `describe('x (CLAUSE)', () => { for (;;) test('y', () => {}) })`,
      'by a template': 'it(`${1} (CLAUSE)`, () => {})',
      'by a table that the title shows': `test.each([['x (CLAUSE)', 1]])('%s', () => {})`,
      'by the second word that the title shows': `test.each([['x', 'CLAUSE']])('%s (%s)', () => {})`,
      'by a table with a name': `const ROWS = [['CLAUSE', 1]] as const\ntest.each(ROWS)('%s', () => {})`,
      'by a table of entries': `const ROWS = { 'x (CLAUSE)': 1 }\ntest.each(Object.entries(ROWS))('%s', () => {})`,
      'by a table that is filtered': `const ROWS = [['CLAUSE']]\ntest.each(ROWS.filter(Boolean))('%s', () => {})`,
      'by a table of objects': `test.each([{ law: 'CLAUSE' }])('$law', () => {})`,
      'by a test that runs where its server is': `describe.skipIf(!process.env.X)('CLAUSE', () => { test('y', () => {}) })`,
    }
    const UNPROVED: Readonly<Record<string, string>> = {
      'by a comment': `// law: CLAUSE\ntest('x', () => {})`,
      'by a fixture': `const basis = 'CLAUSE'\ntest('x', () => {})`,
      'by what is expected': `test('x', () => { expect(1).toBe('CLAUSE') })`,
      'by a table that the title does not show': `test.each([['x', 'CLAUSE']])('%s', () => {})`,
      'by a skipped test': `test.skip('CLAUSE', () => {})`,
      'by a test in a skipped block': `describe.skip('x', () => { test('CLAUSE', () => {}) })`,
      'by a note of work to do': `test.todo('CLAUSE')`,
      'by a test that must fail': `test.fails('CLAUSE', () => {})`,
      'by a title without a test': `test('CLAUSE')`,
      'by a block without a test': `describe('CLAUSE', () => {})`,
      'by a function of its own': `run('CLAUSE', () => {})\ntest('x', () => {})`,
    }

    test.each(Object.entries(PROVED))('%s', async (_how, text) => {
      await put('tests/unit/a.test.ts', `${text.replace('CLAUSE', SECOND)}\n`)
      expect((await rowOf(SECOND))?.namedBy).toMatchObject([{ file: 'tests/unit/a.test.ts', clause: SECOND }])
    })

    test.each(Object.entries(UNPROVED))('not %s', async (_how, text) => {
      await put('tests/unit/a.test.ts', `${text.replace('CLAUSE', SECOND)}\n`)
      expect((await rowOf(SECOND))?.namedBy).toEqual([])
    })

    test('not in a test of the texts themselves', async () => {
      await put('tests/unit/regime/clause-text.test.ts', `test.each(['${SECOND}'])('%s', () => {})\n`)
      expect((await rowOf(SECOND))?.namedBy).toEqual([])
    })

    test('not in a file that runs no tests', async () => {
      await put('tests/kit/a.ts', `test('${SECOND}', () => {})\n`)
      expect((await rowOf(SECOND))?.namedBy).toEqual([])
    })

    test('for the smallest row that holds it', async () => {
      const { title, prefix } = LAW['requirements/zhongshan.yaml'] as { title: object; prefix: string }
      const rows = [row(SECOND, 'IN'), row(`${SECOND}(3)`, 'IN')]
      await putLaw('requirements/zhongshan.yaml', { title, prefix, chapters: [{ title: 'One', rows }] })
      await put('tests/unit/a.test.ts', `test('${SECOND}(3)', () => {})\n`)
      expect((await rowOf(SECOND))?.namedBy).toEqual([])
      expect((await rowOf(`${SECOND}(3)`))?.namedBy).toHaveLength(1)
    })

    test('as part of its row; a whole chapter names no row', async () => {
      await put('tests/unit/a.test.ts', `test('${SECOND}(3), ZS-1', () => {})\n`)
      expect((await rowOf(SECOND))?.namedBy).toMatchObject([{ clause: `${SECOND}(3)` }])
      await putLaw('not-yet.yaml', { [WIDE]: 'cache: there is no cache to look at' })
      expect(await faults()).toEqual([])
    })
  })
})
