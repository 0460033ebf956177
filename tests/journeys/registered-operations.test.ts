import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { stringify } from 'yaml'
import { demoPeople } from '../../city/demo-people.ts'
import { documentHash } from '../../gateway/request/registered-operation.ts'
import { ANALYST, ANALYST_MATTER, DESK, DESK_MATTER, MARKET, MARKET_MATTER, startTestGateway } from '../kit/gateway.ts'
import type { TestGateway } from '../kit/gateway.ts'
import { leaksIn } from '../kit/gateway-canaries.ts'
import { codesOf } from '../kit/gateway-http.ts'
import { refusalOf, refusedWith } from '../kit/gateway-refusals.ts'
import { partiesAsking, post, replaceRegister } from '../kit/registered.ts'

const MATTERS = `matters:
  - code: public-rental-housing
    title: 公共租赁住房申请
    department: housing-urban-rural
    caseRequired: true
    fields: [Person.name, HouseholdRegistration.registrationStatus]
  - { code: business-licence-change, title: 营业执照变更, department: market-registration, fields: [Person.name, Person.sex] }
  - { code: living-allowance-review, title: 最低生活保障审核, department: civil-affairs, fields: [Person.name] }
  - { code: insurance-coverage-analysis, title: 社会保险覆盖情况分析, department: development-reform, fields: [Person.sex] }
`
const NUMBER = demoPeople.allThree.document.idDocumentNumber
const OTHER_NUMBER = demoPeople.publicSecurityOnly.document.idDocumentNumber
const AS_DESK = { as: DESK, ...DESK_MATTER }
const AS_MARKET = { as: MARKET, ...MARKET_MATTER }
const TOWN = {
  as: {
    department: 'town-governments',
    application: 'town-desk',
    officer: 'TG-0001',
    name: '演示人员',
    roles: ['DESK'],
  },
  matter: 'living-allowance-review',
  actingFor: 'civil-affairs',
} as const

const person = (name: string, selection: string): string =>
  `query ${name}($n: IdNumber!) { person(idDocumentType: RESIDENT_ID, idDocumentNumber: $n) { ${selection} } }`
const NAME = person('Name', 'name')
const HOUSEHOLD = person('Household', 'household { registrationStatus }')
const SEX = person('Sex', 'name sex')

const housing = { department: 'housing-urban-rural', application: 'housing-desk', matter: 'public-rental-housing' }
const OPERATIONS = [
  { id: 'name', ...housing, document: NAME },
  { id: 'household', ...housing, document: HOUSEHOLD },
  // The matter does not need the sex.
  { id: 'faulty', ...housing, document: SEX },
  {
    id: 'sex',
    department: 'market-registration',
    application: 'licence-service',
    matter: MARKET_MATTER.matter,
    document: SEX,
  },
  { id: 'town', department: 'town-governments', application: 'town-desk', matter: TOWN.matter, document: NAME },
]
const register = (operations: readonly object[]): string => stringify({ operations })

let gateway: TestGateway
beforeAll(async () => {
  const parties = await partiesAsking({
    'housing-urban-rural/housing-desk': 'REQUIRED',
    'market-registration/licence-service': 'LOG',
    'town-governments/town-desk': 'REQUIRED',
    'development-reform/analysis-workbench': 'REQUIRED',
  })
  gateway = await startTestGateway({ registers: { parties, matters: MATTERS, operations: register(OPERATIONS) } })
})
afterAll(() => gateway.stop())

const variables = { n: NUMBER }
const persisted = (document: string) => ({ persistedQuery: { version: 1, sha256Hash: documentHash(document) } })
const logged = async (): Promise<string> => readFile(join(gateway.directory, 'gateway.log'), 'utf8')

