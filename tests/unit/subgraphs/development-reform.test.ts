import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { organisations } from '../../../city/organisations/generate.ts'
import { demoOrganisations } from '../../../city/organisations/demo-organisations.ts'
import { investmentSystem } from '../../../city/systems/development-reform-server.ts'
import { developmentReform } from '../../../subgraphs/development-reform/source.ts'
import { identifierOf } from '../../contract/subgraph-bench.ts'
import { recordsIn, refusedWith, startRestDepartment, textsOf } from './rest-department.ts'
import type { RestBench } from './rest-department.ts'

const FIRM = { __typename: 'LegalEntity', identifierType: 'USCC', identifier: demoOrganisations.firm.uscc }

describe('development and reform over its platform (HZ-35)', () => {
  let bench: RestBench
  beforeAll(async () => {
    bench = await startRestDepartment(developmentReform, investmentSystem)
  })
  afterAll(() => bench.close())

  test('a plan is found by its code; numbers, which are texts there, are numbers here', async () => {
    const { data, errors, extensions } = await bench.ask(
      '{ developmentPlan(planCode: "GH2021101") { planName planLevel startYear endYear approvedBy status } }',
    )
    expect(errors).toBeUndefined()
    expect(data).toEqual({
      developmentPlan: {
        planName: '中山市国民经济和社会发展五年规划(2021—2025年)',
        planLevel: 'OVERALL',
        startYear: 2021,
        endYear: 2025,
        approvedBy: '中山市人民代表大会',
        status: 'ENDED',
      },
    })
    expect(extensions?.sources).toEqual([{ type: 'DevelopmentPlan', asOf: '2026-11-20T03:05:00+08:00' }])
  })

  test('a firm leads to its projects and facilities, and no column of an amount is read', async () => {
    bench.calls()
    const selection = `... on LegalEntity {
      investmentProjects { projectCode industry applicantIdentifier applicant { identifier } }
      energyFacilities { facilityCode capacity operator { identifier } }
    }`
    const [entity] = await bench.entities(selection, [FIRM])
    const projects = recordsIn(entity, 'investmentProjects')
    expect(projects).toHaveLength(1)
    expect(projects[0]).toMatchObject({
      projectCode: expect.stringMatching(/^\d{4}-442091-04-01-\d{6}$/) as unknown,
      industry: 'C3989',
      applicantIdentifier: FIRM.identifier,
      applicant: { identifier: FIRM.identifier },
    })
    expect(recordsIn(entity, 'energyFacilities')).toMatchObject([
      { capacity: expect.stringMatching(/^\d+\.\d\d$/) as unknown },
    ])
    const read = bench.calls().flatMap(({ columns }) => columns)
    expect(read).not.toContain('total_investment')
    expect(read.length).toBeGreaterThan(4)
  })

  test('more plans than a page of the platform are read, all of them', async () => {
    bench.calls()
    const codes = [2016, 2021, 2026].flatMap((year) =>
      [1, 2].flatMap((city) =>
        Array.from({ length: 30 }, (_, at) => `GH${year}${city}${String(at + 1).padStart(2, '0')}`),
      ),
    )
    const found = await bench.entities(
      '... on DevelopmentPlan { planCode }',
      codes.map((planCode) => ({ __typename: 'DevelopmentPlan', planCode })),
    )
    expect(found.filter((one) => one !== null)).toHaveLength(48)
    expect(bench.calls()).toHaveLength(3)
  })

  test('a firm without a code is found by its registration number, in the same column', async () => {
    const old = organisations({ people: 200, seed: 7 }).filter((one) => one.kind === 'ENTERPRISE')
    const found = await bench.entities(
      '... on LegalEntity { investmentProjects { applicantIdentifier applicant { identifierType identifier } } }',
      old.map((one) => ({ __typename: 'LegalEntity', ...identifierOf(one) })),
    )
    const projects = found.flatMap((one) => recordsIn(one, 'investmentProjects'))
    const identifiers = textsOf(projects, 'applicantIdentifier')
    expect(projects.map(({ applicant }) => applicant)).toEqual(
      identifiers.map((identifier) => ({
        identifierType: identifier.length === 18 ? 'USCC' : 'REGISTRATION_NUMBER',
        identifier,
      })),
    )
    expect(new Set(identifiers.map(({ length }) => length))).toEqual(new Set([18, 15]))
  })

  test('a wrong key is told by the status, which alone is believed', async () => {
    const { answer, health } = await refusedWith(bench, '{ developmentPlan(planCode: "GH2021101") { planName } }')
    expect(answer).toMatchObject({
      data: { developmentPlan: null },
      errors: [{ extensions: { code: 'SOURCE_UNAVAILABLE' } }],
    })
    expect(health).toEqual({ ok: false, detail: 'The REST system failed with status 401' })
  })

  test.each([
    ['plan', { show_fields: 'plan_code', filter_name: 'plan_code', filter_values: ['x'], limit: '21' }, '20000'],
    ['plan', { show_fields: 'plan_code|secret', filter_name: 'plan_code', filter_values: ['x'] }, '20001'],
    ['plan', { show_fields: 'plan_code', filter_name: 'plan_code' }, '20000'],
    ['budget', { show_fields: 'plan_code', filter_name: 'plan_code', filter_values: ['x'] }, '20000'],
  ])('the platform itself refuses %s %j with %s', async (name, body, infocode) => {
    const headers = { 'x-access-key': bench.key }
    const response = await fetch(`${bench.url}/tzxm/v2/${name}/search`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    })
    expect(await response.json()).toMatchObject({ status: '0', infocode })
  })

  test('what is empty is a list of nothing there', async () => {
    const headers = { 'x-access-key': bench.key }
    const body = { show_fields: 'project_code|applicant_code', filter_name: 'project_code', filter_values: ['nothing'] }
    const response = await fetch(`${bench.url}/tzxm/v2/project/search`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    })
    expect(await response.json()).toMatchObject({ infocode: '10000', count: '0', projects: [] })
  })
})
