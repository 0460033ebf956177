import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { parse } from 'csv-parse/sync'
import iconv from 'iconv-lite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { civilAffairsPlatform } from '../../city/systems/civil-affairs-server.ts'
import { housingFundService } from '../../city/systems/housing-fund-server.ts'
import { humanResourcesSystem } from '../../city/systems/human-resources-server.ts'
import { MINIMUM_GROUP } from '../../gateway/vocabulary/statistics.ts'
import { systemClock } from '../../gateway/vocabulary/ports.ts'
import { departments } from '../../subgraphs/departments.ts'
import { read } from '../../subgraphs/kit/decode.ts'
import type { Department, RegisterStatistics, Row, Source } from '../../subgraphs/kit/register.ts'
import { sqlSource } from '../../subgraphs/kit/sql/sql.ts'
import { openSqlite } from '../../subgraphs/kit/sql/sqlite.ts'
import { createSubgraph } from '../../subgraphs/kit/subgraph.ts'
import { loadTime, publicSecurity } from '../../subgraphs/public-security/source.ts'
import { testCity } from '../kit/city.ts'
import type { TestCity } from '../kit/city.ts'
import { startSystems } from '../kit/old-system.ts'
import type { RunningSystems } from '../kit/old-system.ts'
import { startPostgres } from '../kit/postgres.ts'
import { columnsOf } from '../kit/sql-log.ts'

const CONTEXT = { receipt: 'gx_test', consumer: 'planning', matter: null }

/** Large enough for groups of ten in most of the registers. */
const PEOPLE = 1_500

/** Where each register that is counted really lies in the city's folder. */
const PLACES: Readonly<Record<string, string>> = {
  'public-security': 'public-security/hjgl.db',
  'human-resources-social-security': 'human-resources/si.db',
  'market-registration': 'market-registration/gsdj.db',
  'civil-affairs': 'civil-affairs/mzyw.db',
  'disabled-persons': 'disabled-persons/drop/cjrdj_20261101.csv',
  'housing-fund': 'housing-fund/gjj.db',
  'residence-permit': 'residence-permit/jzz.db',
}

/** Where the systems count that are asked over HTTP. */
const COUNTED_AT: Readonly<Record<string, string>> = {
  'human-resources-social-security': '/ywcx/v1/ac02/tj',
  'civil-affairs': '/mzyw/api/zdsh/tj',
  'housing-fund': 'tjGrzh',
}

interface Counted {
  readonly department: Department
  readonly name: string
  readonly statistics: RegisterStatistics
}

const COUNTED: readonly Counted[] = departments.flatMap((department) =>
  Object.entries(department.statistics ?? {}).map(([name, statistics]) => ({ department, name, statistics })),
)

/** Every set of dimensions, by the names of the enum. */
function subsets(names: readonly string[]): readonly (readonly string[])[] {
  return names.reduce<readonly (readonly string[])[]>((all, one) => [...all, ...all.map((set) => [...set, one])], [[]])
}

/** The rows of a register as they lie there, without any of the kit. */
async function rowsOf(directory: string, { department, statistics }: Counted): Promise<readonly Row[]> {
  const path = join(directory, PLACES[department.name] ?? '')
  const rows = path.endsWith('.csv') ? csvRows(await readFile(path)) : sqlRows(path, statistics.register.at)
  const counts = ({ column, values }: { readonly column: string; readonly values: readonly string[] }, row: Row) =>
    values.includes(String(row[column]))
  return rows.filter((row) => (statistics.only ?? []).every((one) => counts(one, row)))
}

function csvRows(bytes: Buffer): readonly Row[] {
  const rows: unknown = parse(iconv.decode(bytes, 'gb18030'), { columns: true, bom: true })
  return Array.isArray(rows) ? (rows as readonly Row[]) : []
}

function sqlRows(path: string, table: string): readonly Row[] {
  const database = new DatabaseSync(path, { readOnly: true })
  const rows = database.prepare(`select * from ${table}`).all()
  database.close()
  return rows
}

interface Answered {
  readonly groups: readonly Readonly<Record<string, string | number | null>>[]
  readonly suppressed: boolean
}

