import { cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { run } from '../../kit/run.ts'
import type { Finished } from '../../kit/run.ts'

const ROOT = path.resolve(import.meta.dirname, '..', '..', '..')
const SETTINGS = ['package.json', 'tsconfig.json', '.oxlintrc.json', '.oxfmtrc.json', 'knip.json', 'vitest.config.ts']
const CANARY = '朩口土夊夂'
const test1 = (body: string): string => `import { test, expect } from 'vitest'\n\n${body}\n`

/** A tree with our test command and settings, and suites of its own. */
describe('npm test', () => {
  let tree = ''
  const put = async (file: string, text: string): Promise<void> => {
    await mkdir(path.dirname(path.join(tree, file)), { recursive: true })
    await writeFile(path.join(tree, file), text)
  }
  const npmTest = (...filters: string[]): Promise<Finished> =>
    run([process.execPath, 'scripts/test.ts', ...filters], tree, { ...FRESH, TMPDIR: path.join(tree, 'tmp') })

  beforeEach(async () => {
    tree = await mkdtemp(path.join(os.tmpdir(), 'npmtest-'))
    for (const file of SETTINGS) await cp(path.join(ROOT, file), path.join(tree, file))
    for (const folder of ['scripts', 'tests/kit']) {
      await cp(path.join(ROOT, folder), path.join(tree, folder), { recursive: true })
    }
    await symlink(path.join(ROOT, 'node_modules'), path.join(tree, 'node_modules'))
    await mkdir(path.join(tree, 'tmp'))
    await put('tests/unit/good.test.ts', test1(`test('a', () => expect(1).toBe(1))\ntest('b', () => {})`))
  })
  afterEach(() => rm(tree, { recursive: true, force: true }))

  test('ends on the line that counts, with 0, and leaves no temporary file', async () => {
    const { code, output } = await npmTest('tests/unit')
    expect(lastLine(output)).toBe('2 passed, 0 failed, 0 skipped')
    expect(code).toBe(0)
    expect(await readdir(path.join(tree, 'tmp'))).toEqual([])
  })

  test.each([
    ['a failed test', `test('c', () => expect(1).toBe(2))`, '2 passed, 1 failed, 0 skipped'],
    ['a file that does not load', `import './nowhere.ts'\ntest('c', () => {})`, '2 passed, 1 failed, 0 skipped'],
    [
      'a rejection that nobody awaits',
      `test('c', () => void Promise.reject(new Error('lost')))`,
      '3 passed, 1 failed, 0 skipped',
    ],
  ])('counts %s and ends with 1', async (_what, body, line) => {
    await put('tests/unit/bad.test.ts', test1(body))
    const { code, output } = await npmTest('tests/unit')
    expect(lastLine(output)).toBe(line)
    expect(code).toBe(1)
  })

  test('lists what was skipped, loudly', async () => {
    await put('tests/unit/server.test.ts', test1(`test.skip('needs a server', () => {})`))
    const { code, output } = await npmTest('tests/unit')
    expect(output).toMatch(/╔═+╗\n║ SKIPPED: 1 tests did not run/)
    expect(output).toContain('tests/unit/server.test.ts: 1')
    expect(lastLine(output)).toBe('2 passed, 0 failed, 1 skipped')
    expect(code).toBe(0)
  })

  test('ends with 1 when no test ran', async () => {
    const { code, output } = await npmTest('tests/nowhere')
    expect(lastLine(output)).toBe('0 passed, 1 failed, 0 skipped')
    expect(code).toBe(1)
  })

  test('finds a canary that a test wrote to its temporary folder, and names file and form', async () => {
    await put('city/canaries.ts', `export const CANARIES = [{ name: 'name', value: '${CANARY}' }]\n`)
    const clean = await npmTest('tests/unit')
    expect(lastLine(clean.output)).toBe('3 passed, 0 failed, 0 skipped')
    const leak = `writeFileSync(join(tmpdir(), 'gateway.log'), Buffer.from('x${CANARY}').toString('base64'))`
    const imports = `import { writeFileSync } from 'node:fs'\nimport { tmpdir } from 'node:os'\nimport { join } from 'node:path'\n`
    await put('tests/unit/leak.test.ts', imports + test1(`test('c', () => ${leak})`))
    const { code, output } = await npmTest('tests/unit')
    expect(output).toMatch(/gateway\.log: canary name as base64\+1/)
    expect(lastLine(output)).toBe('3 passed, 1 failed, 0 skipped')
    expect(code).toBe(1)
  })

  test('a whole run counts the gate, shows all of its failures, and asks for canaries', async () => {
    await put('gateway/main.ts', `export   const planted: string = 1;\n`)
    const { code, output } = await npmTest()
    for (const step of ['types', 'lint', 'format', 'unused']) expect(output).toMatch(new RegExp(`FAIL  ${step} `))
    expect(output).toContain('no canaries are given')
    expect(lastLine(output)).toBe('2 passed, 6 failed, 0 skipped')
    expect(code).toBe(1)
  })
})

/** Without what the run around us told its own workers. */
const FRESH: Record<string, string | undefined> = {
  ...Object.fromEntries(
    Object.keys(process.env).flatMap((name) => (/^(VITEST|GONGXIANG_)/.test(name) ? [[name, undefined]] : [])),
  ),
  CI: undefined,
  NO_COLOR: '1',
  FORCE_COLOR: undefined,
}

function lastLine(output: string): string | undefined {
  return output.trimEnd().split('\n').at(-1)
}
