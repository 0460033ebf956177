import iconv from 'iconv-lite'
import mysql from 'mysql2/promise'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { connectSql } from '../../subgraphs/kit/sql/connect-sql.ts'
import { beijingInstant, date, read, text } from '../../subgraphs/kit/decode.ts'
import { placesOf } from '../../subgraphs/kit/describe.ts'
import { rowsBySubject } from '../../subgraphs/kit/keys.ts'
import { openMysql } from '../../subgraphs/kit/sql/mysql.ts'
import type { PersonKey, Register, Row, Source } from '../../subgraphs/kit/register.ts'
import { sqlAddress } from '../../subgraphs/kit/sql/address.ts'
import { startMariadb } from '../kit/mariadb.ts'
import type { PrivateMariadb } from '../kit/mariadb.ts'

const LOAD_TIME = { table: 'jl', column: 'sj', where: { column: 'zt', value: '1' }, decode: beijingInstant }
const passport = (idDocumentNumber: string): PersonKey => ({ idDocumentType: 'PASSPORT', idDocumentNumber })

function register(at: string, number: string, columns: readonly string[]): Register {
  return {
    type: 'Person',
    at,
    rows: 'ONE',
    key: { documentType: { kind: 'CONSTANT', value: 'PASSPORT' }, number, oldNumbers: false },
    fields: Object.fromEntries(columns.map((column) => [column, text(column)])),
  }
}

/** The statement that puts bytes, which the server then takes for text, into a row. */
const bytes = (content: string): string => `x'${iconv.encode(content, 'gbk').toString('hex')}'`

