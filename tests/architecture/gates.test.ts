import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { GATE, runStep } from '../../scripts/gate.ts'
import type { StepResult } from '../../scripts/gate.ts'
import { checkCycles } from './check-cycles.ts'
import { checkDoors } from './check-doors.ts'
import { checkLimits } from './check-limits.ts'
import { checkText } from './check-text.ts'
import { parseSource } from './source.ts'
import type { SourceFile } from './source.ts'

/** A gate that cannot fail is a defect: each one meets a planted violation here, and the same tree without it. */

const ROOT = path.resolve(import.meta.dirname, '..', '..')
const SETTINGS = ['tsconfig.json', '.oxlintrc.json', '.oxfmtrc.json', 'knip.json', 'vitest.config.ts']

function packageJson(dependencies: Readonly<Record<string, string>>): string {
  return `${JSON.stringify({ name: 'clean', private: true, type: 'module', dependencies }, null, 2)}\n`
}

const CLEAN: Readonly<Record<string, string>> = {
  'package.json': packageJson({ zod: '*' }),
  'gateway/main.ts': `import { z } from 'zod'\nimport { double } from './double.ts'\n\nprocess.exitCode = double(z.number().parse(0))\n`,
  'gateway/double.ts': `/** Twice the number. */\nexport function double(value: number): number {\n  return value * 2\n}\n`,
  'console/tsconfig.json': `{ "extends": "../tsconfig.json", "include": ["."] }\n`,
  'console/page/main.tsx': `process.title = 'page'\n`,
}

interface Violation {
  readonly step: (typeof GATE)[number]['name']
  readonly what: string
  readonly file: string
  readonly text: string
  /** What the output must name. */
  readonly names: readonly string[]
}

const called = (body: string): string => `export function planted(): unknown {\n  ${body}\n}\n\nplanted()\n`

const VIOLATIONS: readonly Violation[] = [
  {
    step: 'types',
    what: 'a type error',
    file: 'gateway/planted.ts',
    text: called(`const wrong: string = 1\n  return wrong`),
    names: ['gateway/planted.ts', 'TS2322'],
  },
  {
    step: 'types',
    what: 'syntax that cannot be erased',
    file: 'gateway/planted.ts',
    text: 'export enum Colour {\n  Red,\n}\n',
    names: ['gateway/planted.ts', 'TS1294'],
  },
  {
    step: 'types of the console',
    what: 'a type error in the console',
    file: 'console/page/planted.ts',
    text: called(`const wrong: string = 1\n  return wrong`),
    names: ['console/page/planted.ts', 'TS2322'],
  },
  ...lint('an `any`', 'const value: any = 1\n  return value', 'no-explicit-any'),
  ...lint('a non-null assertion', 'const values: number[] = []\n  return values[0]!', 'no-non-null-assertion'),
  ...lint('a floating promise', 'Promise.resolve(1)\n  return 1', 'no-floating-promises'),
  ...lint('an unsafe assignment', `const value: string = JSON.parse('1')\n  return value`, 'no-unsafe-assignment'),
  ...lint('an awaited number', 'return async () => {\n    await 1\n  }', 'await-thenable'),
  ...lint(
    'a switch that forgets a case',
    `const kind = (): 'a' | 'b' => 'a'\n  switch (kind()) {\n    case 'a':\n      return 1\n  }\n  return 2`,
    'switch-exhaustiveness-check',
  ),
  ...lint('a print to the console', `console.log('x')\n  return 1`, 'no-console'),
  ...lint('a function of 61 lines', `${'void 0\n  '.repeat(59)}return 1`, 'max-lines-per-function'),
  {
    step: 'lint',
    what: 'a value import of a type',
    file: 'gateway/planted.ts',
    text: `import { Stats } from 'node:fs'\n\nexport function planted(stats: Stats): number {\n  return stats.size\n}\n`,
    names: ['gateway/planted.ts', 'consistent-type-imports'],
  },
  {
    step: 'format',
    what: 'an unformatted file',
    file: 'gateway/planted.ts',
    text: `export   const planted = "x";\n`,
    names: ['gateway/planted.ts'],
  },
  {
    step: 'unused',
    what: 'an unused export',
    file: 'gateway/double.ts',
    text: `${CLEAN['gateway/double.ts']}\nexport const nobodyAsks = 1\n`,
    names: ['gateway/double.ts', 'nobodyAsks'],
  },
  {
    step: 'unused',
    what: 'an unused file',
    file: 'gateway/alone.ts',
    text: 'process.exitCode = 0\n',
    names: ['gateway/alone.ts'],
  },
  {
    step: 'unused',
    what: 'an unused dependency',
    file: 'package.json',
    text: packageJson({ zod: '*', yaml: '*' }),
    names: ['package.json', 'yaml'],
  },
  {
    step: 'unused',
    what: 'a dependency that package.json does not name',
    file: 'gateway/double.ts',
    text: `import 'yaml'\n\n${CLEAN['gateway/double.ts']}`,
    names: ['gateway/double.ts', 'yaml'],
  },
]

