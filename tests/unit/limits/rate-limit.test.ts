import { describe, expect, test } from 'vitest'
import { createMemoryCounters } from '../../../gateway/adapters/counters-memory.ts'
import { createRateLimit } from '../../../gateway/limits/rate-limit.ts'
import type { RateLimits } from '../../../gateway/limits/rate-limit.ts'
import { Failure } from '../../../gateway/vocabulary/failure.ts'

const caller = { department: 'housing-urban-rural', application: 'housing-desk', officer: 'HUR-0117' }

const LIMITS = { officerPerMinute: 3, applicationPerMinute: 20, departmentPerMinute: 20, strangerPerMinute: 2 }

function limit(now = { at: 0 }, limits: Partial<RateLimits> = {}) {
  return createRateLimit(createMemoryCounters({ now: () => now.at }), { ...LIMITS, ...limits })
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

  test('bounds an application over its officers, and a department over its applications', async () => {
    const rate = limit(undefined, { applicationPerMinute: 2, departmentPerMinute: 3 })
    const by = (officer: string, application = 'desk') =>
      rate.admit({ department: 'housing', application, officer }).then(
        () => null,
        (error: unknown) => (error instanceof Failure ? error.detail : error),
      )
    expect([await by('a'), await by('b')]).toEqual([null, null])
    expect(await by('c')).toContain('more than 2 requests in a minute by this application')
    expect(await by('c', 'hall')).toBeNull()
    expect(await by('d', 'hall')).toContain('more than 3 requests in a minute by this department')
    await rate.admit({ department: 'education', application: 'desk', officer: 'a' })
  })

  test('a refusal uses up nothing of the wider bounds, nor of the narrower ones', async () => {
    const rate = limit(undefined, { departmentPerMinute: 4 })
    const officer = (name: string) => ({ department: 'housing', application: 'desk', officer: name })
    const many = (name: string) => Promise.allSettled(Array.from({ length: 10 }, () => rate.admit(officer(name))))
    expect((await many('a')).filter(({ status }) => status === 'fulfilled')).toHaveLength(3)
    await rate.admit(officer('b'))
    expect((await many('c')).filter(({ status }) => status === 'fulfilled')).toHaveLength(0)
    // What the department had no place for was given back to the officer.
    for (let count = 0; count < 3; count += 1) await rate.admitRefused(officer('c'))
    await expect(rate.admitRefused(officer('c'))).rejects.toThrow('by this officer')
  })

  test('refusals of somebody whom a token names do not shut the department out', async () => {
    const rate = limit(undefined, { applicationPerMinute: 1, departmentPerMinute: 1 })
    for (let count = 0; count < 3; count += 1) await rate.admitRefused(caller)
    await expect(rate.admit({ ...caller, officer: 'HUR-0118' })).resolves.toBeUndefined()
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
