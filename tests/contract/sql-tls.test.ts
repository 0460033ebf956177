import { chmod, chown, copyFile, mkdir, mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Failure } from '../../gateway/vocabulary/failure.ts'
import { connectSql } from '../../subgraphs/kit/sql/connect-sql.ts'
import { createAuthority } from '../kit/certificates.ts'
import { startMariadb } from '../kit/mariadb.ts'
import { startPostgres } from '../kit/postgres.ts'

const LOAD_TIME = { table: 'jl', column: 'sj', where: { column: 'zt', value: '1' }, decode: () => 'loaded' }
const LOADED = ['create table jl (sj char(10), zt char(1))', "insert into jl values ('2026-11-20', '1')"]

let folder = ''
let authority = ''
let stranger = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gx-sql-tls-'))
  for (const name of ['own', 'other']) await mkdir(join(folder, name))
  const own = await createAuthority(join(folder, 'own'))
  await own.issue('localhost')
  await createAuthority(join(folder, 'other'))
  authority = join(folder, 'own', 'ca.pem')
  stranger = join(folder, 'other', 'ca.pem')
}, 60_000)
afterAll(() => rm(folder, { recursive: true, force: true }))

/** The server's certificate and key, where its own user may read them. */
async function forServer(beside: string): Promise<{ readonly certificate: string; readonly key: string }> {
  const { uid, gid } = await stat(beside)
  const [certificate, key] = [join(beside, 'server.pem'), join(beside, 'server.key')]
  await copyFile(join(folder, 'own', 'localhost.pem'), certificate)
  await copyFile(join(folder, 'own', 'localhost.key'), key)
  await chmod(key, 0o600)
  if (process.getuid?.() === 0) for (const file of [certificate, key]) await chown(file, uid, gid)
  return { certificate, key }
}

async function startPostgresTls() {
  const server = await startPostgres()
  if (server === null) return null
  const client = new Client(server.url)
  await client.connect()
  for (const statement of LOADED) await client.query(statement)
  const { rows } = await client.query<{ data_directory: string }>('show data_directory')
  const { certificate, key } = await forServer(rows[0]?.data_directory ?? '')
  await client.query(`alter system set ssl_cert_file = '${certificate}'`)
  await client.query(`alter system set ssl_key_file = '${key}'`)
  await client.query('alter system set ssl = on')
  await client.end()
  await server.stop()
  await server.restart()
  // What is read tells whether it came encrypted.
  const watched = new Client(server.url)
  await watched.connect()
  await watched.query('alter table jl rename to jl_all')
  await watched.query('create view jl as select jl_all.* from jl_all, pg_stat_ssl where pid = pg_backend_pid() and ssl')
  await watched.end()
  return server
}

async function startMariadbTls() {
  const place = await mkdtemp(join(tmpdir(), 'gx-sql-key-'))
  await chmod(place, 0o755)
  const { certificate, key } = await forServer(place)
  await chmod(key, 0o644)
  const server = await startMariadb(`--ssl-cert=${certificate}`, `--ssl-key=${key}`)
  await rm(place, { recursive: true, force: true })
  await server?.run('use gx', ...LOADED, "alter user gx@'127.0.0.1' require ssl")
  return server
}

describe.each([
  ['PostgreSQL', startPostgresTls],
  ['MariaDB', startMariadbTls],
])('a connection to %s', (_name, start) => {
  let server: Awaited<ReturnType<typeof start>> = null
  beforeAll(async () => {
    server = await start()
  }, 90_000)
  afterAll(() => server?.close())

  /** Whether the rows that are given to encrypted connections alone can be read. */
  async function reads(host: string, parameters: string): Promise<boolean> {
    const databaseUrl = `${(server?.url ?? '').replace('127.0.0.1', host)}?${parameters}`
    try {
      const source = await connectSql({ dataDirectory: '/nonexistent', databaseUrl }, 'x.db', LOAD_TIME)
      const { ok } = await source.health()
      await source.close()
      return ok
    } catch (error) {
      if (error instanceof Failure && error.code === 'SOURCE_UNAVAILABLE') return false
      throw error
    }
  }

  test('is encrypted to the server that the authority vouches for, by its name, and to no other', async (context) => {
    if (server === null) return context.skip()
    expect(await reads('localhost', '')).toBe(false)
    expect(await reads('localhost', `ssl=true&sslca=${authority}`)).toBe(true)
    expect(await reads('localhost', `sslca=${authority}`)).toBe(true)
    expect(await reads('127.0.0.1', `ssl=true&sslca=${authority}`)).toBe(false)
    expect(await reads('localhost', `ssl=true&sslca=${stranger}`)).toBe(false)
    expect(await reads('localhost', 'ssl=true')).toBe(false)
    expect(await reads('127.0.0.1', 'ssl=no-verify')).toBe(true)
  })
})
