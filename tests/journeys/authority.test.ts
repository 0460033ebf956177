import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { governanceAddress } from '../../gateway/config/config.ts'
import { DEMO_NUMBER, DEMO_QUERY } from '../../gateway/start/demo.ts'
import { HOUSING_STEWARD, POLICE_STEWARD, STANDING, dataOf, indexGateway } from '../kit/authority.ts'
import { DESK, DESK_MATTER, startTestGateway } from '../kit/gateway.ts'
import type { Ask, TestGateway } from '../kit/gateway.ts'
import { leaksIn } from '../kit/gateway-canaries.ts'
import { codesOf } from '../kit/gateway-http.ts'
import type { Reply } from '../kit/gateway-http.ts'

/* The audit record in the graph (ZS-6.03, ZS-6.12): who sees what of it, and that looking is recorded too. */

const WHOLE = `query One($r: String!) {
  auditRecord(receipt: $r) {
    standing receipt time method department application officer officerPseudonym roles matter case approvers grants
    data { coordinate decision code clause grant maskingRule providers }
    subjects { pseudonym part } arguments { name hash } route { department outcome entities kept milliseconds } operation
    status codes entities milliseconds chain seq hash
  }
}`
const LIST = `query List($filter: AuditFilter, $first: Int, $after: String) {
  auditRecords(filter: $filter, first: $first, after: $after) {
    nodes { standing receipt department officer officerPseudonym method subjects { pseudonym } data { coordinate providers } }
    endCursor hasNextPage
  }
}`

interface Shown {
  readonly standing: string
  readonly receipt: string
  readonly department: string | null
  readonly officer: string | null
  readonly officerPseudonym: string | null
  readonly method: string
  readonly subjects: readonly { readonly pseudonym: string }[] | null
  readonly data: readonly { readonly coordinate: string; readonly providers: readonly string[] }[]
}
interface Page {
  readonly nodes: readonly Shown[]
  readonly endCursor: string | null
  readonly hasNextPage: boolean
}

let gateway: TestGateway
let desk: Reply
beforeAll(async () => {
  gateway = await startTestGateway({ index: true })
  desk = await gateway.ask({ ...DESK_MATTER, query: DEMO_QUERY, variables: { number: DEMO_NUMBER } })
  await gateway.ask({ as: null, query: '{ __typename }' })
  await indexGateway(gateway)
}, 120_000)
afterAll(() => gateway.stop())

async function whole(ask: Ask, receipt: string): Promise<Readonly<Record<string, unknown>> | null> {
  const reply = await gateway.ask({ ...ask, query: WHOLE, variables: { r: receipt } })
  return dataOf(reply)['auditRecord'] as Readonly<Record<string, unknown>> | null
}

async function list(ask: Ask, variables: Readonly<Record<string, unknown>> = {}): Promise<Page> {
  return dataOf(await gateway.ask({ ...ask, query: LIST, variables }))['auditRecords'] as Page
}

const person = { idDocumentType: 'RESIDENT_ID', idDocumentNumber: DEMO_NUMBER }

