import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ownFolder, PROGRAM, startChildGateway } from '../kit/child-gateway.ts'
import type { Answer, ChildGateway, OwnFolder } from '../kit/child-gateway.ts'

const run = promisify(execFile)
const ROOT = join(import.meta.dirname, '../..')
const READMES = ['README.md', 'README.zh-CN.md']

let folder: OwnFolder
let gateway: ChildGateway
beforeAll(async () => {
  folder = await ownFolder()
  gateway = await startChildGateway(folder.path)
})
afterAll(async () => {
  await gateway.stop()
  await folder.close()
})

const read = (file: string): Promise<string> => readFile(join(ROOT, file), 'utf8')

/** The first block of a language that holds a word. */
function block(text: string, language: string, word: string): string {
  const blocks = [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)]
  const found = blocks.find((one) => one[1] === language && one[2]?.includes(word))?.[2]
  if (found === undefined) throw new Error(`no block of ${language} with ${word}`)
  return found
}

describe.each(READMES)('%s', (file) => {
  test('its first query gives the answer that it shows', async () => {
    const text = await read(file)
    const scripts = (JSON.parse(await read('package.json')) as { scripts: Record<string, string> }).scripts
    expect(scripts['gongxiang']).toMatch(/node .*gateway\/cli\/gongxiang\.ts$/)
    const command = block(text, 'sh', 'curl')
      // The same program without npm before it, which would look after the packages of a tree under test.
      .replace('npm run --silent gongxiang --', `'${process.execPath}' '${PROGRAM}'`)
      .replace('http://127.0.0.1:4000', gateway.url)
    expect(command).toContain(gateway.url)
    const { stdout, stderr } = await run('bash', ['--norc', '-euc', command], {
      cwd: folder.path,
      env: { PATH: process.env['PATH'], GONGXIANG_DATA_DIRECTORY: join(folder.path, 'data') },
    })
    expect(stderr).toBe('')
    const answer = JSON.parse(stdout) as Answer
    const shown = JSON.parse(block(text, 'json', '"data"')) as Answer
    expect(answer.data).toEqual(shown.data)
    expect(answer.errors).toHaveLength(shown.errors?.length ?? 0)
    expect(answer.errors).toMatchObject(shown.errors ?? [])
    const receipt = /^gx_[0-9A-Z]{26}$/
    const { receipt: given, ...sharing } = shown.extensions?.sharing ?? {}
    expect(given).toMatch(receipt)
    expect(answer.extensions?.sharing?.['receipt']).toMatch(receipt)
    expect(answer.extensions?.sharing).toMatchObject(sharing)
  })

  test('leads only to files that there are', async () => {
    const links = [...(await read(file)).matchAll(/\]\((?!https?:)([^)#]+)/g)].map((match) => match[1] ?? '')
    expect(links.length).toBeGreaterThan(6)
    expect(links.filter((link) => !existsSync(join(ROOT, link)))).toEqual([])
  })
})

test('both READMEs show the same commands, and the same of everything but the language', async () => {
  const [english = '', chinese = ''] = await Promise.all(READMES.map(read))
  const command = (text: string): string => block(text, 'sh', 'curl').replace(/accept-language: [\w-]+/, '')
  expect(command(chinese)).toBe(command(english))
  const shape = (text: string): string => block(text, 'json', '"data"').replaceAll(/"message": ".*"/g, '"message"')
  expect(shape(chinese)).toBe(shape(english))
  expect(chinese.match(/^## /gm)?.length).toBe(english.match(/^## /gm)?.length)
})

test('pages of docs lead only to files that there are', async () => {
  const pages = ['docs/README.md', 'docs/a-request.md', 'docs/decisions/README.md']
  for (const page of pages) {
    const links = [...(await read(page)).matchAll(/\]\((?!https?:)([^)#]+)/g)].map((match) => match[1] ?? '')
    const missing = links.filter((link) => !existsSync(join(ROOT, page, '..', link)))
    expect(missing, page).toEqual([])
  }
})
