import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { demoPeople } from '../../city/demo-people.ts'
import { demoOrganisations } from '../../city/organisations/demo-organisations.ts'
import { startOldSystems } from '../../city/systems/old-systems.ts'
import type { OldSystems } from '../../city/systems/old-systems.ts'
import { civilAffairs } from '../../subgraphs/civil-affairs/source.ts'
import { health } from '../../subgraphs/health/source.ts'
import { housingFund } from '../../subgraphs/housing-fund/source.ts'
import { keyColumns } from '../../subgraphs/kit/keys.ts'
import type { ConnectOptions, Department } from '../../subgraphs/kit/register.ts'
import { createSubgraph } from '../../subgraphs/kit/subgraph.ts'
import { tax } from '../../subgraphs/tax/source.ts'
import { testCity } from '../kit/city.ts'
import type { TestCity } from '../kit/city.ts'
import { oddServer } from '../kit/odd-server.ts'
import { identifierOf } from './subgraph-bench.ts'
import type { Reference } from './subgraph-bench.ts'

const CONTEXT = { receipt: 'gx_test', consumer: 'housing', matter: null }
const { deceased, parent, movedOut } = demoPeople
const { firm, association } = demoOrganisations

/** A question to each department; what of it comes from a system that is asked over HTTP, and what besides. */
interface Asked {
  readonly department: Department
  readonly about: Reference
  readonly fields: string
  readonly answer: Readonly<Record<string, unknown>>
  /** What is null when a system is down, by the setting of its address. */
  readonly lost: Readonly<Partial<Record<'apiUrl' | 'soapUrl', readonly string[]>>>
  /** Columns that its systems hold and do not show. */
  readonly withheld: readonly (readonly [file: string, table: string, column: string])[]
}

const ASKED: readonly Asked[] = [
  {
    department: health,
    about: deceased.document,
    fields: 'death { deathDate ageAtDeath } familyPlanning { name }',
    answer: { death: { deathDate: '2024-05-02', ageAtDeath: 74 }, familyPlanning: null },
    lost: { soapUrl: ['death'] },
    withheld: [
      ['health/wsjs.db', 'csyxzm', 'cstz'],
      ['health/wsjs.db', 'swyxzm', 'zy'],
    ],
  },
  {
    department: housingFund,
    about: parent.document,
    fields: 'housingFundAccount { registrationDate }',
    answer: { housingFundAccount: { registrationDate: '2012-06-01' } },
    lost: { soapUrl: ['housingFundAccount'] },
    withheld: [['housing-fund/gjj.db', 'grzh', 'grzhye']],
  },
  {
    department: tax,
    about: identifierOf(firm),
    fields: 'localTax { localTaxRegistrationDate } stateTax { stateTaxRegistrationDate }',
    answer: {
      localTax: { localTaxRegistrationDate: '1999-04-01' },
      stateTax: { stateTaxRegistrationDate: '1999-04-01' },
    },
    lost: { apiUrl: ['localTax'], soapUrl: ['stateTax'] },
    withheld: [
      ['tax/ds.db', 'ds_swdj', 'ynse'],
      ['tax/gs.db', 'gs_swdj', 'ynse'],
    ],
  },
  {
    department: civilAffairs,
    about: movedOut.document,
    fields: 'marriage { maritalStatus }',
    answer: { marriage: { maritalStatus: '40' } },
    lost: { apiUrl: ['marriage'] },
    withheld: [
      ['civil-affairs/mzyw.db', 'hydj_dsr', 'po_zjhm'],
      ['civil-affairs/mzyw.db', 'sydj', 'syr_zjhm'],
      ['civil-affairs/mzyw.db', 'zdsh', 'bzje'],
    ],
  },
]

let city: TestCity
let systems: OldSystems
beforeAll(async () => {
  city = await testCity()
  systems = await startOldSystems({ directory: city.directory, port: 0 })
})
afterAll(async () => {
  await systems.close()
  await city.close()
})

function options({ name }: Department): ConnectOptions {
  const [apiUrl, soapUrl] = [systems.addressOf(`${name}/rest`), systems.addressOf(`${name}/soap`)]
  return { dataDirectory: city.directory, apiUrl, soapUrl }
}

async function opened({ department, about, fields }: Asked, changed: Partial<ConnectOptions> = {}) {
  const source = await department.connect({ ...options(department), ...changed })
  const subgraph = createSubgraph(department, source)
  const type = 'identifier' in about ? 'LegalEntity' : 'Person'
  const query = `query ($r: [_Any!]!) { _entities(representations: $r) { ... on ${type} { ${fields} } } }`
  const request = { query, variables: { r: [{ __typename: type, ...about }] } }
  return {
    source,
    ask: (signal?: AbortSignal) => subgraph.execute(request, CONTEXT, signal),
    health: () => subgraph.health(),
    close: () => subgraph.close(),
  }
}

