import { afterAll, describe, expect, test } from 'vitest'
import { loadDatabases, schemaOf } from '../../city/databases/load.ts'
import type { LoadedSystem } from '../../city/databases/load.ts'
import { CITY, leaksIn } from '../kit/gateway-canaries.ts'
import { startMariadb } from '../kit/mariadb.ts'
import { startPostgres } from '../kit/postgres.ts'
import { readCaseFiles } from './case-file.ts'
import { createCaseGateways } from './case-gateway.ts'
import { runCase } from './run-case.ts'

/*
 * The journeys of the three kinds of user once more, word for word the same cases, over servers as cities have them:
 * what is tables in PostgreSQL and MariaDB, REST and SOAP over their own port. (Redis: production-compose.test.ts.)
 */

/** Desk: S01, S07, S16, S24; application: S02, S06, S18, S25; analyst: S21. */
const SCENARIOS = new Set(['S01', 'S02', 'S06', 'S07', 'S16', 'S18', 'S21', 'S24', 'S25'])
const files = readCaseFiles().filter(({ scenario, cases }) => SCENARIOS.has(scenario) && cases.length > 0)

const [postgres, mariadb] = await Promise.all([startPostgres(), startMariadb()])
const servers = postgres && mariadb ? { postgres, mariadb } : null
const loaded: readonly LoadedSystem[] =
  servers === null
    ? []
    : await loadDatabases({ ...CITY, postgres: servers.postgres.url, mysql: servers.mariadb.adminUrl })

// Who may read every department's database, and write to none.
await servers?.mariadb.run("CREATE USER 'reader'@'%'", "GRANT SELECT ON *.* TO 'reader'@'%'")

/** A department's own address, with the account that may only read. */
function addressOf({ home, schema }: LoadedSystem): Record<string, string> {
  if (home === 'postgres') return { databaseUrl: servers?.postgres.url ?? '', databaseSchema: schema }
  const url = new URL(servers?.mariadb.url ?? '')
  url.username = 'reader'
  url.pathname = schema
  return { databaseUrl: url.href }
}

const gateways = createCaseGateways({
  departments: Object.fromEntries(loaded.map((one) => [one.department, addressOf(one)])),
})

afterAll(async () => {
  await gateways.stop()
  await Promise.all([postgres?.close(), mariadb?.close()])
})

describe.runIf(servers !== null)('over PostgreSQL and MariaDB', () => {
  test('all nine systems with tables are in their servers', () => {
    expect(loaded.map(({ department }) => department)).toHaveLength(9)
    expect(loaded.every(({ department, schema, rows }) => schema === schemaOf(department) && rows > 0)).toBe(true)
    expect(new Set(files.map(({ scenario }) => scenario)).size).toBeGreaterThan(5)
  })

  for (const [place, { scenario, title, cases }] of files.entries()) {
    describe(`${scenario} ${title.en}`, () => {
      test.each(cases.map((one) => [one.title.en, one] as const))('%s', async (_title, one) => {
        const came: unknown = JSON.parse(JSON.stringify(await runCase(await gateways.gatewayFor(one), one)))
        expect(came).toEqual(one.want)
      })
      afterAll(() => gateways.release(files.slice(place + 1).flatMap((later) => later.cases)))
    })
  }

  test('the servers were really asked, and by nobody who could write', () => {
    expect(servers?.postgres.log()).toMatch(/"public_security"\."czrk_jbxx"/)
    expect(servers?.mariadb.log()).toMatch(/`(jhsy|xs_xjxx|xjxx|jzz_djb)/)
  })

  test('left a whole record, with no value in it or in the log', async () => {
    for (const gateway of await gateways.all()) {
      expect((await gateway.verify()).faults).toEqual([])
      await gateway.halt()
      expect(await leaksIn(gateway.directory)).toEqual([])
    }
  }, 240_000)
})
