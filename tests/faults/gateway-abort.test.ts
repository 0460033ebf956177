import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { demoPeople } from '../../city/demo-people.ts'
import type { AuditRecord } from '../../gateway/audit/record.ts'
import { DESK_MATTER, startTestGateway } from '../kit/gateway.ts'
import type { TestGateway } from '../kit/gateway.ts'
import type { SeenFetch } from '../kit/gateway-departments.ts'

const HR = 'human-resources-social-security'
const NUMBER = demoPeople.allThree.document.idDocumentNumber
const QUERY = `{ person(idDocumentType: RESIDENT_ID, idDocumentNumber: "${NUMBER}") { name socialInsurance { insuranceType } } }`

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startTestGateway()
})
afterEach(() => gateway.heal())
afterAll(() => gateway.stop())

/** The record of a receipt, as soon as it is there. */
async function recorded(receipt: string): Promise<AuditRecord> {
  for (;;) {
    const found = (await gateway.records()).find((record) => record.receipt === receipt)
    if (found) return found
    await new Promise((done) => setTimeout(done, 20))
  }
}

test('who goes away while a department is asked is recorded, and the department is told to stop', async () => {
  const { promise: asked, resolve } = Promise.withResolvers<SeenFetch>()
  const { promise: stopped, resolve: stop } = Promise.withResolvers<void>()
  gateway.disturb(HR, async (_next, seen) => {
    seen.signal.addEventListener('abort', () => stop())
    resolve(seen)
    await stopped
    throw new Error('stopped')
  })
  const client = new AbortController()
  const answer = gateway.ask({ ...DESK_MATTER, query: QUERY, signal: client.signal })
  const { context, signal } = await asked
  client.abort()
  await expect(answer).rejects.toThrow(/abort/i)
  await stopped
  // Because the client went, not because the department's own time was over.
  expect(signal.reason).toMatchObject({ name: 'AbortError' })
  const record = await recorded(context.receipt)
  expect(record).toMatchObject({ method: 'query', officer: 'HUR-0117', outcome: { codes: ['SOURCE_UNAVAILABLE'] } })
  expect(record.route.find(({ department }) => department === HR)?.outcome).toBe('failed')
  expect(record.data.map(({ coordinate }) => coordinate)).toContain('SocialInsuranceEnrolment.insuranceType')
})

test('no department is asked for somebody who is gone', async () => {
  const { promise: asked, resolve } = Promise.withResolvers<SeenFetch>()
  const { promise: stopped, resolve: stop } = Promise.withResolvers<void>()
  gateway.disturb('gateway', async (next, seen) => {
    seen.signal.addEventListener('abort', () => stop())
    resolve(seen)
    await stopped
    return next()
  })
  gateway.forget()
  const client = new AbortController()
  const answer = gateway.ask({ ...DESK_MATTER, query: QUERY, signal: client.signal })
  const { context, signal } = await asked
  client.abort()
  await expect(answer).rejects.toThrow(/abort/i)
  await stopped
  expect(signal.reason).toMatchObject({ name: 'AbortError' })
  const { route } = await recorded(context.receipt)
  expect(gateway.seen.map(({ department }) => department)).toEqual(['gateway'])
  expect(route.filter(({ outcome }) => outcome === 'ok')).toEqual([])
})

test('forty clients that go away at any moment leave no reservation behind: the gateway goes on', async () => {
  const tries = Array.from({ length: 40 }, async (_, index) => {
    const client = new AbortController()
    setTimeout(() => client.abort(), index)
    return gateway.ask({ ...DESK_MATTER, query: QUERY, signal: client.signal }).catch(() => null)
  })
  await Promise.all(tries)
  const reply = await gateway.ask({ ...DESK_MATTER, query: QUERY })
  expect([reply.status, reply.body.errors]).toEqual([200, undefined])
  expect((await gateway.verify()).faults).toEqual([])
})

test('a stop waits for what is under way, takes nothing new, and seals the record', async () => {
  const own = await startTestGateway()
  try {
    const { promise: asked, resolve } = Promise.withResolvers<void>()
    const { promise: released, resolve: release } = Promise.withResolvers<void>()
    own.disturb(HR, async (next) => {
      resolve()
      await released
      return next()
    })
    const answer = own.ask({ ...DESK_MATTER, query: QUERY })
    await asked
    const halted = own.halt()
    await expect(own.ask({ ...DESK_MATTER, query: QUERY })).rejects.toThrow(/ECONNREFUSED/)
    release()
    const reply = await answer
    await halted
    expect(reply.body.data).toMatchObject({ person: { name: '欧阳静怡' } })
    expect((await own.recordOf(reply.receipt)).outcome.status).toBe(200)
    const { faults, notices, headed, last } = await own.verify()
    expect([faults, notices, headed]).toEqual([[], [], last.seq])
  } finally {
    await own.stop()
  }
})
