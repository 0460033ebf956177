import { createConnection } from 'mysql2/promise'
import type { RowDataPacket } from 'mysql2/promise'
import { Client } from 'pg'
import { afterAll, describe, expect, test } from 'vitest'
import { loadDatabases } from '../../city/databases/load.ts'
import type { LoadOptions } from '../../city/databases/load.ts'
import { SQL_SYSTEMS } from '../../city/databases/systems.ts'
import { generate } from '../../city/generate.ts'
import { startMariadb } from '../kit/mariadb.ts'
import { startPostgres } from '../kit/postgres.ts'

/* A synthetic city in real servers: the same rows as in its files, made once, and never over anything of somebody's. */

const SIZE = { people: 2_100, seed: 7 }

interface Server {
  readonly address: Pick<LoadOptions, 'postgres' | 'mysql'>
  query(sql: string): Promise<readonly Readonly<Record<string, unknown>>[]>
  readonly markForeign: string
  close(): Promise<void>
}

async function overPostgres(): Promise<Server | null> {
  const server = await startPostgres()
  if (server === null) return null
  const client = new Client({ connectionString: server.url })
  await client.connect()
  return {
    address: { postgres: server.url },
    query: async (sql) => (await client.query<Record<string, unknown>>(sql)).rows,
    markForeign: "comment on schema residence_permit is 'the real one'",
    async close() {
      await client.end()
      await server.close()
    },
  }
}

async function overMariadb(): Promise<Server | null> {
  const server = await startMariadb()
  if (server === null) return null
  const connection = await createConnection({ uri: server.adminUrl })
  return {
    address: { mysql: server.adminUrl },
    query: async (sql) => (await connection.query<RowDataPacket[]>(sql))[0],
    markForeign: "alter table residence_permit.jzz_djb comment = 'the real one'",
    async close() {
      await connection.end()
      await server.close()
    },
  }
}

describe.each([
  ['PostgreSQL', overPostgres],
  ['MariaDB', overMariadb],
] as const)('a city in %s', async (_name, start) => {
  const server = await start()
  afterAll(() => server?.close())
  const only = ['residence-permit', 'quality-supervision']
  const load = (more: Partial<LoadOptions> = {}) => loadDatabases({ ...SIZE, ...server?.address, only, ...more })

  test.skipIf(server === null)('holds everybody whom the department knows, each once', async () => {
    const loaded = await load()
    expect(loaded).toMatchObject([
      { department: 'residence-permit', schema: 'residence_permit', created: true },
      { department: 'quality-supervision', schema: 'quality_supervision', created: true },
    ])
    const numbers = [...generate(SIZE)].flatMap(({ residencePermit }) => residencePermit?.documentNumber ?? [])
    expect(numbers.length).toBeGreaterThan(100)
    const rows = (await server?.query('select zjhm from residence_permit.jzz_djb')) ?? []
    expect(rows.map(({ zjhm }) => String(zjhm)).toSorted()).toEqual(numbers.toSorted())
    expect(loaded[0]?.rows).toBe(numbers.length)
  })

  test.skipIf(server === null)('is made once; another one takes its place', async () => {
    expect((await load()).map(({ created }) => created)).toEqual([false, false])
    const smaller = await load({ people: 60 })
    expect(smaller.map(({ created }) => created)).toEqual([true, true])
    const [row] = (await server?.query('select count(*) as n from residence_permit.jzz_djb')) ?? []
    expect(Number(row?.['n'])).toBe(smaller[0]?.rows)
    const logged = await server?.query("select drsj from residence_permit.jzz_drjl where drzt = '1'")
    expect(logged).toEqual([{ drsj: expect.stringMatching(/^2026-11-20 /) as unknown }])
  })

  test.skipIf(server === null)('leaves what is somebody else’s as it is', async () => {
    const before = await server?.query('select count(*) as n from residence_permit.jzz_djb')
    await server?.query(server.markForeign)
    await expect(load({ people: 100 })).rejects.toThrow('nothing was changed')
    expect(await server?.query('select count(*) as n from residence_permit.jzz_djb')).toEqual(before)
  })

  test.skipIf(server === null)('refuses a department that has no database', async () => {
    await expect(load({ only: ['disabled-persons'] })).rejects.toThrow(
      /disabled-persons has no database.*residence-permit/,
    )
  })
})

test('every system with tables has one of its own name', () => {
  const names = SQL_SYSTEMS.map(({ department }) => department)
  expect(new Set(names).size).toBe(names.length)
  expect(names).toEqual(expect.arrayContaining(['public-security', 'market-registration', 'residence-permit']))
})
