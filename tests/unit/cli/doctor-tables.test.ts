import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadDatabases } from '../../../city/databases/load.ts'
import { startMariadb } from '../../kit/mariadb.ts'
import type { PrivateMariadb } from '../../kit/mariadb.ts'
import { emptyFolder, gongxiang } from './run.ts'

interface Finding {
  readonly check: string
  readonly state: string
  readonly text: { readonly en: string }
}

const SCHEMA = 'market_registration'

describe('gongxiang doctor, of a department whose system is a database', () => {
  let server: PrivateMariadb | null = null
  let folder = ''
  beforeAll(async () => {
    server = await startMariadb()
    if (server === null) return
    await loadDatabases({ people: 20, seed: 7, mysql: server.adminUrl, only: ['market-registration'] })
    await server.run(`grant select on ${SCHEMA}.* to gx@'127.0.0.1'`)
    folder = await emptyFolder()
  }, 90_000)
  afterAll(() => server?.close())

  /** The findings of the tables, and whether the doctor would let the machine start. */
  async function examine(databaseSchema: string) {
    await writeFile(
      join(folder, 'gongxiang.yaml'),
      `departments: { market-registration: { databaseUrl: '${server?.url}', databaseSchema: ${databaseSchema} } }\n`,
    )
    const { code, out } = await gongxiang(folder, ['doctor', '--json'])
    const { findings } = JSON.parse(out) as { readonly findings: readonly Finding[] }
    const ours = findings.filter(({ check }) => check === 'tables.market-registration')
    return { code, found: ours.map(({ state, text }) => [state, text.en]) }
  }

  test('finds it well where every table and column is there', async (context) => {
    if (server === null) return context.skip()
    expect((await examine(SCHEMA)).found).toEqual([['ok', expect.stringMatching(/^\d+ tables have every column$/)]])
  })

  test('finds every name that is wrong, before anybody is asked for', async (context) => {
    if (server === null) return context.skip()
    await server.run(
      `alter table ${SCHEMA}.qy_jbxx rename column ztsxh to ztxh, rename column hy to hydm`,
      `drop table ${SCHEMA}.zt_bsdz`,
    )
    const before = server.log().length
    expect(await examine(SCHEMA)).toEqual({
      code: 1,
      found: expect.arrayContaining([
        ['fail', 'qy_jbxx: cannot read hy, ztsxh'],
        ['fail', 'zt_bsdz cannot be read'],
      ]) as unknown,
    })
    const asked = [
      ...server
        .log()
        .slice(before)
        .matchAll(/\bExecute\t(select .* from `.*)/g),
    ].map(([, sql]) => sql)
    expect(asked.length).toBeGreaterThan(0)
    expect(asked.every((sql) => sql?.endsWith('where 1 = 0'))).toBe(true)
  })
})