describe('departments that count', () => {
  let city: TestCity
  let systems: RunningSystems
  /** What the systems noted that are asked over HTTP. */
  const calls: { readonly path: string; readonly fields: readonly string[]; readonly numbers: number }[] = []
  const statements: string[] = []
  beforeAll(async () => {
    city = await testCity(PEOPLE)
    systems = await startSystems(city.directory, [
      humanResourcesSystem(({ path, fields, numbers }) => calls.push({ path, fields, numbers })),
      civilAffairsPlatform(({ path, fields, numbers }) => calls.push({ path, fields, numbers })),
      housingFundService(({ operation: path, fields }) => calls.push({ path, fields, numbers: 0 })),
    ])
  }, 60_000)
  afterAll(async () => {
    await systems.close()
    await city.close()
  })

  async function connect(department: Department): Promise<Source> {
    const onQuery = (sql: string): void => void statements.push(sql)
    if (department !== publicSecurity)
      return department.connect({
        dataDirectory: city.directory,
        ...systems.addressesOf(department.name),
        onQuery,
      })
    const db = openSqlite(join(city.directory, 'public-security', 'hjgl.db'), onQuery)
    return sqlSource({ db, loadTime, clock: systemClock })
  }

  async function answers({ department, name, statistics }: Counted, sets: readonly (readonly string[])[]) {
    const fields = Object.values(statistics.dimensions).join(' ')
    const query = sets
      .map((by, at) => `t${at}: ${name}(groupBy: [${by.join(', ')}]) { groups { ${fields} count } suppressed }`)
      .join('\n')
    const subgraph = createSubgraph(department, await connect(department))
    const answer = await subgraph.execute({ query: `{ ${query} }`, variables: {} }, CONTEXT)
    await subgraph.close()
    expect(answer.errors).toBeUndefined()
    return sets.map((_, at) => answer.data?.[`t${at}`] as Answered)
  }

  /** Group → rows, counted one by one. */
  async function truth(one: Counted, by: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const { register, dimensions } = one.statistics
    const counts = new Map<string, number>()
    for (const row of await rowsOf(city.directory, one)) {
      const group = by.map((name) => {
        const source = register.fields[dimensions[name] ?? '']
        return source === undefined ? null : read(source, row)
      })
      counts.set(JSON.stringify(group), 1 + (counts.get(JSON.stringify(group)) ?? 0))
    }
    return counts
  }

  function keyOf({ statistics }: Counted, by: readonly string[], group: Answered['groups'][number]): string {
    return JSON.stringify(by.map((name) => group[statistics.dimensions[name] ?? ''] ?? null))
  }

  test('are those of whom something lies in the city', () => {
    expect(COUNTED.map(({ department }) => department.name).toSorted()).toEqual(Object.keys(PLACES).toSorted())
  })

  describe.each(COUNTED.map((one) => [one.name, one] as const))('%s (ZS-5.09)', (_name, one) => {
    const sets = subsets(Object.keys(one.statistics.dimensions))
    const minimum = Math.max(MINIMUM_GROUP, one.statistics.minimum ?? 0)

    test('tells true counts of the minimum and more, over every set of its dimensions', async () => {
      const found = await answers(one, sets)
      for (const [at, by] of sets.entries()) {
        const real = await truth(one, by)
        const { groups, suppressed } = found[at] ?? { groups: [], suppressed: false }
        for (const group of groups) {
          expect(group['count'], `${by.join()} ${keyOf(one, by, group)}`).toBe(real.get(keyOf(one, by, group)))
          expect(group['count']).toBeGreaterThanOrEqual(minimum)
        }
        const whole = (real.get('[]') ?? 0) < minimum ? 0 : 1
        expect(by.length > 0 || groups.length === whole).toBe(true)
        expect(suppressed, by.join()).toBe(groups.length < real.size || real.size === 0)
      }
    })

    test('leaves nothing small between a total and its published parts', async () => {
      const found = await answers(one, sets)
      const counts = sets.map(
        (by, at) => new Map((found[at]?.groups ?? []).map((group) => [keyOf(one, by, group), Number(group['count'])])),
      )
      for (const [at, by] of sets.entries()) {
        for (const [finer, set] of sets.entries()) {
          if (set.length !== by.length + 1 || !by.every((name) => set.includes(name))) continue
          const parts = new Map<string, number>()
          for (const group of found[finer]?.groups ?? []) {
            const key = keyOf(one, by, group)
            parts.set(key, Number(group['count']) + (parts.get(key) ?? 0))
          }
          for (const [key, total] of counts[at] ?? []) {
            const left = total - (parts.get(key) ?? 0)
            expect(left === 0 || left >= minimum, `${set.join()} under ${by.join()} ${key}: ${left}`).toBe(true)
          }
        }
      }
    })

    test('asks its system for groups alone: no key, no row, nothing that it is not grouped by', async () => {
      const { register, dimensions, only = [] } = one.statistics
      statements.length = calls.length = 0
      await answers(one, [Object.keys(dimensions)])
      const columns = Object.values(dimensions).flatMap((field) => register.fields[field]?.column ?? [])
      const sql = { grouped: true, columns: new Set([...columns, ...only.map(({ column }) => column)]) }
      const path = COUNTED_AT[one.department.name]
      const isSql = path === undefined && !(PLACES[one.department.name] ?? '').endsWith('.csv')
      const about = statements.filter((text) => text.includes(`"${register.at}"`))
      expect({
        sql: about.map((text) => ({ grouped: / group by /.test(text), columns: columnsOf(text) })),
        calls,
      }).toEqual({ sql: isSql ? [sql] : [], calls: path === undefined ? [] : [{ path, fields: columns, numbers: 0 }] })
    })
  })

  test('the old system of human resources counts by what is nobody’s, and by nothing else', async () => {
    const { apiUrl = '' } = systems.addressesOf('human-resources-social-security')
    const key = (await readFile(join(city.directory, 'human-resources', 'api-key'), 'utf8')).trim()
    const ask = async (fields: string): Promise<unknown> => {
      const response = await fetch(`${apiUrl}/ywcx/v1/ac02/tj?fields=${fields}`, { headers: { 'x-api-key': key } })
      return response.json()
    }
    expect(await ask('')).toMatchObject({ code: 0, data: { rows: [{ sl: expect.any(Number) as number }] } })
    for (const fields of ['aac000', 'aae135', 'aac040', 'aae140,aab004'])
      expect(await ask(fields)).toMatchObject({ code: 4002, data: null })
  })

  test('a source that is gone gives null and a code', async () => {
    const [one] = COUNTED
    if (one === undefined) throw new Error('nothing is counted')
    const source = await connect(one.department)
    const subgraph = createSubgraph(one.department, source)
    const query = `{ ${one.name}(groupBy: []) { groups { count } suppressed } }`
    expect((await subgraph.execute({ query, variables: {} }, CONTEXT)).errors).toBeUndefined()
    await source.close()
    const answer = await subgraph.execute({ query, variables: {} }, CONTEXT)
    expect(answer.data).toEqual({ [one.name]: { groups: null, suppressed: null } })
    expect(answer.errors?.map(({ extensions }) => extensions?.code)).toEqual([
      'SOURCE_UNAVAILABLE',
      'SOURCE_UNAVAILABLE',
    ])
  })
})

test('PostgreSQL is sent one statement that groups, and gives no row (ZS-5.09)', async (context) => {
  const server = await startPostgres()
  if (server === null) return context.skip()
  const city = await testCity(400, server.url)
  try {
    const source = await publicSecurity.connect({ dataDirectory: city.directory, databaseUrl: server.url })
    const subgraph = createSubgraph(publicSecurity, source)
    const since = server.log().length
    const query = `{ populationStatistics(groupBy: [SEX], filter: { sex: ["1"] }) { groups { sex count } suppressed } }`
    const answer = await subgraph.execute({ query, variables: {} }, CONTEXT)
    await subgraph.close()
    expect(answer.data).toMatchObject({
      populationStatistics: { groups: [{ sex: '1', count: expect.any(Number) as number }] },
    })
    const log = server.log().slice(since)
    const sent = [...log.matchAll(/(?:statement|execute [^:]+): (select .*czrk_jbxx.*)/g)].map(([, sql]) => sql ?? '')
    expect(sent).toHaveLength(1)
    expect(sent[0]).toMatch(/ group by "xb"/)
    expect(columnsOf(sent[0] ?? '')).toEqual(new Set(['xb', 'hjzt']))
  } finally {
    await server.close()
    await city.close()
  }
}, 60_000)
