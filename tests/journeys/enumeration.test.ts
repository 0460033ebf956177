import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { generate } from '../../city/generate.ts'
import { checkDigit } from '../../gateway/vocabulary/id-number.ts'
import { CITY } from '../kit/gateway-canaries.ts'
import { departmentsSeen } from '../kit/gateway-departments.ts'
import { codesOf } from '../kit/gateway-http.ts'
import type { Reply } from '../kit/gateway-http.ts'
import { DESK, DESK_MATTER, startTestGateway } from '../kit/gateway.ts'
import type { TestGateway } from '../kit/gateway.ts'
import { gongxiang } from '../unit/cli/run.ts'

/** The numbers of one division and birth date, in the order of their sequence; nobody has them. */
function neighbours(count: number, shared = '44200019620230'): readonly string[] {
  return Array.from({ length: count }, (_, at) => {
    const first = shared + String(at + 1).padStart(3, '0')
    return first + checkDigit(first)
  })
}

/** Numbers of nobody, each of another birth date. */
const strangers = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, at) => neighbours(1, `4420001900${String(at + 10)}31`)[0] ?? '')

const KNOWN = [...generate(CITY)]
  .filter(({ document }) => document.idDocumentType === 'RESIDENT_ID')
  .map(({ document }) => document.idDocumentNumber)

const COLLEAGUE = { ...DESK, officer: 'HUR-0118' }
const WIDE = { subjectsPerCase: 10_000 }
const ENUMERATION = [403, ['ENUMERATION_SUSPECTED']]
const SUSPENDED = [403, ['OFFICER_SUSPENDED']]
const HOUSEHOLD = 'name household { registrationStatus }'

let gateway: TestGateway
afterEach(() => gateway.stop())

async function open(limits: object = {}): Promise<void> {
  gateway = await startTestGateway({ settings: { limits: { ...WIDE, ...limits } } })
}

function ask(numbers: readonly string[], as = DESK, selection = HOUSEHOLD): Promise<Reply> {
  gateway.forget()
  const keys = numbers.map((idDocumentNumber) => ({ idDocumentType: 'RESIDENT_ID', idDocumentNumber }))
  const query = `query ($keys: [PersonKeyInput!]!) { persons(keys: $keys) { ${selection} } }`
  return gateway.ask({ as, ...DESK_MATTER, query, variables: { keys } })
}

const told = (reply: Reply): readonly unknown[] => [reply.status, codesOf(reply)]
const logged = (): string => readFileSync(join(gateway.directory, 'gateway.log'), 'utf8')

