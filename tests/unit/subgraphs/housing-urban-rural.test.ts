import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { demoOrganisations } from '../../../city/organisations/demo-organisations.ts'
import { urbanManagementSystem } from '../../../city/systems/housing-urban-rural-server.ts'
import { housingUrbanRural } from '../../../subgraphs/housing-urban-rural/source.ts'
import { recordsIn, refusedWith, startRestDepartment, textsOf } from './rest-department.ts'
import type { RestBench } from './rest-department.ts'

const CASES = Array.from({ length: 230 }, (_, at) => `CG2026${String(at + 1).padStart(6, '0')}`)

describe('housing and urban-rural development over its platform (FS-12)', () => {
  let bench: RestBench
  beforeAll(async () => {
    bench = await startRestDepartment(housingUrbanRural, urbanManagementSystem)
  })
  afterAll(() => bench.close())

  test('rows without names get them, over as many pages as the platform makes of them', async () => {
    bench.calls()
    const found = await bench.entities(
      '... on UrbanManagementCase { caseNumber status reportedOn closedOn }',
      CASES.map((caseNumber) => ({ __typename: 'UrbanManagementCase', caseNumber })),
    )
    const there = found.filter((one) => one !== null)
    expect(there.length).toBeGreaterThan(50)
    const calls = bench.calls()
    expect(calls).toHaveLength(Math.ceil(there.length / 50))
    for (const { columns } of calls) expect(columns).toEqual(['ajbh', 'ajzt', 'sbsj', 'jasj'])
    for (const { status, closedOn } of there) expect(closedOn === null).toBe(status !== 'CLOSED')
    const closed = there.filter(({ closedOn }) => closedOn !== null)
    const [reportedOn, closedOn] = [textsOf(closed, 'reportedOn'), textsOf(closed, 'closedOn')]
    expect(closedOn.filter((day, at) => day <= (reportedOn[at] ?? ''))).toEqual([])
  })

  test('a developer leads to its projects, and a project to its developer', async () => {
    const reference = { __typename: 'LegalEntity', identifierType: 'USCC', identifier: demoOrganisations.firm.uscc }
    const selection = `... on LegalEntity {
      housingProjects { projectCode projectKind floorArea developerIdentifier developer { identifierType identifier } }
    }`
    const [entity] = await bench.entities(selection, [reference])
    const projects = recordsIn(entity, 'housingProjects')
    const { identifierType, identifier } = reference
    expect(projects).toMatchObject([{ developerIdentifier: identifier, developer: { identifierType, identifier } }])
    const [projectCode] = textsOf(projects, 'projectCode')
    const one = await bench.ask('query ($c: String!) { housingProject(projectCode: $c) { projectCode } }', {
      c: projectCode,
    })
    expect(one.data).toEqual({ housingProject: { projectCode } })
    expect(one.extensions?.sources).toEqual([{ type: 'HousingProject', asOf: '2026-11-20T03:05:00+08:00' }])
  })

  test('parking lots are listed by township and kind', async () => {
    const query = `query ($filter: ParkingLotFilter!, $first: Int, $after: String) {
      parkingLots(filter: $filter, first: $first, after: $after) { nodes { lotCode lotKind spaces status } endCursor hasNextPage }
    }`
    const { nodes } = await bench.page('parkingLots', query, { filter: { township: '中山市石岐街道' } })
    const [{ lotCode, spaces } = {}] = nodes
    expect(spaces).toBeGreaterThan(0)
    const one = await bench.ask('query ($c: String!) { parkingLot(lotCode: $c) { spaces } }', { c: lotCode })
    expect(one.data).toEqual({ parkingLot: { spaces } })
    const kinds = await bench.page('parkingLots', query, { filter: { lotKind: 'ROADSIDE' } })
    expect(new Set(textsOf(kinds.nodes, 'lotKind'))).toEqual(new Set(['ROADSIDE']))
    const nothing = await bench.ask(query, { filter: {} })
    expect(nothing.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }])
  })

  test('a wrong token is told under 200', async () => {
    const { answer, health } = await refusedWith(bench, `{ urbanManagementCase(caseNumber: "${CASES[0]}") { status } }`)
    expect(answer).toMatchObject({
      data: { urbanManagementCase: null },
      errors: [{ extensions: { code: 'SOURCE_UNAVAILABLE' } }],
    })
    expect(health).toEqual({ ok: false, detail: 'The system answered with its code E1001' })
  })

  test.each([
    ['/cgpt/query/cg_aj', { cols: ['ajbh'], key: 'ajbh', values: ['x'], marker: '50.forged' }, 'E1004'],
    ['/cgpt/query/cg_aj', { cols: ['*'], key: 'ajbh', values: ['x'] }, 'E1003'],
    ['/cgpt/query/cg_aj', { cols: ['ajbh'], values: ['x'] }, 'E1002'],
    ['/cgpt/query/sjgx_rz', { cols: ['gxsj'], key: 'gxzt', values: ['1'] }, 'E1002'],
  ])('the platform itself refuses %s %j with %s', async (path, body, errorCode) => {
    const headers = { token: bench.key }
    const response = await fetch(bench.url + path, { method: 'POST', headers, body: JSON.stringify(body) })
    expect(await response.json()).toEqual({ success: false, errorCode })
  })
})