describe('who sees what', () => {
  test('those who oversee see the whole record, by the pseudonyms that stand in it', async () => {
    const record = await gateway.recordOf(desk.receipt)
    for (const standing of [STANDING.auditor, STANDING.authority]) {
      const shown = await whole(standing, desk.receipt)
      expect(shown).toMatchObject({
        standing: 'OVERSIGHT',
        officer: DESK.officer,
        case: DESK_MATTER.case,
        officerPseudonym: null,
        subjects: record.subjects.map((pseudonym) => ({ pseudonym })),
        arguments: record.arguments,
        hash: record.hash,
        seq: record.seq,
      })
      expect(shown?.['data']).toHaveLength(record.data.length)
    }
  })

  test('the department that asked sees its own, with pseudonyms of its own', async () => {
    const record = await gateway.recordOf(desk.receipt)
    const shown = await whole(STANDING.housing, desk.receipt)
    expect(shown).toMatchObject({ standing: 'CONSUMER', officer: DESK.officer, case: DESK_MATTER.case })
    expect(shown?.['data']).toHaveLength(record.data.length)
    const [subject] = (shown?.['subjects'] ?? []) as { pseudonym: string }[]
    expect(subject?.pseudonym).toMatch(/^gxv_/)
    expect(record.subjects).not.toContain(subject?.pseudonym)
    // How much the city asks, how long it took, and whose answers were kept are for those who oversee.
    expect(shown).toMatchObject({ chain: null, seq: null, milliseconds: null })
    const route = shown?.['route'] as readonly object[] | undefined
    expect(route).toEqual(route?.map((one) => ({ ...one, kept: null, milliseconds: null })))
    expect(route?.length).toBeGreaterThan(0)
  })

  test('a provider sees its own data in it and nothing of the others, nor who it was', async () => {
    const shown = await whole(STANDING.police, desk.receipt)
    expect(shown).toMatchObject({
      standing: 'PROVIDER',
      department: DESK.department,
      application: DESK.application,
      matter: DESK_MATTER.matter,
      officer: null,
      case: null,
      roles: null,
      approvers: null,
      arguments: null,
      operation: null,
      status: null,
      codes: null,
      entities: null,
      chain: null,
      seq: null,
      hash: null,
      route: [{ department: 'public-security', outcome: 'ok' }],
    })
    const data = shown?.['data'] as Shown['data']
    expect(data.map(({ coordinate }) => coordinate)).toContain('Person.name')
    expect(new Set(data.flatMap(({ providers }) => providers))).toEqual(new Set(['public-security']))
    expect(shown?.['officerPseudonym']).toMatch(/^gxv_/)
  })

  test('no two departments see the same pseudonym of one person', async () => {
    const [own, provided] = await Promise.all(
      [STANDING.housing, STANDING.police].map(async (one) => (await whole(one, desk.receipt))?.['subjects']),
    )
    expect(own).toHaveLength(1)
    expect(provided).toHaveLength(1)
    expect(own).not.toEqual(provided)
  })

  test('whose data did not stand in it finds nothing', async () => {
    const market = { as: { ...POLICE_STEWARD, department: 'market-registration', application: 'licence-service' } }
    expect(await whole({ ...market, matter: 'market-registration-data-use' }, desk.receipt)).toBeNull()
  })

  test.each([
    ['a desk', { as: DESK, ...DESK_MATTER }, 'ROLE_MISSING'],
    ['a desk with the matter of supervision', { as: DESK, matter: 'housing-data-use' }, 'ROLE_MISSING'],
    ['a data officer without a matter', { as: HOUSING_STEWARD, matter: null }, 'PURPOSE_MISSING'],
    ['a data officer with a matter of business', { as: HOUSING_STEWARD, ...DESK_MATTER }, 'NOT_NEEDED'],
    ["with another department's matter", { as: HOUSING_STEWARD, matter: 'audit-inspection' }, 'PURPOSE_MISMATCH'],
    [
      'who runs the platform, whatever else is held',
      {
        as: { ...STANDING.authority.as, officer: 'DA-0090', roles: ['AUTHORITY', 'DATA_OPERATOR'] },
        matter: 'sharing-supervision',
      },
      'ROLE_MISSING',
    ],
  ] as const)('%s: refused, and nothing is read', async (_name, ask, code) => {
    const reply = await gateway.ask({ ...ask, query: LIST })
    expect(new Set(codesOf(reply))).toEqual(new Set([code]))
    expect(reply.body.data).toEqual({ auditRecords: null })
    const { route } = await gateway.recordOf(reply.receipt)
    expect(route.map(({ department }) => department)).not.toContain('authority')
  })

  test.each([
    '{ alarms { nodes { id } } }',
    '{ auditChains { lag } }',
    'mutation { confirmAlarm(id: "al_x", reason: "yes") { done } }',
  ])('a department is refused %s', async (query) => {
    expect(codesOf(await gateway.ask({ ...STANDING.police, query }))).toEqual(['ROLE_MISSING'])
  })

  test('an auditor reads the record and no business value (ZS-1.11)', async () => {
    const reply = await gateway.ask({ ...STANDING.auditor, query: DEMO_QUERY, variables: { number: DEMO_NUMBER } })
    expect(new Set(codesOf(reply))).toEqual(new Set(['NOT_NEEDED']))
    expect(JSON.stringify(reply.body.data)).not.toMatch(/[一-鿿]/)
  })

  test('introspection shows each what is for them', async () => {
    const query = '{ query: __type(name: "Query") { fields { name } } alarm: __type(name: "Alarm") { name } }'
    const of = async (ask: Ask) => JSON.stringify(dataOf(await gateway.ask({ ...ask, query })))
    expect(await of(STANDING.auditor)).toContain('"alarms"')
    const police = await of(STANDING.police)
    expect(police).toContain('"auditRecords"')
    expect(police).not.toContain('"alarms"')
    expect(await of({ as: DESK, ...DESK_MATTER })).not.toContain('"auditRecords"')
  })
})

