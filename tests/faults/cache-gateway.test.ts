import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { demoPeople } from '../../city/demo-people.ts'
import { departmentsSeen } from '../kit/gateway-departments.ts'
import { DESK_MATTER, startTestGateway } from '../kit/gateway.ts'
import type { TestGateway } from '../kit/gateway.ts'
import { sendRaw } from '../kit/gateway-http.ts'
import { startRedisServer } from '../kit/redis-server.ts'
import type { RedisServer } from '../kit/redis-server.ts'

/* The whole gateway while the Redis of its cache fails: the same decisions, no error, and the record says so (S19). */

const QUERY = `query ($n: IdNumber!) { person(idDocumentType: RESIDENT_ID, idDocumentNumber: $n) {
  name household { registrationStatus } disability { disabilityCertificateNumber } } }`
const POLICE = 'public-security'

let redis: RedisServer
let gateway: TestGateway
beforeAll(async () => {
  redis = await startRedisServer()
  const cache = { realtimeTtlSeconds: 60, commandTimeoutMs: 1_000, redis: { url: redis.url } }
  gateway = await startTestGateway({ settings: { cache } })
  await vi.waitFor(async () => expect((await ask()).record.degraded).toEqual([]), { timeout: 20_000, interval: 50 })
})
afterAll(async () => {
  await gateway.stop()
  await redis.remove()
})

async function ask() {
  gateway.forget()
  const variables = { n: demoPeople.allThree.document.idDocumentNumber }
  const reply = await gateway.ask({ ...DESK_MATTER, query: QUERY, variables })
  return { reply, record: await gateway.recordOf(reply.receipt), asked: departmentsSeen(gateway.seen) }
}
const decisions = ({ record }: Awaited<ReturnType<typeof ask>>) =>
  record.data.map(({ coordinate, decision }) => [coordinate, decision])
async function readiness() {
  const { status, text } = await sendRaw(gateway.url, { method: 'GET', path: '/health/ready' })
  return { status, body: JSON.parse(text) as unknown }
}

describe('a gateway whose Redis of the cache', () => {
  test.each<[string, () => unknown, () => unknown]>([
    ['is gone', () => redis.kill(), () => redis.restart()],
    ['answers nothing', () => redis.pause(), () => redis.resume()],
  ])('%s answers as with it, and says in record and health that it is degraded', async (_, fail, mend) => {
    await ask()
    const before = await ask()
    expect(before.asked).toEqual([])
    await fail()
    await vi.waitFor(async () => expect((await ask()).record.degraded).toEqual(['cache']), {
      timeout: 10_000,
      interval: 50,
    })
    const during = await ask()
    expect([during.reply.status, during.reply.body.data]).toEqual([200, before.reply.body.data])
    expect(during.reply.body.errors).toEqual(before.reply.body.errors)
    expect(decisions(during)).toEqual(decisions(before))
    // What might have been invalidated unheard is not used: the department is asked each time.
    expect(during.asked).toEqual([POLICE])
    // An answer about readiness serves for a moment.
    await vi.waitFor(
      async () => expect(await readiness()).toMatchObject({ status: 200, body: { checks: { cache: { ok: false } } } }),
      10_000,
    )
    await mend()
    await vi.waitFor(async () => expect((await ask()).asked).toEqual([]), { timeout: 20_000, interval: 100 })
    expect((await ask()).record.degraded).toEqual([])
    await vi.waitFor(
      async () => expect(await readiness()).toMatchObject({ body: { checks: { cache: { ok: true } } } }),
      10_000,
    )
  })
})
