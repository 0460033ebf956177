import { buildClientSchema, getIntrospectionQuery, printSchema } from 'graphql'
import type { IntrospectionQuery } from 'graphql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { demoOrganisations } from '../../city/organisations/demo-organisations.ts'
import { startTestGateway } from '../kit/gateway.ts'
import type { Ask, TestGateway } from '../kit/gateway.ts'

/** A builder's permit is what this officer works on (city/registers/matters.yaml). */
const CONSTRUCTION: Ask = {
  as: {
    department: 'housing-urban-rural',
    application: 'construction-desk',
    officer: 'HC-0042',
    roles: ['APPLICATION'],
    name: '演示人员',
  },
  matter: 'construction-permit',
}

const SURVEY: Ask = {
  as: {
    department: 'development-reform',
    application: 'analysis-workbench',
    officer: 'DR-0042',
    roles: ['APPLICATION'],
    name: '演示人员',
  },
  matter: 'industrial-land-survey',
}

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startTestGateway()
})
afterAll(() => gateway.stop())

describe('records that no regulation lists item by item (HZ-35, FS-12 to FS-16)', () => {
  test('introspection says that they are proposed, where a listed item names its item', async () => {
    const reply = await gateway.ask({ query: getIntrospectionQuery(), ...CONSTRUCTION })
    const schema = printSchema(buildClientSchema(reply.body.data as unknown as IntrospectionQuery))
    expect(schema).toContain('【无条件共享 · L1 · 国土资源部门 · 拟定 · ZS-4.07】')
    expect(schema).toContain('【有条件共享 · L3 · 国土资源部门 · 拟定 · 脱敏 · ZS-4.08】')
    expect(schema).toMatch(/landParcel\(/)
    // The matter needs nothing of these.
    expect(schema).not.toMatch(/type (GeologicalHazardSite|Vehicle|FishingVessel)/)
  })

  test('so does an explanation', async () => {
    const query = 'query ($d: String!) { explain(document: $d) { decisions { coordinate title } } }'
    const document = '{ landParcel(parcelCode: "x") { landUse rightHolderName } }'
    const reply = await gateway.ask({ query, variables: { d: document }, ...CONSTRUCTION })
    expect(reply.body.data).toEqual({
      explain: {
        decisions: [
          { coordinate: 'LandParcel.landUse', title: '土地用途(拟定)' },
          { coordinate: 'LandParcel.rightHolderName', title: '权利人姓名或者名称(拟定)' },
        ],
      },
    })
  })

  test('a list turns its pages through the gateway, and what is refused of it is not fetched', async () => {
    const query = `query ($after: String) { landParcels(filter: { landUse: INDUSTRIAL }, first: 1, after: $after) {
      nodes { parcelCode landUse location } endCursor hasNextPage } }`
    gateway.forget()
    const first = await gateway.ask({ query, ...SURVEY })
    const page = first.body.data?.['landParcels'] as {
      nodes: readonly object[]
      endCursor: string
      hasNextPage: boolean
    }
    const parcel = { parcelCode: expect.stringMatching(/GB\d{10}$/) as unknown, landUse: 'INDUSTRIAL', location: null }
    expect(page).toMatchObject({ nodes: [parcel], hasNextPage: true })
    expect(JSON.stringify(gateway.seen)).not.toContain('location')
    const second = await gateway.ask({ query, variables: { after: page.endCursor }, ...SURVEY })
    expect(second.body.data).toMatchObject({ landParcels: { nodes: [parcel] } })
    expect(second.body.data).not.toEqual(first.body.data)
  })

  test('the firm that holds a parcel is one whom the answer tells of (ZS-6.03)', async () => {
    const query = `query ($n: String!) { legalEntity(identifierType: USCC, identifier: $n) { landParcels { parcelCode } } }`
    const { uscc } = demoOrganisations.firm
    const found = await gateway.ask({ query, variables: { n: uscc }, ...CONSTRUCTION })
    const firm = found.body.data?.['legalEntity'] as { landParcels: readonly { parcelCode: string }[] } | undefined
    const parcel = await gateway.ask({
      query: 'query ($c: String!) { landParcel(parcelCode: $c) { rightHolderEntity { identifier } } }',
      variables: { c: firm?.landParcels[0]?.parcelCode },
      ...CONSTRUCTION,
    })
    expect(parcel.body.data).toEqual({ landParcel: { rightHolderEntity: { identifier: uscc } } })
    const record = await gateway.recordOf(parcel.receipt)
    expect(JSON.stringify(record)).not.toContain(uscc)
    expect(record.subjects).toHaveLength(1)
  })
})
