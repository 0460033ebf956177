import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { demoPeople } from '../../city/demo-people.ts'
import { demoOrganisations } from '../../city/organisations/demo-organisations.ts'
import { humanResourcesSystem } from '../../city/systems/human-resources-server.ts'
import { systemClock } from '../../gateway/vocabulary/ports.ts'
import { humanResources } from '../../subgraphs/human-resources-social-security/source.ts'
import { sqlSource } from '../../subgraphs/kit/sql/sql.ts'
import { openSqlite } from '../../subgraphs/kit/sql/sqlite.ts'
import { createSubgraph } from '../../subgraphs/kit/subgraph.ts'
import { loadTime, publicSecurity } from '../../subgraphs/public-security/source.ts'
import { testCity } from '../kit/city.ts'
import { startOldSystem } from '../kit/old-system.ts'
import { startPostgres } from '../kit/postgres.ts'
import { columnsOf, columnsRead } from '../kit/sql-log.ts'
import { FILE_KINDS } from './file-kinds.ts'
import { HTTP_KINDS } from './http-kinds.ts'
import { LINK_KINDS } from './record-kinds.ts'
import { REST_LINK_KINDS } from './rest-record-kinds.ts'
import { startMariadbDepartment } from './sql-city.ts'
import { SQL_KINDS } from './sql-kinds.ts'
import { identifierOf, startHttpDepartment, startSqlDepartment } from './subgraph-bench.ts'
import type { Bench, Kind, Reference } from './subgraph-bench.ts'

const CONTEXT = { receipt: 'gx_test', consumer: 'housing', matter: null }

async function startSqlite(): Promise<Bench> {
  const city = await testCity()
  const seen: ReadonlySet<string>[] = []
  const db = openSqlite(join(city.directory, 'public-security', 'hjgl.db'), (sql) => {
    if (sql.includes('czrk_jbxx')) seen.push(columnsOf(sql))
  })
  const subgraph = createSubgraph(publicSecurity, sqlSource({ db, loadTime, clock: systemClock }))
  return { subgraph, queries: () => seen.splice(0), breakSource: () => db.destroy(), close: () => city.close() }
}

async function startPostgresBench(): Promise<Bench | null> {
  const server = await startPostgres()
  if (server === null) return null
  const city = await testCity(200, server.url)
  const source = await publicSecurity.connect({ dataDirectory: city.directory, databaseUrl: server.url })
  const subgraph = createSubgraph(publicSecurity, source)
  let since = server.log().length
  return {
    subgraph,
    queries: () => {
      const log = server.log()
      const read = columnsRead(log, since)
      since = log.length
      return read
    },
    breakSource: () => server.stop(),
    async close() {
      await subgraph.close()
      await server.close()
      await city.close()
    },
  }
}

async function startRest(): Promise<Bench> {
  const city = await testCity()
  const seen: ReadonlySet<string>[] = []
  const system = await startOldSystem(
    city.directory,
    humanResourcesSystem((call) => {
      if (call.path.endsWith('/batch')) seen.push(new Set(call.fields))
    }),
  )
  const options = { dataDirectory: city.directory, apiUrl: system.url }
  const subgraph = createSubgraph(humanResources, await humanResources.connect(options))
  return {
    subgraph,
    queries: () => seen.splice(0),
    breakSource: () => system.close(),
    async close() {
      await subgraph.close()
      await city.close()
    },
  }
}

const ON_HOUSEHOLD = {
  type: 'HouseholdRegistration',
  link: 'household',
  field: 'householdTownship',
  keys: ['gmsfhm'],
  column: 'hjd_xzjd',
  other: { field: 'cancellationDate', column: 'zxrq' },
  known: demoPeople.allThree.document,
  value: { householdTownship: '中山市石岐街道' },
  absent: demoPeople.passportHolder.document,
  asOf: '2026-11-20T02:10:00+08:00',
} as const

const KINDS: readonly Kind[] = [
  { name: 'SQL, SQLite', start: startSqlite, ...ON_HOUSEHOLD },
  { name: 'SQL, PostgreSQL', start: startPostgresBench, ...ON_HOUSEHOLD },
  { name: 'SQL, MariaDB', start: () => startMariadbDepartment(publicSecurity), ...ON_HOUSEHOLD },
  {
    name: 'REST',
    start: startRest,
    type: 'SocialInsuranceEnrolment',
    link: 'socialInsurance',
    field: 'insuranceType',
    keys: ['aac058', 'aae135'],
    column: 'aae140',
    other: { field: 'employerName', column: 'aab004' },
    known: demoPeople.oldNumber.document,
    value: [{ insuranceType: '110' }, { insuranceType: '310' }],
    absent: demoPeople.publicSecurityOnly.document,
    asOf: '2026-11-20T23:30:00+08:00',
  },
  ...FILE_KINDS,
  ...LINK_KINDS,
  ...[...HTTP_KINDS, ...REST_LINK_KINDS].map(({ over, department, systems, ...about }): Kind => ({
    name: `${over}, ${department.name}: ${about.link}`,
    start: () => startHttpDepartment(department, systems),
    asOf: '2026-11-20T03:05:00+08:00',
    ...about,
  })),
  ...SQL_KINDS.map(({ department, ...about }): Kind => ({
    name: `SQL, SQLite, ${department.name}: ${about.link}`,
    start: () => startSqlDepartment(department),
    asOf: '2026-11-20T03:05:00+08:00',
    ...about,
  })),
]

