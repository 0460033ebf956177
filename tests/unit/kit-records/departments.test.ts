import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { demoPeople } from '../../../city/demo-people.ts'
import { demoOrganisations } from '../../../city/organisations/demo-organisations.ts'
import { forestry } from '../../../subgraphs/forestry/source.ts'
import type { Subgraph } from '../../../subgraphs/kit/contract.ts'
import type { Department } from '../../../subgraphs/kit/register.ts'
import { createSubgraph } from '../../../subgraphs/kit/subgraph.ts'
import { macroEconomy } from '../../../subgraphs/macro-economy/source.ts'
import { naturalResources } from '../../../subgraphs/natural-resources/source.ts'
import { oceanFisheries } from '../../../subgraphs/ocean-fisheries/source.ts'
import { publicSecurity } from '../../../subgraphs/public-security/source.ts'
import { transport } from '../../../subgraphs/transport/source.ts'
import { testCity } from '../../kit/city.ts'
import type { TestCity } from '../../kit/city.ts'

const FIRM = { identifierType: 'USCC', identifier: demoOrganisations.firm.uscc }
const MOVED_FIRM = { identifierType: 'USCC', identifier: demoOrganisations.movedFirm.uscc }
const { allThree, parent, rareName, publicSecurityOnly } = demoPeople

type Data = Readonly<Record<string, unknown>>

function like(shape: RegExp): unknown {
  return expect.stringMatching(shape)
}

function a(type: typeof Number | typeof String): unknown {
  return expect.any(type)
}

let city: TestCity
const open = new Map<string, Subgraph>()
beforeAll(async () => {
  city = await testCity(400)
})
afterAll(async () => {
  for (const subgraph of open.values()) await subgraph.close()
  await city.close()
})

async function ask(department: Department, query: string, variables: Data = {}): Promise<Data> {
  const known = open.get(department.name)
  const subgraph = known ?? createSubgraph(department, await department.connect({ dataDirectory: city.directory }))
  open.set(department.name, subgraph)
  const answer = await subgraph.execute({ query, variables }, { receipt: 'gx_test', consumer: 'tax', matter: null })
  expect(answer.errors).toBeUndefined()
  return answer.data ?? {}
}

/** What is below one subject in one department. */
async function about(department: Department, type: string, key: object, selection: string): Promise<Data> {
  const query = `query ($r: [_Any!]!) { _entities(representations: $r) { ... on ${type} { ${selection} } } }`
  const data = await ask(department, query, { r: [{ __typename: type, ...key }] })
  const [entity] = data['_entities'] as readonly Data[]
  return entity ?? {}
}

function rows(file: string, statement: string): readonly Data[] {
  const database = new DatabaseSync(join(city.directory, file), { readOnly: true })
  const found = database.prepare(statement).all()
  database.close()
  return found
}