describe('looking', () => {
  test('is recorded: who, for which matter, what, and whom they looked for', async () => {
    const reply = await gateway.ask({ ...STANDING.auditor, query: LIST, variables: { filter: { person } } })
    expect((dataOf(reply)['auditRecords'] as Page).nodes.map(({ receipt }) => receipt)).toContain(desk.receipt)
    const record = await gateway.recordOf(reply.receipt)
    expect(record).toMatchObject({ method: 'query', officer: STANDING.auditor.as.officer, matter: 'audit-inspection' })
    expect(record.subjects).toEqual((await gateway.recordOf(desk.receipt)).subjects)
    expect(record.data.map(({ coordinate }) => coordinate)).toContain('AuditRecord.receipt')
    expect(new Set(record.data.flatMap(({ providers = [] }) => providers))).toEqual(new Set(['authority']))
    expect(record.route).toMatchObject([{ department: 'authority', outcome: 'ok' }])
    expect(record.arguments.map(({ name }) => name)).toContain('Query.auditRecords(filter:)')
    expect(JSON.stringify(record)).not.toContain(DEMO_NUMBER)
  })

  test('is answered alike in both lanes', async () => {
    const replies = [0, 1, 2].map(() =>
      gateway.ask({ ...STANDING.auditor, query: WHOLE, variables: { r: desk.receipt } }),
    )
    const answered = await Promise.all(replies)
    const lanes = await Promise.all(answered.map(async ({ receipt }) => (await gateway.recordOf(receipt)).lane))
    expect(lanes).toContain('fast')
    expect(new Set(answered.map(({ body }) => JSON.stringify(body.data))).size).toBe(1)
  })

  test('leaves no number anywhere, the store included', async () => {
    const { directory, config } = gateway
    const address = governanceAddress(config)
    expect('file' in address && (await readFile(address.file)).length).toBeGreaterThan(1_000)
    expect(await leaksIn(join(directory, 'data', 'state'), [DEMO_NUMBER])).toEqual([])
    expect(await leaksIn(join(directory, 'data', 'audit'), [DEMO_NUMBER])).toEqual([])
  })
})

describe('lists', () => {
  test('go page by page, newest first, and hold the refusal of a stranger for those who oversee alone', async () => {
    await indexGateway(gateway)
    const nodes: Shown[] = []
    for (let after: string | null = null, more = true; more;) {
      const page: Page = await list(STANDING.auditor, { first: 2, after })
      nodes.push(...page.nodes)
      after = page.endCursor
      more = page.hasNextPage
    }
    const known = (await gateway.records()).map(({ receipt }) => receipt)
    expect(new Set(nodes.map(({ receipt }) => receipt)).size).toBe(nodes.length)
    expect(known).toEqual(expect.arrayContaining(nodes.map(({ receipt }) => receipt)))
    expect(nodes.map(({ receipt }) => receipt)).toContain(desk.receipt)
    const police = await list(STANDING.police, { first: 50 })
    for (const { standing, department } of police.nodes)
      expect(standing === 'PROVIDER' ? department !== 'public-security' : department === 'public-security').toBe(true)
  })

  test('a sample is the same for who asks again', async () => {
    await indexGateway(gateway)
    const query = `query S($seed: String!) {
      auditSample(count: 3, seed: $seed, since: "2020-01-01T00:00:00+08:00", until: "2020-03-01") { population }
      drawn: auditSample(count: 3, seed: $seed, since: "${new Date(Date.now() - 86_400_000).toISOString()}", until: "${new Date().toISOString()}") { population complete records { receipt } }
    }`
    const ask = (one: Ask) => gateway.ask({ ...one, query, variables: { seed: '2026-11' } })
    const [first, second] = [dataOf(await ask(STANDING.auditor)), dataOf(await ask(STANDING.authority))]
    expect(first['auditSample']).toEqual({ population: 0 })
    expect(first['drawn']).toEqual(second['drawn'])
    expect(first['drawn']).toMatchObject({ complete: true })
  })

  test('the use of data is counted by operations, for a department its own', async () => {
    const query =
      '{ auditUse(by: [CONSUMER, COORDINATE]) { complete groups { consumer provider coordinate operations released } } }'
    const { groups } = dataOf(await gateway.ask({ ...STANDING.police, query }))['auditUse'] as {
      groups: { consumer: string; coordinate: string; operations: number; released: number }[]
    }
    expect(groups).toContainEqual(
      expect.objectContaining({ consumer: DESK.department, coordinate: 'Person.name', operations: 1, released: 1 }),
    )
    expect(groups.map(({ coordinate }) => coordinate)).not.toContain('SocialInsuranceEnrolment.enrolmentStatus')
  })

  test('the chains are told with their lag', async () => {
    const data = dataOf(
      await gateway.ask({ ...STANDING.auditor, query: '{ auditChains { lag chains { chain seq } gaps { kind } } }' }),
    )
    expect(data['auditChains']).toMatchObject({ gaps: [] })
  })

  test('hold a request that was just made, once the index has it', async () => {
    const late = await gateway.ask({ ...DESK_MATTER, query: DEMO_QUERY, variables: { number: DEMO_NUMBER } })
    await vi.waitFor(
      async () => expect(await whole(STANDING.auditor, late.receipt)).toMatchObject({ officer: DESK.officer }),
      {
        timeout: 20_000,
        interval: 200,
      },
    )
  }, 30_000)
})
