import { createHash } from 'node:crypto'
import { DatabaseSync } from 'node:sqlite'
import { crc32, deflateRawSync, gzipSync } from 'node:zlib'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import iconv from 'iconv-lite'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { scanForCanaries } from '../../kit/canaries.ts'
import type { Finding } from '../../kit/canaries.ts'
import { governanceStatements } from '../../kit/postgres.ts'

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
  ['UTF-16BE', 'name', Buffer.from(`<${NAME}>`, 'utf16le').swap16()],
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

/** A zip of one member, as a spreadsheet is one: written by hand, so that nothing but the search is tried. */
function zipOf(name: string, content: Buffer): Buffer {
  const packed = deflateRawSync(content)
  const file = Buffer.from(name)
  const facts = Buffer.alloc(26)
  facts.writeUInt16LE(20, 0)
  facts.writeUInt16LE(8, 4)
  facts.writeUInt32LE(crc32(content), 10)
  facts.writeUInt32LE(packed.length, 14)
  facts.writeUInt32LE(content.length, 18)
  facts.writeUInt16LE(file.length, 22)
  const local = Buffer.concat([Buffer.from('PK\x03\x04'), facts, file, packed])
  const central = Buffer.concat([Buffer.from('PK\x01\x02\x14\0'), facts, Buffer.alloc(14), file])
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06', 'latin1')
  end.writeUInt16LE(1, 8)
  end.writeUInt16LE(1, 10)
  end.writeUInt32LE(central.length, 12)
  end.writeUInt32LE(local.length, 16)
  return Buffer.concat([local, central, end])
}

describe('the search sees into', () => {
  let folder = ''
  const seen = async (): Promise<readonly string[]> =>
    (await scanForCanaries([folder], CANARIES)).map(({ file, canary }) => `${path.relative(folder, file)}: ${canary}`)

  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'scan-'))
  })
  afterEach(() => rm(folder, { recursive: true }))

  test('gzip', async () => {
    await writeFile(path.join(folder, 'export.gz'), gzipSync(`{"name":"${NAME}"}`))
    expect(await seen()).toEqual(['export.gz!gzip: name'])
  })

  test('the members of a spreadsheet, their names, and what is packed in them', async () => {
    await writeFile(path.join(folder, 'a.xlsx'), zipOf('xl/sharedStrings.xml', utf8(`<t>${NAME}</t>`)))
    await writeFile(path.join(folder, 'b.xlsx'), zipOf(`xl/${NUMBER}.xml`, utf8('<t>nobody</t>')))
    await writeFile(path.join(folder, 'c.bin'), zipOf('inner.gz', gzipSync(`x${NUMBER}`)))
    expect(new Set(await seen())).toEqual(
      new Set([
        'a.xlsx!xl/sharedStrings.xml: name',
        // The name of a member stands in the file itself as well.
        'b.xlsx: number',
        `b.xlsx!xl/${NUMBER}.xml: number`,
        'c.bin!inner.gz!gzip: number',
      ]),
    )
  })

  test.each(['UTF-8', 'UTF-16le', 'UTF-16be'])(
    'a database in %s, where a value is cut by the end of a page',
    async (encoding) => {
      const database = new DatabaseSync(path.join(folder, 'governance.sqlite'))
      database.exec(`PRAGMA page_size = 512; PRAGMA encoding = '${encoding}'; CREATE TABLE record (line TEXT); BEGIN`)
      const insert = database.prepare('INSERT INTO record VALUES (?)')
      // One of these lies across the border of two pages, wherever these are.
      for (let before = 300; before < 700; before += 1) insert.run(`${'.'.repeat(before)}${NUMBER}`)
      database.exec('COMMIT')
      database.close()
      expect(await seen()).toContain('governance.sqlite!record: number')
    },
  )

  test('what a database has not written home yet', async () => {
    const database = new DatabaseSync(path.join(folder, 'governance.sqlite'))
    database.exec('PRAGMA journal_mode = WAL; CREATE TABLE record (line BLOB)')
    database.prepare('INSERT INTO record VALUES (?)').run(utf8(NAME))
    expect(await seen()).toEqual(expect.arrayContaining(['governance.sqlite!record: name']))
    database.close()
  })

  test('a file that is cut, or says that it is what it is not, as far as it goes', async () => {
    await writeFile(path.join(folder, 'cut.gz'), gzipSync('x'.repeat(9_999)).subarray(0, 30))
    await writeFile(path.join(folder, 'none.zip'), Buffer.concat([Buffer.from('PK\x03\x04'), utf8(NAME)]))
    await writeFile(path.join(folder, 'none.sqlite'), Buffer.concat([Buffer.from('SQLite format 3\0'), utf8(NUMBER)]))
    expect(new Set(await seen())).toEqual(new Set(['none.zip: name', 'none.sqlite: number']))
  })

  test('what a server was given for the governance store, and not what departments were asked', () => {
    const line = (pid: number, text: string): string => `2026-11-22 10:00:00.000 UTC [${pid}] ${text}\n`
    const log = [
      line(7, 'LOG:  execute <unnamed>: insert into "audit_subject" ("pseudonym") values ($1)'),
      line(8, 'LOG:  execute <unnamed>: select name from persons where id = $1'),
      line(7, "DETAIL:  Parameters: $1 = 'kept'"),
      line(8, "DETAIL:  Parameters: $1 = 'a department’s own'"),
      line(7, 'LOG:  execute <unnamed>: select 1'),
      line(7, "DETAIL:  Parameters: $1 = 'another'"),
      line(9, 'LOG:  statement: delete from alarm\n\twhere id = 5'),
    ].join('')
    const found = governanceStatements(log)
    expect(found).toContain('audit_subject')
    expect(found).toContain("'kept'")
    expect(found).toContain('where id = 5')
    expect(found).not.toMatch(/own|another|persons/)
  })
})
