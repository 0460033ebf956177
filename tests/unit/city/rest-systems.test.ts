import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { demoOrganisations } from '../../../city/organisations/demo-organisations.ts'
import { generate } from '../../../city/generate.ts'
import { organisations } from '../../../city/organisations/generate.ts'
import { PLACES } from '../../../city/places.ts'
import { testCity } from '../../kit/city.ts'
import type { TestCity } from '../../kit/city.ts'

/** As `testCity` makes it. */
const SEED = 7

/** The REST systems of the departments of domains: file, and tables. */
const SYSTEMS = {
  'e-licence': ['dzzz.db', 'zz_jbxx'],
  'public-credit': ['xyxx.db', 'legal_credit', 'person_credit'],
  'ecology-environment': ['hjjc.db', 'WQ_DATA', 'AQ_DATA', 'SOIL_SAMPLE', 'IE_DATA'],
  meteorology: ['qxgc.db', 'SURF_HOR'],
  water: ['swxx.db', 'WATER_BODY', 'STATION'],
  'housing-urban-rural': ['cjgl.db', 'cg_aj', 'zf_xm', 'sz_ss', 'hw_ss', 'tc_cc', 'gs_gqd'],
  'development-reform': ['fgtz.db', 'plan', 'project', 'energy'],
} as const
type System = keyof typeof SYSTEMS

const TABLES = Object.entries(SYSTEMS).flatMap(([system, [, ...tables]]) =>
  tables.map((table) => [system as System, table] as const),
)

function rows({ directory }: TestCity, system: System, table: string): readonly Record<string, unknown>[] {
  const database = new DatabaseSync(join(directory, system, SYSTEMS[system][0]), { readOnly: true })
  const found = database.prepare(`select * from ${table}`).all()
  database.close()
  return found.map((row) => ({ ...row }))
}

describe('the REST systems of the city', () => {
  let city: TestCity
  let again: TestCity
  let larger: TestCity
  beforeAll(async () => {
    city = await testCity(200)
    again = await testCity(200)
    larger = await testCity(300)
  })
  afterAll(async () => {
    for (const one of [city, again, larger]) await one.close()
  })

  test.each(TABLES)('%s, %s: the same seed gives the same rows, and a larger city has them too', (system, table) => {
    const made = rows(city, system, table)
    expect(made.length).toBeGreaterThan(0)
    expect(rows(again, system, table)).toEqual(made)
    const more = new Set(rows(larger, system, table).map((row) => JSON.stringify(row)))
    // Instruments are those of the first firms that make anything: a larger city has no others.
    expect(made.filter((row) => !more.has(JSON.stringify(row)))).toEqual([])
  })

  test('no column is empty in every row', () => {
    for (const [system, table] of TABLES)
      for (const column of Object.keys(rows(city, system, table)[0] ?? {}))
        expect(
          rows(city, system, table).some((row) => row[column] !== null),
          `${table}.${column}`,
        ).toBe(true)
  })

  test('secrets differ from city to city, and are as long as a key', async () => {
    const secrets = new Set<string>()
    for (const { directory } of [city, again])
      for (const system of Object.keys(SYSTEMS)) {
        const secret = (await readFile(join(directory, system, 'api-key'), 'utf8')).trim()
        expect(Buffer.from(secret, 'base64url')).toHaveLength(32)
        secrets.add(secret)
      }
    expect(secrets.size).toBe(14)
  })

  test('who is named is in the city: holders, developers, operators, applicants, subjects', () => {
    const size = { people: 200, seed: SEED }
    const firms = organisations(size)
    const people = new Set([...generate(size)].map(({ document }) => document.idDocumentNumber))
    const codes = new Set(firms.flatMap((one) => one.uscc ?? []))
    const old = new Set(firms.flatMap((one) => ('registrationNumber' in one ? (one.registrationNumber ?? []) : [])))
    const named = (system: System, table: string, column: string): readonly unknown[] =>
      rows(city, system, table).flatMap((row) => row[column] ?? [])
    for (const number of [
      ...named('e-licence', 'zz_jbxx', 'czrzjhm'),
      ...named('public-credit', 'person_credit', 'certNo'),
    ])
      expect(people).toContain(number)
    for (const code of [
      ...named('e-licence', 'zz_jbxx', 'tyshxydm'),
      ...named('public-credit', 'legal_credit', 'tyshxydm'),
      ...named('ecology-environment', 'IE_DATA', 'OPERATOR_USCC'),
      ...named('development-reform', 'energy', 'operator_code'),
    ])
      expect(codes).toContain(code)
    for (const number of [
      ...named('e-licence', 'zz_jbxx', 'gszch'),
      ...named('public-credit', 'legal_credit', 'gszch'),
    ])
      expect(old).toContain(number)
    for (const either of [
      ...named('housing-urban-rural', 'zf_xm', 'kfqy_dm'),
      ...named('development-reform', 'project', 'applicant_code'),
    ])
      expect(codes.has(String(either)) || old.has(String(either))).toBe(true)
  })

  test('places are those of the city', () => {
    const townships = new Set(PLACES.map(({ township }) => township))
    for (const [system, table, column] of [
      ['ecology-environment', 'SOIL_SAMPLE', 'TOWNSHIP'],
      ['water', 'STATION', 'TOWNSHIP'],
      ['housing-urban-rural', 'zf_xm', 'xzjd'],
      ['housing-urban-rural', 'tc_cc', 'xzjd'],
      ['development-reform', 'energy', 'township'],
      ['development-reform', 'project', 'township'],
    ] as const)
      for (const row of rows(city, system, table)) expect(townships).toContain(row[column])
  })

  test('the newest reading is of the city’s day, and none is later than the load', () => {
    for (const table of ['AQ_DATA', 'WQ_DATA', 'IE_DATA']) {
      const times = rows(city, 'ecology-environment', table).map((row) => String(row['MONITOR_TIME']))
      expect(times.toSorted().at(-1)).toBe('2026-11-20 03:00:00')
    }
    const greenwich = rows(city, 'meteorology', 'SURF_HOR').map((row) => String(row['Datetime']))
    expect(greenwich.toSorted().at(-1)).toBe('20261119190000')
  })

  test('a limit is exceeded where, and only where, the platform says so', () => {
    const readings = rows(city, 'ecology-environment', 'IE_DATA')
    for (const row of readings)
      expect(Number(row['CONCENTRATION']) > Number(row['LIMIT_VALUE'])).toBe(row['EXCEEDED'] === '1')
    expect(readings.some((row) => row['EXCEEDED'] === '1')).toBe(true)
  })

  test('the licences of organisations are those of their registers (one datum, one source)', () => {
    const { firm } = demoOrganisations
    const held = rows(city, 'e-licence', 'zz_jbxx').filter((row) => row['tyshxydm'] === firm.uscc)
    expect(held).toMatchObject([
      { zzmc: '营业执照', zzhm: firm.uscc, bzjg: firm.authority, bzrq: firm.registered, yxqz: '长期' },
      {
        zzmc: '生产许可证',
        zzhm: firm.permits[0]?.number,
        bzrq: firm.permits[0]?.issued,
        yxqz: firm.permits[0]?.until,
      },
    ])
  })
})