function lint(what: string, body: string, rule: string): readonly Violation[] {
  return [{ step: 'lint', what, file: 'gateway/planted.ts', text: called(body), names: ['gateway/planted.ts', rule] }]
}

describe('a tool of the gate', () => {
  let tree = ''
  const put = async (file: string, text: string): Promise<void> => {
    await mkdir(path.dirname(path.join(tree, file)), { recursive: true })
    await writeFile(path.join(tree, file), text)
  }
  const run = (name: string): Promise<StepResult> => {
    const step = GATE.find((one) => one.name === name)
    if (!step) throw new Error(`no step ${name}`)
    return runStep(step, tree)
  }

  beforeEach(async () => {
    tree = await mkdtemp(path.join(os.tmpdir(), 'gate-'))
    for (const file of SETTINGS) await cp(path.join(ROOT, file), path.join(tree, file))
    for (const [file, text] of Object.entries(CLEAN)) await put(file, text)
    await symlink(path.join(ROOT, 'node_modules'), path.join(tree, 'node_modules'))
  })
  afterEach(() => rm(tree, { recursive: true, force: true }))

  test.each(GATE.map((step) => step.name))('%s: green on a clean tree', async (name) => {
    const { passed, output } = await run(name)
    expect({ passed, output: passed ? '' : output }).toEqual({ passed: true, output: '' })
  })

  test.each(VIOLATIONS)('$step: red on $what', async ({ step, file, text, names }) => {
    await put(file, text)
    const result = await run(step)
    expect(result.passed).toBe(false)
    for (const name of names) expect(result.output).toContain(name)
  })
})

