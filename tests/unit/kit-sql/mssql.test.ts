import { describe, expect, test } from 'vitest'
import { beijingInstant } from '../../../subgraphs/kit/decode.ts'
import type {
  TarnPool,
  TediousConnection,
  TediousRequest,
  TediousValue,
} from '../../../subgraphs/kit/sql/mssql-driver.ts'
import { connectionSettings, openMssql } from '../../../subgraphs/kit/sql/mssql.ts'
import type { PersonKey, Register, Source } from '../../../subgraphs/kit/register.ts'
import { sqlAddress } from '../../../subgraphs/kit/sql/address.ts'
import { OVER_MSSQL, sqlSource } from '../../../subgraphs/kit/sql/sql.ts'
import { systemClock } from '../../../gateway/vocabulary/ports.ts'

interface Sent {
  readonly sql: string
  readonly parameters: readonly (readonly [name: string, type: unknown, value: string])[]
}
type Answer = (sql: string, values: readonly string[]) => readonly (readonly TediousValue[])[] | Error

const value = (colName: string, type: string, held: unknown, scale?: number): TediousValue => ({
  value: held,
  metadata: { colName, type: { name: type }, scale },
})
const LOADED = [[value('loaded', 'DateTime', new Date('2026-11-20T03:05:00Z'))]]

