import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'

const run = promisify(execFile)
const CONNECT = new URL('../../../subgraphs/kit/sql/connect-sql.ts', import.meta.url)

/** Connects one department in a process of its own; tells which drivers that process has loaded. */
const SCRIPT = `
import { registerHooks } from 'node:module'
const [connect, databaseUrl] = process.argv.slice(1)
const loaded = new Set()
registerHooks({
  load(url, context, next) {
    const [, driver] = /node_modules\\/(pg|mysql2|tedious|tarn)\\//.exec(url) ?? []
    if (driver !== undefined) loaded.add(driver)
    return next(url, context)
  },
})
const { connectSql } = await import(connect)
const loadTime = { table: 't', column: 'c', where: { column: 'w', value: '1' }, decode: String }
const failure = await connectSql({ dataDirectory: '/nonexistent', databaseUrl }, 'x.db', loadTime).then(
  () => null,
  ({ code, message }) => [code, message],
)
console.log(JSON.stringify({ loaded: [...loaded], failure }))
`

async function connected(...databaseUrl: readonly string[]): Promise<unknown> {
  const { stdout } = await run(process.execPath, [
    '--input-type=module',
    '--eval',
    SCRIPT,
    CONNECT.href,
    ...databaseUrl,
  ])
  return JSON.parse(stdout)
}

describe('a process that reads one kind of database', () => {
  test.each([
    ['PostgreSQL', 'postgres://r@127.0.0.1:1/x', ['pg']],
    ['MySQL', 'mysql://r@127.0.0.1:1/x', ['mysql2']],
  ])('%s, loads its driver alone', async (_name, url, loaded) => {
    expect(await connected(url)).toEqual({ loaded, failure: null })
  })

  test('SQLite, loads no driver', async () => {
    const failure = ['SOURCE_UNAVAILABLE', 'The SQLite file of the source is missing']
    expect(await connected()).toEqual({ loaded: [], failure })
  })

  test('SQL Server, says what must be installed', async () => {
    const failure = ['SOURCE_UNAVAILABLE', expect.stringContaining('npm install tedious@20 tarn@3') as unknown]
    expect(await connected('mssql://r:geheim@127.0.0.1:1/x')).toEqual({ loaded: [], failure })
  })
})
