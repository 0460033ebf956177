import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { humanResourcesSystem } from '../../city/systems/human-resources-server.ts'
import { DESK, startTestGateway } from '../kit/gateway.ts'
import type { TestGateway, TestGatewayOptions } from '../kit/gateway.ts'
import { codesOf } from '../kit/gateway-http.ts'
import { startOldSystem } from '../kit/old-system.ts'
import { AS_OWNER, startWithHoldings } from './holdings.ts'
import { AS_ANALYST, AS_DESK, attack, NUMBER, OTHER_NUMBER, person } from './attack.ts'

/* Attacks that once succeeded: each states what must hold since the hole was closed. */

const phone = ['138', '1234', '5678'].join('')
const spelled = NUMBER.replace(/.{4}/g, '$&_')

describe('what a caller writes into the record', () => {
  let gateway: TestGateway
  beforeAll(async () => {
    gateway = await startTestGateway({ settings: { limits: { officerPerMinute: 40 } } })
  })
  afterAll(() => gateway.stop())
  const asOfficer = (officer: string) => ({ ...DESK, officer })

  test.each([
    ['an ID number behind one more digit', `0${NUMBER}`],
    ['an ID number before one more digit', `${NUMBER}0`],
    ['an ID number with a hyphen', `${NUMBER.slice(0, 6)}-${NUMBER.slice(6)}`],
    ['a telephone number', phone],
  ])('a case that nobody opened is not repeated: %s', async (_name, file) => {
    const { record } = await attack(gateway, { ...AS_DESK, as: asOfficer('H-1'), case: file, query: person('name') })
    expect(JSON.stringify(record)).not.toContain(file)
  })

  test('nor is an invented matter', async () => {
    const { record } = await attack(gateway, { as: asOfficer('H-1'), matter: phone, query: person('name') })
    expect(JSON.stringify(record)).not.toContain(phone)
  })

  test('an alias that spells a number in pieces is recorded by its place', async () => {
    const query = person(`n${spelled}: name`)
    const { record } = await attack(gateway, { ...AS_DESK, as: asOfficer('H-1'), query })
    expect(JSON.stringify(record.operation?.aliases).replaceAll('_', '')).not.toContain(NUMBER)
  })

  test('an alias that stands for two coordinates is recorded with both', async () => {
    const query = person('x: name household { x: registrationStatus }')
    const { record } = await attack(gateway, { ...AS_DESK, as: asOfficer('H-1'), query })
    expect(JSON.stringify(record.operation?.aliases)).toContain('HouseholdRegistration.registrationStatus')
  })

  test('a known officer whose header is refused is counted against the rate', async () => {
    const as = asOfficer('H-3')
    const codes = new Set<string>()
    for (let at = 0; at < 60; at += 1)
      for (const code of codesOf(await gateway.ask({ as, matter: 'no matter', query: '{a}' }))) codes.add(code)
    expect(codes).toContain('RATE_LIMIT')
  })

  test('a department that is not registered cannot fill the disk', async () => {
    const before = (await gateway.records()).length
    const as = { ...asOfficer('H-4'), department: 'nobody' }
    for (let at = 0; at < 60; at += 1) await gateway.ask({ as, query: '{a}' })
    expect((await gateway.records()).length - before).toBeLessThan(50)
  })

  test('an officer over the limit cannot fill the disk', async () => {
    const before = (await gateway.records()).length
    for (let at = 0; at < 120; at += 1) await gateway.ask({ ...AS_DESK, as: asOfficer('H-5'), query: '{a}' })
    expect((await gateway.records()).length - before).toBeLessThan(100)
  })
})

describe('existence', () => {
  let gateway: TestGateway
  beforeAll(async () => {
    gateway = await startTestGateway()
  })
  afterAll(() => gateway.stop())

  test('of a record is not told by a field that is always masked to null', async () => {
    const ask = { ...AS_ANALYST, query: person('professionalTitles { __typename professionalTitleQualification }') }
    const [holder, other] = [
      await attack(gateway, { ...ask, variables: { n: NUMBER } }),
      await attack(gateway, { ...ask, variables: { n: OTHER_NUMBER } }),
    ]
    expect(holder.reply.body.data).toEqual(other.reply.body.data)
  })
})

describe('existence at a place of several types', () => {
  let gateway: TestGateway
  beforeAll(async () => {
    gateway = await startWithHoldings()
  })
  afterAll(() => gateway.stop())

  test('of an object of a type of which nothing is allowed', async () => {
    const query = person('holdings { __typename value } things { __typename ... on House { value } }')
    const { reply } = await attack(gateway, { ...AS_OWNER, query })
    expect(reply.text).toContain('V-HOUSE')
    expect(JSON.stringify(reply.body.data)).not.toContain('Boat')
  })
})