describe('natural resources (HZ-35.1, FS-14)', () => {
  test('a parcel leads to its holder, and the holder to the parcel', async () => {
    const { landParcels } = await about(
      naturalResources,
      'Person',
      allThree.document,
      'landParcels { parcelCode landUse }',
    )
    const [{ parcelCode } = {}] = landParcels as readonly Data[]
    expect(landParcels).toEqual([{ parcelCode: like(/^442000901GB\d{10}$/), landUse: 'RESIDENTIAL' }])
    const { landParcel } = await ask(
      naturalResources,
      'query ($c: String!) { landParcel(parcelCode: $c) { rightHolderName rightHolder { idDocumentNumber } rightHolderEntity { identifier } } }',
      { c: parcelCode },
    )
    const rightHolder = { idDocumentNumber: allThree.document.idDocumentNumber }
    expect(landParcel).toEqual({ rightHolderName: allThree.name, rightHolder, rightHolderEntity: null })
  })

  test('a permit is for a parcel of its developer', async () => {
    const selection = 'landParcels { parcelCode } planningPermits { parcelCode projectName developer { identifier } }'
    const { landParcels, planningPermits } = await about(naturalResources, 'LegalEntity', FIRM, selection)
    const [parcel] = landParcels as readonly Data[]
    expect(planningPermits).toMatchObject([{ ...parcel, developer: { identifier: FIRM.identifier } }])
    const { miningRights } = await about(naturalResources, 'LegalEntity', MOVED_FIRM, 'miningRights { validityPeriod }')
    expect(miningRights).toEqual([{ validityPeriod: like(/^\d{4}-\d\d-\d\d\/\d{4}-\d\d-\d\d$/) }])
  })

  test('pages through the parcels of a division, each once', async () => {
    const seen: unknown[] = []
    for (let after: unknown = null; ;) {
      const { landParcels } = await ask(
        naturalResources,
        `query ($a: String) { landParcels(filter: { divisionCode: "442000", landUseIn: [RESIDENTIAL] }, first: 3, after: $a) {
          nodes { parcelCode divisionCode landUse } endCursor hasNextPage } }`,
        { a: after },
      )
      const page = landParcels as { nodes: readonly Data[]; endCursor: unknown; hasNextPage: boolean }
      seen.push(...page.nodes)
      if (!page.hasNextPage) break
      after = page.endCursor
    }
    const held = rows(
      'natural-resources/zrzy.db',
      `select zddm from zd where xzqdm = '442000' and tdyt = '07' order by xh`,
    )
    expect(held.length).toBeGreaterThan(3)
    expect(seen).toEqual(held.map(({ zddm }) => ({ parcelCode: zddm, divisionCode: '442000', landUse: 'RESIDENTIAL' })))
  })

  test('looks up units, hazards and names', async () => {
    const data = await ask(
      naturalResources,
      `{ spatialPlanUnit(unitCode: "442000-GH0001") { unitName planPeriod }
         geologicalHazardSite(siteCode: "DZ4420000001") { township surveyDate }
         geographicName(nameCode: "442000-X-0000") { standardName } }`,
    )
    expect(data).toMatchObject({
      spatialPlanUnit: { unitName: '中山市石岐街道第1规划单元', planPeriod: '2021-01-01/2035-12-31' },
      geologicalHazardSite: { township: '中山市石岐街道' },
      geographicName: null,
    })
  })
})

describe('transport (FS-13)', () => {
  test('a driver leads to the taxi, the taxi to its operator, and the operator to both', async () => {
    const { taxis } = await about(transport, 'Person', parent.document, 'taxis { plateNumber operator { identifier } }')
    const [taxi] = taxis as readonly { plateNumber: string; operator: { identifier: string } }[]
    expect(taxi?.plateNumber).toMatch(/^粤[TL]O/)
    const operator = { identifierType: 'USCC', identifier: taxi?.operator.identifier }
    const back = await about(
      transport,
      'LegalEntity',
      operator,
      'taxis { driver { idDocumentNumber } } busRoutes { origin }',
    )
    expect(back['taxis']).toContainEqual({ driver: { idDocumentNumber: parent.document.idDocumentNumber } })
    expect(back['busRoutes']).toHaveLength(3)
  })

  test('every driver is a citizen, every operator an organisation, and every car a registered one', async () => {
    const cars = ['czc', 'wyc'].flatMap((table) => rows('transport/jtys.db', `select * from ${table}`))
    expect(cars.length).toBeGreaterThan(5)
    const registered = new Map(
      rows('public-security/hjgl.db', 'select hphm, syr_dm from jdc').map((one) => [one['hphm'], one['syr_dm']]),
    )
    const codes = new Set(
      rows('market-registration/gsdj.db', 'select tyshxydm from qy_jbxx').map((one) => one['tyshxydm']),
    )
    for (const { cph, jyz_dm: operator } of cars)
      expect([registered.get(cph), codes.has(operator)]).toEqual([operator, true])
  })

  test('lists sections by grade', async () => {
    const { roadSections } = await ask(
      transport,
      '{ roadSections(filter: { gradeIn: [EXPRESSWAY] }, first: 2) { nodes { sectionCode grade } hasNextPage } }',
    )
    const nodes = Array.from({ length: 2 }, () => ({ sectionCode: a(String), grade: 'EXPRESSWAY' }))
    expect(roadSections).toEqual({ nodes, hasNextPage: true })
    const { railwaySection } = await ask(transport, '{ railwaySection(sectionCode: "T990-01") { designSpeed } }')
    expect(railwaySection).toEqual({ designSpeed: 200 })
  })
})

