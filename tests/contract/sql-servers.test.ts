import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { placesOf } from '../../subgraphs/kit/describe.ts'
import { rowsBySubject } from '../../subgraphs/kit/keys.ts'
import type { PersonKey, Row, Source } from '../../subgraphs/kit/register.ts'
import { PEOPLE, SLOW, SQL_BENCHES, SQL_SERVERS } from './sql-servers.ts'
import type { ServerBench, SqlBench } from './sql-servers.ts'

const WANG: PersonKey = { idDocumentType: 'RESIDENT_ID', idDocumentNumber: '11010119900307451X' }
const GUEST: PersonKey = { idDocumentType: 'PASSPORT', idDocumentNumber: 'E1234567' }
const ALL = ['zjlx', 'zjhm', 'xm', 'je', 'bh', 'csrq', 'gxsj', 'zx']
const KEY = ['zjlx', 'zjhm']

const fetching = (source: Source, keys: readonly PersonKey[], columns = ALL, signal?: AbortSignal) =>
  source.fetch({ register: PEOPLE, columns, keys, signal })
const slowly = (source: Source, signal?: AbortSignal) =>
  source.fetch({ register: SLOW, columns: [...KEY, 'man'], keys: [WANG], signal })

describe.each(SQL_BENCHES)('the SQL adapter over %s (NT-13.1)', (_name, start) => {
  let bench: SqlBench | null = null
  let source: Source
  beforeAll(async () => {
    bench = await start()
    if (bench !== null) source = await bench.connect()
  }, 90_000)
  afterAll(async () => {
    await source?.close()
    await bench?.close()
  })

  test('gives texts without loss: no padding, no rounded number, no shifted day', async (context) => {
    if (bench === null) return context.skip()
    const { rows, asOf } = await fetching(source, [WANG, GUEST])
    expect(asOf).toBe('2026-11-20T03:05:00+08:00')
    const found = rowsBySubject(PEOPLE, rows)
    expect(found.get('RESIDENT_ID:11010119900307451X')).toEqual([
      {
        zjlx: '1',
        zjhm: '11010119900307451X',
        xm: '王示例',
        je: '1234567890123456.7890',
        bh: '9007199254740993',
        csrq: '1990-03-07',
        gxsj: '2024-01-02 03:04:05',
        zx: '1',
      },
    ])
    const nothing = { je: null, bh: null, csrq: null, gxsj: null, zx: null }
    expect(found.get('PASSPORT:E1234567')).toEqual([{ zjlx: '2', zjhm: 'E1234567', xm: '', ...nothing }])
  })

  test('asks one statement for a thousand keys, with the named columns alone', async (context) => {
    if (bench === null) return context.skip()
    const keys = Array.from({ length: 998 }, (_, at): PersonKey => ({
      idDocumentType: 'RESIDENT_ID',
      idDocumentNumber: `110101199003${String(at).padStart(5, '0')}X`,
    }))
    bench.statements('ry')
    const { rows } = await fetching(source, [...keys, WANG, GUEST], [...KEY, 'xm'])
    expect(bench.statements('ry')).toEqual([new Set([...KEY, 'xm'])])
    expect(rows.map((row) => Object.keys(row))).toEqual([
      [...KEY, 'xm'],
      [...KEY, 'xm'],
    ])
  })

  test('treats what is asked for as a value, whatever it looks like', async (context) => {
    if (bench === null) return context.skip()
    const texts = [`' or '1'='1`, `\\' or 1=1 -- `, `"; drop table ry; --`, '縗\\', 'E1234567%', '$1', '?', '@1']
    const keys = texts.map((idDocumentNumber): PersonKey => ({ idDocumentType: 'PASSPORT', idDocumentNumber }))
    expect((await fetching(source, keys)).rows).toEqual([])
    expect((await fetching(source, [...keys, GUEST])).rows).toHaveLength(1)
  })

  test('is not kept from the others by a key that no column can hold', async (context) => {
    if (bench === null) return context.skip()
    const foreign = ['\u0000', '😀1', '粤1'].map((text): PersonKey => ({ ...GUEST, idDocumentNumber: text }))
    const serials = { ...PEOPLE, key: { ...PEOPLE.key, number: 'bh' } }
    expect((await fetching(source, [...foreign, GUEST])).rows).toHaveLength(1)
    const asked = ['3', 'E1', '99999999999999999999', '4'].map((text) => ({ ...GUEST, idDocumentNumber: text }))
    const { rows } = await source.fetch({ register: serials, columns: ['zjlx', 'bh'], keys: asked, signal: undefined })
    // MariaDB takes a text that is no number for 0: that row is nobody's who was asked for.
    const found = rowsBySubject(serials, rows)
    expect(
      asked.filter((key) => found.has(`PASSPORT:${key.idDocumentNumber}`)).map((key) => key.idDocumentNumber),
    ).toEqual(['3', '4'])
  })

  test('lists page by page, each row once, in order, by its conditions', async (context) => {
    if (bench === null || source.list === undefined) return context.skip()
    const page = { register: PEOPLE, columns: [...KEY, 'xh'], order: 'xh', limit: 5 }
    const conditions = [{ column: 'zjlx', values: ['2'] }]
    const seen: Row[] = []
    let after: string | null = null
    for (let pages = 0; pages < 10; pages += 1) {
      const { rows }: { rows: readonly Row[] } = await source.list({ ...page, conditions, after })
      seen.push(...rows)
      if (rows.length < page.limit) break
      after = String(rows.at(-1)?.['xh'])
    }
    const rest = Array.from({ length: 12 }, (_, at) => `b${String(at).padStart(6, '0')}`)
    expect(seen.map((row) => row['xh'])).toEqual(['a2', ...rest])
  })

  test('counts at the source, and gives no row', async (context) => {
    if (bench === null || source.count === undefined) return context.skip()
    const conditions = [{ column: 'zx', values: ['0'] }]
    const counting = { register: PEOPLE, columns: ['je'], conditions, most: 100, signal: undefined }
    bench.statements('ry')
    const { groups } = await source.count(counting)
    expect(groups.toSorted((a, b) => String(a.row['je']).localeCompare(String(b.row['je'])))).toEqual(
      ['0.0000', '1.0000', '2.0000'].map((je) => ({ row: { je }, count: 4 })),
    )
    expect(bench.statements('ry')).toEqual([new Set(['je', 'zx'])])
    const total = await source.count({ ...counting, columns: [], conditions: [] })
    expect(total.groups).toEqual([{ row: {}, count: 14 }])
    expect((await source.count({ ...counting, most: 2 })).groups).toHaveLength(2)
  })

  test('tells which table and which column it cannot read, and asks for no row', async (context) => {
    if (bench === null || source.describe === undefined) return context.skip()
    expect(await source.describe(placesOf([PEOPLE]))).toEqual([])
    const fields = { name: { column: 'xm_bcz', decode: String }, amount: { column: 'je', decode: String } }
    expect(await source.describe(placesOf([{ ...PEOPLE, fields }]))).toEqual([{ at: 'ry', columns: ['xm_bcz'] }])
    expect(await source.describe(placesOf([PEOPLE, { ...PEOPLE, at: 'bcz' }]))).toEqual([{ at: 'bcz', columns: 'ALL' }])
  })

  test('says that it is healthy, and up to when it is loaded', async (context) => {
    if (bench === null) return context.skip()
    expect(await source.health()).toEqual({ ok: true, detail: 'loaded up to 2026-11-20T03:05:00+08:00' })
    expect(await source.asOf(PEOPLE)).toBe('2026-11-20T03:05:00+08:00')
  })

  test('asks nothing for somebody who does not wait any more', async (context) => {
    if (bench === null) return context.skip()
    await source.asOf(PEOPLE)
    bench.statements('ry')
    await expect(fetching(source, [WANG], ALL, AbortSignal.abort())).rejects.toMatchObject({
      code: 'SOURCE_UNAVAILABLE',
    })
    expect(bench.statements('ry')).toEqual([])
  })

  test('fails with a code, which names neither value nor statement', async (context) => {
    if (bench === null) return context.skip()
    const failing = fetching(source, [WANG], [...KEY, 'xm_bcz'])
    await expect(failing).rejects.toMatchObject({
      code: 'SOURCE_UNAVAILABLE',
      message: expect.stringMatching(/^The database failed with [A-Z0-9_]+$/) as unknown,
    })
  })
})