describe('columns of old MySQL systems', () => {
  let server: PrivateMariadb | null = null
  const opened: Source[] = []
  beforeAll(async () => {
    // Of another zone and of another character set than ours, and deaf to what clients ask for.
    server = await startMariadb(
      '--default-time-zone=+00:00',
      '--character-set-server=gbk',
      '--skip-character-set-client-handshake',
      '--sql-mode=NO_BACKSLASH_ESCAPES,PAD_CHAR_TO_FULL_LENGTH',
    )
    await server?.run(
      'use gx',
      'create table jl (sj datetime, zt char(4)) charset gbk',
      "insert into jl values ('2026-11-20 03:05:00', '1')",
    )
  }, 90_000)
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((one) => one.close()))
  })
  afterAll(() => server?.close())

  async function rowsOf(own: PrivateMariadb, table: Register, keys: readonly PersonKey[], parameters = '') {
    const options = { dataDirectory: '/nonexistent', databaseUrl: `${own.url}?${parameters}` }
    const source = await connectSql(options, 'x.db', LOAD_TIME)
    opened.push(source)
    const columns = [table.key.number, ...Object.values(table.fields).map(({ column }) => column)]
    return (await source.fetch({ register: table, columns, keys, signal: undefined })).rows
  }

  test('of GBK are read as what they say, under Chinese names, and found by what they say', async (context) => {
    if (server === null) return context.skip()
    await server.run(
      'use gx',
      'create table 人员 (证件号码 char(20), 姓名 varchar(20), 备注 text) charset gbk',
      "insert into 人员 values ('E1', '镕基龘', '〇'), ('闽台1', '誠', '')",
    )
    const people = register('人员', '证件号码', ['姓名', '备注'])
    expect(await rowsOf(server, people, [passport('E1'), passport('闽台1')])).toEqual([
      { 证件号码: 'E1', 姓名: '镕基龘', 备注: '〇' },
      { 证件号码: '闽台1', 姓名: '誠', 备注: '' },
    ])
  })

  test('of GBK that were declared as latin1 are read with ?encoding=gbk, and found by what they say', async (context) => {
    if (server === null) return context.skip()
    const all = iconv.decode(Buffer.from(Array.from({ length: 126 }, (_, at) => [0x81 + at, 0xa1]).flat()), 'gbk')
    await server.run(
      'use gx',
      'create table misread (hm varchar(20), xm varchar(300), zc varchar(20) charset utf8mb4) charset latin1',
      `insert into misread values (${bytes('E2')}, ${bytes('张三')}, '正常'), (${bytes('粤1')}, ${bytes(all)}, null)`,
    )
    const people = register('misread', 'hm', ['xm', 'zc'])
    const keys = [passport('E2'), passport('粤1')]
    expect(await rowsOf(server, people, keys, 'encoding=gbk')).toEqual([
      { hm: 'E2', xm: '张三', zc: '正常' },
      { hm: '粤1', xm: all, zc: null },
    ])
    // Without it, what the server believes: nobody's name, and nothing is lost on the way to whoever looks into it.
    const [row] = await rowsOf(server, people, keys)
    expect(row?.['xm']).toBe(new TextDecoder('windows-1252').decode(iconv.encode('张三', 'gbk')))
  })

  test('hold dates that are none, instants of another zone, long numbers, bits and leading zeros', async (context) => {
    if (server === null) return context.skip()
    await server.run(
      'use gx',
      `create table odd (hm char(20), rq date, sj datetime, sk timestamp(3) null, xs decimal(30,10), zs bigint unsigned,
         bh int(8) zerofill, dbh bigint(12) zerofill, bw bit(9), kg bit(1), zx tinyint(1), fd float, sb double, n year, s time, j json)`,
      "set time_zone = '+00:00'",
      `insert into odd values
        ('E3', '0000-00-00', '0000-00-00 00:00:00', '2024-06-30 16:30:00.123', 12345678901234567890.0123456789,
         18446744073709551615, 42, 42, b'101000001', b'1', 1, 1.1, 0.1, 2024, '-12:34:56', '{"a": 1}'),
        ('E4', '1990-04-15', '1990-04-15 00:30:00', null, -0.5, 0, 0, 0, 0, 0, 0, -2.5, 1e300, null, null, null),
        ('E5', '1900-01-01', '9999-12-31 23:59:59', null, null, null, null, null, null, null, null, null, null, null, null, null)`,
    )
    const columns = ['rq', 'sj', 'sk', 'xs', 'zs', 'bh', 'dbh', 'bw', 'kg', 'zx', 'fd', 'sb', 'n', 's', 'j']
    const rows = await rowsOf(server, register('odd', 'hm', columns), ['E3', 'E4', 'E5'].map(passport))
    const list = (row: Row | undefined) => columns.map((column) => row?.[column])
    expect(list(rows[0])).toEqual([
      null,
      null,
      '2024-07-01 00:30:00.123',
      '12345678901234567890.0123456789',
      '18446744073709551615',
      '00000042',
      '000000000042',
      '321',
      '1',
      '1',
      '1.1',
      '0.1',
      '2024',
      '-12:34:56',
      '{"a": 1}',
    ])
    // The day on which summer time began in China in 1990: an hour that JavaScript would move.
    expect(list(rows[1]).slice(0, 4)).toEqual(['1990-04-15', '1990-04-15 00:30:00', null, '-0.5000000000'])
    expect(list(rows[1]).slice(4, 12)).toEqual(['0', '00000000', '000000000000', '0', '0', '0', '-2.5', '1e+300'])
    expect(list(rows[2])).toEqual(['1900-01-01', '9999-12-31 23:59:59', ...columns.slice(2).map(() => null)])
    expect(read(date('rq'), rows[1] ?? {})).toBe('1990-04-15')
  })

  test('compare loosely: a row that comes back for another key is not served', async (context) => {
    if (server === null) return context.skip()
    await server.run(
      'use gx',
      'create table loose (hm varchar(20), xm varchar(20)) charset utf8mb4 collate utf8mb4_general_ci',
      "insert into loose values ('A1234567', '甲'), ('Ä1234567', '乙'), ('a1234567   ', '丙'), ('Å1234567', '丁')",
    )
    const people = register('loose', 'hm', ['xm'])
    const rows = await rowsOf(server, people, [passport('Å1234567')])
    // What the server holds for equal; the test would show nothing if it did not.
    expect(rows).toHaveLength(4)
    expect(rowsBySubject(people, rows).get('PASSPORT:Å1234567')).toEqual([{ hm: 'Å1234567', xm: '丁' }])
    // Blanks and small letters are ways of writing one number, and no other person.
    const mine = rowsBySubject({ ...people, rows: 'MANY' }, rows).get('PASSPORT:A1234567')
    expect(mine?.map((row) => row['xm'])).toEqual(['甲', '丙'])
  })

  test('are found without one value in the text of a statement', async (context) => {
    if (server === null) return context.skip()
    const before = server.log().length
    await rowsOf(server, register('jl', 'zt', ['sj']), [passport("1' or '1'='1")])
    const log = server.log().slice(before)
    expect(log).toMatch(/Prepare\tselect `zt`, `sj` from `jl` where `zt` in \(\?\)/)
    expect(log).not.toMatch(/Query\t.*or '1'='1/)
  })

  test('come from a session that cannot write, and that says what it is', async (context) => {
    if (server === null) return context.skip()
    const address = sqlAddress(server.adminUrl.replace('/mysql', '/gx'))
    const db = openMysql(address)
    await expect(db.deleteFrom('jl').execute()).rejects.toMatchObject({
      code: 'ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION',
    })
    await expect(db.transaction().execute(async () => {})).rejects.toThrow('only read')
    await db.destroy()
  })

  test('that this user may not see are told as missing, and no password is told with it', async (context) => {
    if (server === null) return context.skip()
    await server.run(
      'create table gx.geheim (hm char(20), xm char(20))',
      "create user schmal@'127.0.0.1' identified by 'p@ss/w:rd'",
      "grant select (hm) on gx.geheim to schmal@'127.0.0.1'",
      "grant select on gx.jl to schmal@'127.0.0.1'",
    )
    const url = new URL(server.url)
    const narrow = (user: string) => `mysql://${user}@127.0.0.1:${url.port}/gx`
    const options = { dataDirectory: '/nonexistent', databaseUrl: narrow('schmal:p%40ss%2Fw%3Ard') }
    const source = await connectSql(options, 'x.db', LOAD_TIME)
    opened.push(source)
    expect(await source.describe?.(placesOf([register('geheim', 'hm', ['xm'])]))).toEqual([
      { at: 'geheim', columns: ['xm'] },
    ])
    const wrong = await connectSql({ ...options, databaseUrl: narrow('schmal:falsch') }, 'x.db', LOAD_TIME)
    opened.push(wrong)
    expect(await wrong.health()).toEqual({ ok: false, detail: 'The database failed with ER_ACCESS_DENIED_ERROR' })
  })

  test('a server that stands still is waited for no longer than its limits, and serves again', async (context) => {
    if (server === null) return context.skip()
    const own = server
    const databaseUrl = `${own.url}?connections=1&statementTimeout=100&connectTimeout=1000`
    const source = await connectSql({ dataDirectory: '/nonexistent', databaseUrl }, 'x.db', LOAD_TIME)
    opened.push(source)
    const lookup = { register: register('jl', 'zt', ['sj']), columns: ['zt', 'sj'], keys: [passport('1')] }
    const asked = (signal?: AbortSignal) => source.fetch({ ...lookup, signal })
    expect((await asked()).rows).toHaveLength(1)
    own.freeze()
    try {
      for (const signal of [undefined, AbortSignal.timeout(50), undefined])
        await expect(asked(signal)).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE' })
    } finally {
      own.thaw()
    }
    await vi.waitFor(async () => expect((await asked()).rows).toHaveLength(1), { timeout: 10_000 })
    const admin = await mysql.createConnection(own.adminUrl)
    const [rows] = await admin.query<mysql.RowDataPacket[]>(
      "select count(*) as held from information_schema.processlist where user = 'gx'",
    )
    await admin.end()
    expect(Number(rows[0]?.['held'])).toBe(1)
  })
})
