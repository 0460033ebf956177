import { describe, expect, test } from 'vitest'
import { createMemoryCounters } from '../../../gateway/adapters/counters-memory.ts'
import { createRateLimit } from '../../../gateway/limits/rate-limit.ts'
import { Failure } from '../../../gateway/vocabulary/failure.ts'

const caller = { department: 'housing-urban-rural', application: 'housing-desk', officer: 'HUR-0117' }

function limit(now = { at: 0 }) {
  return createRateLimit(createMemoryCounters({ now: () => now.at }), { officerPerMinute: 3, strangerPerMinute: 2 })
}

describe('the rate limit', () => {
  test('admits as many as allowed, then refuses with RATE_LIMIT, the clause of which is left to the regime', async () => {
    const rate = limit()
    for (let count = 0; count < 3; count += 1) await rate.admit(caller)
    const refused: unknown = await rate.admit(caller).catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(Failure)
    expect(refused).toMatchObject({ code: 'RATE_LIMIT', clause: null })
  })

  test('lets no parallel request slip past the last free place', async () => {
    const rate = limit()
    const results = await Promise.allSettled(Array.from({ length: 20 }, () => rate.admit(caller)))
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(3)
  })

  test('counts officers, applications and departments apart', async () => {
    const rate = limit()
    for (let count = 0; count < 3; count += 1) await rate.admit(caller)
    await rate.admit({ ...caller, officer: 'HUR-0118' })
    await rate.admit({ ...caller, application: 'other' })
    await rate.admit({ ...caller, department: 'education' })
    await expect(rate.admit(caller)).rejects.toThrow('more than 3')
  })

  test('forgets with the window', async () => {
    const now = { at: 0 }
    const rate = limit(now)
    for (let count = 0; count < 3; count += 1) await rate.admit(caller)
    now.at = 60_000
    await expect(rate.admit(caller)).resolves.toBeUndefined()
  })

  test('tolerates a stranger for a while', async () => {
    const rate = limit()
    expect([await rate.tolerate('192.0.2.1'), await rate.tolerate('192.0.2.1')]).toEqual([true, true])
    expect(await rate.tolerate('192.0.2.1')).toBe(false)
    expect(await rate.tolerate('192.0.2.2')).toBe(true)
  })
})
