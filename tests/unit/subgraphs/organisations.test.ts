import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { demoPeople } from '../../../city/demo-people.ts'
import { demoOrganisations } from '../../../city/organisations/demo-organisations.ts'
import { civilAffairs } from '../../../subgraphs/civil-affairs/source.ts'
import type { Subgraph } from '../../../subgraphs/kit/contract.ts'
import type { Source } from '../../../subgraphs/kit/register.ts'
import { createSubgraph } from '../../../subgraphs/kit/subgraph.ts'
import { marketRegistration } from '../../../subgraphs/market-registration/source.ts'
import { testCity } from '../../kit/city.ts'
import type { TestCity } from '../../kit/city.ts'
import { startSystems } from '../../kit/old-system.ts'
import type { RunningSystems } from '../../kit/old-system.ts'
import { columnsOf } from '../../kit/sql-log.ts'

const CONTEXT = { receipt: 'gx_test', consumer: 'tax', matter: null }
const { firm, shop, association } = demoOrganisations

function byCode(identifier: string | null) {
  return { __typename: 'LegalEntity', identifierType: 'USCC', identifier }
}
function byNumber(identifier: string | null) {
  return { __typename: 'LegalEntity', identifierType: 'REGISTRATION_NUMBER', identifier }
}

describe('departments of legal entities', () => {
  let city: TestCity
  let systems: RunningSystems
  const statements: string[] = []
  beforeAll(async () => {
    city = await testCity(40)
    systems = await startSystems(city.directory)
  })
  afterAll(async () => {
    await systems.close()
    await city.close()
  })

  async function ask(
    department: typeof marketRegistration,
    selection: string,
    r: unknown,
    change?: (source: Source) => Source,
  ) {
    statements.length = 0
    const onQuery = (sql: string): void => void statements.push(sql)
    const addresses = systems.addressesOf(department.name)
    const source = await department.connect({ dataDirectory: city.directory, ...addresses, onQuery })
    const subgraph: Subgraph = createSubgraph(department, change?.(source) ?? source)
    const query = `query ($r: [_Any!]!) { _entities(representations: $r) { ${selection} } }`
    const answer = await subgraph.execute({ query, variables: { r } }, CONTEXT)
    await subgraph.close()
    return answer
  }

  test('code and registration number lead to one enterprise, in one query', async () => {
    const selection = '... on LegalEntity { unifiedSocialCreditCode registrationNumber enterprise { enterpriseName } }'
    const { data } = await ask(marketRegistration, selection, [byCode(firm.uscc), byNumber(firm.registrationNumber)])
    const one = {
      unifiedSocialCreditCode: firm.uscc,
      registrationNumber: firm.registrationNumber,
      enterprise: { enterpriseName: firm.name },
    }
    expect(data).toEqual({ _entities: [one, one] })
    expect(statements.filter((sql) => sql.includes('"qy_jbxx"'))).toHaveLength(1)
    expect(statements.filter((sql) => sql.includes('"zt_bsdz"'))).toHaveLength(1)
  })

  test('a number is no code, and a code no number', async () => {
    const r = [byNumber(firm.uscc), byCode(firm.registrationNumber)]
    const { data, errors } = await ask(marketRegistration, '... on LegalEntity { enterprise { __typename } }', r)
    expect(errors).toBeUndefined()
    expect(data).toEqual({ _entities: [{ enterprise: null }, { enterprise: null }] })
  })

  test('who stands for an organisation is a reference by the ID number, whose column is read only then', async () => {
    const key = '{ __typename idDocumentType idDocumentNumber }'
    const selection = `... on LegalEntity { enterprise { legalRepresentative ${key} } individualBusiness { operator ${key} } }`
    const { data } = await ask(marketRegistration, selection, [byCode(firm.uscc), byNumber(shop.registrationNumber)])
    const person = (idDocumentNumber: string) => ({
      __typename: 'Person',
      idDocumentType: 'RESIDENT_ID',
      idDocumentNumber,
    })
    expect(data).toEqual({
      _entities: [
        { enterprise: { legalRepresentative: person(firm.representative.idNumber) }, individualBusiness: null },
        { enterprise: null, individualBusiness: { operator: person(shop.representative.idNumber) } },
      ],
    })
    expect(statements.filter((sql) => sql.includes('"qy_jbxx"')).map(columnsOf)).toEqual([
      new Set(['tyshxydm', 'zch', 'fddbr_zjhm']),
    ])
    await ask(marketRegistration, '... on LegalEntity { enterprise { legalRepresentativeName } }', [byCode(firm.uscc)])
    expect(statements.join(' ')).not.toContain('fddbr_zjhm')
  })

  test('a person below an organisation is asked for what is selected there, and no more', async () => {
    const selection = `
      ... on LegalEntity { socialAssociation { legalRepresentative { marriage { maritalStatus } } } }
      ... on Person { marriage { marriageRegistrationDate } }`
    const r = [byCode(association.uscc), { __typename: 'Person', ...demoPeople.movedOut.document }]
    const read: string[] = []
    const { data } = await ask(civilAffairs, selection, r, (source) => ({
      ...source,
      fetch(lookup) {
        if (lookup.register.at === 'hydj_dsr') read.push(lookup.columns.toSorted().join())
        return source.fetch(lookup)
      },
    }))
    expect(data).toEqual({
      _entities: [
        { socialAssociation: { legalRepresentative: { marriage: { maritalStatus: '20' } } } },
        { marriage: { marriageRegistrationDate: '2013-02-14' } },
      ],
    })
    expect(read.toSorted()).toEqual(['hyzk,zjhm,zjlx', 'jhdjrq,zjhm,zjlx'])
  })

  test('a value that is none of its codes is not served; its siblings are', async () => {
    const broken = (source: Source): Source => ({
      ...source,
      async fetch(lookup) {
        const { rows, asOf } = await source.fetch(lookup)
        return { rows: rows.map((row) => ({ ...row, qylx: 'XX', fddbr: '某某' })), asOf }
      },
    })
    const selection = '... on LegalEntity { enterprise { enterpriseType legalRepresentativeName } }'
    const { data, errors } = await ask(marketRegistration, selection, [byCode(firm.uscc)], broken)
    expect(data).toEqual({ _entities: [{ enterprise: { enterpriseType: null, legalRepresentativeName: '某某' } }] })
    expect(errors?.map(({ extensions }) => extensions?.code)).toEqual(['SOURCE_INVALID'])
  })

  test('a representation without a key is refused, and says nothing of what it held', async () => {
    const r = [{ __typename: 'LegalEntity', identifierType: 'secret', identifier: 'secret' }]
    const answer = await ask(marketRegistration, '... on LegalEntity { enterprise { enterpriseName } }', r)
    expect(answer.errors?.[0]?.extensions?.code).toBe('BAD_USER_INPUT')
    expect(JSON.stringify(answer)).not.toContain('secret')
  })
})