describe('public security beside the household registration (FS-16)', () => {
  test('a vehicle is known by number and kind of plate', async () => {
    const { vehicles } = await about(publicSecurity, 'Person', allThree.document, 'vehicles { plateNumber plateType }')
    const [vehicle] = vehicles as readonly Data[]
    const owned = { owner: { idDocumentNumber: allThree.document.idDocumentNumber } }
    const at = (plateType: string) =>
      about(publicSecurity, 'Vehicle', { ...vehicle, plateType }, 'owner { idDocumentNumber }')
    expect(await at(String(vehicle?.['plateType']))).toEqual(owned)
    expect(await at('LARGE')).toEqual({})
  })

  test('an organisation has vehicles, a person dogs and violations, or none', async () => {
    const { vehicles } = await about(publicSecurity, 'LegalEntity', FIRM, 'vehicles { plateType ownerName }')
    expect(vehicles).toContainEqual({ plateType: 'LARGE', ownerName: demoOrganisations.firm.name })
    const selection = 'dogs { township } trafficViolations { fine offender { idDocumentNumber } }'
    const driver = await about(publicSecurity, 'Person', parent.document, selection)
    expect(driver['trafficViolations']).toHaveLength(2)
    const nobody = await about(
      publicSecurity,
      'Person',
      publicSecurityOnly.document,
      'dogs { breed } vehicles { status }',
    )
    const { dogs } = await about(publicSecurity, 'Person', allThree.document, 'dogs { township }')
    expect([dogs, nobody]).toEqual([[{ township: '中山市石岐街道' }], { dogs: null, vehicles: null }])
  })
})

describe('what is dropped as files (HZ-35.1, ZJ-20.1)', () => {
  test('forestry finds its records by their codes', async () => {
    const data = await ask(
      forestry,
      `{ forestSubcompartment(subcompartmentCode: "442000-LB-0001") { divisionCode area }
         grasslandPlot(plotCode: "442000-CD-0001") { coverage }
         wildlifeSurveyRecord(surveyCode: "none") { species } }`,
    )
    expect(data).toEqual({
      forestSubcompartment: { divisionCode: '442000', area: like(/^\d+\.\d\d$/) },
      grasslandPlot: { coverage: a(Number) },
      wildlifeSurveyRecord: null,
    })
  })

  test('a vessel leads to its owner, a right to use the sea to its holder', async () => {
    const selection = 'fishingVessels { vesselName owner { idDocumentNumber } ownerEntity { identifier } }'
    const { fishingVessels } = await about(oceanFisheries, 'Person', rareName.document, selection)
    const owner = { idDocumentNumber: rareName.document.idDocumentNumber }
    expect(fishingVessels).toEqual([{ vesselName: like(/^演示渔/), owner, ownerEntity: null }])
    const { seaAreaUseRights } = await about(
      oceanFisheries,
      'LegalEntity',
      MOVED_FIRM,
      'seaAreaUseRights { holder { identifier } }',
    )
    expect(seaAreaUseRights).toEqual([{ holder: { identifier: MOVED_FIRM.identifier } }])
  })

  test('an indicator is known by its code and month, which the file writes in another form', async () => {
    const find = '($p: String!) { indicatorSeries(indicatorCode: "442000-GY-01", period: $p) { period unit } }'
    const at = async (p: string): Promise<unknown> =>
      (await ask(macroEconomy, `query ${find}`, { p }))['indicatorSeries']
    expect(await at('2026-06')).toEqual({ period: '2026-06', unit: '亿元' })
    expect([await at('202606'), await at('2026-12')]).toEqual([null, null])
    const dropped = readFileSync(join(city.directory, 'macro-economy', 'drop', 'hgzb_20260820.csv'), 'latin1')
    expect(dropped).toContain('442000-GY-01,202606,')
  })
})