describe('numbers tried out one after another (S13)', () => {
  test('are stopped at the sixth neighbour: nothing is asked, the record and an alert name the finding (ZS-6.05)', async () => {
    await open()
    const numbers = neighbours(6)
    for (const number of numbers.slice(0, 5)) expect(told(await ask([number]))[0]).toBe(200)
    const reply = await ask(numbers.slice(5))
    expect([told(reply), reply.body.data]).toEqual([ENUMERATION, undefined])
    expect(reply.body.errors?.[0]?.extensions.clause).toBe('ZS-6.05')
    expect(departmentsSeen(gateway.seen)).toEqual([])
    const record = await gateway.recordOf(reply.receipt)
    expect(record).toMatchObject({
      method: 'refused',
      data: [],
      finding: { kind: 'NEIGHBOURHOOD', of: 'OFFICER', count: 6 },
    })
    expect(record.subjects).toHaveLength(1)
    const alert = logged()
      .split('\n')
      .find((line) => line.includes('"alert"'))
    expect(JSON.parse(alert ?? '')).toMatchObject({
      kind: 'NEIGHBOURHOOD',
      officer: DESK.officer,
      department: DESK.department,
      receipt: reply.receipt,
      subjects: record.subjects,
    })
    for (const number of numbers)
      expect(logged() + reply.text + JSON.stringify(record)).not.toContain(number.slice(0, 14))
    expect((await gateway.verify()).faults).toEqual([])
  })

  test('in one document are stopped whole, and so is the sixth of several documents at once', async () => {
    await open()
    expect(told(await ask(neighbours(6)))).toEqual(ENUMERATION)
    expect(departmentsSeen(gateway.seen)).toEqual([])
    const replies = await Promise.all(neighbours(20).map((number) => ask([number], COLLEAGUE)))
    expect(replies.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(5)
  })

  test('count even where they cannot exist', async () => {
    await open()
    const wrong = neighbours(6).map((number) => number.slice(0, 17) + (number.endsWith('1') ? '2' : '1'))
    for (const number of wrong.slice(0, 5)) expect(told(await ask([number]))).toEqual([200, ['INVALID_ID_NUMBER']])
    expect(told(await ask(wrong.slice(5)))).toEqual(ENUMERATION)
  })

  test('are found over the officers of an application and over those of a department (HZ-52)', async () => {
    await open({ neighboursPerApplication: 8, neighboursPerDepartment: 9 })
    const numbers = neighbours(20)
    const by = (at: number) => ({ ...DESK, officer: `HUR-${at}` })
    expect(told(await ask(numbers.slice(0, 4), by(1)))[0]).toBe(200)
    expect(told(await ask(numbers.slice(4, 8), by(2)))[0]).toBe(200)
    const reply = await ask(numbers.slice(8, 9), by(3))
    expect(told(reply)).toEqual(ENUMERATION)
    expect((await gateway.recordOf(reply.receipt)).finding).toEqual({
      kind: 'NEIGHBOURHOOD',
      of: 'APPLICATION',
      count: 9,
    })
  })
})

describe('misses (FS-27)', () => {
  test('most of those asked about do not exist: the answer does not leave, the officer is suspended', async () => {
    await open()
    for (const number of strangers(19)) expect(told(await ask([number]))).toEqual([200, []])
    const reply = await ask(strangers(20).slice(19))
    expect([told(reply), reply.body.data]).toEqual([ENUMERATION, undefined])
    expect((await gateway.recordOf(reply.receipt)).finding).toEqual({ kind: 'NO_HIT', of: 'OFFICER', count: 20 })
    expect(told(await ask(KNOWN.slice(0, 1)))).toEqual(SUSPENDED)
  })

  test('among people who exist are none', async () => {
    await open()
    expect(told(await ask(KNOWN.slice(0, 40)))[0]).toBe(200)
    expect(told(await ask(strangers(30)))).toEqual([200, []])
    expect(told(await ask(KNOWN.slice(0, 1)))[0]).toBe(200)
  })

  test('are nobody’s where a department does not answer, or is not asked', async () => {
    await open()
    for (const department of ['public-security', 'human-resources-social-security'])
      gateway.disturb(department, async () => {
        throw new Error('down')
      })
    expect(codesOf(await ask(strangers(25)))).toContain('SOURCE_UNAVAILABLE')
    gateway.heal()
    expect(told(await ask(strangers(25), DESK, 'photo: household { photo }'))[0]).toBe(200)
    expect(departmentsSeen(gateway.seen)).toEqual([])
    expect(told(await ask(KNOWN.slice(0, 1)))[0]).toBe(200)
  })
})

describe('a suspended officer', () => {
  const suspend = async (): Promise<void> => {
    expect(told(await ask(neighbours(6)))).toEqual(ENUMERATION)
  }

  test('is refused whatever is asked, before anything is fetched, and recorded; a colleague is not (NT-28.3)', async () => {
    await open()
    await suspend()
    const reply = await ask(KNOWN.slice(0, 1))
    expect([told(reply), gateway.seen]).toEqual([SUSPENDED, []])
    expect(reply.body.errors?.[0]?.extensions.clause).toBe('ZS-6.05')
    const record = await gateway.recordOf(reply.receipt)
    expect(record).toMatchObject({
      method: 'refused',
      officer: DESK.officer,
      outcome: { codes: ['OFFICER_SUSPENDED'] },
    })
    const introspection = await gateway.ask({ ...DESK_MATTER, query: '{ __typename }' })
    expect(told(introspection)).toEqual(SUSPENDED)
    expect(told(await ask(KNOWN.slice(0, 1), COLLEAGUE))[0]).toBe(200)
  })

  test('is restored within a second by a command in another process, and no count is', async () => {
    await open()
    await suspend()
    const command = ['officer', 'restore', DESK.officer, '--department', DESK.department]
    const done = await gongxiang(gateway.directory, [...command, '--by', 'HUR-0001', '--reason', 'a list was checked'])
    expect(done.code).toBe(0)
    await vi.waitUntil(async () => (await ask(KNOWN.slice(0, 1))).status === 200, { timeout: 10_000, interval: 50 })
    expect(told(await ask(neighbours(5)))[0]).toBe(200)
    expect(told(await ask(neighbours(6)))).toEqual(ENUMERATION)
  })

  test('by a command is stopped within a second', async () => {
    await open()
    expect(told(await ask(KNOWN.slice(0, 1)))[0]).toBe(200)
    const command = ['officer', 'suspend', DESK.officer, '--department', DESK.department]
    await gongxiang(gateway.directory, [...command, '--by', 'HUR-0001', '--reason', 'left the department'])
    await vi.waitUntil(async () => (await ask(KNOWN.slice(0, 1))).status === 403, { timeout: 10_000, interval: 50 })
    expect(told(await ask(KNOWN.slice(0, 1)))).toEqual(SUSPENDED)
  })
})
