import { afterEach, describe, expect, test, vi } from 'vitest'
import { demoPeople } from '../../city/demo-people.ts'
import { codesOf } from '../kit/gateway-http.ts'
import type { Reply } from '../kit/gateway-http.ts'
import { DESK_MATTER, startTestGateway } from '../kit/gateway.ts'
import type { TestGateway } from '../kit/gateway.ts'

const SLOW = 'human-resources-social-security'
const NUMBER = demoPeople.allThree.document.idDocumentNumber
const QUERY = `query ($n: IdNumber!) {
  person(idDocumentType: RESIDENT_ID, idDocumentNumber: $n) { name socialInsurance { insuranceType } }
}`

let gateway: TestGateway
afterEach(() => gateway.stop())

function ask(signal?: AbortSignal): Promise<Reply> {
  return gateway.ask({ ...DESK_MATTER, query: QUERY, variables: { n: NUMBER }, ...(signal ? { signal } : {}) })
}

/** However busy the machine is. */
const until = (holds: () => boolean | Promise<boolean>) => vi.waitUntil(holds, { timeout: 20_000, interval: 20 })

const personOf = (reply: Reply) =>
  reply.body.data?.['person'] as { name: unknown; socialInsurance: unknown } | undefined
const callsOf = (department: string): number => gateway.seen.filter((one) => one.department === department).length

/** A door that the department stands behind until it is opened. */
function closed(department: string): { open(): void; inside(): number; most(): number } {
  const opened = Promise.withResolvers<void>()
  let [inside, most] = [0, 0]
  gateway.disturb(department, async (next) => {
    inside += 1
    most = Math.max(most, inside)
    await opened.promise
    const answer = await next()
    inside -= 1
    return answer
  })
  return { open: () => opened.resolve(), inside: () => inside, most: () => most }
}

describe('a slow department', () => {
  test('is never asked more at once than it can bear, and the other fields answer', async () => {
    gateway = await startTestGateway({ settings: { departments: { [SLOW]: { concurrency: 4, timeoutMs: 20_000 } } } })
    expect((await ask()).status).toBe(200)
    gateway.forget()
    const door = closed(SLOW)
    const asking = Array.from({ length: 200 }, () => ask())
    await until(() => callsOf('public-security') === 200)
    expect(callsOf(SLOW)).toBe(4)
    door.open()
    const replies = await Promise.all(asking)
    expect(door.most()).toBe(4)
    // Four, and the line of eight for each of them; the others were told at once.
    expect(callsOf(SLOW)).toBe(4 + 32)
    const without = replies.filter((reply) => codesOf(reply).includes('SOURCE_UNAVAILABLE'))
    expect(without).toHaveLength(200 - 36)
    expect(replies.every((reply) => reply.status === 200 && typeof personOf(reply)?.name === 'string')).toBe(true)
    expect(without.every((reply) => personOf(reply)?.socialInsurance === null)).toBe(true)
    const record = await gateway.recordOf(without[0]?.receipt ?? '')
    expect(record.route.find(({ department }) => department === SLOW)?.outcome).toBe('failed')
  })

  test('is not asked for those who have gone while they waited', async () => {
    gateway = await startTestGateway({ settings: { departments: { [SLOW]: { concurrency: 1, timeoutMs: 20_000 } } } })
    const door = closed(SLOW)
    const first = ask()
    await until(() => door.inside() === 1)
    const gone = new AbortController()
    const second = ask(gone.signal).catch(() => null)
    await until(() => callsOf('public-security') === 2)
    const before = (await gateway.records()).length
    gone.abort()
    expect(await second).toBeNull()
    // Its record is written as soon as the gateway has seen that nobody waits any more; the first one waits still.
    await until(async () => (await gateway.records()).length > before)
    door.open()
    expect((await first).status).toBe(200)
    expect((await ask()).status).toBe(200)
    expect(callsOf(SLOW)).toBe(2)
  })

  test('is let go at the end of the request’s time, which every call is told', async () => {
    gateway = await startTestGateway({
      settings: { http: { port: 0, requestTimeoutMs: 3_000 }, departments: { [SLOW]: { concurrency: 1 } } },
    })
    const door = closed(SLOW)
    const replies = await Promise.all([ask(), ask()])
    expect(replies.map((reply) => [reply.status, codesOf(reply)])).toEqual([
      [200, ['SOURCE_UNAVAILABLE']],
      [200, ['SOURCE_UNAVAILABLE']],
    ])
    const [call, ...more] = gateway.seen.filter(({ department }) => department === SLOW)
    expect([call?.signal.aborted, more]).toEqual([true, []])
    door.open()
  })

  test('over its own time keeps its place until the call has ended, or its time is over', async () => {
    gateway = await startTestGateway({ settings: { departments: { [SLOW]: { concurrency: 1, timeoutMs: 1_500 } } } })
    const door = closed(SLOW)
    expect(codesOf(await ask())).toEqual(['SOURCE_UNAVAILABLE'])
    gateway.heal()
    expect(codesOf(await ask())).toEqual([])
    door.open()
  })
})

describe('too many requests at once', () => {
  test('are told to come back, before they cost anything, and counted', async () => {
    gateway = await startTestGateway({ settings: { limits: { inFlight: 3 } } })
    const door = closed(SLOW)
    const inside = Array.from({ length: 3 }, () => ask())
    await until(() => door.inside() === 3)
    const before = (await gateway.records()).length
    const refused = await ask()
    expect([refused.status, codesOf(refused), refused.headers['retry-after']]).toEqual([503, ['OVERLOADED'], '1'])
    expect(refused.receipt).toMatch(/^gx_/)
    expect((await gateway.send({ method: 'GET', path: '/health/live' })).status).toBe(200)
    expect(await gateway.records()).toHaveLength(before)
    door.open()
    expect((await Promise.all(inside)).every(({ status }) => status === 200)).toBe(true)
    expect((await ask()).status).toBe(200)
    await gateway.halt()
    const counted = (await gateway.records()).filter(({ method }) => method === 'summary')
    expect(counted).toMatchObject([{ outcome: { codes: ['OVERLOADED'] }, count: 1, officer: null }])
  })
})