describe('a rule of the house', () => {
  const parse = (files: Readonly<Record<string, string>>): readonly SourceFile[] =>
    Object.entries(files).map(([file, text]) => parseSource(file, text))
  const HOUSE = {
    'gateway/vocabulary/a.ts': `export type A = 1\n`,
    'gateway/grants/b.ts': `import type { A } from '../vocabulary/a.ts'\nexport type B = A\n`,
    'gateway/compile/c.ts': `import { createHash } from 'node:crypto'\nexport type { B } from '../grants/b.ts'\nexport const c = createHash\n`,
  }

  test('is green on a clean house', () => {
    const files = parse(HOUSE)
    expect([...checkDoors(files), ...checkCycles(files), ...checkLimits(files)]).toEqual([])
  })

  test.each([
    ['static', `import { c } from '../compile/c.ts'\nexport const x = c\n`],
    ['type-only', `import type { B } from '../compile/c.ts'\nexport type X = B\n`],
    ['export from', `export * from '../compile/c.ts'\n`],
    ['dynamic', `export const x = () => import('../compile/c.ts')\n`],
    ['dynamic, by template', 'export const x = () => import(`../compile/c.ts`)\n'],
    ['type expression', `export type X = import('../compile/c.ts').B\n`],
    ['worker', `export const x = () => new URL('../compile/c.ts', import.meta.url)\n`],
  ])('doors: names a forbidden import (%s), its target and the reason', (_kind, text) => {
    const found = checkDoors(parse({ ...HOUSE, 'gateway/governance/x.ts': text }))
    expect(found).toHaveLength(1)
    expect(found[0]).toContain('gateway/governance/x.ts:1 imports "../compile/c.ts"')
    expect(found[0]).toContain('because governance acts on queries only by the grants')
  })

  test.each([
    ['an unknown room', 'gateway/shed/x.ts', `export const x = 1\n`, 'no such room'],
    ['a test', 'gateway/http/x.ts', `import '../../tests/kit/canaries.ts'\n`, 'no door from gateway/http to tests'],
    [
      'a neighbour department',
      'subgraphs/a/x.ts',
      `import '../b/source.ts'\n`,
      'no door from subgraphs/a to subgraphs/b',
    ],
    ['a package in the vocabulary', 'gateway/vocabulary/x.ts', `import 'zod'\n`, 'imports nothing from outside'],
    ['the disk in a pure room', 'gateway/compile/x.ts', `import 'node:fs/promises'\n`, 'is pure'],
    ['a file outside of the tree', 'gateway/http/x.ts', `import '../../../other/x.ts'\n`, 'outside of the floor plan'],
  ])('doors: names %s', (_what, file, text, reason) => {
    const found = checkDoors(parse({ ...HOUSE, [file]: text }))
    expect(found).toHaveLength(1)
    expect(found[0]).toContain(file)
    expect(found[0]).toContain(reason)
  })

  test('cycles: prints type-only cycles, each file with the shortest way round', () => {
    const files = parse({
      ...HOUSE,
      'gateway/vocabulary/a.ts': `export type { X } from './x.ts'\n`,
      'gateway/vocabulary/x.ts': `import type { A } from './y.ts'\nimport type { B } from './a.ts'\nexport type X = A | B\n`,
      'gateway/vocabulary/y.ts': `import type { X } from './a.ts'\nexport type A = X\n`,
    })
    expect(checkCycles(files)).toEqual([
      'gateway/vocabulary/a.ts → gateway/vocabulary/x.ts → gateway/vocabulary/a.ts',
      'gateway/vocabulary/y.ts → gateway/vocabulary/a.ts → gateway/vocabulary/x.ts → gateway/vocabulary/y.ts',
    ])
  })

  test.each([
    ['a file of 401 lines', '// x\n'.repeat(401), '401 lines'],
    ['an any', 'export const x: any = 1\n', '`any`'],
    ['a non-null assertion', 'export const x = process.title!\n', '`!`'],
    ['a ts-ignore', '// @ts-ignore\nexport const x = 1\n', 'type checker off'],
    ['a lint rule off without a reason', '// oxlint-disable-next-line no-console\nexport const x = 1\n', '-- reason'],
  ])('limits: names %s', (_what, text, names) => {
    const found = checkLimits(parse({ 'gateway/http/x.ts': text }))
    expect(found).toHaveLength(1)
    expect(found[0]).toContain('gateway/http/x.ts')
    expect(found[0]).toContain(names)
  })

  test('limits: names a file five folders deep', () => {
    expect(checkLimits(parse({ 'a/b/c/d/e/x.ts': '' }))).toEqual(['a/b/c/d/e/x.ts: 5 folders deep, at most 4'])
  })

  test('limits: allow 400 lines, and a lint rule off with a reason', () => {
    const text = `// oxlint-disable-next-line no-console -- the user asked for it\n${'// x\n'.repeat(399)}`
    expect(checkLimits(parse({ 'a/b/c/d/x.ts': text }))).toEqual([])
  })

  test('a file that does not parse is an error, not an empty file', () => {
    expect(() => parseSource('gateway/http/x.ts', 'export const = 1')).toThrow('gateway/http/x.ts')
  })

  test.each([['work'], ['root'], ['Users']])('text: names a path below /%s', (folder) => {
    expect(checkText([{ path: 'docs/x.md', text: `first\nsee /${folder}/main/x` }])).toEqual([
      `docs/x.md:2 names a path of one machine: /${folder}/main`,
    ])
  })

  test('text: names the host of a package registry', () => {
    const host = ['registry', 'npmjs', 'org'].join('.')
    expect(checkText([{ path: '.npmrc', text: `registry=https://${host}/` }])).toHaveLength(1)
  })

  test('text: has nothing against addresses and our own paths', () => {
    expect(checkText([{ path: 'docs/x.md', text: 'POST /graphql, https://example.test/work/list, ./home/x' }])).toEqual(
      [],
    )
  })
})