describe.each(ASKED.map((one) => [one.department.name, one] as const))('the systems of %s', (_name, one) => {
  test('answer what they are asked', async () => {
    const { ask, close } = await opened(one)
    const { data, errors } = await ask()
    await close()
    expect({ data, errors }).toEqual({ data: { _entities: [one.answer] }, errors: undefined })
  })

  test('of which one is down leave the fields of the others, and are told apart in health', async () => {
    for (const [setting, fields] of Object.entries(one.lost)) {
      const { ask, health: healthOf, close } = await opened(one, { [setting]: 'http://127.0.0.1:1/gone' })
      const { data, errors } = await ask()
      const lost = Object.fromEntries(fields.map((field) => [field, null]))
      expect(data).toEqual({ _entities: [{ ...one.answer, ...lost }] })
      expect(errors?.map(({ path, extensions }) => [path?.at(-1), extensions?.code])).toEqual(
        fields.map((field) => [field, 'SOURCE_UNAVAILABLE']),
      )
      const { ok, detail } = await healthOf()
      expect(ok).toBe(false)
      expect(detail).toContain('ECONNREFUSED')
      expect(detail.split(' | ').filter((part) => !part.includes('ECONNREFUSED'))).toHaveLength(
        one.department === housingFund ? 0 : 1,
      )
      await close()
    }
  })

  test('that were down and are back answer again, without a new connection', async () => {
    const port = Number(new URL(systems.url).port)
    const { ask, close } = await opened(one)
    await ask()
    await systems.close()
    const down = await ask()
    expect(down.errors?.every(({ extensions }) => extensions?.code === 'SOURCE_UNAVAILABLE')).toBe(true)
    systems = await startOldSystems({ directory: city.directory, port })
    const { data, errors } = await ask()
    await close()
    expect({ data, errors }).toEqual({ data: { _entities: [one.answer] }, errors: undefined })
  })

  test('refuse who does not know their secrets, and nothing of these is told', async () => {
    const wrong = { apiKey: 'wrong-secret', soapUser: 'gx', soapPassword: 'wrong-secret' }
    const { ask, health: healthOf, close } = await opened(one, wrong)
    const answer = await ask()
    expect(answer.errors?.map(({ extensions }) => extensions?.code)).toEqual(
      Object.values(one.lost).flatMap((fields) => fields.map(() => 'SOURCE_UNAVAILABLE')),
    )
    const told = JSON.stringify([answer, await healthOf()])
    await close()
    expect(told).not.toContain('wrong-secret')
  })

  test('are left when the question is given up', async () => {
    const silent = await oddServer(() => undefined)
    const addresses = Object.fromEntries(Object.keys(one.lost).map((setting) => [setting, silent.url]))
    const { ask, close } = await opened(one, addresses)
    const gone = new AbortController()
    const asked = ask(gone.signal)
    gone.abort(new Error('given up'))
    await expect(asked).rejects.toThrow('given up')
    await close()
    await silent.close()
  })

  test('hold what they do not show', async () => {
    const registers = [...Object.values(one.department.links), ...Object.values(one.department.legalLinks ?? {})]
    const { source, close } = await opened(one)
    for (const [file, table, column] of one.withheld) {
      const database = new DatabaseSync(join(city.directory, file), { readOnly: true })
      expect(
        Number(database.prepare(`select count(${column}) as n from ${table}`).get()?.['n']),
        column,
      ).toBeGreaterThan(0)
      database.close()
      const register = registers.find(({ at }) => at === table)
      if (register === undefined) throw new Error(`no register of ${table}`)
      const asked = { register, columns: [...keyColumns(register), column], keys: [one.about], signal: undefined }
      await expect(source.fetch(asked), column).rejects.toMatchObject({ name: 'Failure' })
    }
    await close()
  })
})

test.each([
  ['health', 'yxzm'],
  ['housing-fund', 'grzh'],
  ['tax', 'swdj'],
])('the description that %s keeps is the one that its service shows', async (department, name) => {
  const response = await fetch(`${systems.addressOf(`${department}/soap`)}?wsdl`)
  expect(response.headers.get('content-type')).toContain('text/xml')
  const kept = await readFile(new URL(`../../subgraphs/${department}/${name}.wsdl`, import.meta.url), 'utf8')
  expect(await response.text()).toBe(kept)
})

test('a department whose system has no address says so when it connects', async () => {
  for (const { department } of ASKED)
    await expect(department.connect({ dataDirectory: city.directory })).rejects.toMatchObject({
      code: 'SOURCE_UNAVAILABLE',
      detail: expect.stringMatching(/address of .* is not configured/) as unknown,
    })
})

test('organisations of civil affairs do not fall with the platform of persons', async () => {
  const asked: Asked = {
    department: civilAffairs,
    about: identifierOf(association),
    fields: 'socialAssociation { organisationName }',
    answer: { socialAssociation: { organisationName: association.name } },
    lost: {},
    withheld: [],
  }
  const { ask, close } = await opened(asked, { apiUrl: 'http://127.0.0.1:1/gone' })
  const { data, errors } = await ask()
  await close()
  expect({ data, errors }).toEqual({ data: { _entities: [asked.answer] }, errors: undefined })
})