describe('a registered operation', () => {
  test.each([
    ['its id', { documentId: 'name' }],
    ['its hash', { documentId: `sha256:${documentHash(NAME)}` }],
    ["its hash, as Apollo's clients send it", { extensions: persisted(NAME) }],
    ['its text', { query: NAME }],
    ['its text and its id', { query: NAME, documentId: 'name', operationName: 'Name' }],
  ])('runs by %s', async (_what, body) => {
    const reply = await post(gateway, AS_DESK, { ...body, variables })
    expect([reply.status, reply.body.data]).toEqual([200, { person: { name: '欧阳静怡' } }])
    const { operation, method, data } = await gateway.recordOf(reply.receipt)
    expect([operation?.registered, method]).toEqual(['name', 'query'])
    expect(data.map(({ coordinate }) => coordinate)).toEqual(['Person.name'])
  })

  test('answers for whom the variables name, and is the same operation', async () => {
    const [one, other] = [
      await post(gateway, AS_DESK, { documentId: 'name', variables }),
      await post(gateway, AS_DESK, { documentId: 'name', variables: { n: OTHER_NUMBER } }),
    ]
    expect(other.body.data).not.toEqual(one.body.data)
    const [first, second] = [await gateway.recordOf(one.receipt), await gateway.recordOf(other.receipt)]
    expect(second.operation).toEqual(first.operation)
  })

  test('is decided field by field as any other', async () => {
    const reply = await post(gateway, { ...AS_DESK, case: 'PRH-2026-9999' }, { documentId: 'name', variables })
    expect([reply.body.data, codesOf(reply)]).toEqual([{ person: null }, ['PURPOSE_MISMATCH']])
  })

  test('of a delegate is its own, while it acts (ZS-7.04)', async () => {
    const reply = await post(gateway, TOWN, { documentId: 'town', variables })
    expect([reply.status, reply.body.data]).toEqual([200, { person: { name: '欧阳静怡' } }])
    expect(await gateway.recordOf(reply.receipt)).toMatchObject({
      actingFor: 'civil-affairs',
      operation: { registered: 'town' },
    })
    const { as, matter } = TOWN
    expect(codesOf(await post(gateway, { as, matter }, { documentId: 'town', variables }))).toEqual([
      'OPERATION_NOT_REGISTERED',
    ])
  })
})

describe('where registration is required', () => {
  test.each([
    ['another document', { query: person('Name', 'name household { registrationStatus }'), variables }],
    ['the same with a literal', { query: NAME.replace('$n) {', `"${NUMBER}") {`) }],
    ['an introspection', { query: '{ __schema { queryType { name } } }' }],
    ['an explanation', { query: '{ explain(document: "{ __typename }") { regime } }' }],
    ['nothing at all', {}],
    ['an entry with a fault', { documentId: 'faulty', variables }],
    ['its text', { query: SEX, variables }],
  ])('%s is refused whole', async (_what, body) => {
    gateway.forget()
    const reply = await post(gateway, AS_DESK, body)
    expect(await refusalOf(gateway, reply, [NUMBER])).toEqual(refusedWith(403, 'OPERATION_NOT_REGISTERED'))
    expect(reply.body.errors?.[0]).toMatchObject({
      message: 'No such operation is registered for this application and matter',
      extensions: { clause: 'ZS-4.01(3)', remedy: expect.stringContaining('documentId') as string },
    })
    expect(gateway.seen).toEqual([])
    expect(await gateway.recordOf(reply.receipt)).toMatchObject({ method: 'refused', operation: null, data: [] })
  })

  test('in Chinese it says what to do as well', async () => {
    const reply = await gateway.ask({ ...AS_DESK, query: SEX, variables, headers: { 'accept-language': 'zh-CN' } })
    expect(reply.body.errors?.[0]?.message).toBe('该应用只能执行为此事项登记的查询,所提交的未登记')
    expect(reply.body.errors?.[0]?.extensions.remedy).toMatch(/^在 x-matter 中写明登记时的事项/)
  })

  test('an analyst writes documents of their own', async () => {
    const reply = await post(gateway, { as: ANALYST, ...ANALYST_MATTER }, { query: person('Q', 'sex'), variables })
    expect([reply.status, (await gateway.recordOf(reply.receipt)).operation?.registered]).toEqual([200, undefined])
  })
})

