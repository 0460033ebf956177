import fc from 'fast-check'
import { Kysely, PostgresDialect } from 'kysely'
import { Pool } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { demoPeople } from '../../city/demo-people.ts'
import { openPostgres } from '../../subgraphs/kit/sql/postgres.ts'
import type { Source } from '../../subgraphs/kit/register.ts'
import { sqlAddress } from '../../subgraphs/kit/sql/address.ts'
import { sqlSource } from '../../subgraphs/kit/sql/sql.ts'
import type { Tables } from '../../subgraphs/kit/sql/sql.ts'
import { createSubgraph } from '../../subgraphs/kit/subgraph.ts'
import { systemClock } from '../../gateway/vocabulary/ports.ts'
import { loadTime, publicSecurity } from '../../subgraphs/public-security/source.ts'
import { testCity } from '../kit/city.ts'
import type { TestCity } from '../kit/city.ts'
import { startPostgres } from '../kit/postgres.ts'
import type { PrivatePostgres } from '../kit/postgres.ts'
import { columnsRead } from '../kit/sql-log.ts'

/** Written here a second time on purpose: a mistake in source.ts must not also be the expectation. */
const COLUMN: Readonly<Record<string, string>> = {
  name: 'xm',
  citizenIdNumber: 'gmsfhm',
  sex: 'xb',
  ethnicity: 'mz',
  householdTownship: 'hjd_xzjd',
  householdPoliceStation: 'hjd_pcs',
  photo: 'xp_wjid',
  registrationStatus: 'hjzt',
  preCancellationDivision: 'zxq_xzqh',
  preCancellationPoliceStation: 'zxq_pcs',
  cancellationDate: 'zxrq',
  cancellationReason: 'zxyy',
}
const RECORD_FIELDS = Object.keys(COLUMN)
const PERSON_FIELDS = ['name', 'sex', 'ethnicity']
const PEOPLE = Object.values(demoPeople).map((citizen) => ({ __typename: 'Person', ...citizen.document }))
const CONTEXT = { receipt: 'gx_test', consumer: 'housing', matter: null }

/** A selection, the variables that it needs, and the fields that are selected for these variables. */
interface Selection {
  readonly text: string
  readonly wanted: ReadonlySet<string>
}

type Wrap = 'plain' | 'inline' | 'typed' | 'spread' | 'included' | 'excluded' | 'skipped' | 'kept'

/** One field in one of the ways in which a document can select it, or seem to. */
function wrapped(name: string, wrap: Wrap, at: number): string {
  const field = `f${at}: ${name}`
  const forms: Readonly<Record<Wrap, string>> = {
    plain: field,
    inline: `... { ${field} }`,
    typed: `... on HouseholdRegistration { ${field} }`,
    spread: `... @include(if: $yes) { ... on HouseholdRegistration { ${field} } }`,
    included: `${field} @include(if: $yes)`,
    excluded: `${field} @include(if: $no)`,
    skipped: `... @skip(if: $yes) { ${field} }`,
    kept: `${field} @skip(if: $no)`,
  }
  return forms[wrap]
}

const wraps = fc.constantFrom<Wrap>('plain', 'inline', 'typed', 'spread', 'included', 'excluded', 'skipped', 'kept')
const picks = fc.array(fc.tuple(fc.constantFrom(...RECORD_FIELDS), wraps), { maxLength: 8 })

const selections = fc
  .tuple(picks, picks, fc.subarray(PERSON_FIELDS), fc.boolean())
  .filter(([first, second, person]) => first.length + second.length + person.length > 0)
  .map(([first, second, person, viaFragment]): Selection => {
    const record = (list: typeof first): string => list.map(([name, wrap], at) => wrapped(name, wrap, at)).join(' ')
    const body = `${person.join(' ')} h1: household { __typename ${record(first)} } h2: household { __typename ${record(second)} }`
    const chosen = [...first, ...second].filter(([, wrap]) => wrap !== 'excluded' && wrap !== 'skipped')
    const operation = 'query ($r: [_Any!]!, $yes: Boolean! = true, $no: Boolean! = false)'
    // Keeps both variables used in every document.
    const used = '__typename @include(if: $yes) n: __typename @include(if: $no)'
    return {
      text: viaFragment
        ? `${operation} { _entities(representations: $r) { ${used} ...P } } fragment P on Person { ${body} }`
        : `${operation} { _entities(representations: $r) { ${used} ... on Person { ${body} } } }`,
      wanted: new Set([...chosen.map(([name]) => name), ...person]),
    }
  })