describe('a record that grows over its limit', () => {
  const limits = { aliases: 5_000, tokens: 50_000, rootFields: 1_000 }
  let gateway: TestGateway
  beforeAll(async () => {
    gateway = await startTestGateway({ settings: { limits } })
  })
  afterAll(() => gateway.stop())
  const query = `query ($n: IdNumber!) { ${Array.from(
    { length: 300 },
    (_, at) => `p${at}: person(idDocumentType: RESIDENT_ID, idDocumentNumber: $n) { name }`,
  ).join(' ')} }`

  test('is known before any department is asked', async () => {
    gateway.forget()
    const reply = await gateway.ask({ ...AS_DESK, query, variables: { n: NUMBER } })
    expect(reply.status).not.toBe(200)
    expect(gateway.seen).toEqual([])
  })

  test('leaves a record all the same', async () => {
    const reply = await gateway.ask({ ...AS_DESK, query, variables: { n: NUMBER } })
    expect(await gateway.recordOf(reply.receipt)).toMatchObject({ officer: DESK.officer })
  })
})

describe('one caller and the whole process', () => {
  /** 240 combinations of conditions over all fields of the desk: about 1.5 kB that compile for a second. */
  const FIELDS = `name idDocumentType household { registrationStatus householdTownship }
    socialInsurance { enrolmentStatus insuranceType enrolmentDate employerName socialInsuranceNumber registrationAuthority }
    disability { issuingAuthority issueDate cancellationDate }`
  const spreads = (name: string, from: number, count: number): string =>
    Array.from({ length: count }, (_, at) => `...${name} @include(if: $c${from + at})`).join(' ')
  function costly(id: number, a: number, b: number): string {
    const conditions = Array.from({ length: a + b }, (_, at) => `$c${at}: Boolean!`).join(' ')
    return `query ($n: IdNumber! ${conditions}) {
      p${id}: person(idDocumentType: RESIDENT_ID, idDocumentNumber: $n) { ...A }
    } fragment A on Person { ${spreads('B', 0, a)} } fragment B on Person { ${spreads('C', a, b)} } fragment C on Person { ${FIELDS} }`
  }
  const variables = { n: NUMBER, ...Object.fromEntries(Array.from({ length: 40 }, (_, at) => [`c${at}`, false])) }
  let gateway: TestGateway
  beforeAll(async () => {
    gateway = await startTestGateway()
  })
  afterAll(() => gateway.stop())

  test('compiling is refused where conditions multiply', async () => {
    const reply = await gateway.ask({ ...AS_DESK, query: costly(0, 15, 16), variables })
    expect(codesOf(reply)).toEqual(['LIMIT_EXCEEDED'])
  })

  test('compiled operations are bounded by their size, not by their number alone', async () => {
    setFlagsFromString('--expose-gc')
    const collect = runInNewContext('gc') as () => void
    const heap = (): number => {
      collect()
      return process.memoryUsage().heapUsed / 1_048_576
    }
    for (let id = 1; id < 4; id += 1) await gateway.ask({ ...AS_DESK, query: costly(id, 6, 8), variables })
    const before = heap()
    const documents = 40
    for (let id = 0; id < documents; id += 1)
      await gateway.ask({ ...AS_DESK, query: costly(100 + id, 6, 8), variables })
    // 5,000 are kept: at half a megabyte each the process would end.
    expect((heap() - before) / documents).toBeLessThan(0.1)
  })
})

describe('strangers and the departments', () => {
  test('asking for readiness again and again does not reach an old system each time', async () => {
    let calls = 0
    const plain = await startTestGateway()
    const city = join(plain.directory, 'data', 'city')
    const system = await startOldSystem(
      city,
      humanResourcesSystem(() => (calls += 1)),
    )
    const apiKey = (await readFile(join(city, 'human-resources', 'api-key'), 'utf8')).trim()
    const departments = { 'human-resources-social-security': { apiUrl: system.url, apiKey } }
    const options: TestGatewayOptions = { settings: { departments } }
    const gateway = await startTestGateway(options)
    try {
      calls = 0
      for (let at = 0; at < 20; at += 1) await gateway.send({ method: 'GET', path: '/health/ready' })
      expect(calls).toBeLessThan(5)
    } finally {
      await gateway.stop()
      await system.close()
      await plain.stop()
    }
  })
})

describe('a department of which every field is excluded', () => {
  let gateway: TestGateway
  beforeAll(async () => {
    gateway = await startTestGateway()
  })
  afterAll(() => gateway.stop())

  test('is not told for whom somebody asks', async () => {
    // Under one condition the planner leaves the fetch out by itself; under several it does not.
    const query = `query ($n: IdNumber!, $x: Boolean!, $y: Boolean!) {
      person(idDocumentType: RESIDENT_ID, idDocumentNumber: $n) {
        name @include(if: $x) household @include(if: $y) { registrationStatus } disability { issueDate } } }`
    const asked = async (x: boolean): Promise<readonly string[]> => {
      gateway.forget()
      await gateway.ask({ ...AS_DESK, query, variables: { n: NUMBER, x, y: false } })
      return gateway.seen.map(({ department }) => department)
    }
    expect(await asked(true)).toContain('public-security')
    expect(await asked(false)).not.toContain('public-security')
  })
})