describe.each(SQL_SERVERS)('a %s server that is read', (_name, start) => {
  let bench: ServerBench | null = null
  const opened: Source[] = []
  beforeAll(async () => {
    bench = await start()
  }, 90_000)
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((one) => one.close()))
  })
  afterAll(() => bench?.close())

  async function connect(server: ServerBench, parameters?: string): Promise<Source> {
    const source = await server.connect(parameters)
    opened.push(source)
    return source
  }
  const idle = (server: ServerBench) =>
    vi.waitFor(async () => expect((await server.busy()).statements).toBe(0), { timeout: 10_000, interval: 50 })
  const working = (server: ServerBench, statements: number) =>
    vi.waitFor(async () => expect((await server.busy()).statements).toBe(statements), { timeout: 10_000, interval: 20 })

  test('ends by itself a statement that takes too long', async (context) => {
    if (bench === null) return context.skip()
    const source = await connect(bench, 'statementTimeout=200')
    // Its own code for that, and not ours for a server that does not answer.
    const ended = expect.stringMatching(/^The database failed with (?:57014|1969)$/) as unknown
    await expect(slowly(source)).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE', message: ended })
    expect((await bench.busy()).statements).toBe(0)
    expect((await fetching(source, [WANG])).rows).toHaveLength(1)
  })

  test('is told to end a statement for which nobody waits any more; the connection serves on', async (context) => {
    if (bench === null) return context.skip()
    const printed = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const source = await connect(bench, 'connections=1&statementTimeout=25000')
    const gone = new AbortController()
    const asked = slowly(source, gone.signal)
    const settled = asked.catch((error: unknown) => error)
    await working(bench, 1)
    gone.abort()
    expect(await settled).toMatchObject({ code: 'SOURCE_UNAVAILABLE' })
    await idle(bench)
    expect((await fetching(source, [WANG])).rows).toHaveLength(1)
    expect(await bench.busy()).toEqual({ statements: 0, connections: 1 })
    expect(printed).not.toHaveBeenCalled()
    printed.mockRestore()
  })

  test('serves on after many who went away at once', async (context) => {
    if (bench === null) return context.skip()
    const source = await connect(bench, 'connections=2&statementTimeout=25000&connectTimeout=20000')
    for (let round = 0; round < 3; round += 1) {
      const gone = new AbortController()
      const asked = Array.from({ length: 6 }, () => slowly(source, gone.signal).catch(() => 'gone'))
      await working(bench, 2)
      gone.abort()
      expect(new Set(await Promise.all(asked))).toEqual(new Set(['gone']))
      await idle(bench)
    }
    const many = await Promise.all(Array.from({ length: 20 }, () => fetching(source, [WANG])))
    expect(many.every(({ rows }) => rows.length === 1)).toBe(true)
  })

  test('sees no more connections than are allowed, and whoever waits too long for one is told', async (context) => {
    if (bench === null) return context.skip()
    const source = await connect(bench, 'connections=2&statementTimeout=3000&connectTimeout=1000')
    await source.asOf(PEOPLE)
    const asked = Array.from({ length: 5 }, () => slowly(source).catch((error: unknown) => error))
    await working(bench, 2)
    expect((await bench.busy()).connections).toBe(2)
    for (const error of await Promise.all(asked)) expect(error).toMatchObject({ code: 'SOURCE_UNAVAILABLE' })
    expect((await fetching(source, [WANG])).rows).toHaveLength(1)
    expect((await bench.busy()).connections).toBeLessThanOrEqual(2)
  })

  test('is not reachable for a while, and then again, without a restart of ours', async (context) => {
    if (bench === null) return context.skip()
    const source = await connect(bench)
    expect((await fetching(source, [WANG])).rows).toHaveLength(1)
    await bench.stop()
    await expect(fetching(source, [WANG])).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE' })
    expect(await source.health()).toMatchObject({ ok: false })
    await expect(source.describe?.(placesOf([PEOPLE]))).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE' })
    await bench.restart()
    await vi.waitFor(async () => expect((await fetching(source, [WANG])).rows).toHaveLength(1), { timeout: 10_000 })
    expect(await source.health()).toMatchObject({ ok: true })
  })

  test('leaves nothing open once the source is closed', async (context) => {
    if (bench === null) return context.skip()
    const source = await bench.connect()
    await Promise.all(Array.from({ length: 8 }, () => fetching(source, [WANG])))
    expect((await bench.busy()).connections).toBeGreaterThan(0)
    await source.close()
    await vi.waitFor(async () => expect((await bench?.busy())?.connections).toBe(0), { timeout: 10_000 })
    await pause(0)
  })
})
