import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Citizen, PersonKey } from '../../../city/citizen.ts'
import { generate } from '../../../city/generate.ts'
import { housingFund } from '../../../subgraphs/housing-fund/source.ts'
import { humanResources } from '../../../subgraphs/human-resources-social-security/source.ts'
import { residencePermit } from '../../../subgraphs/residence-permit/source.ts'
import type { Department } from '../../../subgraphs/kit/register.ts'
import { createSubgraph } from '../../../subgraphs/kit/subgraph.ts'
import { testCity } from '../../kit/city.ts'
import type { TestCity } from '../../kit/city.ts'
import { startSystems } from '../../kit/old-system.ts'
import type { RunningSystems } from '../../kit/old-system.ts'

const PEOPLE = 600
const CONTEXT = { receipt: 'gx_test', consumer: 'housing', matter: null }

const others = [...generate({ people: PEOPLE, seed: 7 })].filter(
  ({ document }) => document.idDocumentType !== 'RESIDENT_ID',
)
const types = [...new Set(others.map(({ document }) => document.idDocumentType))].toSorted()

/** Departments that may hold somebody without a resident's number, what they are asked, and what they hold. */
const HOLDERS: readonly (readonly [Department, string, (of: Citizen) => unknown])[] = [
  [
    humanResources,
    'socialInsurance',
    ({ socialSecurity }) =>
      socialSecurity && socialSecurity.enrolments.map(() => ({ name: socialSecurity.name.trim() })),
  ],
  [housingFund, 'housingFundAccount', ({ housingFund: account }) => account && { name: account.name }],
  [residencePermit, 'residencePermit', ({ residencePermit: permit }) => permit && { name: permit.name }],
]

describe('people with other documents than the resident’s (HZ-15.2)', () => {
  let city: TestCity
  let systems: RunningSystems
  beforeAll(async () => {
    city = await testCity(PEOPLE)
    systems = await startSystems(city.directory)
  }, 120_000)
  afterAll(async () => {
    await systems.close()
    await city.close()
  })

  async function ask(department: Department, field: string, keys: readonly PersonKey[]): Promise<unknown> {
    const source = await department.connect({ dataDirectory: city.directory, ...systems.addressesOf(department.name) })
    const subgraph = createSubgraph(department, source)
    const query = `query ($r: [_Any!]!) { _entities(representations: $r) { ... on Person { ${field} { name } } } }`
    const { data, errors } = await subgraph.execute(
      { query, variables: { r: keys.map((key) => ({ __typename: 'Person', ...key })) } },
      CONTEXT,
    )
    await subgraph.close()
    expect(errors).toBeUndefined()
    return data?.['_entities']
  }

  test('are in the city with several kinds of document', () => {
    expect(types.length).toBeGreaterThanOrEqual(4)
  })

  test.each(HOLDERS.map(([department, field, held]) => [department.name, department, field, held] as const))(
    '%s finds each of them by its document, and nobody by the number under another kind',
    async (_name, department, field, held) => {
      const keys = others.map(({ document }) => document)
      expect(await ask(department, field, keys)).toEqual(others.map((one) => ({ [field]: held(one) })))
      const mistaken = keys.map(({ idDocumentType, idDocumentNumber }) => ({
        idDocumentType: idDocumentType === 'PASSPORT' ? ('HMT_PERMIT' as const) : ('PASSPORT' as const),
        idDocumentNumber,
      }))
      expect(await ask(department, field, mistaken)).toEqual(others.map(() => ({ [field]: null })))
    },
  )
})