function typeOf(reference: Reference): 'Person' | 'LegalEntity' {
  return 'identifier' in reference ? 'LegalEntity' : 'Person'
}

function representation(reference: Reference) {
  return { __typename: typeOf(reference), ...reference }
}

const PEOPLE: readonly Reference[] = Object.values(demoPeople).map(({ document }) => document)
const ORGANISATIONS: readonly Reference[] = Object.values(demoOrganisations).map(identifierOf)

describe.each(KINDS)('a department over $name (NT-13.1, ZS-2.11)', (kind) => {
  let bench: Bench | null = null
  beforeAll(async () => {
    bench = await kind.start()
  })
  afterAll(() => bench?.close())

  async function ask(selection: string, references: readonly Reference[], more: Record<string, unknown> = {}) {
    if (bench === null) throw new Error('no bench')
    const type = typeOf(kind.known)
    const declared = 'on' in more ? '($r: [_Any!]!, $on: Boolean!)' : '($r: [_Any!]!)'
    const query = `query ${declared} { _entities(representations: $r) { ... on ${type} { ${selection} } } }`
    const answer = await bench.subgraph.execute(
      { query, variables: { r: references.map(representation), ...more } },
      CONTEXT,
    )
    return { answer, entities: answer.data?.['_entities'], queries: bench.queries() }
  }

  test('answers the value, null for the unknown, and its own time', async (context) => {
    if (bench === null) return context.skip()
    const { answer, entities } = await ask(`${kind.link} { ${kind.field} }`, [kind.known, kind.absent])
    expect(answer.errors).toBeUndefined()
    expect(entities).toEqual([{ [kind.link]: kind.value }, { [kind.link]: null }])
    expect(answer.extensions?.sources).toEqual([{ type: kind.type, asOf: kind.asOf }])
  })

  test('asks one query for all subjects, fragments and aliases, with the needed columns alone', async (context) => {
    if (bench === null) return context.skip()
    const { link, field, other } = kind
    const selection = `a: ${link} { x: ${field} } ... on ${typeOf(kind.known)} { b: ${link} { ... { ${other.field} } __typename } } ${link} { ${field} }`
    const everybody = typeOf(kind.known) === 'Person' ? PEOPLE : ORGANISATIONS
    const { queries } = await ask(selection, [...everybody, ...everybody])
    const subjects = new Set(everybody.map((one) => JSON.stringify(one))).size
    const calls = Math.ceil(subjects / (kind.subjectsPerQuery ?? subjects))
    expect(queries).toEqual(Array.from({ length: calls }, () => new Set([...kind.keys, kind.column, other.column])))
  })

  test('reads the key alone where nothing but existence is asked', async (context) => {
    if (bench === null) return context.skip()
    const { queries } = await ask(`${kind.link} { __typename }`, [kind.known])
    expect(queries).toEqual([new Set(kind.keys)])
  })

  test('reads nothing that @skip and @include leave out', async (context) => {
    if (bench === null) return context.skip()
    const selection = `${kind.link} { ${kind.field} ${kind.other.field} @include(if: $on) } o: ${kind.link} @skip(if: $on) { __typename }`
    const off = await ask(selection, [kind.known], { on: false })
    const on = await ask(selection, [kind.known], { on: true })
    expect(off.queries).toEqual([new Set([...kind.keys, kind.column])])
    expect(on.queries).toEqual([new Set([...kind.keys, kind.column, kind.other.column])])
  })

  test('keeps two calls of one document apart', async (context) => {
    if (bench === null) return context.skip()
    const type = typeOf(kind.known)
    const query = `query ($r: [_Any!]!) {
      a: _entities(representations: $r) { ... on ${type} { ${kind.link} { ${kind.field} } } }
      b: _entities(representations: $r) { ... on ${type} { ${kind.link} { ${kind.other.field} } } }
    }`
    await bench.subgraph.execute({ query, variables: { r: [representation(kind.known)] } }, CONTEXT)
    const read = bench.queries().map((columns) => [...columns].toSorted().join())
    const expected = [kind.column, kind.other.column].map((column) => [...kind.keys, column].toSorted().join())
    expect(read.toSorted()).toEqual(expected.toSorted())
  })

  test('is healthy', async (context) => {
    if (bench === null) return context.skip()
    expect(await bench.subgraph.health()).toMatchObject({ ok: true })
  })

  // Last, since the source does not come back.
  test('a source that is gone gives null, a code, and neither values nor queries', async (context) => {
    if (bench === null) return context.skip()
    await bench.breakSource()
    const [number, value] =
      'identifier' in kind.known
        ? (['identifier', kind.known.identifier] as const)
        : (['idDocumentNumber', kind.known.idDocumentNumber] as const)
    const { answer, entities } = await ask(`number: ${number} ${kind.link} { ${kind.field} }`, [kind.known])
    expect(entities).toEqual([{ number: value, [kind.link]: null }])
    expect(answer.errors).toEqual([
      {
        message: "The providing department's system is unavailable",
        path: ['_entities', 0, kind.link],
        extensions: { code: 'SOURCE_UNAVAILABLE' },
      },
    ])
    expect(await bench.subgraph.health()).toMatchObject({ ok: false })
  })
})