/** The driver's interface without a server behind it: what it would send, and what it is told. */
function modules(sent: Sent[], answer: Answer) {
  class Connection implements TediousConnection {
    connect(done: (error?: Error) => void): void {
      done()
    }
    on(): void {}
    cancel(): boolean {
      return true
    }
    close(): void {}
    execSql(request: TediousRequest): void {
      if (request instanceof Request) request.run()
    }
  }
  class Request implements TediousRequest {
    readonly #parameters: (readonly [string, unknown, string])[] = []
    #row: (columns: readonly TediousValue[]) => void = () => undefined
    readonly #sql: string
    readonly #done: (error?: Error | null) => void
    constructor(sql: string, done: (error?: Error | null) => void) {
      this.#sql = sql
      this.#done = done
    }
    addParameter(name: string, type: unknown, given: string): void {
      this.#parameters.push([name, type, given])
    }
    on(_event: 'row', listener: (columns: readonly TediousValue[]) => void): void {
      this.#row = listener
    }
    run(): void {
      sent.push({ sql: this.#sql, parameters: this.#parameters })
      const values = this.#parameters.map(([, , given]) => given)
      const rows = answer(this.#sql, values)
      if (rows instanceof Error) return this.#done(rows)
      for (const row of rows) this.#row(row)
      this.#done()
    }
  }
  class Pool implements TarnPool {
    acquire() {
      return { promise: Promise.resolve(new Connection()) }
    }
    release(): void {}
    async destroy(): Promise<void> {}
  }
  const TYPES = { VarChar: 'VarChar', NVarChar: 'NVarChar' }
  return async () => ({ tedious: { Connection, Request, TYPES }, tarn: { Pool } })
}

const LOAD_TIME = { table: 'jl', column: 'sj', where: { column: 'zt', value: '1' }, decode: beijingInstant }
const PEOPLE: Register = {
  type: 'Person',
  at: 'ry',
  rows: 'ONE',
  key: {
    documentType: { kind: 'COLUMN', column: 'zjlx', codes: { '1': 'RESIDENT_ID', '2': 'PASSPORT' } },
    number: 'zjhm',
    oldNumbers: true,
  },
  fields: {},
}
const passport = (idDocumentNumber: string): PersonKey => ({ idDocumentType: 'PASSPORT', idDocumentNumber })

async function over(answer: Answer = () => []): Promise<{ readonly source: Source; readonly sent: Sent[] }> {
  const sent: Sent[] = []
  const address = sqlAddress('mssql://leser:geheim@db/x?statementTimeout=700')
  const db = await openMssql(
    address,
    undefined,
    modules(sent, (sql, values) => (sql.includes('"jl"') ? LOADED : answer(sql, values))),
  )
  const source = sqlSource({ db: db.withSchema('dbo'), dialect: OVER_MSSQL, loadTime: LOAD_TIME, clock: systemClock })
  return { source, sent }
}

describe('SQL Server, of which the statements alone are tested', () => {
  test('is asked for rows by parameters, narrow where the text is', async () => {
    const { source, sent } = await over()
    const keys = [passport('E1'), passport('粤1')]
    const { asOf } = await source.fetch({ register: PEOPLE, columns: ['zjlx', 'zjhm', 'xm'], keys, signal: undefined })
    expect(asOf).toBe('2026-11-20T03:05:00+08:00')
    expect(sent).toEqual([
      {
        sql: 'select max("sj") as "loaded" from "dbo"."jl" where "zt" = @1',
        parameters: [['1', 'VarChar', '1']],
      },
      {
        sql: 'select "zjlx", "zjhm", "xm" from "dbo"."ry" where ("zjhm" in (@1, @2) and "zjlx" in (@3))',
        parameters: [
          ['1', 'VarChar', 'E1'],
          ['2', 'NVarChar', '粤1'],
          ['3', 'VarChar', '2'],
        ],
      },
    ])
  })

  test('is never sent more than 2,100 parameters, however many forms a number has', async () => {
    const { source, sent } = await over()
    const keys = Array.from({ length: 1000 }, (_, at): PersonKey => ({
      idDocumentType: 'RESIDENT_ID',
      idDocumentNumber: `11010119900307${String(at).padStart(3, '0')}X`,
    }))
    await source.fetch({ register: PEOPLE, columns: ['zjlx', 'zjhm'], keys, signal: undefined })
    const counts = sent.slice(1).map(({ parameters }) => parameters.length)
    expect(counts).toEqual([1001, 1001])
    expect(new Set(sent.slice(1).flatMap(({ parameters }) => parameters.map(([, , text]) => text))).size).toBe(2001)
  })

  test('is asked for pages and for groups by top', async () => {
    const { source, sent } = await over()
    const page = { register: PEOPLE, columns: ['zjhm', 'xh'], conditions: [{ column: 'xq', values: ['1', '2'] }] }
    await source.list?.({ ...page, order: 'xh', after: 'a7', limit: 11 })
    await source.count?.({ ...page, columns: ['xq'], most: 50, signal: undefined })
    expect(sent.slice(1).map(({ sql }) => sql)).toEqual([
      'select top(11) "zjhm", "xh" from "dbo"."ry" where ("zjhm" <> @1 and "xq" in (@2, @3) and "xh" > @4) order by "xh"',
      'select top(50) "xq", count(1) as "gx_count" from "dbo"."ry" where "xq" in (@1, @2) group by "xq"',
    ])
  })

  test('has its values read as texts: no padding, no rounding, no shifted hour', async () => {
    const row = [
      value('a', 'Char', 'E1        '),
      value('b', 'VarChar', ' E1 '),
      value('c', 'BigInt', '9007199254740993'),
      value('d', 'DecimalN', 12.5, 2),
      value('e', 'BitN', true),
      value('f', 'Date', new Date('1990-04-15T00:00:00Z')),
      value('g', 'DateTime2', new Date('1990-04-15T00:30:00.000Z')),
      value('h', 'DateTimeOffset', new Date('2024-06-30T16:30:00Z')),
      value('i', 'MoneyN', 3),
      value('j', 'NVarChar', null),
    ]
    const { source } = await over(() => [row])
    const { rows } = await source.fetch({ register: PEOPLE, columns: ['a'], keys: [passport('E1')], signal: undefined })
    expect(rows).toEqual([
      {
        a: 'E1',
        b: ' E1 ',
        c: '9007199254740993',
        d: '12.50',
        e: '1',
        f: '1990-04-15',
        g: '1990-04-15 00:30:00.000',
        h: '2024-07-01T00:30:00.000+08:00',
        i: '3.0000',
        j: null,
      },
    ])
  })

  test('whose driver would round a decimal gives none', async () => {
    const { source } = await over(() => [[value('d', 'NumericN', 12_345_678_901_234, 4)]])
    const asked = source.fetch({ register: PEOPLE, columns: ['d'], keys: [passport('E1')], signal: undefined })
    await expect(asked).rejects.toMatchObject({ message: 'The database failed with DECIMAL_TOO_LONG' })
  })

  test('that fails is told by its code alone', async () => {
    const error = Object.assign(new Error("Invalid object name 'ry' near 'E1'"), { code: 'EREQUEST' })
    const { source } = await over(() => error)
    const asked = source.fetch({ register: PEOPLE, columns: ['d'], keys: [passport('E1')], signal: undefined })
    await expect(asked).rejects.toMatchObject({ message: 'The database failed with EREQUEST' })
  })

  test.each([245, 8114, 8115, 248])('that cannot convert one key (%d) still knows the others', async (number) => {
    const foreign = Object.assign(new Error("Conversion failed on 'E1'"), { code: 'EREQUEST', number })
    const row = [value('zjlx', 'VarChar', '2'), value('zjhm', 'Int', 7)]
    const { source } = await over((_, values) => (values.includes('E1') ? foreign : [row]))
    const lookup = { register: PEOPLE, columns: ['zjlx', 'zjhm'], signal: undefined }
    const { rows } = await source.fetch({ ...lookup, keys: [passport('E1'), passport('7')] })
    expect(rows).toEqual([{ zjlx: '2', zjhm: '7' }])
  })

  test('that refuses a statement is told by the number of the server', async () => {
    const error = Object.assign(new Error("Invalid object name 'ry'"), { code: 'EREQUEST', number: 208 })
    const { source } = await over(() => error)
    const asked = source.fetch({ register: PEOPLE, columns: ['d'], keys: [passport('E1')], signal: undefined })
    await expect(asked).rejects.toMatchObject({ message: 'The database failed with MSSQL_208' })
  })

  test('is verified when it is encrypted, and asked for a replica that may be read', () => {
    const settings = (parameters: string) => connectionSettings(sqlAddress(`mssql://r@db/x${parameters}`))
    const plain = { encrypt: false, trustServerCertificate: false, readOnlyIntent: true, requestTimeout: 3000 }
    expect(settings('')).toMatchObject({ server: 'db', options: plain })
    expect(settings('?ssl=true')).toMatchObject({ options: { encrypt: true, trustServerCertificate: false } })
    expect(settings('?ssl=no-verify')).toMatchObject({ options: { encrypt: true, trustServerCertificate: true } })
  })
})