/** The check itself: what PostgreSQL logged is one query with the needed columns and the key, and nothing else. */
function expectColumns(read: readonly ReadonlySet<string>[], wanted: ReadonlySet<string>): void {
  const needed = new Set(['gmsfhm', ...[...wanted].map((name) => COLUMN[name] ?? name)])
  expect(read.map((columns) => [...columns].toSorted())).toEqual([[...needed].toSorted()])
}

describe('the columns in PostgreSQL’s own log', () => {
  let server: PrivatePostgres | null = null
  let city: TestCity | null = null
  beforeAll(async () => {
    server = await startPostgres()
    if (server !== null) city = await testCity(100, server.url)
  })
  afterAll(async () => {
    await city?.close()
    await server?.close()
  })

  /** Runs a selection for several people and gives what the server logged meanwhile. */
  async function logged(postgres: PrivatePostgres, source: Source, text: string) {
    const since = postgres.log().length
    const answer = await createSubgraph(publicSecurity, source).execute(
      { query: text, variables: { r: PEOPLE } },
      CONTEXT,
    )
    expect(answer.errors).toBeUndefined()
    return columnsRead(postgres.log(), since)
  }

  test('are those of the selected fields and the key, for any selection', async (context) => {
    if (server === null) return context.skip()
    const postgres = server
    const source = sqlSource({ db: openPostgres(sqlAddress(postgres.url)), loadTime, clock: systemClock })
    expect.hasAssertions()
    await fc.assert(
      fc.asyncProperty(selections, async ({ text, wanted }) => {
        expectColumns(await logged(postgres, source, text), wanted)
      }),
      { numRuns: 100 },
    )
    await source.close()
  })

  const planted: readonly (readonly [string, (db: Kysely<Tables>) => Promise<Record<string, unknown>[]>])[] = [
    ['select *', (db) => db.selectFrom('czrk_jbxx').selectAll().execute()],
    ['a column too many', (db) => db.selectFrom('czrk_jbxx').select(['gmsfhm', 'xm', 'lxdh']).execute()],
    [
      'a filter on another column',
      (db) => db.selectFrom('czrk_jbxx').select(['gmsfhm', 'xm']).where('csrq', '>', '1').execute(),
    ],
    [
      'the row as a whole',
      (db) =>
        db
          .selectFrom('czrk_jbxx as t')
          .select((e) => ['gmsfhm', 'xm', e.fn<string>('row_to_json', ['t']).as('j')])
          .execute(),
    ],
  ]
  test.each(planted)('catch an adapter that sends %s', async (_name, select) => {
    if (server === null) return
    const pool = new Pool({ connectionString: server.url, max: 1 })
    const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) })
    const honest = sqlSource({ db, loadTime, clock: systemClock })
    const bad: Source = {
      ...honest,
      fetch: async (lookup) => ({ rows: await select(db), asOf: await honest.asOf(lookup.register) }),
    }
    const text = 'query ($r: [_Any!]!) { _entities(representations: $r) { ... on Person { household { name } } } }'
    const read = await logged(server, bad, text)
    expect(() => expectColumns(read, new Set(['name']))).toThrow('to deeply equal')
    expect(() => expectColumns([new Set(['gmsfhm', 'xm'])], new Set(['name']))).not.toThrow()
    await db.destroy()
  })

  test('come from a session that cannot write, with a time limit that the server holds (NT-28.2)', async (context) => {
    if (server === null) return context.skip()
    const db = openPostgres(sqlAddress(`${server.url}?connections=1&statementTimeout=50`))
    await expect(db.deleteFrom('czrk_jbxx').execute()).rejects.toMatchObject({ code: '25006' })
    const slow = db.selectFrom('czrk_jbxx').select((e) => e.fn<string>('pg_sleep', [e.lit(5)]).as('s'))
    await expect(slow.execute()).rejects.toMatchObject({ code: '57014' })
    await db.destroy()
  })
})
