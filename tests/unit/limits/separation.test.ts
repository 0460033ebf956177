import { describe, expect, test } from 'vitest'
import { createMemoryCounters } from '../../../gateway/adapters/counters-memory.ts'
import { createSeparation } from '../../../gateway/limits/separation.ts'

const DAY = 86_400_000
/** A morning in the city. */
const MORNING = Date.parse('2026-11-23T09:00:00+08:00')

function open() {
  let now = MORNING
  const clock = { now: () => now, monotonic: () => now }
  const separation = createSeparation(createMemoryCounters(clock))
  const by = (officer: string, part: string, department = 'data-authority') =>
    separation.take({ department, officer }, part)
  return { by, later: (milliseconds: number) => void (now += milliseconds) }
}

describe('one person is one of the roles that are kept apart (ZS-6.04)', () => {
  test('all day, however often, and no other one', async () => {
    const { by, later } = open()
    expect(await by('DA-1', 'SECURITY_ADMIN')).toBe(true)
    later(DAY / 4)
    expect([await by('DA-1', 'SECURITY_ADMIN'), await by('DA-1', 'AUDITOR')]).toEqual([true, false])
    // What was refused took nothing: the first stays what it was.
    expect(await by('DA-1', 'SECURITY_ADMIN')).toBe(true)
  })

  test('in whatever letters the number comes; a colleague, and a namesake elsewhere, are others', async () => {
    const { by } = open()
    expect(await by('DA-1a', 'DATA_OPERATOR')).toBe(true)
    expect(await by('da-1A', 'AUDITOR')).toBe(false)
    expect([await by('DA-2', 'AUDITOR'), await by('DA-1a', 'AUDITOR', 'audit-office')]).toEqual([true, true])
  })

  test('and may be another the next day', async () => {
    const { by, later } = open()
    expect(await by('DA-1', 'SECURITY_ADMIN')).toBe(true)
    later(DAY)
    expect(await by('DA-1', 'DATA_OPERATOR')).toBe(true)
  })
})
