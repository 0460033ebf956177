import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import iconv from 'iconv-lite'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { scanForCanaries } from '../../kit/canaries.ts'
import type { Finding } from '../../kit/canaries.ts'

// Synthetic, and found in no generated data: the scan of the whole run must not meet them.
const NAME = '钅甪端木測'
const NUMBER = '990101202311110997'
const CANARIES = [
  { name: 'name', value: NAME },
  { name: 'number', value: NUMBER },
]
const utf8 = (text: string): Buffer => Buffer.from(text, 'utf8')
const hash = (algorithm: string, text: string): Buffer => createHash(algorithm).update(text).digest()

const PLANTED: readonly (readonly [form: string, canary: string, content: string | Buffer])[] = [
  ['raw UTF-8', 'name', `{"msg":"${NAME}"}`],
  ['raw digits', 'number', `id=${NUMBER};`],
  ['GB18030', 'name', iconv.encode(`姓名,${NAME}`, 'gb18030')],
  ['UTF-16LE', 'number', Buffer.from(`<${NUMBER}>`, 'utf16le')],
  ['base64 at a group’s start', 'name', utf8(`abc${NAME}xyz`).toString('base64')],
  ['base64 one byte later', 'name', utf8(`a${NAME}xyz`).toString('base64')],
  ['base64 two bytes later', 'number', utf8(`ab${NUMBER}z`).toString('base64')],
  ['base64url', 'name', utf8(`??>${NAME}`).toString('base64url')],
  ['URL-escaped, upper case', 'name', `/x?name=${encodeURIComponent(NAME)}`],
  ['URL-escaped, lower case', 'name', `/x?name=${encodeURIComponent(NAME).toLowerCase()}`],
  ['URL-escaped digits', 'number', NUMBER.replace(/./g, (digit) => `%3${digit}`)],
  ['\\u-escaped JSON', 'name', NAME.replace(/./g, (c) => `\\u${c.charCodeAt(0).toString(16)}`)],
  [
    '\\u-escaped JSON, upper case',
    'name',
    NAME.replace(/./g, (c) => `\\u${c.charCodeAt(0).toString(16).toUpperCase()}`),
  ],
  ['hex', 'name', utf8(NAME).toString('hex')],
  ['hex, upper case', 'name', utf8(NAME).toString('hex').toUpperCase()],
  ['SHA-256, hex', 'number', hash('sha256', NUMBER).toString('hex')],
  ['SHA-256, base64', 'number', hash('sha256', NUMBER).toString('base64')],
  ['SHA-1, hex', 'number', hash('sha1', NUMBER).toString('hex')],
  ['MD5, hex', 'name', hash('md5', NAME).toString('hex')],
  ['MD5, base64', 'name', hash('md5', NAME).toString('base64')],
]

describe('the canary scan', () => {
  let folder = ''
  const scan = (): Promise<readonly Finding[]> => scanForCanaries([folder], CANARIES)

  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'scan-'))
    await mkdir(path.join(folder, 'logs'))
    await writeFile(path.join(folder, 'logs', 'clean.log'), `{"msg":"nobody"}\n${'0123456789'.repeat(300_000)}`)
  })

  // Planted values must not outlive their test: the run's own scan would find them.
  afterEach(() => rm(folder, { recursive: true }))

  test('finds nothing in a clean tree', async () => {
    expect(await scan()).toEqual([])
  })

  test.each(PLANTED)('finds a planted value as %s', async (_form, canary, content) => {
    const file = path.join(folder, 'logs', 'dirty.log')
    await writeFile(file, content)
    const findings = await scan()
    expect(new Set(findings.map((finding) => `${finding.file}: ${finding.canary}`))).toEqual(
      new Set([`${file}: ${canary}`]),
    )
  })

  test.each([-20, -9, -1, 0, 1])('finds a value on the border of two chunks (%i bytes)', async (shift) => {
    const before = (1 << 20) + shift
    await writeFile(
      path.join(folder, 'large.bin'),
      Buffer.concat([Buffer.alloc(before), utf8(NUMBER), Buffer.alloc(99)]),
    )
    expect(await scan()).toMatchObject([{ canary: 'number', encoding: 'utf-8', offset: before }])
  })

  test('finds a value in the name of a file', async () => {
    await writeFile(path.join(folder, `${NUMBER}.json`), '{}')
    expect(await scan()).toMatchObject([{ canary: 'number', offset: -1 }])
  })

  test('never repeats the value', async () => {
    await writeFile(path.join(folder, 'dirty.log'), NAME + NUMBER)
    expect(JSON.stringify(await scan())).not.toMatch(new RegExp(`${NAME}|${NUMBER}`))
  })

  test("leaves out folders that are marked as a department's own data, and only those", async () => {
    for (const name of ['marked', 'unmarked']) {
      await mkdir(path.join(folder, name, 'deep'), { recursive: true })
      await writeFile(path.join(folder, name, 'deep', 'rows.csv'), NUMBER)
    }
    await writeFile(path.join(folder, 'marked', '.department-data'), '')
    const files = (await scan()).map((finding) => path.relative(folder, finding.file))
    expect(files).toEqual([path.join('unmarked', 'deep', 'rows.csv')])
  })
})
