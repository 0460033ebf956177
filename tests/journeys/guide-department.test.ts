import { execFile } from 'node:child_process'
import { appendFile, cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DEMO_NUMBER } from '../../gateway/start/demo.ts'
import { startProgram } from '../kit/child-gateway.ts'
import type { Child } from '../kit/child-gateway.ts'
import { startMariadb } from '../kit/mariadb.ts'
import type { PrivateMariadb } from '../kit/mariadb.ts'

/*
 * docs/guides/connect-a-department.md, followed by somebody who does what it says and nothing else: its files, patches
 * and commands, on a fresh copy of what is tracked, over a MariaDB table that the city does not know.
 */

const run = promisify(execFile)
const ROOT = join(import.meta.dirname, '../..')

interface Step {
  readonly kind: string
  /** Path, where the step names one. */
  readonly at: string
  readonly text: string
}

/** The blocks of the page that a reader acts on, in its order. */
async function steps(): Promise<readonly Step[]> {
  const page = await readFile(join(ROOT, 'docs/guides/connect-a-department.md'), 'utf8')
  const found = page.matchAll(/^<!-- (\w+)(?:: (\S+))? -->\n\n```\w+\n([^]*?)^```$/gm)
  return [...found].map(([, kind = '', at = '', text = '']) => ({
    kind,
    at,
    text: text.replaceAll('$DEMO_NUMBER', DEMO_NUMBER),
  }))
}

let server: PrivateMariadb | null = null
let folder = ''
let gateway: Child | null = null

beforeAll(async () => {
  server = await startMariadb()
  folder = await mkdtemp(join(tmpdir(), 'gx-guide-'))
  // Its system, its registers and its record are those of a city.
  await writeFile(join(folder, '.department-data'), '')
  const { stdout } = await run('git', ['ls-files', '-co', '--exclude-standard'], { cwd: ROOT, maxBuffer: 16_777_216 })
  const wanted = stdout.split('\n').filter((path) => path !== '' && !/^(tests|docs|bench|examples)\//.test(path))
  for (const path of wanted) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await cp(join(ROOT, path), join(folder, path)).catch(ignoreMissing)
  }
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
}, 120_000)
afterAll(async () => {
  await gateway?.stop()
  await server?.close()
  await rm(folder, { recursive: true, force: true })
})

function ignoreMissing(error: unknown): void {
  if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
}

/** Runs commands of the page in the copy; npm only finds the program, and would look after packages that are here. */
async function shell(text: string, environment: Record<string, string>): Promise<string> {
  const program = `'${process.execPath}' '${join(folder, 'gateway/cli/gongxiang.ts')}'`
  const commands = text.replaceAll('npm run --silent gongxiang --', program)
  const { stdout } = await run('bash', ['--norc', '-euc', commands], {
    cwd: folder,
    env: { PATH: process.env['PATH'], LANG: 'en_US.UTF-8', GONGXIANG_CITY_PEOPLE: '60', ...environment },
    maxBuffer: 16_777_216,
  }).catch((error: unknown) => {
    const said = error instanceof Error && 'stdout' in error && 'stderr' in error ? [error.stdout, error.stderr] : []
    throw new Error([commands, ...said].join('\n'), { cause: error })
  })
  return stdout
}

/** Applies the page's diff: for each hunk, the line behind which new ones come is found by its text. */
async function patch(text: string): Promise<void> {
  const [, path = ''] = /^\+\+\+ b\/(.+)$/m.exec(text) ?? []
  let content = await readFile(join(folder, path), 'utf8')
  for (const hunk of text.split(/^@@.*\n/m).slice(1)) {
    const lines = hunk.split('\n').filter((line) => line !== '')
    const before = lines.filter((line) => line.startsWith(' ')).map((line) => line.slice(1))
    const after = lines.map((line) => line.slice(1))
    // What is added stands beside the first line that was there.
    const [anchor = ''] = before
    expect(content.split(`${anchor}\n`)).toHaveLength(2)
    const at = after.indexOf(anchor)
    const [above, below] = [after.slice(0, at), after.slice(at).filter((line) => !before.slice(1).includes(line))]
    content = content.replace(`${anchor}\n`, `${[...above, ...below].join('\n')}\n`)
  }
  await writeFile(join(folder, path), content)
}

describe('the guide for connecting a department', () => {
  test('leads from a table to the first answer', { timeout: 180_000 }, async (context) => {
    if (server === null) return context.skip()
    const { host } = new URL(server.url)
    const all = await steps()
    expect(all.map(({ kind }) => kind)).toContain('ask')
    await server.run(
      'CREATE DATABASE elderly',
      'USE elderly',
      "SET SESSION sql_mode = ''",
      ...statements(all, 'elderly.sql'),
      ...statements(all, 'account.sql'),
    )
    const environment: Record<string, string> = { DATABASE_HOST: host }
    const address = `mysql://gx_reader:read-only@${host}/elderly`
    const printed: string[] = []
    let answer: Answer | null = null
    for (const step of all) {
      switch (step.kind) {
        case 'file':
          await mkdir(dirname(join(folder, step.at)), { recursive: true })
          await writeFile(join(folder, step.at), step.text)
          break
        case 'append':
          await appendFile(join(folder, step.at), step.text)
          break
        case 'patch':
          await patch(step.text)
          break
        case 'run':
          printed.push(await shell(step.text, environment))
          break
        case 'ask': {
          const variables = { GONGXIANG_CITY_PEOPLE: '60', GONGXIANG_DEPARTMENTS_ELDERLY_DATABASE_URL: address }
          gateway = startProgram(
            folder,
            ['start'],
            { ...variables, GONGXIANG_DATA_DIRECTORY: join(folder, '.gongxiang') },
            [],
            join(folder, 'gateway/cli/gongxiang.ts'),
          )
          const [, url = ''] = await gateway.printed(/(http:\/\/127\.0\.0\.1:\d+)\/graphql/)
          answer = JSON.parse(await shell(step.text.replace('http://127.0.0.1:4000', url), environment)) as Answer
          break
        }
      }
    }
    expect(printed.join('\n')).toMatch(/tables\.elderly\s+\S.*every column/)
    expect(answer).toMatchObject({
      data: JSON.parse(textOf(all, 'answer')) as unknown,
      errors: [{ extensions: { code: 'NOT_NEEDED', coordinate: 'SeniorCard.issuingAuthority' } }],
    })
  })

  test('writes the three files of a department', async () => {
    const all = await steps()
    const written = all.filter(({ kind }) => kind === 'file').map(({ at }) => at)
    expect(written).toEqual([
      'subgraphs/elderly/schema.graphql',
      'subgraphs/elderly/source.ts',
      'subgraphs/elderly/README.md',
    ])
  })
})

interface Answer {
  readonly data: unknown
  readonly errors?: readonly { readonly extensions: unknown }[]
}

function textOf(all: readonly Step[], kind: string): string {
  return all.find((step) => step.kind === kind)?.text ?? ''
}

function statements(all: readonly Step[], at: string): readonly string[] {
  const text = all.find((step) => step.at === at)?.text ?? ''
  return text
    .split(/;\s*$/m)
    .map((one) => one.trim())
    .filter((one) => one !== '')
}
