import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { demoPeople } from '../../city/demo-people.ts'
import { demoOrganisations } from '../../city/organisations/demo-organisations.ts'
import { fieldsSeen } from '../kit/gateway-departments.ts'
import { DESK, DESK_MATTER, startTestGateway } from '../kit/gateway.ts'
import type { TestGateway } from '../kit/gateway.ts'

const { firm } = demoOrganisations
const REGISTERS = join(import.meta.dirname, '../../city/registers')

interface MatterFile {
  readonly matters: readonly { readonly code: string; readonly fields?: readonly string[] }[]
}

/** What the matter of the housing desk needs here, beside what the demonstration city gives it. */
const NEEDED = [
  'Query.legalEntities',
  'LegalEntityConnection.nodes',
  'LegalEntityConnection.endCursor',
  'LegalEntityConnection.hasNextPage',
  'LegalEntity.identifier',
  'LegalEntity.enterprise',
  'LegalEntity.productionPermits',
  'Enterprise.divisionCode',
  'Enterprise.industry',
  'Enterprise.enterpriseType',
  'Enterprise.enterpriseName',
  'Enterprise.legalRepresentativeName',
  'Enterprise.legalRepresentativeIdNumber',
  'Enterprise.legalRepresentative',
  'ProductionPermit.permitNumber',
  'Person.idDocumentNumber',
  'Person.household',
  'HouseholdRegistration.householdTownship',
]

const QUERY = `query ($filter: LegalEntityFilter!, $after: String) {
  legalEntities(filter: $filter, first: 1, after: $after) {
    nodes {
      identifier
      enterprise { enterpriseName legalRepresentative { name household { householdTownship } } }
      productionPermits { permitNumber }
    }
    endCursor
    hasNextPage
  }
}`

const FILTER = { divisionCode: '442000', industry: 'C3989' }

describe('legal entities and who stands for them', () => {
  let granted: TestGateway
  let plain: TestGateway
  beforeAll(async () => {
    const text = await readFile(join(REGISTERS, 'matters.yaml'), 'utf8')
    const { matters, ...rest } = parse(text) as MatterFile
    const changed = matters.map((one) =>
      one.code === DESK_MATTER.matter ? { ...one, fields: [...new Set([...(one.fields ?? []), ...NEEDED])] } : one,
    )
    const grants = {
      grants: [
        {
          id: 'G-900',
          consumer: 'housing-urban-rural',
          matters: [DESK_MATTER.matter],
          clear: ['Enterprise.legalRepresentativeIdNumber', 'Enterprise.legalRepresentative'],
          validFrom: '2026-01-01T00:00:00+08:00',
          validUntil: '2031-01-01T00:00:00+08:00',
          approver: 'MR-0001',
          agreement: 'XY-2026-090',
        },
      ],
    }
    const registers = { matters: { ...rest, matters: changed } }
    granted = await startTestGateway({ registers: { ...registers, grants } })
    plain = await startTestGateway({ registers: { ...registers, grants: { grants: [] } } })
  })
  afterAll(() => Promise.all([granted.stop(), plain.stop()]))

  function ask(gateway: TestGateway, variables: Record<string, unknown>) {
    return gateway.ask({ as: DESK, ...DESK_MATTER, query: QUERY, variables })
  }

  test('a page joins three departments, and the reference leads to the person', async () => {
    granted.forget()
    const { status, body: json } = await ask(granted, { filter: FILTER })
    expect(status).toBe(200)
    expect(json).toMatchObject({
      data: {
        legalEntities: {
          nodes: [
            {
              identifier: firm.uscc,
              enterprise: {
                enterpriseName: firm.name,
                legalRepresentative: {
                  name: firm.representative.name,
                  household: { householdTownship: demoPeople.certificateCancelled.household?.township },
                },
              },
              productionPermits: [{ permitNumber: 'XK99-001-90001' }],
            },
          ],
        },
      },
    })
    expect(new Set(granted.seen.map(({ department }) => department))).toEqual(
      new Set(['market-registration', 'public-security', 'quality-supervision']),
    )
  })

  test('without the decision of the ID number the reference is not crossed, nor even fetched (wall 7)', async () => {
    plain.forget()
    const { body: json } = await ask(plain, { filter: FILTER })
    expect(json).toMatchObject({
      data: { legalEntities: { nodes: [{ enterprise: { enterpriseName: firm.name, legalRepresentative: null } }] } },
    })
    expect(fieldsSeen(plain.seen)).not.toContain('legalRepresentative')
    expect(plain.seen.map(({ department }) => department)).not.toContain('public-security')
  })

  test('a page that is too large is refused, never cut', async () => {
    const query = QUERY.replace('first: 1,', 'first: 51,')
    const { body: json } = await granted.ask({ as: DESK, ...DESK_MATTER, query, variables: { filter: FILTER } })
    expect(json).toMatchObject({ errors: [{ extensions: { code: 'LIMIT_EXCEEDED' } }] })
    expect(json.data ?? null).toBeNull()
  })
})
