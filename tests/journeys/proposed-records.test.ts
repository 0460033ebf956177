import { buildClientSchema, getIntrospectionQuery, printSchema } from 'graphql'
import type { IntrospectionQuery } from 'graphql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { demoOrganisations } from '../../city/organisations/demo-organisations.ts'
import { codesOf } from '../kit/gateway-http.ts'
import type { Reply } from '../kit/gateway-http.ts'
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

describe('whoever holds a parcel that is found by its own key is one whom the answer tells of (ZS-6.03)', () => {
  const COUNT = 20

  function parcels(of: TestGateway, selection: string, first = COUNT): Promise<Reply> {
    of.forget()
    const query = `query ($first: Int) { landParcels(filter: { landUseIn: [INDUSTRIAL, RESIDENTIAL, COMMERCIAL] }, first: $first) {
      nodes { ${selection} } } }`
    return of.ask({ query, variables: { first }, ...CONSTRUCTION })
  }

  const nodesOf = (reply: Reply): readonly Readonly<Record<string, string | null>>[] =>
    (reply.body.data as { landParcels: { nodes: readonly Record<string, string | null>[] } }).landParcels.nodes

  test('the record names each of them once, and the answer has nothing more than before', async () => {
    const reply = await parcels(gateway, 'rightHolderName')
    expect(codesOf(reply)).toEqual([])
    const both = nodesOf(await parcels(gateway, 'rightHolderName rightHolderIdentifier'))
    expect(nodesOf(reply)).toEqual(both.map(({ rightHolderName }) => ({ rightHolderName })))
    const holders = new Set(both.map((one) => one['rightHolderIdentifier'] ?? one['rightHolderName']))
    expect(holders.size).toBeGreaterThan(3)
    const { subjects } = await gateway.recordOf(reply.receipt)
    expect(subjects).toHaveLength(holders.size)
    expect(new Set(subjects).size).toBe(holders.size)
  })

  test('nobody is named, nor asked for, where the answer tells nothing personal', async () => {
    const reply = await parcels(gateway, 'parcelCode landUse')
    expect((await gateway.recordOf(reply.receipt)).subjects).toEqual([])
    expect(JSON.stringify(gateway.seen)).not.toMatch(/rightHolder|idDocumentNumber/)
  })

  test.each<[string, object, unknown]>([
    ['of one operation', { subjectsPerOperation: 3 }, [400, ['LIMIT_EXCEEDED'], undefined]],
    ['of the officer’s day', { subjectsPerOfficerDay: 3 }, [429, ['RATE_LIMIT'], undefined]],
  ])('an answer over the bound %s is withheld', async (_name, limits, withheld) => {
    const own = await startTestGateway({ settings: { limits } })
    try {
      const few = await parcels(own, 'rightHolderName', 1)
      expect([codesOf(few), nodesOf(few).length]).toEqual([[], 1])
      const many = await parcels(own, 'rightHolderName')
      expect([many.status, codesOf(many), many.body.data]).toEqual(withheld)
      expect(codesOf(await parcels(own, 'parcelCode'))).toEqual([])
    } finally {
      await own.stop()
    }
  })
})