describe('where documents are logged', () => {
  test('an unregistered one runs, and record and log say so', async () => {
    const before = (await logged()).split('operation not registered').length
    const reply = await post(gateway, AS_MARKET, { query: person('Q', 'sex'), variables })
    expect([reply.status, reply.body.data]).toEqual([200, { person: { sex: '2' } }])
    expect((await gateway.recordOf(reply.receipt)).operation).toMatchObject({ registered: null })
    const line = (await logged())
      .split('\n')
      .find((one) => one.includes(reply.receipt) && one.includes('not registered'))
    expect(JSON.parse(line ?? '{}')).toMatchObject({
      level: 40,
      department: 'market-registration',
      application: 'licence-service',
      count: before,
    })
  })

  test('a registered one runs and is told in the record alone', async () => {
    const reply = await post(gateway, AS_MARKET, { documentId: 'sex', variables })
    expect(reply.body.data).toEqual({ person: { name: '欧阳静怡', sex: '2' } })
    expect((await gateway.recordOf(reply.receipt)).operation?.registered).toBe('sex')
    expect(await logged()).not.toMatch(new RegExp(`${reply.receipt}.*not registered`))
  })

  test('an id that nobody has is nothing to run', async () => {
    const reply = await post(gateway, AS_MARKET, { documentId: 'nothing', variables })
    expect(await refusalOf(gateway, reply)).toEqual(refusedWith(403, 'OPERATION_NOT_REGISTERED'))
  })
})

describe('a register that changes while requests run', () => {
  const changed = (check: () => Promise<void>): Promise<void> => vi.waitFor(check, { timeout: 10_000, interval: 100 })
  const ask = (id: string) => post(gateway, AS_DESK, { documentId: id, variables })
  const statuses = async (...ids: readonly string[]) => Promise.all(ids.map(async (id) => (await ask(id)).status))

  test('answers each request by the one or the other, and never by neither', async () => {
    const moved = register([{ ...OPERATIONS[0], id: 'renamed' }, ...OPERATIONS.slice(1)])
    await replaceRegister(gateway.config.registers.operations, moved)
    await changed(async () => {
      const replies = await Promise.all([ask('name'), ask('renamed'), ask('household')])
      expect(replies.map(({ status }) => status).every((one) => one === 200 || one === 403)).toBe(true)
      expect(replies[2]?.status).toBe(200)
      expect([replies[0]?.status, replies[1]?.status]).toEqual([403, 200])
    })
  })

  test('stays the last good one where it cannot be read', async () => {
    await replaceRegister(gateway.config.registers.operations, 'operations: [')
    await changed(async () => expect(await logged()).toMatch(/"step":"reload-refused","subject":"operations"/))
    expect(await statuses('renamed', 'household')).toEqual([200, 200])
    await replaceRegister(gateway.config.registers.operations, register(OPERATIONS))
    await changed(async () => expect(await statuses('name', 'renamed')).toEqual([200, 403]))
  })

  test('takes an entry out of force with the field that its matter no longer needs, and says where it stands', async () => {
    const { matters } = gateway.config.registers
    const told = (await logged()).length
    const since = async () => (await logged()).slice(told)
    await replaceRegister(matters, MATTERS.replace(', HouseholdRegistration.registrationStatus', ''))
    await changed(async () => expect(await statuses('name', 'household')).toEqual([200, 403]))
    await changed(async () => expect(await since()).toMatch(/"step":"degraded","subject":"operations","count":2/))
    expect(await since()).toMatch(/operations\.yaml:\d+:\d+/)
    await replaceRegister(matters, MATTERS)
    await changed(async () => expect(await statuses('name', 'household')).toEqual([200, 200]))
    await changed(async () => expect(await since()).toMatch(/"step":"degraded","subject":"operations","count":1/))
  })

  test('asks no more of an application than its department does', async () => {
    const { parties } = gateway.config.registers
    const whole = await readFile(parties, 'utf8')
    const unregistered = async () => (await post(gateway, AS_DESK, { query: person('Q', 'name'), variables })).status
    expect(await unregistered()).toBe(403)
    await replaceRegister(parties, whole.replaceAll('operations: REQUIRED', 'operations: OPEN'))
    await changed(async () => expect(await unregistered()).toBe(200))
    await replaceRegister(parties, whole)
    await changed(async () => expect(await unregistered()).toBe(403))
  })
})

test('the record is whole, and no value is in record or log', async () => {
  expect((await gateway.verify()).faults).toEqual([])
  await gateway.halt()
  expect(await leaksIn(gateway.directory)).toEqual([])
})
